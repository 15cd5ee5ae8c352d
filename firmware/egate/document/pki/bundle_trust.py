"""A trust store backed by a trust bundle: an item is decoded when an inspection first asks for it, and then kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from egate.document.errors import FormatError
from egate.document.pki.bundle import Bundle, By, Item, Section
from egate.document.pki.certificates import Certificate
from egate.document.pki.defects import DefectEntry
from egate.document.pki.revocation import RevocationList
from egate.document.pki.trust import TrustStore

T = TypeVar("T")
_ISSUING = (Section.CSCA, Section.LINK)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class BundleTrust(TrustStore):
    """What the bundle holds, and beside it what the fields hold in memory."""

    bundle: Bundle
    _decoded: dict[int, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"BundleTrust({self.bundle!r})"

    @property
    def decoded_count(self) -> int:
        """How many items have been asked for so far."""
        return len(self._decoded)

    def is_anchor(self, certificate: Certificate) -> bool:
        found = self.bundle.find(Section.CSCA, By.SUBJECT, certificate.subject.encode())
        listed = any(self.bundle.content(number) == certificate.der for number in found)
        return listed or TrustStore.is_anchor(self, certificate)

    def seal_signers_of(self, country: str) -> tuple[Certificate, ...]:
        found = self._find(Section.SEAL_SIGNER, {By.COUNTRY: country.encode()}, Certificate.from_der)
        return (*TrustStore.seal_signers_of(self, country), *found)

    def certificates_in(self, section: Section) -> tuple[Certificate, ...]:
        """All of CSCA, LINK or SEAL_SIGNER, decoded: for people, not for an inspection."""
        return tuple(self._item(number, Certificate.from_der) for number in self.bundle.all_of(section))

    def crls(self) -> tuple[RevocationList, ...]:
        """All revocation lists, decoded."""
        return tuple(self._item(number, RevocationList.from_der) for number in self.bundle.all_of(Section.CRL))

    def cvca_certificates(self) -> tuple[bytes, ...]:
        """Card-verifiable trust points, as they were put in."""
        return tuple(self.bundle.content(number) for number in self.bundle.all_of(Section.CVCA))

    def _authorities(self, subject: str, key_id: bytes | None) -> Iterator[Certificate]:
        yield from TrustStore._authorities(self, subject, key_id)
        values = {By.SUBJECT: subject.encode(), By.KEY_ID: key_id}
        for section in _ISSUING:
            yield from self._find(section, values, Certificate.from_der)

    def _lists(self, issuer: str, key_id: bytes | None) -> Iterator[RevocationList]:
        yield from TrustStore._lists(self, issuer, key_id)
        values = {By.SUBJECT: issuer.encode(), By.KEY_ID: key_id}
        yield from self._find(Section.CRL, values, RevocationList.from_der)

    def _entries(self, signer: Certificate) -> Iterator[DefectEntry]:
        yield from TrustStore._entries(self, signer)
        named = {By.SIGNER: signer_key(signer.issuer, f"{signer.serial:x}"), By.KEY_ID: signer.subject_key_id}
        yield from self._find(Section.DEFECT, named, decode_entry)
        for country in (signer.country, ""):
            yield from self._find(Section.DEFECT, {By.COUNTRY: country.encode()}, decode_entry)

    def _find(self, section: Section, values: dict[By, bytes | None], decode: Callable[[bytes], T]) -> Iterator[T]:
        """Decoded items that bear one of the values, each once."""
        numbers = dict.fromkeys(
            number
            for by, value in values.items()
            if value is not None
            for number in self.bundle.find(section, by, value)
        )
        for number in numbers:
            yield self._item(number, decode)

    def _item(self, number: int, decode: Callable[[bytes], T]) -> T:
        if number not in self._decoded:
            self._decoded[number] = decode(self.bundle.content(number))
        found: T = self._decoded[number]
        return found


def certificate_item(section: Section, certificate: Certificate) -> Item:
    keys = [(By.SUBJECT, certificate.subject.encode()), (By.COUNTRY, certificate.subject_country.encode())]
    if certificate.subject_key_id is not None:
        keys.append((By.KEY_ID, certificate.subject_key_id))
    return Item(section, certificate.der, tuple(keys))


def crl_item(crl: RevocationList) -> Item:
    keys = [(By.SUBJECT, crl.issuer.encode())]
    if crl.authority_key_id is not None:
        keys.append((By.KEY_ID, crl.authority_key_id))
    return Item(Section.CRL, crl.der, tuple(keys))


def defect_item(entry: DefectEntry) -> Item:
    """Found by its signer or, where it names none by which one could look, by its country."""
    keys = []
    if entry.issuer:
        keys.append((By.SIGNER, signer_key(entry.issuer, entry.serial)))
    if entry.key_id:
        keys.append((By.KEY_ID, entry.key_id))
    return Item(Section.DEFECT, msgspec.msgpack.encode(entry), tuple(keys) or ((By.COUNTRY, entry.country.encode()),))


def decode_entry(content: bytes) -> DefectEntry:
    """Raises FormatError."""
    try:
        return msgspec.msgpack.decode(content, type=DefectEntry)
    except (msgspec.MsgspecError, ValueError) as error:  # the latter: text that is no UTF-8
        raise FormatError(f"an entry of known defects is malformed ({error})") from None


def signer_key(issuer: str, serial: str) -> bytes:
    return f"{issuer}\n{serial}".encode()
