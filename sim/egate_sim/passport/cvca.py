"""The simulated state's other hierarchy: who may read fingers and irises. CVCA, DV, IS (BSI TR-03110-3, appendix C).

Card-verifiable certificates, because a chip verifies them: few tags, one order, dates without a time of day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, IntFlag

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from egate_sim.passport import der
from egate_sim.passport.authority_keys import (
    CURVES,
    Algorithm,
    AuthorityKey,
    Ecdsa,
    Rsa,
    RsaKey,
    authority_key,
    encoded_point,
    public_key_bits,
    sign,
)
from egate_sim.passport.registry import Country
from egate_sim.passport.rsa_pool import PUBLIC_EXPONENT, Slot
from egate_sim.passport.tlv import data_object

_TERMINAL_AUTHENTICATION = "0.4.0.127.0.7.2.2.2"
_INSPECTION_SYSTEMS = "0.4.0.127.0.7.3.1.2.1"
_VERSION_1 = b"\x00"
_MNEMONIC = "SIM"
# algorithm and digest to the last two arcs below id-TA
_RSA_V1_5_ARCS = {"sha1": "1.1", "sha256": "1.2", "sha512": "1.5"}
_RSA_PSS_ARCS = {"sha1": "1.3", "sha256": "1.4", "sha512": "1.6"}
_ECDSA_ARCS = {"sha1": "2.1", "sha224": "2.2", "sha256": "2.3", "sha384": "2.4", "sha512": "2.5"}

_CVCA_USE = timedelta(days=3 * 365)
_DV_USE = timedelta(days=90)
_TERMINAL_USE = timedelta(days=30)


class Role(IntEnum):
    """The two highest bits of the certificate holder authorization."""

    CVCA = 0xC0
    DV_OFFICIAL = 0x80
    DV_FOREIGN = 0x40
    INSPECTION_SYSTEM = 0x00


class Rights(IntFlag):
    """Which data groups the holder may read; the certificates above must grant it too."""

    NONE = 0
    DG3 = 1
    DG4 = 2


@dataclass(frozen=True, slots=True, repr=False)
class CardVerifiable:
    """A certificate holder: its ``reference`` (CHR), its certificate in BER-TLV, its private key."""

    reference: str
    certificate: bytes
    key: AuthorityKey
    algorithm: Algorithm

    def __repr__(self) -> str:
        return f"CardVerifiable({self.reference})"


@dataclass(frozen=True, slots=True)
class TerminalChain:
    """What an inspection system needs to be let in: the certificates from the trust point's first below down to its
    own, and its private key. ``trust_point`` is what the chip holds."""

    trust_point: CardVerifiable
    verifier: CardVerifiable
    terminal: CardVerifiable

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """In the order in which the chip verifies them."""
        return self.verifier.certificate, self.terminal.certificate


def terminal_chain(
    country: Country,
    secret: bytes,
    today: date,
    algorithm: Algorithm | None = None,
    rights: Rights = Rights.DG3 | Rights.DG4,
) -> TerminalChain:
    """The state's own CVCA, a document verifier and one of its gates. ``rights``: what the last two are granted."""
    office = CvcaOffice(country, secret, today, algorithm or Ecdsa())
    cvca = office.cvca()
    verifier = office.certify(cvca, "DV", Role.DV_OFFICIAL, rights, _DV_USE)
    return TerminalChain(cvca, verifier, office.certify(verifier, "IS", Role.INSPECTION_SYSTEM, rights, _TERMINAL_USE))


