"""Data groups about the holder and the document, and those that only entitled terminals read: Doc 9303-10."""

from dataclasses import dataclass
from datetime import date

from egate_sim.passport.lds.files import TAGS, File
from egate_sim.passport.tlv import data_object

_TAG_LIST = 0x5C
_COUNT = 0x02


@dataclass(frozen=True, slots=True, repr=False)
class PersonalDetails:
    """Invented people only. Names as their holders write them; lines of an address in their order."""

    full_name: str
    birth: date
    birthplace: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    profession: str = ""

    def __repr__(self) -> str:
        return "PersonalDetails(...)"


def dg11(details: PersonalDetails, birth: bytes | None = None) -> bytes:
    """Additional personal details. ``birth``: as some issuers write the date, in place of eight digits."""
    written = f"{details.birth:%Y%m%d}".encode() if birth is None else birth
    fields = {0x5F0E: _name(details.full_name), 0x5F2B: written}
    fields |= {0x5F11: _lines(details.birthplace), 0x5F42: _lines(details.address)}
    fields[0x5F13] = details.profession.encode()
    return _listed(File.DG11, fields)


def dg12(authority: str, issued: date) -> bytes:
    """Additional details of the document: issuing authority, date of issue."""
    return _listed(File.DG12, {0x5F19: authority.encode(), 0x5F26: f"{issued:%Y%m%d}".encode()})


def dg13(content: bytes) -> bytes:
    """Whatever the issuing state likes."""
    return data_object(TAGS[File.DG13], content)


def dg7(*signatures: bytes) -> bytes:
    """Images of the holder's signature, JPEG."""
    images = (data_object(0x5F43, image) for image in signatures)
    return data_object(TAGS[File.DG7], data_object(_COUNT, bytes([len(signatures)])), *images)


def dg16(recorded: date, name: str, telephone: str) -> bytes:
    """One person to notify."""
    person = data_object(
        0xA1,
        data_object(0x5F50, f"{recorded:%Y%m%d}".encode()),
        data_object(0x5F51, _name(name)),
        data_object(0x5F52, telephone.encode()),
    )
    return data_object(TAGS[File.DG16], data_object(_COUNT, b"\x01"), person)


def dg3(salt: bytes) -> bytes:
    """Fingers, none enrolled: an empty group of templates with a random filling, so that nobody can tell from the
    hash in EF.SOD that it is empty (Doc 9303-10, 4.7.3)."""
    return _empty_group(File.DG3, salt)


def dg4(salt: bytes) -> bytes:
    """Irises, none enrolled; see ``dg3``."""
    return _empty_group(File.DG4, salt)


def _empty_group(file: File, salt: bytes) -> bytes:
    return data_object(TAGS[file], data_object(0x7F61, data_object(_COUNT, b"\x00"), data_object(0x53, salt)))


def _listed(file: File, fields: dict[int, bytes]) -> bytes:
    """A file that begins with the list of the tags it holds; empty fields are left out."""
    present = {tag: value for tag, value in fields.items() if value}
    tags = b"".join(tag.to_bytes(2, "big") for tag in present)
    objects = (data_object(tag, value) for tag, value in present.items())
    return data_object(TAGS[file], data_object(_TAG_LIST, tags), *objects)


def _name(text: str) -> bytes:
    """A surname and given names after two fillers, spaces as fillers."""
    return text.replace(" ", "<").encode()


def _lines(lines: tuple[str, ...]) -> bytes:
    return "<".join(lines).encode()
