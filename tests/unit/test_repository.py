"""Nothing is in the repository that belongs to one machine or one network; pages lead somewhere; commands exist."""

import importlib
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_BYTES = 5 * 1024 * 1024
MAX_LINES = 400
LONG = {  # tests that go through one specification case by case, in its order
    "tests/unit/test_document_passive_auth.py",
    "tests/unit/test_document_reader.py",
    "tests/unit/test_transaction.py",
}
# A letter stands in brackets, so that this file does not find itself.
REGISTRIES = (r"pyp[i]\.org", r"pythonhoste[d]\.org", r"registry\.npmj[s]\.org", r"deb\.debia[n]\.org", r"crate[s]\.io")
MACHINES = (r"/hom[e]/\w", r"/User[s]/\w", r"/wor[k]/\w", r"/roo[t]/", r"\bC:[\\]+Users")
SECRETS = (r"BEGIN [A-Z ]*PRIVATE KE[Y]", r"\bgh[pousr]_[A-Za-z0-9]{30}", r"\bAKIA[0-9A-Z]{16}\b")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PROJECTS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("*/pyproject.toml"))]


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git has or would take. Skips where this is no checkout."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """(name, text) of every file that is text."""
    found = []
    for path in committed():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("pattern", [*REGISTRIES, *MACHINES, *SECRETS])
def test_nothing_of_one_machine_or_network(pattern: str) -> None:
    wanted = re.compile(pattern)
    assert [name for name, text in texts() if wanted.search(text)] == []


def test_the_patterns_find_what_they_are_for() -> None:
    patterns = (*REGISTRIES, *MACHINES, *SECRETS)
    samples = ["https://pypi" + ".org/simple", "/home" + "/me", "/work" + "/x", "/root" + "/x", "C:" + r"\Users\me"]
    for sample in (*samples, "-----BEGIN RSA PRIVATE " + "KEY-----"):
        assert any(re.search(pattern, sample) for pattern in patterns), sample


def test_no_file_is_too_large() -> None:
    assert [str(path) for path in committed() if path.stat().st_size > MAX_FILE_BYTES] == []


def test_python_files_are_short() -> None:
    long = {name for name, text in texts() if name.endswith(".py") and text.count("\n") >= MAX_LINES}
    assert long - LONG == set(), "divide them"


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for name, text in texts():
        if name.endswith(".md"):
            for target in LINK.findall(text):
                path = target.partition("#")[0]
                if path and "://" not in target and not (ROOT / name).parent.joinpath(path).exists():
                    broken.append(f"{name}: {target}")
    assert broken == []


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.parent.name)
def test_commands_and_drivers_that_are_promised_exist(project: Path) -> None:
    table = tomllib.loads(project.read_text("utf-8"))["project"]
    entries = {**table.get("scripts", {}), **table.get("entry-points", {}).get("egate.drivers", {})}
    for name, target in entries.items():
        module, _, attribute = target.partition(":")
        assert callable(getattr(importlib.import_module(module), attribute)), name
