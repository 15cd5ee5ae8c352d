"""Plays one scenario on a fresh site and judges what came of it."""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egate.checks import Reason
from egate.telemetry.records import Decision, Resolution
from egate_sim import fast
from egate_sim.scenarios.case import Ending, Scenario
from egate_sim.scenarios.play import LIMIT_S, MakeWatcher, Play, performance
from egate_sim.scenarios.travellers import Bearer
from egate_sim.site import prepare_site
from egate_sim.virtual_time import START
from egate_sim.visit import Tell

_NOWHERE = 9
"""A port where no broker is: what is recorded stays in the outbox, where it is read."""


@dataclass(frozen=True, slots=True)
class Result:
    """``problems``: where what happened is not what was expected, or an invariant broke; empty when all is well."""

    name: str
    endings: tuple[Ending, ...]
    screens: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...]
    final: str
    simulated_s: float
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def run_scenario(
    scenario: Scenario, seed: int = 1, tell: Tell = lambda line: None, watch: MakeWatcher | None = None
) -> Result:
    """Play it in simulated time. ``watch`` gets the simulated clock and returns one more watcher of the lane. Raises
    whatever broke the controller or the world."""
    with tempfile.TemporaryDirectory(prefix="egate-") as name:
        folder = Path(name)
        site = prepare_site(folder, seed, START, broker_port=_NOWHERE, screen_port=None)
        before = _files(folder)

        async def life() -> tuple[Play, list[str], float]:
            async with performance(site, seed, tell, watch) as play:
                problems = await _perform(scenario, play)
            return play, problems, asyncio.get_running_loop().time()

        play, problems, simulated_s = fast.run(life())
        events = read_journal(folder / "outbox.db")
        written = [content for path, content in _files(folder).items() if content != before.get(path)]
    records = [e["data"] for e in events if e["type"] == "egate.v1.transaction"]
    endings = tuple(_ending(record) for record in records)
    problems += _compare(scenario, endings, play)
    problems += check_journal(play, records)
    problems += [f"{secret!r} of a traveller is on disk" for secret in _found(play.seen, written)]
    return Result(
        scenario.name, endings, tuple(tuple(r["screens"]) for r in records), tuple(sorted(play.observer.raised)),
        play.final, round(simulated_s, 1), tuple(problems),
    )  # fmt: skip


async def _perform(scenario: Scenario, play: Play) -> list[str]:
    """The script, then the lane's way to its rest. A controller that breaks ends the play."""

    async def whole() -> None:
        await scenario.script(play)
        await play.reach(scenario.expected.final)
        await play.settle()

    problems = []
    job = asyncio.create_task(whole())
    try:
        async with asyncio.timeout(LIMIT_S):
            await play.finish_or_break(job)
    except TimeoutError:
        problems.append(f"stuck in {play.lane.stage} with {sorted(play.observer.active)}, {play.inside} inside")
    if not play.gate.vault.empty:
        problems.append("the vault is not empty")
    play.final = play.lane.stage.value
    return problems


def _compare(scenario: Scenario, endings: tuple[Ending, ...], play: Play) -> list[str]:
    expected, observer = scenario.expected, play.observer
    problems = list(observer.breaches)
    if endings != expected.endings:
        problems.append(f"endings: {_said(endings)} instead of {_said(expected.endings)}")
    if observer.raised != expected.faults:
        problems.append(f"faults: {sorted(observer.raised)} instead of {sorted(expected.faults)}")
    if play.left != expected.left:
        problems.append(f"still active at the end: {sorted(play.left)} instead of {sorted(expected.left)}")
    if play.final != expected.final.value:
        problems.append(f"the lane rests in {play.final} instead of {expected.final}")
    if play.inside:
        problems.append(f"{play.inside} people are still inside")
    return problems


def check_journal(play: Play, records: Iterable[Mapping[str, Any]]) -> list[str]:
    recorded = [record["transaction"] for record in records]
    if recorded != play.observer.opened:
        return [f"{len(play.observer.opened)} transactions were opened, {len(recorded)} recorded, or in another order"]
    return []


def _ending(record: Mapping[str, Any]) -> Ending:
    return Ending(
        Decision(record["decision"]), tuple(map(Reason, record["reasons"])), Resolution(record["resolution"]),
        tuple(record["attention"]),
    )  # fmt: skip


def read_journal(path: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT body FROM event ORDER BY seq").fetchall()
    connection.close()
    return [json.loads(body) for (body,) in rows]


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _found(seen: Iterable[Bearer], written: Iterable[bytes]) -> set[str]:
    """Secrets that stand in what was written."""
    everything = b"\n".join(written).upper()
    return {secret for bearer in seen for secret in personal_data(bearer) if secret.encode() in everything}


def personal_data(bearer: Bearer) -> set[str]:
    """The MRZ's lines and fields: what must stand nowhere."""
    upper, lower = bearer.passport.mrz
    surname, _, given = upper[5:].strip("<").partition("<<")
    fields = {upper, lower, surname, given, lower[:9].strip("<"), lower[13:20], lower[21:28]}
    return {field for field in fields if len(field) > 3}  # noqa: PLR2004 - "ADA" alone may stand anywhere


def _said(endings: Iterable[Ending]) -> str:
    return "[" + " | ".join(map(str, endings)) + "]"