@dataclass(frozen=True, slots=True, repr=False)
class CvcaOffice:
    """Writes card-verifiable certificates of one state as of ``today``; all of them use ``algorithm``."""

    country: Country
    secret: bytes
    today: date
    algorithm: Algorithm

    def cvca(self, sequence: int = 1, former: CardVerifiable | None = None) -> CardVerifiable:
        """Self-signed, or with ``former`` a link certificate that leads on from that trust point."""
        reference, key = self._reference("CVCA", sequence), self._key(f"CVCA {sequence}", Slot.CSCA)
        holder = CardVerifiable(reference, b"", key, self.algorithm)
        rights = Rights.DG3 | Rights.DG4
        return self._write(former or holder, holder, Role.CVCA, rights, _CVCA_USE, whole_key=True)

    def certify(
        self, issuer: CardVerifiable, name: str, role: Role, rights: Rights, use: timedelta = _DV_USE
    ) -> CardVerifiable:
        """A certificate for the next level down. ``name``: two letters of the reference."""
        slot = Slot.OTHER if role is Role.INSPECTION_SYSTEM else Slot.SIGNER
        holder = CardVerifiable(self._reference(name, 1), b"", self._key(name, slot), self.algorithm)
        return self._write(issuer, holder, role, rights, use, whole_key=False)

    def _write(
        self,
        issuer: CardVerifiable,
        holder: CardVerifiable,
        role: Role,
        rights: Rights,
        use: timedelta,
        *,
        whole_key: bool,
    ) -> CardVerifiable:
        body = data_object(
            0x7F4E,
            data_object(0x5F29, _VERSION_1),
            data_object(0x42, issuer.reference.encode()),
            _public_key(holder.key, self.algorithm, whole=whole_key),
            data_object(0x5F20, holder.reference.encode()),
            data_object(0x7F4C, der.oid(_INSPECTION_SYSTEMS), data_object(0x53, bytes([role | rights]))),
            data_object(0x5F25, _unpacked(self.today)),
            data_object(0x5F24, _unpacked(self.today + use)),
        )
        signature = data_object(0x5F37, card_signature(issuer.key, issuer.algorithm, body))
        return CardVerifiable(holder.reference, data_object(0x7F21, body, signature), holder.key, self.algorithm)

    def _reference(self, name: str, sequence: int) -> str:
        """Country, mnemonic, sequence number of five characters."""
        return f"{self.country.alpha2}{_MNEMONIC}{name}{sequence:05d}"

    def _key(self, role: str, slot: Slot) -> AuthorityKey:
        return authority_key(self.algorithm, self.secret, f"{self.country.code} {role}", slot)

    def __repr__(self) -> str:
        return f"CvcaOffice({self.country.code}, {self.today})"


def card_signature(key: AuthorityKey, algorithm: Algorithm, message: bytes) -> bytes:
    """As chips want it: RSA's value, or ECDSA's r and s side by side (BSI TR-03111, plain format)."""
    signature = sign(key, algorithm.digest, message)
    if isinstance(algorithm, Rsa):
        return signature
    width = (CURVES[algorithm.curve].order.bit_length() + 7) // 8
    return b"".join(part.to_bytes(width, "big") for part in decode_dss_signature(signature))


def protocol(algorithm: Algorithm) -> str:
    """The object identifier below id-TA. Raises KeyError for a hash that Terminal Authentication lacks."""
    if isinstance(algorithm, Ecdsa):
        return f"{_TERMINAL_AUTHENTICATION}.{_ECDSA_ARCS[algorithm.digest]}"
    arcs = _RSA_PSS_ARCS if algorithm.pss else _RSA_V1_5_ARCS
    return f"{_TERMINAL_AUTHENTICATION}.{arcs[algorithm.digest]}"


def _public_key(key: AuthorityKey, algorithm: Algorithm, *, whole: bool) -> bytes:
    """``whole``: with the domain parameters, which all certificates below inherit."""
    fields = [der.oid(protocol(algorithm))]
    if isinstance(key, RsaKey):
        fields += [data_object(0x81, _unsigned(key.primes.modulus)), data_object(0x82, _unsigned(PUBLIC_EXPONENT))]
    elif isinstance(algorithm, Ecdsa):
        fields += _curve(algorithm) if whole else []
        fields += [data_object(0x86, public_key_bits(key))]
        fields += [data_object(0x87, b"\x01")] if whole else []
    return data_object(0x7F49, *fields)


def _curve(algorithm: Ecdsa) -> list[bytes]:
    """p, a, b, base point and order."""
    curve = CURVES[algorithm.curve]
    p = int(curve.curve.p())
    width = (p.bit_length() + 7) // 8
    p_a_b = (number.to_bytes(width, "big") for number in (p, int(curve.curve.a()) % p, int(curve.curve.b()) % p))
    values = (*p_a_b, encoded_point(curve.generator), _unsigned(int(curve.order)))
    return [data_object(tag, value) for tag, value in zip(range(0x81, 0x86), values, strict=True)]


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _unpacked(day: date) -> bytes:
    """Six digits of the date, one a byte."""
    return bytes(int(digit) for digit in f"{day:%y%m%d}")
