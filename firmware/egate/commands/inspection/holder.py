"""Whose document it is: shown only where somebody asked for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from egate.document.errors import MrzError
from egate.document.inspection.plan import ChipInspection
from egate.document.mrz.zone import Mrz


@dataclass(frozen=True, slots=True, repr=False)
class PortraitSize:
    """``width`` and ``height`` in pixels, 0 where the file does not say; ``length`` in bytes. Never the picture."""

    format: str
    width: int
    height: int
    length: int


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """``source``: "chip" or "page". Dates are None where they are unknown or make no sense."""

    source: str
    primary_identifier: str
    secondary_identifier: str
    document_number: str
    nationality: str
    sex: str
    birth: date | None
    expiry: date | None
    portrait: PortraitSize | None

    @classmethod
    def of(cls, printed: Mrz, inspections: Iterable[ChipInspection], today: date, window_years: int) -> Self:
        """From the chip where it gave its zone, or else from the page. ``window_years``: as for ``expiry_date``."""
        inspections = tuple(inspections)
        on_chip = next((each.dg1 for each in inspections if each.dg1 is not None), None)
        portraits = (each.portrait for each in inspections if each.portrait is not None)
        portrait = next((PortraitSize(p.format, p.width, p.height, len(p.image)) for p in portraits), None)
        zone = on_chip or printed
        return cls(
            source="chip" if on_chip is not None else "page",
            primary_identifier=zone.primary_identifier,
            secondary_identifier=zone.secondary_identifier,
            document_number=zone.document_number,
            nationality=zone.nationality,
            sex=zone.sex,
            birth=_birth(zone, today),
            expiry=_expiry(zone, today, window_years),
            portrait=portrait,
        )


def _birth(zone: Mrz, today: date) -> date | None:
    try:
        return zone.birth_date(today)
    except MrzError:
        return None


def _expiry(zone: Mrz, today: date, window_years: int) -> date | None:
    try:
        return zone.expiry_date(today, window_years)
    except MrzError:
        return None
