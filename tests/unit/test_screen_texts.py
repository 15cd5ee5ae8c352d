"""The screen's language files: complete where shipped, forgiving at the gate, clear where they are wrong."""

from pathlib import Path

import pytest

from egate.runtime.screen.server import TEXTS_DIR
from egate.runtime.screen.texts import FALLBACK, TEXT_MAX, TITLE_MAX, Direction, TextsError, gaps, load, read
from egate.screens import Guidance, Screen

FRENCH = 'name = "Français"\ndirection = "ltr"\n[screens.welcome]\ntitle = "Bienvenue"\ntext = "Approchez"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.toml").write_bytes((TEXTS_DIR / "en.toml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("path", sorted(TEXTS_DIR.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_languages_are_complete(path: Path) -> None:
    assert gaps(read(path)) == []


def test_a_referral_gives_no_reason_away() -> None:
    words = read(TEXTS_DIR / "en.toml").screens[Screen.ASSIST]
    for telling in (
        "fail",
        "wrong",
        "denied",
        "refus",
        "alert",
        "police",
        "error",
        "sorry",
        "reject",
        "face",
        "passport",
    ):
        assert telling not in f"{words.title} {words.text}".lower()


def test_a_language_with_gaps_falls_back_to_english(folder: Path) -> None:
    (folder / "fr.toml").write_text(FRENCH)
    french = load(folder)["fr"]
    assert french.screens[Screen.WELCOME].title == "Bienvenue"
    assert french.screens[Screen.ASSIST] == load(folder)[FALLBACK].screens[Screen.ASSIST]
    assert set(french.guidance) == set(Guidance)
    assert french.direction is Direction.LTR


def test_gaps_name_the_keys(folder: Path) -> None:
    (folder / "fr.toml").write_text(FRENCH)
    missing = gaps(read(folder / "fr.toml"))
    assert "screens.closed" in missing
    assert "screens.welcome" not in missing
    assert "guidance.hold_still" in missing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "fr.toml: "),
        ("\xff", "fr.toml: "),
        (FRENCH.replace("ltr", "up"), "direction"),
        (FRENCH.replace("title", "titel"), "titel"),
        (FRENCH.replace("[screens.welcome]", "[screens.wellcome]"), "wellcome"),
        (FRENCH.replace("Bienvenue", "B" * (TITLE_MAX + 1)), r"screens.welcome.title has 33 characters"),
        (FRENCH.replace("Approchez", "A" * (TEXT_MAX + 1)), r"screens.welcome.text has 81 characters"),
        (FRENCH.replace("Approchez", ""), r"screens.welcome.text has 0 characters"),
        (FRENCH + 'colour = "red"', "colour"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(folder: Path, text: str, message: str) -> None:
    (folder / "fr.toml").write_text(text, "latin-1" if text == "\xff" else "utf-8")
    with pytest.raises(TextsError, match=message):
        load(folder)


def test_english_must_be_there_and_complete(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match=r"en\.toml is missing"):
        load(tmp_path)
    (tmp_path / "en.toml").write_text(FRENCH)
    with pytest.raises(TextsError, match=r"screens\.closed is missing"):
        load(tmp_path)
