"""EF.DG16: persons to notify (Doc 9303-10)."""

from dataclasses import dataclass

from egate.document.lds.details import Defect, PartialDate, PersonName
from egate.document.lds.fields import Fields
from egate.document.lds.files import Ef
from egate.document.lds.redacted import Redacted

_TEMPLATES = range(0xA1, 0xB0)  # A1 is the first person


@dataclass(frozen=True, slots=True, repr=False)
class Contact(Redacted):
    """One person to notify; ``recorded``: when the entry was made."""

    recorded: PartialDate | None
    name: PersonName | None
    telephone: str
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class PersonsToNotify(Redacted):
    persons: tuple[Contact, ...]
    defects: tuple[Defect, ...]


def parse_dg16(raw: bytes) -> PersonsToNotify:
    """Raises FormatError where the file, or one person in it, is no template of data objects."""
    fields = Fields.of_file(raw, Ef.DG16)
    people = [Fields(content) for tag in _TEMPLATES for content in fields.all(tag)]
    contacts = tuple(_contact(person) for person in people)
    fields.counted(len(contacts))
    defects = dict.fromkeys(defect for part in (fields, *people) for defect in part.defects())
    return PersonsToNotify(contacts, tuple(defects))


def _contact(fields: Fields) -> Contact:
    return Contact(
        recorded=fields.date(0x5F50),
        name=fields.name(0x5F51),
        telephone=fields.text(0x5F52),
        address=fields.lines(0x5F53),
    )
