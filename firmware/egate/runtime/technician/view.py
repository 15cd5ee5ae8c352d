"""What stands on the technician's page, in words and figures that are ready to be shown."""

from enum import StrEnum
from functools import cache

import msgspec

from egate.face.pad.challenge import Colour
from egate.face.pad.presentation_test import ALARM, FusionResult
from egate.face.quality.judgement import Finding, Judged
from egate.face.snapshot import CueFigure, FeatureFigure, PadFigures, Phase, Snapshot
from egate.runtime.screen.server import TEXTS_DIR
from egate.runtime.screen.texts import Texts
from egate.runtime.screen.texts import load as load_screen_texts
from egate.runtime.technician.texts import say
from egate.runtime.technician.watch import Lap, Sight
from egate.screens import Screen

_LANGUAGE = "en"


class Tone(StrEnum):
    """What a colour supports; words say the same."""

    FINE = "fine"
    ALARM = "alarm"
    OPEN = "open"


class Swatch(msgspec.Struct, frozen=True):
    """``colour``: #rrggbb as a display shows it."""

    colour: str
    words: str


class Bar(msgspec.Struct, frozen=True):
    """A score 0 live .. 1 attack, None where there is none. ``mark``: where an alarm begins, None without a line."""

    key: str
    title: str
    about: str
    score: float | None
    mark: float | None
    words: str
    tone: Tone


class Feature(msgspec.Struct, frozen=True):
    """One row: value, the calibration's mean and scale, how many scales apart, the weight."""

    name: str
    value: str
    typical: str
    apart: str
    weight: str


class CueRow(msgspec.Struct, frozen=True):
    """``why``: why it is undetermined, else empty; ``votes``: whether a fusion needs it, and ``vote`` which."""

    bar: Bar
    why: str
    votes: bool
    vote: str
    more: str
    features: tuple[Feature, ...]


class Row(msgspec.Struct, frozen=True):
    """One line of a table."""

    title: str
    cells: tuple[str, ...]
    tone: Tone


class Shown(msgspec.Struct, frozen=True):
    """Everything about one sight."""

    told: str
    why: str
    frames: str
    progress: float
    rate: str
    challenge: str
    swatch: Swatch | None
    final: Bar
    fusions: tuple[Bar, ...]
    cues: tuple[CueRow, ...]
    measures: tuple[Row, ...]
    laps: tuple[Row, ...]


class View(msgspec.Struct, frozen=True):
    """``head``: where the capture stands; ``phase`` and ``shown`` None: the page is empty."""

    head: str
    phase: Phase | None
    tone: Tone
    shown: Shown | None


def view_of(sight: Sight | None) -> View:
    """The page for one sight, or the empty page."""
    if sight is None:
        return View(say("head", "empty"), None, Tone.OPEN, None)
    snapshot = sight.snapshot
    head, tone = snapshot.phase.value, Tone.OPEN
    if snapshot.phase is Phase.DONE:
        head, tone = ("done_alarm", Tone.ALARM) if snapshot.alarm else ("done_fine", Tone.FINE)
    return View(say("head", head), snapshot.phase, tone, _shown(sight, snapshot))


def _shown(sight: Sight, snapshot: Snapshot) -> Shown:
    pad = snapshot.pad or PadFigures(None, (), ())
    rate, challenge = sight.frames_per_s, snapshot.challenge
    over = snapshot.phase is Phase.DONE
    return Shown(
        told=say("word", "told_nothing") if over else _told(snapshot),
        why=say("finding", "none" if snapshot.finding is None else snapshot.finding.value),
        frames=say("word", "frames", used=snapshot.frames_used, needed=snapshot.frames_needed),
        progress=snapshot.progress,
        rate=say("word", "rate_unknown") if rate is None else say("word", "rate", rate=rate),
        challenge="" if challenge is None else say("word", "challenge", share=challenge),
        swatch=None if challenge is None else _swatch(snapshot.lamp),
        final=_final(snapshot),
        fusions=tuple(_fusion(fusion, pad, snapshot.phase) for fusion in pad.fusions),
        cues=tuple(_cue(cue) for cue in sorted(pad.cues, key=lambda cue: not cue.fusions)),
        measures=tuple(_measure(measure) for measure in snapshot.measures),
        laps=tuple(_lap(lap) for lap in sight.laps),
    )


def _told(snapshot: Snapshot) -> str:
    """What stands on the traveller's screen."""
    texts = _screen_texts()
    if snapshot.guidance is not None:
        return texts.guidance[snapshot.guidance]
    return texts.screens[Screen.LOOK_AT_CAMERA].title


