"""Forgers who sign: with certificates of their own, or with genuine ones that were given for something else."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport.authority_keys import Ecdsa, Rsa
from egate_sim.passport.cms import SignatureForm, Signer
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Group, TrustLists, Workshop, failed, left_open
from egate_sim.passport.forgeries.tools import forger_of, neighbour_of, resigned
from egate_sim.passport.lds import SodForm
from egate_sim.passport.registry import Terms

OWN_PKI = Collection()
_own = OWN_PKI.forgery
_CHECK, _GROUP = Check.PASSIVE_AUTHENTICATION, Group.OWN_PKI


def _with_neighbour(workshop: Workshop) -> TrustLists:
    return workshop.lists(neighbour_of(workshop.state))


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def self_made_csca(passport: Passport, workshop: Workshop) -> Passport:
    """Signed below a CSCA that bears the state's names, with keys that the forger made."""
    return resigned(passport, forger_of(workshop.state).signer, workshop)


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def self_made_csca_enclosed(passport: Passport, workshop: Workshop) -> Passport:
    """The forger's CSCA lies beside the Document Signer in EF.SOD, as if that made it known."""
    forger = forger_of(workshop.state)
    return resigned(passport, forger.signer, workshop, SodForm(others=(forger.csca.certificate_der,)))


@_own(_GROUP, failed(_CHECK, Reason.CERT_SIGNATURE))
def self_made_csca_same_key_id(passport: Passport, workshop: Workshop) -> Passport:
    """Signed below a CSCA of the forger that bears the genuine one's name and key identifier."""
    state, forger = workshop.state, forger_of(workshop.state)
    terms = Terms(claims=state.csca.key)
    return resigned(passport, forger.registry.document_signer(forger.csca, 2, terms), workshop)


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def self_signed_ds(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer signed its own certificate."""
    forger = forger_of(workshop.state)
    own = Signer(forger.signer.certificate, forger.signer.key)
    return resigned(passport, forger.registry.document_signer(own, 2), workshop)


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def ds_below_ds(passport: Passport, workshop: Workshop) -> Passport:
    """A genuine Document Signer's key, stolen, certified a further Document Signer."""
    return resigned(passport, workshop.state.registry.document_signer(workshop.state.signer, 7), workshop)


@_own(_GROUP, failed(_CHECK, Reason.SOD_SIGNATURE, "sod:sod_signature"))
def uncertified_key(passport: Passport, workshop: Workshop) -> Passport:
    """The genuine Document Signer's certificate lies in EF.SOD, which another key signed."""
    state = workshop.state
    return resigned(passport, replace(state.signer, key=forger_of(state).signer.key), workshop)


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def unknown_state(passport: Passport, workshop: Workshop) -> Passport:
    """Signed by a Document Signer of the right country whose CSCA nobody has told the gate of."""
    state = workshop.state
    nowhere = replace(forger_of(state).registry, country=replace(state.country, name="Nowhere"))
    return resigned(passport, nowhere.document_signer(nowhere.csca(), 2), workshop)


@_own(_GROUP, failed(_CHECK, Reason.CERT_COUNTRY, "country:cert_country"), lists=_with_neighbour)
def ds_of_other_state(passport: Passport, workshop: Workshop) -> Passport:
    """Signed by a genuine Document Signer of another state, which the gate knows."""
    return resigned(passport, neighbour_of(workshop.state).signer, workshop)


@_own(_GROUP, failed(_CHECK, Reason.CERT_COUNTRY, "country:cert_country"))
def ds_names_other_country(passport: Passport, workshop: Workshop) -> Passport:
    """The state's CSCA certified a Document Signer whose name bears another country."""
    state = workshop.state
    signer = state.registry.document_signer(state.csca, 8, Terms(alpha2=neighbour_of(state).country.alpha2))
    return resigned(passport, signer, workshop)


@_own(_GROUP, failed(_CHECK, Reason.DOCUMENT_TYPE, "document_type:document_type"))
def ds_of_identity_cards(passport: Passport, workshop: Workshop) -> Passport:
    """Signed by the Document Signer that the state keeps for identity cards."""
    return resigned(passport, workshop.state.signer_of("I"), workshop)


@_own(_GROUP, failed(_CHECK, Reason.CERT_USAGE, "ds_usage:cert_usage"))
def signed_by_master_list_signer(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with the key that may sign master lists and nothing else."""
    return resigned(passport, workshop.state.master_list_signer, workshop)


@_own(_GROUP, failed(_CHECK, Reason.CERT_USAGE, "ds_usage:cert_usage"))
def signed_by_deviation_list_signer(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with the key that may sign deviation lists and nothing else."""
    state = workshop.state
    return resigned(passport, state.registry.deviation_list_signer(state.csca), workshop)


@_own(_GROUP, failed(_CHECK, Reason.CERT_USAGE, "ds_usage:cert_usage"))
def signed_by_csca(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with the CSCA's own key, which certifies and never signs documents."""
    return resigned(passport, workshop.state.csca, workshop)


@_own(_GROUP, left_open(_CHECK, Reason.CSCA_UNKNOWN))
def without_certificate(passport: Passport, workshop: Workshop) -> Passport:
    """No certificate lies in EF.SOD, so that nobody can say whose signature it is."""
    form = SodForm(signature=SignatureForm(without_certificate=True))
    return resigned(passport, workshop.state.signer, workshop, form)


@_own(_GROUP, left_open(_CHECK, Reason.ALGORITHM_WEAK))
def weak_rsa_key(passport: Passport, workshop: Workshop) -> Passport:
    """Signed by a Document Signer whose RSA key of 1024 bits can be factored."""
    return _signed_with(passport, workshop, Rsa(1024))


@_own(_GROUP, left_open(_CHECK, Reason.ALGORITHM_WEAK))
def sha1_signature(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with SHA-1 by a recent Document Signer, although collisions are for sale."""
    return _signed_with(passport, workshop, Ecdsa(digest="sha1"))


@_own(_GROUP, left_open(_CHECK, Reason.ALGORITHM_WEAK))
def sha1_hashes(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD of a recent Document Signer lists hashes of SHA-1."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(digest="sha1"))


@_own(_GROUP, left_open(_CHECK, Reason.ALGORITHM_WEAK))
def md5_signature(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with MD5, for which anybody computes collisions."""
    return _signed_with(passport, workshop, Rsa(2048, "md5"))


def _signed_with(passport: Passport, workshop: Workshop, algorithm: Ecdsa | Rsa) -> Passport:
    state = workshop.state
    return resigned(passport, state.registry.document_signer(state.csca, 9, Terms(algorithm=algorithm)), workshop)
