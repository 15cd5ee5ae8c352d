"""Visible digital seals as a simulated state makes them: binary (VDS) and JSON (VDS-NC), Doc 9303-13."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from egate_sim.passport.authority_keys import AuthorityKey, Ecdsa, authority_key, sign
from egate_sim.passport.certificates import (
    COMMON_NAME,
    COUNTRY,
    ORGANISATION,
    Period,
    Request,
    Usage,
    authority_key_id,
    certificate,
    document_types,
    extended_key_usage,
    key_usage,
    name,
    subject_key_id,
)
from egate_sim.passport.registry import ISSUER, midnight
from egate_sim.passport.rsa_pool import Slot
from egate_sim.passport.state import State

VISA, EMERGENCY_TRAVEL_DOCUMENT, RESIDENCE_PERMIT = (0x5D, 0x01), (0x5E, 0x03), (0xFB, 0x06)
_MAGIC, _VERSION_4, _SIGNATURE = 0xDC, 0x03, 0xFF
_VDS_NC_SIGNING = "2.23.136.1.1.14.2"
_C40 = {character: value for value, character in enumerate(" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=3)}
_ALGORITHM = Ecdsa("secp256r1", "sha256")
_COORDINATE_BYTES = 32
_USE = timedelta(days=365)


@dataclass(frozen=True, slots=True, repr=False)
class SealSigner:
    """``reference``: how seals name it, four letters and the serial number in hexadecimal."""

    country: str
    letters: str
    serial: int
    certificate_der: bytes
    key: AuthorityKey

    @property
    def reference(self) -> str:
        number = f"{self.serial:X}"
        return f"{self.country}{self.letters}{len(number):02X}{number}"

    def sign(self, content: bytes) -> bytes:
        """r and s side by side."""
        numbers = decode_dss_signature(sign(self.key, _ALGORITHM.digest, content))
        return b"".join(number.to_bytes(_COORDINATE_BYTES, "big") for number in numbers)

    def __repr__(self) -> str:
        return f"SealSigner({self.country}{self.letters})"


def seal_signer(state: State, letters: str = "SL", serial: int = 0x2A, *, vds_nc: bool = False) -> SealSigner:
    """A signer below the state's CSCA. ``vds_nc``: one for seals in JSON, which carry its certificate."""
    start = midnight(state.founded)
    key = authority_key(_ALGORITHM, state.secret, f"{state.code} seal signer {letters}", Slot.OTHER)
    purpose = extended_key_usage(_VDS_NC_SIGNING) if vds_nc else document_types("V")
    request = Request(
        issuer=state.csca.certificate.subject.public_bytes(),
        subject=name((COUNTRY, state.country.alpha2), (ORGANISATION, ISSUER), (COMMON_NAME, letters)),
        serial=serial,
        validity=Period(start, start + _USE),
        extensions=(
            subject_key_id(key),
            authority_key_id(state.csca.key),
            key_usage(Usage.DIGITAL_SIGNATURE),
            purpose,
        ),
    )
    encoded = certificate(request, key, state.csca.key, state.csca.digest)
    return SealSigner(state.country.alpha2, letters, serial, encoded, key)


def pack(text: str) -> bytes:
    """C40: three characters in two bytes; ``<`` becomes a space."""
    packed = b""
    characters = text.replace("<", " ")
    for start in range(0, len(characters), 3):
        triple = characters[start : start + 3]
        if len(triple) == 1:
            packed += bytes([0xFE, ord(triple) + 1])
        else:
            values = [_C40[character] for character in triple] + [0] * (3 - len(triple))
            packed += (1600 * values[0] + 40 * values[1] + values[2] + 1).to_bytes(2, "big")
    return packed


def seal(
    signer: SealSigner, state_code: str, profile: tuple[int, int], features: Mapping[int, bytes], day: date
) -> bytes:
    """A binary seal of version 4. ``profile``: feature definition and document category."""
    header = bytes([_MAGIC, _VERSION_4]) + pack(state_code.ljust(3, "<")) + pack(signer.reference)
    header += 2 * int(f"{day:%m%d%Y}").to_bytes(3, "big") + bytes(profile)
    message = b"".join(bytes([tag, len(value)]) + value for tag, value in features.items())
    signature = signer.sign(header + message)
    return header + message + bytes([_SIGNATURE, len(signature)]) + signature


def visa_seal(signer: SealSigner, state_code: str, zone: tuple[str, str], passport_number: str, day: date) -> bytes:
    """``zone``: the visa's own, MRV-A or MRV-B; its optional data are not sealed."""
    tag = 1 if len(zone[0]) == 44 else 2  # noqa: PLR2004 - the width of MRV-A
    features = {
        tag: pack(zone[0] + zone[1][:28]),
        3: bytes([2]),
        4: bytes([90, 0, 0]),
        5: pack(passport_number.ljust(9, "<")),
    }
    return seal(signer, state_code, VISA, features, day)


def travel_authorisation(signer: SealSigner, state_code: str, number: str, birth: date, until: date) -> bytes:
    """A VDS-NC for a digital travel authorisation: bound to a passport by its number."""
    message = {
        "pid": {"dn": number, "dob": birth.isoformat(), "n": "TRAVELLER"},
        "vf": "2000-01-01",
        "vu": until.isoformat(),
    }
    return nc_seal(signer, {"hdr": {"is": state_code, "t": "icao.dta", "v": 1}, "msg": message})


def nc_seal(signer: SealSigner, data: Mapping[str, object]) -> bytes:
    """``data``: texts and small whole numbers alone, names in ASCII, for which sorting by code point is canonical."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    proof = {
        "alg": "ES256",
        "cer": base64.urlsafe_b64encode(signer.certificate_der).decode("ascii"),
        "sigvl": base64.urlsafe_b64encode(signer.sign(canonical)).decode("ascii").rstrip("="),
    }
    return json.dumps({"sig": proof, "data": data}, ensure_ascii=False).encode("utf-8")
