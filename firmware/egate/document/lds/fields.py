"""Reads the files of details (DG11, DG12, DG16) field by field, forgiving what issuers are known to do."""

from collections.abc import Iterable
from datetime import time

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.details import (
    DATE_DIGITS,
    Defect,
    PartialDate,
    PersonName,
    digits,
    partial_date,
    person,
    printable,
    time_of_day,
    words,
)
from egate.document.lds.files import Ef
from egate.document.lds.images import EncodedImage, encoded_image

_TAG_LIST = 0x5C
_CONTENT_SPECIFIC = 0xA0
_COUNT = 0x02
_STRUCTURE = {_TAG_LIST, _CONTENT_SPECIFIC, _COUNT}
_MAX_OBJECTS = 256  # project choice; the standard names some twenty in any file


class Fields:
    """The data objects of one file or template, read field by field. ``defects`` grows while reading.

    A field that is not there is "" or None or (); one that is there twice counts once, unless it may repeat.
    """

    def __init__(self, content: bytes) -> None:
        """Raises FormatError where ``content`` is no row of data objects, or a very long one."""
        self._objects: dict[int, list[bytes]] = {}
        self._read: set[int] = {_TAG_LIST, _CONTENT_SPECIFIC}
        self._defects: dict[Defect, None] = {}  # a set that keeps its order
        for count, item in enumerate(tlv.read_all(content)):
            if count >= _MAX_OBJECTS:
                raise FormatError("a file holds more data objects than the standard has fields")
            self._objects.setdefault(item.tag, []).append(item.value)

    @classmethod
    def of_file(cls, raw: bytes, ef: Ef) -> "Fields":
        return cls(tlv.find(raw, ef.value.tag))

    def note(self, defect: Defect) -> None:
        self._defects[defect] = None

    def defects(self) -> tuple[Defect, ...]:
        """To be asked last: what no one has read by then is unknown."""
        if set(self._objects) - self._read:
            self.note(Defect.UNKNOWN_TAG)
        return tuple(self._defects)

    def first(self, tag: int) -> bytes:
        """The value of the first object of that tag; empty where there is none."""
        return next(iter(self.all(tag)), b"")

    def all(self, tag: int) -> list[bytes]:
        self._read.add(tag)
        return self._objects.get(tag, [])

    def check_tag_list(self) -> None:
        """Compare object 5C with the tags that are there, on this level or inside A0."""
        nested = [item.tag for value in self._objects.get(_CONTENT_SPECIFIC, []) for item in _lenient(value)]
        listed = _tags(next(iter(self._objects.get(_TAG_LIST, [])), b""))
        if set(listed) - _STRUCTURE != (set(self._objects) | set(nested)) - _STRUCTURE:
            self.note(Defect.TAG_LIST)

    def repeated(self, tag: int) -> list[bytes]:
        """The objects of that tag inside A0, which counts them in object 02; else those that stand outside it."""
        self._read.add(tag)
        for value in self._objects.get(_CONTENT_SPECIFIC, []):
            items = list(_lenient(value))
            found = [item.value for item in items if item.tag == tag]
            if found:
                self._check_count(len(found), [item.value for item in items if item.tag == _COUNT])
                return found
        outside = self.all(tag)
        if outside:
            self.note(Defect.NESTING)
        return outside

    def _check_count(self, found: int, counts: list[bytes]) -> None:
        if not counts or int.from_bytes(counts[0]) != found:
            self.note(Defect.COUNT)

    def counted(self, found: int) -> None:
        """Compare object 02 on this level with the number of things that were found."""
        self._check_count(found, self.all(_COUNT))

    def text(self, tag: int) -> str:
        return self.decode(self.first(tag))

    def lines(self, tag: int) -> tuple[str, ...]:
        """The parts of a text that < divides, as in an address; empty parts are left out."""
        parts = self.decode(self.first(tag), keep_fillers=True).split("<")
        return tuple(part for part in map(str.strip, parts) if part)

    def name(self, tag: int) -> PersonName | None:
        return next(iter(self.names([self.first(tag)])), None)

    def names(self, values: Iterable[bytes]) -> tuple[PersonName, ...]:
        """Those that hold a name at all."""
        texts = (self.decode(value, keep_fillers=True) for value in values)
        return tuple(name for text in texts if (name := person(text)))

    def date(self, tag: int) -> PartialDate | None:
        """CCYYMMDD, in eight digits or in four bytes BCD; both are met."""
        value = self.first(tag)
        found = partial_date(digits(value)) if value else None
        if value and found is None:
            self.note(Defect.DATE)
        return found

    def moment(self, tag: int) -> tuple[PartialDate | None, time | None]:
        """CCYYMMDDhhmmss, in digits or BCD; no zone is told. The time may be missing."""
        value = self.first(tag)
        figures = digits(value)
        day, clock = partial_date(figures[:DATE_DIGITS]), time_of_day(figures[DATE_DIGITS:])
        if (value and day is None) or (figures[DATE_DIGITS:] and clock is None):
            self.note(Defect.DATE)
        return day, clock

    def image(self, tag: int) -> EncodedImage | None:
        return next(iter(self.images([value for value in [self.first(tag)] if value])), None)

    def images(self, values: Iterable[bytes]) -> tuple[EncodedImage, ...]:
        """Those that are JPEG or JPEG 2000."""
        return tuple(image for value in values if (image := self._image(value)))

    def _image(self, value: bytes) -> EncodedImage | None:
        try:
            return encoded_image(value)
        except FormatError:
            self.note(Defect.IMAGE)
            return None

    def decode(self, value: bytes, *, keep_fillers: bool = False) -> str:
        """Text for an officer's eye: UTF-8, or else Latin-1 and a defect; without fillers and control characters."""
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            self.note(Defect.TEXT)
            text = value.decode("latin-1")
        return printable(text).strip(" <") if keep_fillers else words(printable(text))


def _tags(value: bytes) -> Iterable[int]:
    try:
        return tlv.read_tags(value)
    except FormatError:
        return ()


def _lenient(value: bytes) -> list[tlv.Tlv]:
    """The data objects of a template up to the first that is broken."""
    found: list[tlv.Tlv] = []
    try:
        for item in tlv.read_all(value):
            found.append(item)
            if len(found) >= _MAX_OBJECTS:
                break
    except FormatError:
        return found
    return found
