"""Certificates that were good once: revoked, outside their time, or known to have signed nonsense."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from egate.checks import Check, Outcome, Reason
from egate_sim.passport.certificates import Period, RevocationReason, Revoked
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Expected, Group, TrustLists, Workshop, failed
from egate_sim.passport.forgeries.tools import resigned
from egate_sim.passport.registry import DOCUMENT_VALIDITY, Terms, midnight
from egate_sim.passport.state import master_list

REVOKED = Collection()
_revoked = REVOKED.forgery
_CHECK, _GROUP = Check.PASSIVE_AUTHENTICATION, Group.REVOKED
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


def _with_crl(*entries: tuple[str, RevocationReason]) -> Callable[[Workshop], TrustLists]:
    """Lists whose CRL names these certificates of the state: "signer" or "csca"."""

    def lists(workshop: Workshop) -> TrustLists:
        state = workshop.state
        at = midnight(state.founded)
        certificates = {"signer": state.signer.certificate, "csca": state.csca.certificate}
        revoked = [Revoked(certificates[whose].serial_number, at, reason) for whose, reason in entries]
        return replace(workshop.lists(), crls=(state.registry.crl(state.csca, revoked),))

    return lists


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_REVOKED))
def revoked_ds(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with a Document Signer's stolen key, which the CRL names."""
    return resigned(passport, workshop.state.revoked_signer, workshop)


def _enter_reasons() -> None:
    """The Document Signer's certificate is revoked, for each reason that a CRL can give."""
    failing = {RevocationReason.CA_COMPROMISE, RevocationReason.AFFILIATION_CHANGED, RevocationReason.SUPERSEDED}
    for reason in RevocationReason:
        if reason is RevocationReason.UNSPECIFIED:
            continue  # revoked_ds

        def forge(passport: Passport, _: Workshop) -> Passport:
            return passport

        words = reason.name.lower()
        forge.__name__ = f"revoked_{words}"
        forge.__doc__ = f"The CRL names the Document Signer: {words.replace('_', ' ')}."
        outcome = Outcome.FAILED if reason in failing else Outcome.UNDETERMINED
        expected = Expected(_CHECK, outcome, Reason.CERT_REVOKED)
        _revoked(_GROUP, expected, lists=_with_crl(("signer", reason)))(forge)


_enter_reasons()


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_REVOKED), lists=_with_crl(("csca", RevocationReason.CA_COMPROMISE)))
def revoked_csca(passport: Passport, _: Workshop) -> Passport:
    """The CSCA revoked its own certificate, because its key was stolen."""
    return passport


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_VALIDITY, "ds_validity:cert_validity"))
def expired_ds(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer's certificate expired a week ago."""
    founded = midnight(workshop.state.founded)
    return _signed_within(passport, workshop, Period(founded - _YEAR, founded + 24 * _DAY))


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_VALIDITY, "ds_validity:cert_validity"))
def ds_not_yet_valid(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer's certificate begins to be valid next year."""
    founded = midnight(workshop.state.founded)
    return _signed_within(passport, workshop, Period(founded + _YEAR, founded + DOCUMENT_VALIDITY))


def _signed_within(passport: Passport, workshop: Workshop, validity: Period) -> Passport:
    state = workshop.state
    return resigned(passport, state.registry.document_signer(state.csca, 5, Terms(validity=validity)), workshop)


def _with_expired_csca(workshop: Workshop) -> TrustLists:
    """The master list has the CSCA's certificate, valid until a week ago; its signer is pinned itself."""
    state = workshop.state
    founded = midnight(state.founded)
    csca = state.registry.csca(Period(founded - _YEAR, founded + 24 * _DAY))
    published = master_list(replace(state, csca=csca), [replace(state, csca=csca)])
    return TrustLists(published, state.master_list_signer.certificate_der, (state.crl,))


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_VALIDITY, "csca_validity:cert_validity"), lists=_with_expired_csca)
def expired_csca(passport: Passport, _: Workshop) -> Passport:
    """The CSCA's certificate expired a week ago."""
    return passport


@_revoked(_GROUP, failed(_CHECK, Reason.CERT_VALIDITY, "ds_key_period:cert_validity"))
def signed_after_key_period(passport: Passport, workshop: Workshop) -> Passport:
    """Signed after the Document Signer's private key had to be destroyed."""
    state = workshop.state
    earlier = replace(state.registry, issued_at=state.founded - 200 * _DAY)
    return resigned(passport, earlier.document_signer(state.csca, 6), workshop)
