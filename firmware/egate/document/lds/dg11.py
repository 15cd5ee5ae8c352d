"""EF.DG11: additional personal details (Doc 9303-10)."""

from dataclasses import dataclass

from egate.document.lds.details import Defect, PartialDate, PersonName
from egate.document.lds.fields import Fields
from egate.document.lds.files import Ef
from egate.document.lds.images import EncodedImage
from egate.document.lds.redacted import Redacted


@dataclass(frozen=True, slots=True, repr=False)
class PersonalDetails(Redacted):
    """``full_name`` and ``other_names`` in the holder's own script where the issuer wrote it; all may be empty."""

    full_name: PersonName | None
    other_names: tuple[PersonName, ...]
    personal_number: str
    birth: PartialDate | None
    place_of_birth: tuple[str, ...]
    address: tuple[str, ...]
    telephone: str
    profession: str
    title: str
    summary: str
    proof_of_citizenship: EncodedImage | None
    other_document_numbers: tuple[str, ...]
    custody: str
    defects: tuple[Defect, ...]


def parse_dg11(raw: bytes) -> PersonalDetails:
    """Raises FormatError where the file is no template of data objects; all else is told as a defect."""
    fields = Fields.of_file(raw, Ef.DG11)
    fields.check_tag_list()
    return PersonalDetails(
        full_name=fields.name(0x5F0E),
        other_names=fields.names(fields.repeated(0x5F0F)),
        personal_number=fields.text(0x5F10),
        birth=fields.date(0x5F2B),
        place_of_birth=fields.lines(0x5F11),
        address=fields.lines(0x5F42),
        telephone=fields.text(0x5F12),
        profession=fields.text(0x5F13),
        title=fields.text(0x5F14),
        summary=fields.text(0x5F15),
        proof_of_citizenship=fields.image(0x5F16),
        other_document_numbers=fields.lines(0x5F17),
        custody=fields.text(0x5F18),
        defects=fields.defects(),
    )
