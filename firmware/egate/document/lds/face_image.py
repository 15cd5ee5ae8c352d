"""The portrait of DG2: a face image of ISO/IEC 19794-5:2005 or of ISO/IEC 39794-5 in the templates of Doc 9303-10.

Only what leads to the image is read. The image itself is decoded elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from egate.checks import Reason
from egate.document.errors import DocumentError, FormatError
from egate.document.lds import face_19794, face_39794
from egate.document.lds.biometrics import RECORD, RECORD_CONSTRUCTED, BiometricHeader, templates
from egate.document.lds.faces import Face
from egate.document.lds.files import Ef
from egate.document.lds.images import ImageFormat, check_size, encoded_image


@dataclass(frozen=True, slots=True)
class Portrait:
    """An encoded image as the chip holds it, with bytes behind its end where the issuer left some.

    ``width`` and ``height`` in pixels: as the image's own header says or, where it says nothing, as the record around
    it announces; 0 where neither does. At most images.MAX_PIXELS.
    """

    image: bytes
    format: ImageFormat
    width: int
    height: int

    def __repr__(self) -> str:
        return f"Portrait({self.format})"


def parse_dg2(raw: bytes) -> Portrait:
    """The first portrait of EF.DG2 that is an image. Raises FormatError with PORTRAIT_UNREADABLE.

    A document may hold several faces, each in several representations; the first comes first, but where it is of a
    kind that nobody can decode the next is better than none.
    """
    problems: list[DocumentError] = []
    with _noting(problems):
        _, found = templates(raw, Ef.DG2)
        for header, record in found:
            with _noting(problems):
                for face in _faces(header, record):
                    with _noting(problems):
                        return _portrait(face)
    text = str(problems[0]) if problems else "DG2 holds no face image"
    raise FormatError(text, Reason.PORTRAIT_UNREADABLE)


@contextmanager
def _noting(problems: list[DocumentError]) -> Iterator[None]:
    try:
        yield
    except DocumentError as error:
        problems.append(error)


def _faces(header: BiometricHeader, record: bytes) -> Iterator[Face]:
    """The tag says how the record is encoded; the header's format type is wrong on some documents."""
    if header.record_tag == RECORD:
        return face_19794.faces(record)
    if header.record_tag == RECORD_CONSTRUCTED:
        return face_39794.faces(record)
    raise FormatError("a template of DG2 holds no biometric data block")


def _portrait(face: Face) -> Portrait:
    image = encoded_image(face.image)
    width, height = (image.width, image.height) if image.width and image.height else (face.width, face.height)
    check_size(width, height)
    return Portrait(image.data, image.format, width, height)
