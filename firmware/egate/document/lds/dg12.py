"""EF.DG12: additional details of the document (Doc 9303-10)."""

from dataclasses import dataclass
from datetime import time

from egate.document.lds.details import Defect, PartialDate, PersonName
from egate.document.lds.fields import Fields
from egate.document.lds.files import Ef
from egate.document.lds.images import EncodedImage
from egate.document.lds.redacted import Redacted


@dataclass(frozen=True, slots=True, repr=False)
class DocumentDetails(Redacted):
    """``other_persons`` travel on the same document. No zone goes with ``personalised_at``."""

    issuing_authority: str
    date_of_issue: PartialDate | None
    other_persons: tuple[PersonName, ...]
    endorsements: str
    tax_or_exit_requirements: str
    image_of_front: EncodedImage | None
    image_of_rear: EncodedImage | None
    personalised_on: PartialDate | None
    personalised_at: time | None
    personalisation_system: str
    defects: tuple[Defect, ...]


def parse_dg12(raw: bytes) -> DocumentDetails:
    """Raises FormatError where the file is no template of data objects; all else is told as a defect."""
    fields = Fields.of_file(raw, Ef.DG12)
    fields.check_tag_list()
    personalised_on, personalised_at = fields.moment(0x5F55)
    return DocumentDetails(
        issuing_authority=fields.text(0x5F19),
        date_of_issue=fields.date(0x5F26),
        other_persons=fields.names(fields.repeated(0x5F1A)),
        endorsements=fields.text(0x5F1B),
        tax_or_exit_requirements=fields.text(0x5F1C),
        image_of_front=fields.image(0x5F1D),
        image_of_rear=fields.image(0x5F1E),
        personalised_on=personalised_on,
        personalised_at=personalised_at,
        personalisation_system=fields.text(0x5F56),
        defects=fields.defects(),
    )
