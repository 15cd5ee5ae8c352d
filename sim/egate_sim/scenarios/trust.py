"""What the lane believes in is missing, altered or too old: it stays closed until that is replaced."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from egate.transaction.state import Stage
from egate_sim.scenarios.case import expect, scenario
from egate_sim.scenarios.play import Play

Damage = Callable[[Path], None]


def _altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _closed_until_repaired(name: str, what: str, fault: str, file: str, damage: Damage) -> None:
    """The controller starts with a damaged file; later the sound one is put back."""

    @scenario(name, what, expect(faults=(fault,)))
    async def _(play: Play) -> None:
        await play.stop_controller()
        path = play.site.folder / file
        sound = path.read_bytes()
        damage(path)
        await play.start_controller()
        await play.fault(fault)
        await play.stays_closed()
        path.write_bytes(sound)
        await play.fault(fault, active=False)


def _missing(path: Path) -> None:
    path.unlink()


_BUNDLE, _ALERTS = "trust/bundle.egt", "border/alerts.list"
_closed_until_repaired("trust_bundle_missing", "there is no trust bundle", "trust.unusable", _BUNDLE, _missing)
_closed_until_repaired(
    "trust_bundle_altered", "one bit of the trust bundle was turned", "trust.unusable", _BUNDLE, _altered
)


@scenario(
    "trust_bundle_rollback", "somebody puts back a genuine trust bundle that is older than the one in use",
    expect(faults=("trust.rollback",)),
)  # fmt: skip
async def trust_bundle_rollback(play: Play) -> None:
    await play.stop_controller()
    folder, office, older = play.site.folder / "trust", play.site.office, (play.site.folder / _BUNDLE).read_bytes()
    office.write(folder, play.clock.utc(), serial=2)
    await play.start_controller()
    await play.reach(Stage.IDLE)
    await play.stop_controller()
    (play.site.folder / _BUNDLE).write_bytes(older)
    await play.start_controller()
    await play.fault("trust.rollback")
    await play.stays_closed()
    office.write(folder, play.clock.utc(), serial=3)
    await play.fault("trust.rollback", active=False)


@scenario(
    "trust_bundle_stale", "the trust bundle grows old, then too old, while the lane serves; a new one brings it back",
    expect(faults=("trust.stale", "trust.unusable")),
)  # fmt: skip
async def trust_bundle_stale(play: Play) -> None:
    await play.stop_controller()
    folder, office = play.site.folder / "trust", play.site.office
    office.write(folder, play.clock.utc(), serial=2, valid=timedelta(hours=0.04))
    await play.start_controller()
    await play.reach(Stage.IDLE)
    await play.fault("trust.stale")
    await play.fault("trust.unusable")
    await play.stays_closed()
    office.write(folder, play.clock.utc(), serial=3)
    await play.fault("trust.unusable", active=False)
    await play.fault("trust.stale", active=False)


_closed_until_repaired("alert_list_missing", "there is no alert list", "alert_list.unusable", _ALERTS, _missing)
_closed_until_repaired(
    "alert_list_altered", "one bit of the alert list was turned", "alert_list.unusable", _ALERTS, _altered
)


def _issue_list(play: Play, version: int, hours: float) -> None:
    now = play.clock.utc()
    listed = play.site.agency.compile_list([], version, now, now + timedelta(hours=hours))
    (play.site.folder / _ALERTS).write_bytes(listed)


@scenario(
    "alert_list_stale", "the alert list's time runs out while the lane serves; a new list brings it back",
    expect(faults=("alert_list.unusable",)),
)  # fmt: skip
async def alert_list_stale(play: Play) -> None:
    await play.stop_controller()
    _issue_list(play, 2, hours=0.02)
    await play.start_controller()
    await play.reach(Stage.IDLE)
    await play.fault("alert_list.unusable")
    await play.stays_closed()
    _issue_list(play, 3, hours=48)
    await play.fault("alert_list.unusable", active=False)


def _copy_models(source: Path, target: Path) -> None:
    for path in sorted(source.glob("*.t*")):
        shutil.copy(path, target)


_closed_until_repaired(
    "model_manifest_altered", "one bit of the list of models that the agency lets run was turned",
    "models.unusable", "models/manifest.toml", _altered,
)  # fmt: skip


@scenario("model_altered", "one bit of a face model was turned", expect(faults=("models.unusable",)))
async def model_altered(play: Play) -> None:
    await play.stop_controller()
    text = play.site.gate_file.read_text("utf-8")
    source = next(line for line in text.splitlines() if line.startswith("models = "))
    copy = play.site.folder / "copied_models"
    copy.mkdir()
    _copy_models(Path(source.split('"')[1]), copy)
    model = max(copy.glob("*.tflite"), key=lambda path: path.name)
    sound = model.read_bytes()
    _altered(model)
    play.site.gate_file.write_text(text.replace(source, f'models = "{copy}"'), "utf-8")
    await play.start_controller()
    await play.fault("models.unusable")
    await play.stays_closed()
    model.write_bytes(sound)
    await play.fault("models.unusable", active=False)


@scenario("clock_not_trusted", "the clock has lost its battery: nobody is let in", expect(faults=("clock.untrusted",)))
async def clock_not_trusted(play: Play) -> None:
    await play.stop_controller()
    play.clock.believed = False
    await play.start_controller()
    await play.fault("clock.untrusted")
    await play.stays_closed()
    play.clock.believed = True
    await play.fault("clock.untrusted", active=False)
