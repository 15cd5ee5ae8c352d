"""A simulated state and its authorities: CSCA, Document Signers, CRL, CSCA master list (Doc 9303-12)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from egate_sim.passport import der
from egate_sim.passport.certificates import Revoked
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.registry import ANTARCTICA, UTOPIA, Country, Registry, Terms, midnight

__all__ = ["ANTARCTICA", "UTOPIA", "Country", "Renewal", "State", "found_state", "master_list", "renew_csca"]

_MASTER_LIST = "2.23.136.1.1.2"


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """``signer`` signs passports; ``revoked_signer`` did until its key was compromised and stands in ``crl`` (DER)."""

    country: Country
    founded: date
    secret: bytes
    csca: Signer
    signer: Signer
    revoked_signer: Signer
    master_list_signer: Signer
    crl: bytes

    @property
    def code(self) -> str:
        return self.country.code

    @property
    def registry(self) -> Registry:
        """Where the state has further certificates written."""
        return Registry(self.country, self.secret, self.founded)

    def signer_of(self, document_type: str) -> Signer:
        """The Document Signer for this kind of document, as the MRZ writes it. Passports have one, all else another."""
        return self.signer if document_type.startswith("P") else _card_signer(self.registry, self.csca)

    def __repr__(self) -> str:
        return f"State({self.code}, {self.founded})"


@lru_cache
def _card_signer(registry: Registry, csca: Signer) -> Signer:
    return registry.document_signer(csca, 3, Terms(types=("I", "A", "C")))


def found_state(country: Country, secret: bytes, issued_at: date) -> State:
    """Set up a state's authorities as they stand on the day ``issued_at``."""
    registry = Registry(country, secret, issued_at)
    csca = registry.csca()
    revoked = registry.document_signer(csca, 1)
    return State(
        country=country,
        founded=issued_at,
        secret=secret,
        csca=csca,
        signer=registry.document_signer(csca, 2),
        revoked_signer=revoked,
        master_list_signer=registry.master_list_signer(csca),
        crl=registry.crl(csca, (Revoked(revoked.certificate.serial_number, midnight(issued_at)),)),
    )


@dataclass(frozen=True, slots=True)
class Renewal:
    """``state`` signs with its next CSCA key; ``link`` (DER): what the former CSCA says about that key."""

    state: State
    link: bytes


def renew_csca(state: State, *, new_name: bool) -> Renewal:
    """The next CSCA key, under the former name or under a new one (Doc 9303-12, 7.1.1)."""
    registry = replace(state.registry, generation=2, renamed=new_name)
    csca = registry.csca()
    renewed = replace(
        state,
        csca=csca,
        signer=registry.document_signer(csca, 2),
        master_list_signer=registry.master_list_signer(csca),
        crl=registry.crl(csca, ()),
    )
    return Renewal(renewed, registry.link(state.csca, csca))


def master_list(publisher: State, states: Iterable[State], further: Iterable[bytes] = ()) -> bytes:
    """CSCA master list of ``states`` and of ``further`` certificates (DER), signed by ``publisher``: ContentInfo."""
    listed = {state.csca.certificate_der for state in states} | set(further)
    content = der.sequence(der.integer(0), der.set_of(*listed))
    at = midnight(publisher.founded)
    return signed_data(_MASTER_LIST, content, publisher.master_list_signer, at, (publisher.csca.certificate_der,))
