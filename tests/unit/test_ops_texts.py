"""Every code that a gate can send has its words on the page, and the page uses no words that are missing."""

import re
from importlib.resources import files

from egate.checks import Check, Outcome, Reason
from egate.screens import Screen
from egate.telemetry.records import Decision, Resolution
from egate.transaction.state import Stage
from egate_hal.door import LeafPosition
from egate_ops.texts import load

TEXTS = load("en")


def attention_codes() -> set[str]:
    """What the table and its actions tell the staff, read from their source: the codes are no enumeration."""
    sources = "".join(
        files("egate.transaction").joinpath(name).read_text("utf-8") for name in ("table.py", "actions.py")
    )
    return set(re.findall(r'attention\("(\w+)"\)', sources))


def test_every_code_has_words() -> None:
    for section, codes in {
        "reason": Reason,
        "outcome": Outcome,
        "decision": Decision,
        "resolution": Resolution,
        "state": Stage,
        "screen": Screen,
    }.items():
        assert set(TEXTS[section]) == {str(code) for code in codes}, section
    assert set(TEXTS["position"]) == {*map(str, LeafPosition), "none", "unknown"}
    assert set(TEXTS["attention"]) == attention_codes()
    assert set(TEXTS["step"]) >= {str(check) for check in Check}


def test_every_word_that_the_page_asks_for_is_there() -> None:
    static = files("egate_ops").joinpath("static")
    scripts = "".join(static.joinpath(name).read_text("utf-8") for name in ("page.js", "journey.js", "lane.js"))
    asked = set(re.findall(r'text\("(\w+)", "(\w+)"', scripts))
    asked |= {("page", key) for key in re.findall(r"\$(\w+)", static.joinpath("page.html").read_text("utf-8"))}
    assert len(asked) > 20
    missing = {(section, key) for section, key in asked if key not in TEXTS[section]}
    assert not missing
