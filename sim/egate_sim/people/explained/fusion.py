"""What every cue said of a living person and of one artefact of each class, each captured as the lane captures."""

from egate.face.pipeline import FacePipeline
from egate_sim.drawing import ALARM, FAINT, INK, Drawing
from egate_sim.people.attacks.catalogue import BY_ID
from egate_sim.people.attacks.trial import Trial, Who, play
from egate_sim.people.cast import holder_of
from egate_sim.people.explained.scene import VICTIM, Subject
from egate_sim.people.portrait import portrait_jpeg

_SHOWN = ("print-matt", "bent-cylinder", "holes-eyes", "still-laptop", "video-tablet", "paper-folded",
          "mask-silicone", "partial-nose")  # fmt: skip
_ROW, _CELL, _TITLES = 34, 94, 330
_LIVE, _UNKNOWN = (0xE3, 0xEF, 0xE6), "#eef1f2"


def draw(pipeline: FacePipeline) -> Drawing:
    """A table: artefacts down, cues across."""
    trials = [_play(pipeline, each) for each in (None, *_SHOWN)]
    cues = list(trials[0].cues)
    drawing = Drawing(_TITLES + 20 + _CELL * (len(cues) + 1), 70 + _ROW * len(trials))
    for column, name in enumerate([*cues, "fused"]):
        x = _TITLES + column * _CELL + _CELL / 2
        drawing.text(x, 30, name.replace("_", " "), size=12, bold=name == "fused", anchor="middle")
    for row, trial in enumerate(trials):
        y = 44 + row * _ROW
        title = "living person" if trial.artefact is None else BY_ID[trial.artefact].species
        drawing.text(20, y + 22, title, size=13, bold=trial.artefact is None)
        for column, score in enumerate([*(trial.cues[name] for name in cues), trial.score]):
            _cell(drawing, _TITLES + column * _CELL, y, score, alarm=column == len(cues) and trial.alarm)
    said = "0 live … 1 attack; –: undetermined; framed: alarm; fused: alarm from 0.5. One try each, rendered."
    drawing.text(20, drawing.height - 8, said, size=11, colour=FAINT)
    return drawing


def _play(pipeline: FacePipeline, artefact: str | None) -> Trial:
    holder = VICTIM if artefact is None else holder_of(VICTIM)
    who = Who(artefact, 0, VICTIM.seed, holder.seed)
    return play(pipeline, Subject("", artefact).presentation(), portrait_jpeg(VICTIM), who, light=True)


def _cell(drawing: Drawing, x: float, y: float, score: float | None, *, alarm: bool) -> None:
    fill = _UNKNOWN if score is None else _shade(score)
    if alarm:
        drawing.rect(x + 1, y + 1, _CELL - 2, _ROW - 2, ALARM)
    drawing.rect(x + 3, y + 3, _CELL - 6, _ROW - 6, fill)
    said = "–" if score is None else f"{score:.2f}"
    drawing.text(x + _CELL / 2, y + 22, said, size=13, colour=INK, anchor="middle")


def _shade(score: float) -> str:
    """From green to red."""
    red = (0xEF, 0x8F, 0x80)
    return "#" + "".join(f"{round(a + score * (b - a)):02x}" for a, b in zip(_LIVE, red, strict=True))
