"""Writes the SecurityInfos that tell terminals what a chip speaks: EF.CardAccess, EF.CardSecurity, DG14, EF.CVCA.

Doc 9303-11, 9.2; the public keys also as BSI TR-03110-3, A.1 has them.
"""

from enum import Enum, auto

from asn1crypto import core

from egate_sim.passport.contents import ChipAuthenticationOffer, PaceOffer, StaticKey
from egate_sim.passport.groups import DhGroup, EcGroup, Group
from egate_sim.passport.tlv import data_object

_PACE_VERSION = 2
_CHIP_AUTHENTICATION_VERSION = 1
_TERMINAL_AUTHENTICATION_VERSION = 1
_ACTIVE_AUTHENTICATION_VERSION = 1
_TERMINAL_AUTHENTICATION = "0.4.0.127.0.7.2.2.2"
_ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
_PUBLIC_KEY_DH, _PUBLIC_KEY_ECDH = "0.4.0.127.0.7.2.2.1.1", "0.4.0.127.0.7.2.2.1.2"
_STANDARDISED_PARAMETERS = "0.4.0.127.0.7.1.2"
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_DH_PUBLIC_NUMBER = "1.2.840.10046.2.1"
_PRIME_FIELD = "1.2.840.10045.1.1"
_SEQUENCE, _SET, _OCTET_STRING, _BIT_STRING = 0x30, 0x31, 0x04, 0x03
_CVCA_REFERENCE, _CVCA_FILE_BYTES = 0x42, 36


class Parameters(Enum):
    """How a public key names its domain parameters."""

    EXPLICIT = auto()  # every number written out
    STANDARDISED = auto()  # the number of a row of Doc 9303-11, 9.5.1


def security_infos(*infos: bytes) -> bytes:
    """The SET OF all infos in DER: content of EF.CardAccess and of DG14."""
    return data_object(_SET, *sorted(infos))


def pace_info(offer: PaceOffer) -> bytes:
    """PACEInfo."""
    return _sequence(_oid(offer.protocol), _integer(_PACE_VERSION), _integer(offer.group.parameter_id))


def chip_authentication_infos(
    offer: ChipAuthenticationOffer, parameters: Parameters = Parameters.EXPLICIT
) -> list[bytes]:
    """The ChipAuthenticationPublicKeyInfo of a key and its ChipAuthenticationInfos."""
    key_id = _key_id(offer.key)
    infos = (
        _sequence(_oid(offer.protocol(cipher)), _integer(_CHIP_AUTHENTICATION_VERSION), key_id)
        for cipher in offer.ciphers
    )
    return [chip_authentication_public_key_info(offer.key, parameters), *infos]


def chip_authentication_public_key_info(key: StaticKey, parameters: Parameters = Parameters.EXPLICIT) -> bytes:
    """ChipAuthenticationPublicKeyInfo, which tells of PACE-CAM's key in EF.CardSecurity too."""
    protocol = _PUBLIC_KEY_DH if isinstance(key.group, DhGroup) else _PUBLIC_KEY_ECDH
    return _sequence(_oid(protocol), public_key_info(key, parameters), _key_id(key))


def terminal_authentication_info() -> bytes:
    """TerminalAuthenticationInfo, version 1."""
    return _sequence(_oid(_TERMINAL_AUTHENTICATION), _integer(_TERMINAL_AUTHENTICATION_VERSION))


def active_authentication_info(algorithm: str) -> bytes:
    """ActiveAuthenticationInfo. ``algorithm``: object identifier of an ECDSA signature of BSI TR-03111."""
    return _sequence(_oid(_ACTIVE_AUTHENTICATION), _integer(_ACTIVE_AUTHENTICATION_VERSION), _oid(algorithm))


def ef_cvca(*references: str) -> bytes:
    """Content of EF.CVCA: references of the trust points, newest first, filled with zeros (BSI TR-03110-3, A.2)."""
    objects = b"".join(data_object(_CVCA_REFERENCE, reference.encode("latin-1")) for reference in references)
    return objects.ljust(_CVCA_FILE_BYTES, b"\x00")


def public_key_info(key: StaticKey, parameters: Parameters = Parameters.EXPLICIT) -> bytes:
    """SubjectPublicKeyInfo in DER. An integer is a key in DH, an uncompressed point on a curve."""
    public = key.public
    if isinstance(key.group, DhGroup):
        public = _integer(int.from_bytes(public, "big"))
    return _sequence(_algorithm(key.group, parameters), data_object(_BIT_STRING, b"\x00", public))


def _algorithm(group: Group, parameters: Parameters) -> bytes:
    if parameters is Parameters.STANDARDISED:
        return _sequence(_oid(_STANDARDISED_PARAMETERS), _integer(group.parameter_id))
    match group:
        case DhGroup():
            numbers = (group.prime, group.generating, group.order)  # DomainParameters of ANSI X9.42
            return _sequence(_oid(_DH_PUBLIC_NUMBER), _sequence(*map(_integer, numbers)))
        case EcGroup():
            return _sequence(_oid(_EC_PUBLIC_KEY), _curve_parameters(group))
    raise TypeError("a group is a curve or integers modulo a prime")


def _curve_parameters(group: EcGroup) -> bytes:
    """ECParameters of ANSI X9.62, version 1."""
    a, b = (number.to_bytes(group.field_bytes, "big") for number in group.coefficients)
    return _sequence(
        _integer(1),
        _sequence(_oid(_PRIME_FIELD), _integer(group.prime)),
        _sequence(data_object(_OCTET_STRING, a), data_object(_OCTET_STRING, b)),
        data_object(_OCTET_STRING, group.generator),
        _integer(group.order),
        _integer(1),
    )


def _key_id(key: StaticKey) -> bytes:
    return b"" if key.key_id is None else _integer(key.key_id)


def _sequence(*values: bytes) -> bytes:
    return data_object(_SEQUENCE, *values)


def _oid(dotted: str) -> bytes:
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded


def _integer(value: int) -> bytes:
    encoded: bytes = core.Integer(value).dump()
    return encoded
