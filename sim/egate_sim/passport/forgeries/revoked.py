"""Certificates that were good once: revoked, outside their time, or known to have signed nonsense."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from egate.checks import Check, Outcome, Reason
from egate_sim.passport import der, lds
from egate_sim.passport.certificates import Period, RevocationReason, Revoked
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Expected, Group, TrustLists, Workshop, failed, left_open
from egate_sim.passport.forgeries.tools import forger_of, resigned, with_file
from egate_sim.passport.lds import File
from egate_sim.passport.lists import Deviation, DeviationEntry, KnownDefect, defect_list, deviation_list
from egate_sim.passport.profiles import PROFILES
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


def _with_deviation(deviation: Deviation, data_group: int | None = None) -> Callable[[Workshop], TrustLists]:
    """The state owns up to a deviation of what its Document Signer signed."""

    def lists(workshop: Workshop) -> TrustLists:
        state = workshop.state
        entry = DeviationEntry(deviation, state.signer, data_group=data_group)
        return replace(workshop.lists(), defects=(deviation_list(state, [entry]),))

    return lists


@_revoked(
    _GROUP,
    left_open(_CHECK, Reason.KNOWN_DEFECT, "dg2:known_defect"),
    lists=_with_deviation(Deviation.DG_HASH_WRONG, 2),
)
def known_wrong_hash(passport: Passport, workshop: Workshop) -> Passport:
    """The portrait does not go with its hash, and the state's deviation list says that it need not."""
    return with_file(passport, File.DG2, lds.dg2(workshop.portrait_jpeg))


@_revoked(
    _GROUP,
    left_open(_CHECK, Reason.KNOWN_DEFECT, "sod:known_defect"),
    lists=_with_deviation(Deviation.SOD_SIGNATURE_WRONG),
)
def known_wrong_signature(passport: Passport, workshop: Workshop) -> Passport:
    """The signature does not hold, and the state's deviation list says that it need not."""
    state = workshop.state
    return resigned(passport, replace(state.signer, key=forger_of(state).signer.key), workshop)


@_revoked(_GROUP, failed(_CHECK, Reason.DG_HASH, "dg2:dg_hash"), lists=_with_deviation(Deviation.COM_INCONSISTENT))
def excused_by_other_defect(passport: Passport, workshop: Workshop) -> Passport:
    """Somebody else's portrait in documents whose EF.COM, and nothing else, is known to be wrong."""
    return with_file(passport, File.DG2, lds.dg2(workshop.portrait_jpeg))


@_revoked(
    _GROUP,
    left_open(Check.CHIP_AUTHENTICITY, Reason.KNOWN_DEFECT, "active_authentication"),
    lists=_with_deviation(Deviation.AA_KEY_COMPROMISED),
)
def known_leaked_signing_key(passport: Passport, _: Workshop) -> Passport:
    """A copy with the chip's own key of Active Authentication; a deviation list says that such keys leaked."""
    return passport


def _with_defect(defect: KnownDefect, parameters: bytes = b"") -> Callable[[Workshop], TrustLists]:
    """The inspecting authority knows this of what the signer signed, whatever its state says; there is no CRL."""

    def lists(workshop: Workshop) -> TrustLists:
        state = workshop.state
        listed = defect_list(state, [(state.signer, defect, parameters)])
        publisher = state.master_list_signer.certificate_der
        return replace(workshop.lists(), crls=(), defects=(listed,), pinned_publishers=(publisher,))

    return lists


@_revoked(
    _GROUP,
    left_open(Check.CHIP_AUTHENTICITY, Reason.KNOWN_DEFECT, "chip_authentication"),
    profile=PROFILES["2017 PACE-GM+CA"],
    lists=_with_defect(KnownDefect.CHIP_AUTHENTICATION_KEYS_COMPROMISED),
)
def known_leaked_static_key(passport: Passport, _: Workshop) -> Passport:
    """A copy with the chip's own static key; a defect list says that such keys leaked."""
    return passport


@_revoked(
    _GROUP,
    failed(_CHECK, Reason.CERT_REVOKED, "defect_list:cert_revoked"),
    lists=_with_defect(KnownDefect.CERTIFICATE_REVOKED, der.enumerated(3)),
)
def revoked_by_defect_list(passport: Passport, _: Workshop) -> Passport:
    """A defect list says that the Document Signer was revoked; the state has issued no CRL."""
    return passport
