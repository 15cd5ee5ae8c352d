"""Signs of life over ten seconds: how far the eyes are open, and what the heartbeat does to the skin's colour."""

import numpy as np

from egate.face.pad.patches import Floats, sample
from egate.face.pipeline import FacePipeline
from egate.face.quality.expression import eye_openings
from egate_sim.people.explained.scene import LIVE, PRINT, TABLET, Subject, observations
from egate_sim.people.explained.svg import FACE, OTHER, Drawing, Plot

_FRAMES = 120
_BREATH_FRAMES = 15
_LEAST_HZ, _MOST_HZ = 0.6, 4.0


def draw(pipeline: FacePipeline) -> Drawing:
    """One row each: the eyes, the skin, and the skin's spectrum."""
    drawing = Drawing(1000, 590)
    for number, subject in enumerate((LIVE, PRINT, TABLET)):
        _row(drawing, pipeline, subject, 44 + number * 186)
    return drawing


def _row(drawing: Drawing, pipeline: FacePipeline, subject: Subject, top: float) -> None:
    times, eyes, light = [], [], []
    for seen in observations(pipeline, subject, _FRAMES):
        times.append(seen.time_ms / 1000)
        eyes.append(eye_openings(seen.mesh)[0])
        light.append(sample(seen.pixels, seen.mesh).face)
    drawing.text(20, top - 16, subject.title, size=15, bold=True)
    span = (times[0], times[-1])
    plot = Plot(drawing, 20, top + 10, 360, 110, span, (0.15, 0.45))
    plot.frame("height over width of the wider eye", "seconds")
    plot.curve(times, eyes, OTHER)
    pulse = 100 * _pulse(np.stack(light))
    plot = Plot(drawing, 410, top + 10, 330, 110, span, (-1.5, 1.5))
    plot.frame("green against red of the skin, %", "seconds")
    plot.curve(times, list(pulse), FACE)
    rates, power = _spectrum(pulse, times)
    plot = Plot(drawing, 770, top + 10, 210, 110, (60 * _LEAST_HZ, 60 * _MOST_HZ), (0, 1))
    plot.frame("its spectrum", "beats a minute")
    plot.curve(list(60 * rates), list(power), FACE)


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
