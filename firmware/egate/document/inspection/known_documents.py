"""Known-document models: what the chip of a passport of this state and edition can do, so that less is suspicious.

A forger who cannot copy a chip breaks it, or lets it speak a weaker protocol than the genuine ones. Only knowledge from
outside the document shows that. A zone does not state the date of issue; it is taken as the date of expiry less the
longest validity, so a model applies only where the document cannot be older than the edition.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

import msgspec

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.chip.steps import AccessProtocol
from egate.document.errors import FormatError, MrzError
from egate.document.mrz.zone import Mrz

_MODEL_UNKNOWN = "model_unknown"


class Feature(StrEnum):
    """What every document of a model has. AUTHENTICITY: Chip Authentication, its mapping in PACE, or Active
    Authentication."""

    CHIP = "chip"
    PACE = "pace"
    AUTHENTICITY = "authenticity"


@dataclass(frozen=True, slots=True)
class DocumentModel:
    """Documents that ``states`` have issued since ``issued_from`` with a type that begins with ``type``.

    ``validity_years``: the longest that they are valid. ``features``: what each of them has. ``source``: who says so.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{1,40}$")]
    type: Annotated[str, msgspec.Meta(pattern="^[A-Z]{1,2}$")]
    states: Annotated[tuple[Annotated[str, msgspec.Meta(pattern="^[A-Z]{1,3}$")], ...], msgspec.Meta(min_length=1)]
    issued_from: date
    validity_years: Annotated[int, msgspec.Meta(ge=1, le=20)]
    features: tuple[Feature, ...]
    source: str

    @property
    def word(self) -> str:
        """As records name it."""
        return f"model:{self.name}"

    def covers(self, mrz: Mrz, earliest_issue: date) -> bool:
        """Whether a document with this zone, issued on or after ``earliest_issue``, is certainly of this model."""
        fits = mrz.issuing_state in self.states and mrz.document_type.startswith(self.type)
        return fits and earliest_issue >= self.issued_from


@dataclass(frozen=True, slots=True)
class _File:
    model: tuple[DocumentModel, ...]


@dataclass(frozen=True, slots=True)
class KnownDocuments:
    """All models, newest edition first."""

    models: tuple[DocumentModel, ...] = ()

    @classmethod
    def of(cls, models: Iterable[DocumentModel]) -> Self:
        return cls(tuple(sorted(models, key=lambda model: model.issued_from, reverse=True)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """From TOML with one ``[[model]]`` a model. Raises FormatError, which names the key."""
        try:
            return cls.of(msgspec.convert(tomllib.loads(text), _File).model)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise FormatError(f"the list of known documents is wrong: {error}") from None

    def model_of(self, mrz: Mrz, today: date, window_years: int) -> DocumentModel | None:
        """The newest edition to which this document certainly belongs. ``window_years``: how far ahead an expiry may
        lie, as for ``Mrz.expiry_date``."""
        try:
            expiry = mrz.expiry_date(today, window_years)
        except MrzError:
            return None
        return next((m for m in self.models if m.covers(mrz, _years_before(expiry, m.validity_years))), None)


def judge_model(model: DocumentModel | None, access: AccessProtocol | None, authenticity: CheckResult) -> CheckResult:
    """Whether the chip is as those of its model are. ``access`` None: it let nobody in, which says nothing here.

    ``authenticity``: the result of that check. An unknown model has nothing to fall short of.
    """
    check = Check.DOCUMENT_MODEL
    if access is None:
        return CheckResult(check, Outcome.ABORTED, Reason.NOT_DONE)
    if model is None:
        return passed(check, _MODEL_UNKNOWN)
    if Feature.PACE in model.features and access is not AccessProtocol.PACE:
        return CheckResult(check, Outcome.FAILED, Reason.ACCESS_DOWNGRADED, (model.word, Feature.PACE))
    if Feature.AUTHENTICITY in model.features and authenticity.reason is Reason.NOT_OFFERED:
        return CheckResult(check, Outcome.FAILED, Reason.ACCESS_DOWNGRADED, (model.word, Feature.AUTHENTICITY))
    return passed(check, model.word)


def judge_missing_chip(model: DocumentModel | None) -> CheckResult:
    """The document answers with no chip at all. What nobody knows better has one: only such are taken here."""
    check = Check.DOCUMENT_MODEL
    if model is None:
        return CheckResult(check, Outcome.FAILED, Reason.CHIP_ABSENT, (_MODEL_UNKNOWN,))
    if Feature.CHIP in model.features:
        return CheckResult(check, Outcome.FAILED, Reason.CHIP_ABSENT, (model.word,))
    return passed(check, model.word)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
