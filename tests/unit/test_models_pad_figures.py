"""Figures of attack detection from scores whose errors are known beforehand."""

from pathlib import Path

import pytest

from egate.face.pad.cue import Missing
from egate_models.evaluate.page import render
from egate_models.figures import ALL_ATTACKS, BONA_FIDE, PadFigures, read_pad_figures, write_figures
from egate_models.judged import Judged, Kind, System
from egate_models.pad_figures import pad_figures
from egate_models.rates.attacks import UNDETERMINED
from egate_models.samples.errors import SampleError
from egate_models.samples.presentations import Label
from egate_models.tables import tables
from egate_models.trials import Trial, read_trials, write_trials

GATE = System("gate", Kind.FUSION, 0.5)


def judged(name: str, score: float, species: str = "", *, acquired: bool = True, **groups: str) -> Judged:
    label = Label.ATTACK if species else Label.BONA_FIDE
    return Judged(Trial(name, label, species, f"person {name}", groups, acquired, {}), {"gate": score})


@pytest.fixture
def scores() -> list[Judged]:
    """100 bona fide at 0.00 .. 0.99 of 0.5; prints all high but one in ten; screens all low; one mask undetermined."""
    live = [judged(f"l{k}", k / 200, sex="f" if k % 2 else "m") for k in range(100)]
    prints = [judged(f"p{k}", 0.9 if k % 10 else 0.1, "print") for k in range(50)]
    screens = [judged(f"s{k}", 0.2 + k / 1000, "screen") for k in range(20)]
    return [*live, *prints, *screens, judged("m", UNDETERMINED, "mask"), judged("n", 0.0, "mask", acquired=False)]


def test_errors_at_the_shipped_threshold(scores: list[Judged]) -> None:
    (gate,) = pad_figures(scores, (GATE,), "c").systems
    shipped = gate.points[0]
    assert shipped.bpcer is not None
    assert (shipped.bpcer.wrong, shipped.bpcer.trials) == (0, 100)
    assert (shipped.apcer["print"].wrong, shipped.apcer["print"].trials) == (5, 50)
    assert shipped.apcer["screen"].rate == 1
    assert shipped.worst == "screen"
    assert shipped.apcer["mask"].wrong == 0  # no score is an alarm
    assert gate.undetermined["mask"].wrong == 1


def test_thresholds_by_false_alarms(scores: list[Judged]) -> None:
    (gate,) = pad_figures(scores, (GATE,), "c").systems
    for point, allowed in zip(gate.points[1:], (1, 5), strict=True):
        assert point.bpcer is not None
        assert point.bpcer.wrong == allowed
        assert point.chosen.endswith("chosen on this collection")


def test_thresholds_chosen_elsewhere_are_reported_here(scores: list[Judged]) -> None:
    elsewhere = [judged(f"e{k}", k / 1000) for k in range(100)] + [judged("a", 0.9, "print")]
    (gate,) = pad_figures(scores, (GATE,), "c", calibration=("other", elsewhere)).systems
    point = gate.points[2]
    assert point.chosen == "BPCER 5%, chosen on other"
    assert point.threshold == pytest.approx(0.0945)
    assert point.bpcer is not None
    assert point.bpcer.wrong == 81


def test_what_shows_no_face_is_counted_apart(scores: list[Judged]) -> None:
    figures = pad_figures(scores, (GATE,), "c")
    assert (figures.unanswered["mask"].wrong, figures.unanswered["mask"].trials) == (1, 2)
    assert figures.unanswered[BONA_FIDE].wrong == 0
    assert figures.systems[0].points[0].apcer["mask"].trials == 1


def test_groups(scores: list[Judged]) -> None:
    groups = {group.value: group for group in pad_figures(scores, (GATE,), "c").groups}
    assert set(groups) == {"f", "m"}
    assert groups["f"].bpcer.trials == 50
    assert groups["f"].apcer.trials == 0


def test_one_label_alone_is_refused() -> None:
    with pytest.raises(SampleError, match="no attacks"):
        pad_figures([judged("a", 0.1)], (GATE,), "c")
    with pytest.raises(SampleError, match="no bona fide"):
        pad_figures([judged("a", 0.1, "print")], (GATE,), "c")


def test_too_many_undetermined_leave_no_threshold() -> None:
    half = [judged("a", UNDETERMINED), judged("b", 0.1), judged("c", 0.9, "print")]
    (gate,) = pad_figures(half, (GATE,), "c").systems
    assert gate.points[1].threshold is None
    assert gate.eer[ALL_ATTACKS] == 0.5
    assert "not reachable" in tables(pad_figures(half, (GATE,), "c"))[0].markdown()


def test_figures_survive_their_file(scores: list[Judged], tmp_path: Path) -> None:
    figures = pad_figures(scores, (GATE,), "c", how=("so",))
    write_figures(tmp_path / "f.json", figures)
    assert read_pad_figures(tmp_path / "f.json") == figures
    (tmp_path / "f.json").write_text("{}")
    with pytest.raises(SampleError, match="no figures"):
        read_pad_figures(tmp_path / "f.json")


def test_a_page_escapes_what_a_table_calls_things(scores: list[Judged]) -> None:
    hostile = [*scores, judged("x", 0.9, "<script>alert(1)</script>")]
    page = render(pad_figures(hostile, (GATE,), "<b>mine</b>"))
    assert "<script>" not in page
    assert "<b>mine" not in page
    assert page.count("<svg") == 2
    assert page.count("</html>") == 1


def test_trials_survive_their_file(tmp_path: Path) -> None:
    trials = (
        Trial("a", Label.BONA_FIDE, "", "p", {"sex": "f"}, True, {"one": {"x": 0.1, "y": -2}, "b": Missing.TOO_SHORT}),
        Trial("b", Label.ATTACK, "print", "q", {}, False, {"one": Missing.TOO_SMALL, "b": {"z": 1e-9}}),
    )  # fmt: skip
    write_trials(tmp_path / "t.csv", trials)
    assert read_trials(tmp_path / "t.csv") == trials


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,label,c.x\na,live,much\n", "line 2: c.x 'much' is neither"),
        ("name,label,c.missing\na,live,gone\n", "line 2: c.missing 'gone' is neither"),
        ("name,label,c.x\na,perhaps,1\n", "line 2: 'perhaps' is no label"),
    ],
)
def test_a_table_of_features_with_a_fault(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(SampleError, match=told):
        read_trials(tmp_path / "t.csv")


def test_an_empty_figure_says_so() -> None:
    figures: PadFigures = pad_figures([judged("a", 0.1, light="dim"), judged("b", 0.9, "print")], (GATE,), "c")
    assert any("none tried" in cell for row in tables(figures)[-1].rows for cell in row)