@cache
def _screen_texts() -> Texts:
    return load_screen_texts(TEXTS_DIR)[_LANGUAGE]


def _swatch(lamp: Colour | None) -> Swatch:
    if lamp is None:
        return Swatch("#000000", say("word", "lamp_off"))
    shares = (lamp.red, lamp.green, lamp.blue)
    colour = "#" + "".join(f"{round(255 * _encoded(share)):02x}" for share in shares)
    return Swatch(colour, say("word", "lamp", red=lamp.red, green=lamp.green, blue=lamp.blue))


def _encoded(linear: float) -> float:
    """Light as a display encodes it (IEC 61966-2-1, sRGB)."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055  # noqa: PLR2004 - the standard's


# Scores


def _final(snapshot: Snapshot) -> Bar:
    score = None if snapshot.pad is None else snapshot.pad.score
    words, tone = {
        None: (say("word", "not_yet"), Tone.OPEN),
        False: (say("word", "no_alarm"), Tone.FINE),
        True: (say("word", "alarm_missing" if score is None else "alarm"), Tone.ALARM),
    }[snapshot.alarm]
    about = say("word", "alarm_from", threshold=snapshot.alarm_from)
    return Bar("final", say("page", "final"), about, score, snapshot.alarm_from, words, tone)


def _fusion(fusion: FusionResult, pad: PadFigures, phase: Phase) -> Bar:
    title, about = say("fusion", fusion.name), say("word", "alarm_from", threshold=fusion.threshold)
    if fusion.score is None:
        silent = sorted(
            say("cue", name) for name in fusion.cues - {cue.name for cue in pad.cues if cue.score is not None}
        )
        about = say("word", "needs", alarm_from=about, cues=", ".join(silent))
        words, tone = say("word", "no_score"), Tone.ALARM if phase is Phase.DONE else Tone.OPEN
    elif fusion.score < fusion.threshold:
        words, tone = say("word", "no_alarm"), Tone.FINE
    else:
        words, tone = say("word", "alarm"), Tone.ALARM
    return Bar(fusion.name, title, about, fusion.score, fusion.threshold, words, tone)


def _cue(cue: CueFigure) -> CueRow:
    if cue.score is None:
        words, tone = say("word", "undetermined"), Tone.OPEN
    elif cue.score < ALARM:
        words, tone = say("word", "like_live"), Tone.FINE
    else:
        words, tone = say("word", "like_attack"), Tone.ALARM
    fusions = ", ".join(say("fusion", name) for name in cue.fusions)
    return CueRow(
        Bar(cue.name, say("cue", cue.name), say("about", cue.name), cue.score, None, words, tone),
        "" if cue.missing is None else say("missing", cue.missing.value),
        bool(fusions),
        say("word", "votes", fusions=fusions) if fusions else say("word", "no_vote"),
        say("word", "more", count=len(cue.features)) if cue.features else "",
        tuple(_feature(feature) for feature in cue.features),
    )


def _feature(feature: FeatureFigure) -> Feature:
    name, value = feature.name, f"{feature.value:.3g}"
    if feature.mean is None or feature.scale is None or feature.weight is None:
        return Feature(name, value, say("word", "unused"), "", "")
    typical = say("word", "typical", mean=feature.mean, scale=feature.scale)
    apart = (feature.value - feature.mean) / feature.scale
    return Feature(name, value, typical, f"{apart:+.1f}", f"{feature.weight:+.2g}")


# Tables


def _measure(measure: Judged) -> Row:
    low, high = measure.low, measure.high
    between = low is not None and high is not None
    kind = "between" if between else "at_least" if low is not None else "at_most"
    limit, fine = say("word", kind, low=low, high=high), measure.finding is Finding.OK
    state = say("word", "fine") if fine else say("finding", measure.finding.value)
    return Row(
        say("measure", measure.measure), (_number(measure.value), limit, state), Tone.FINE if fine else Tone.ALARM
    )


def _number(value: float) -> str:
    """As many places behind the point as are worth reading: 120, 20.7, 0.51."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2  # noqa: PLR2004 - powers of ten
    return f"{round(value, places) + 0.0:.{places}f}"


def _lap(lap: Lap) -> Row:
    cells = tuple(say("word", "ms", ms=ms) for ms in (lap.last_ms, lap.longest_ms))
    return Row(say("stage", lap.stage.value), cells, Tone.FINE)
