"""EF.DG5 and EF.DG7: images that the data page displays, portraits and signatures (Doc 9303-10)."""

from dataclasses import dataclass

from egate.document.lds.details import Defect
from egate.document.lds.fields import Fields
from egate.document.lds.files import Ef
from egate.document.lds.images import EncodedImage
from egate.document.lds.redacted import Redacted

_DISPLAYED_PORTRAIT = 0x5F40
_DISPLAYED_SIGNATURE = 0x5F43


@dataclass(frozen=True, slots=True, repr=False)
class DisplayedImages(Redacted):
    images: tuple[EncodedImage, ...]
    defects: tuple[Defect, ...]


def parse_dg5(raw: bytes) -> DisplayedImages:
    """Displayed portraits. Raises FormatError where the file is no template of data objects."""
    return _parse(Fields.of_file(raw, Ef.DG5), _DISPLAYED_PORTRAIT)


def parse_dg7(raw: bytes) -> DisplayedImages:
    """Displayed signatures or usual marks. Raises FormatError where the file is no template of data objects."""
    return _parse(Fields.of_file(raw, Ef.DG7), _DISPLAYED_SIGNATURE)


def _parse(fields: Fields, tag: int) -> DisplayedImages:
    values = fields.all(tag)
    fields.counted(len(values))
    return DisplayedImages(fields.images(values), fields.defects())
