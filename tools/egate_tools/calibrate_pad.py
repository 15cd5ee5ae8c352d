"""``egate-tools calibrate-pad``: record people and artefacts at one gate, and fit its PAD calibration to them.

Take the lane out of service first: the tool uses its camera and its face light. No picture is kept: what shows a face
is overwritten after each presentation, and the cues' figures are gone when the tool ends. What remains is a file of
coefficients.

Say on each line who stands there, then let the person or the artefact be presented as travellers do:

    live NAME              a person who agreed in writing to be recorded for this
    attack SPECIES NAME    an artefact that shows NAME, e.g. "attack print anna"
    done                   fit, check, and write the file if it is better than what was there
    quit                   forget everything
"""

import argparse
import asyncio
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egate.config import Config, read_config
from egate.face.capture import CaptureSession, FaceResult
from egate.face.errors import ModelError, PictureError
from egate.face.limits import FaceLimits
from egate.face.pad.calibration_text import calibration_text
from egate.face.pad.site import FUSION, Errors, Sample, SiteCalibration, calibrate
from egate.face.pipeline import FacePipeline
from egate_hal.errors import HalError
from egate_hal.light import Colour
from egate_hal.registry import create

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """The gate's own camera, face light (None: it has none), models and limits."""

    camera: Any
    light: Any | None
    pipeline: FacePipeline
    limits: FaceLimits

    async def present(self, seconds: float) -> FaceResult:
        """One presentation, as the lane would capture it. Raises HalError."""
        loop = asyncio.get_running_loop()
        entropy = secrets.token_bytes(32) if self.light is not None else None
        session = CaptureSession(self.pipeline, self.limits, entropy)
        try:
            end_s = loop.time() + seconds
            while not session.finished and loop.time() < end_s:
                frame = await self.camera.next_frame()
                session.feed(frame.pixels, round(loop.time() * 1000))
                await self._light(session, round(loop.time() * 1000))
            return session.result(timed_out=not session.finished)
        finally:
            session.wipe()

    async def _light(self, session: CaptureSession, now_ms: int) -> None:
        colour = session.lamp
        if colour is not None and self.light is not None:
            await self.light.show(Colour(colour.red, colour.green, colour.blue))
            session.lamp_showed(colour, now_ms)


async def record(bench: Bench, lines: Iterable[str], seconds: float, say: Say) -> list[Sample] | None:
    """Follow the technician's lines until "done"; None for "quit". What is wrong with a line is said, nothing lost."""
    samples: list[Sample] = []
    for line in lines:
        match line.split():
            case []:
                continue
            case ["done"]:
                return samples
            case ["quit"]:
                return None
            case ["live", name]:
                await _add(samples, bench, ("", name), seconds, say)
            case ["attack", species, name]:
                await _add(samples, bench, (species, name), seconds, say)
            case _:
                say(f'"{line.strip()}" is none of: live NAME, attack SPECIES NAME, done, quit')
    return samples


async def _add(samples: list[Sample], bench: Bench, what: tuple[str, str], seconds: float, say: Say) -> None:
    species, name = what
    try:
        result = await bench.present(seconds)
    except PictureError as error:
        say(f"not recorded: {error}")
        return
    if not result.frames_used:
        say("not recorded: no good picture of a face; come closer, face the camera, and try again")
        return
    features = {cue.name: cue.missing or cue.features for cue in result.cues}
    samples.append(Sample(features, species, name))
    counts = Counter(sample.species or "live" for sample in samples)
    say("recorded: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))


def report(made: SiteCalibration) -> str:
    """Before and after, as a table."""

    def row(what: str, before: float, after: float) -> str:
        return f"{what:24} {before:8.1%} {after:8.1%}"

    lines = [f"{'':24} {'before':>8} {'after':>8}", row("equal error rate", made.before.eer, made.after.eer)]
    lines.append(row("live people stopped", made.before.bpcer, made.after.bpcer))
    lines += [row(f"passed: {name}", apcer, made.after.apcer[name]) for name, apcer in made.before.apcer.items()]
    return "\n".join([*lines, "Each on people whom the calibration was not fitted to."])


def better(after: Errors, before: Errors) -> bool:
    """Whether it is worth having."""
    return after.eer < before.eer


def run(arguments: argparse.Namespace, lines: Iterable[str], say: Say) -> int:
    """The command; returns the exit status."""
    if not arguments.consented:
        say("Nobody may be recorded without having agreed in writing. Get that first, then add --consented.")
        return 2
    try:
        config = read_config(arguments.config)
        pipeline = FacePipeline.load(config.face.models, config.face.threads)
        samples = asyncio.run(_recorded(config, pipeline, lines, arguments.seconds, say))
        if samples is None:
            say("Nothing was kept.")
            return 0
        made = calibrate(samples, pipeline.calibration)
    except (HalError, ModelError, ValueError) as error:
        say(f"calibrate-pad: {error}")
        return 1
    say(report(made))
    if not better(made.after, made.before):
        say("No gain: the calibration that the gate has is kept. More people, or more kinds of artefacts, may help.")
        return 1
    arguments.out.write_text(calibration_text(made.calibration, _notes(config, samples, made)), "utf-8")
    say(f"Written: {arguments.out}. Sign it with the models (egate models sign), and name it in the gate file.")
    return 0


async def _recorded(
    config: Config, pipeline: FacePipeline, lines: Iterable[str], seconds: float, say: Say
) -> list[Sample] | None:
    camera = create(config.devices["camera"])
    light = create(config.devices["light"]) if "light" in config.devices else None
    devices = [device for device in (camera, light) if device is not None]
    try:
        for device in devices:
            await device.open()
        return await record(Bench(camera, light, pipeline, config.face.capture), lines, seconds, say)
    finally:
        for device in devices:
            await device.close()


def _notes(config: Config, samples: list[Sample], made: SiteCalibration) -> str:
    counts = Counter(sample.species or "live" for sample in samples)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return (
        f"PAD calibration of lane {config.lane.id}, fitted there by egate-tools calibrate-pad to {kinds}.\n"
        f'Fusion "{FUSION}", cross-validated over people: EER {made.before.eer:.3f} before, {made.after.eer:.3f} after.'
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the gate file")
    parser.add_argument("--out", type=Path, default=Path("pad_site.toml"), metavar="FILE", help="where to write")
    parser.add_argument("--seconds", type=float, default=6.0, help="longest time of one presentation")
    parser.add_argument("--consented", action="store_true", help="everybody recorded has agreed in writing")


def main(arguments: argparse.Namespace) -> int:
    """With a person at the keyboard, or lines from a pipe."""
    if sys.stdin.isatty():
        print(__doc__)
    return run(arguments, sys.stdin, lambda text: print(text, flush=True))
