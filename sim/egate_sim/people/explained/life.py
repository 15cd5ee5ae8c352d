"""Signs of life over twelve seconds: what changes at the eyes, and what the heartbeat does to the skin's colour."""

import numpy as np

from egate.face.pad.cue import Missing
from egate.face.pad.cues.physiology import PhysiologyCue
from egate.face.pad.flow import Reference
from egate.face.pad.patch import Patch, patch
from egate.face.pad.patches import Floats, sample
from egate.face.pad.track import FaceTrack
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FACE, FAINT, OTHER, Drawing, Plot
from egate_sim.people.explained.scene import LIVE, PRINT, TABLET, Subject, observations

_FRAMES = 120
_BREATH_FRAMES = 15
_EYES = (18, 21, 26, 29)  # cells of a patch
_LEAST_HZ, _MOST_HZ = 0.6, 4.0


def draw(pipeline: FacePipeline) -> Drawing:
    """One row each: the eyes, the skin, and the skin's spectrum."""
    drawing = Drawing(1000, 590)
    for number, subject in enumerate((LIVE, PRINT, TABLET)):
        _row(drawing, pipeline, subject, 44 + number * 186)
    return drawing


def _row(drawing: Drawing, pipeline: FacePipeline, subject: Subject, top: float) -> None:
    cue, patches, light = PhysiologyCue(FaceTrack()), [], []
    for seen in observations(pipeline, subject, _FRAMES):
        cue.observe(seen)
        found = patch(seen.time_ms, seen.pixels, seen.mesh)
        if found is not None:
            patches.append(found)
            light.append(sample(seen.pixels, seen.mesh).face)
    drawing.text(20, top - 16, subject.title, size=15, bold=True)
    features = cue.features()
    said = features.value if isinstance(features, Missing) else " · ".join(f"{n} {v:.1f}" for n, v in features.items())
    drawing.text(190, top - 16, said, size=12, colour=FAINT)
    times = [each.time_ms / 1000 for each in patches]
    span = (times[0], times[-1])
    plot = Plot(drawing, 20, top + 10, 360, 110, span, (-2, 3))
    plot.frame("eyes: unexplained change over the face's (decades)", "seconds")
    plot.curve(times, _at_the_eyes(patches), OTHER)
    pulse = 100 * _pulse(np.stack(light))
    plot = Plot(drawing, 430, top + 10, 310, 110, span, (-1.5, 1.5))
    plot.frame("green against red of the skin, %", "seconds")
    plot.curve(times, list(pulse), FACE)
    rates, power = _spectrum(pulse, times)
    plot = Plot(drawing, 770, top + 10, 210, 110, (60 * _LEAST_HZ, 60 * _MOST_HZ), (0, 1))
    plot.frame("its spectrum", "beats a minute")
    plot.curve(list(60 * rates), list(power), FACE)


def _at_the_eyes(patches: list[Patch]) -> list[float]:
    """For each patch, laid over the middle one: log10 of what is left unexplained at the eyes over the median cell."""
    middle = patches[len(patches) // 2]
    reference = Reference(middle)
    found = []
    for each in patches:
        left = reference.flow(each).unexplained / (reference.gradients + 1)
        found.append(float(np.log10((left[list(_EYES)].mean() + 1e-4) / (np.median(left[middle.inside]) + 1e-4))))
    return found


def _pulse(light: Floats) -> Floats:
    """(n,): logarithm of green over red, mean of all patches that are always seen, less its running mean."""
    logs = np.log(light[:, np.isfinite(light).all(axis=(0, 2))])
    signal = (logs[:, :, 1] - logs[:, :, 0]).mean(axis=1)
    kernel = np.ones(_BREATH_FRAMES) / _BREATH_FRAMES
    padded = np.pad(signal, _BREATH_FRAMES // 2, mode="edge")
    return np.asarray(signal - np.convolve(padded, kernel, mode="valid"))


def _spectrum(signal: Floats, times: list[float]) -> tuple[Floats, Floats]:
    """Frequencies in hertz, and the share of the power at each, drawn so that noise alone stays low."""
    rates = np.asarray(np.fft.rfftfreq(len(signal), (times[-1] - times[0]) / (len(times) - 1)), np.float64)
    power = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2
    kept = (rates >= _LEAST_HZ) & (rates <= _MOST_HZ)
    return rates[kept], power[kept] / max(float(power[kept].sum()), 1e-12) * 2
