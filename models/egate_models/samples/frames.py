"""Reads the frames of a presentation with their times. The one module that knows OpenCV, for videos."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_models.samples.presentations import Frame, Presentation

_LAST_NUMBER = re.compile(r"(\d+)\D*$")
_MAX_SIDE_PX = 1920  # larger pictures are shrunk: a gate's camera has no more, and reading them would take for ever


@dataclass(frozen=True, slots=True)
class Sampling:
    """How frames are chosen and timed. ``least_ms``: between two frames of one presentation; ``most``: frames of one;
    ``longest_ms``: from its first frame to its last; ``interval_ms``: between frames whose times nobody tells; ``fps``:
    of the recordings whose frames are numbered.

    Whoever recorded people for longer than attacks would find that attacks move less: ``longest_ms`` is what keeps the
    length of a recording from telling what it shows. A gate's capture takes no longer either.
    """

    least_ms: float = 95.0
    most: int = 40
    longest_ms: float = 9_000.0
    interval_ms: float = 500.0
    fps: float = 25.0


def read_frames(presentation: Presentation, sampling: Sampling) -> Iterator[tuple[int, NDArray[np.uint8] | None]]:
    """(time in ms, picture (height, width, 3) uint8 RGB) in order; None for a picture that cannot be decoded."""
    if presentation.is_video:
        yield from _video(presentation.frames[0].path, sampling)
        return
    times = frame_times(presentation.frames, sampling)
    for index in chosen(times, sampling):
        yield round(times[index]), _picture(presentation.frames[index].path)


def frame_times(frames: tuple[Frame, ...], sampling: Sampling) -> list[float]:
    """When each frame was taken, in ms from the first: as the table says; by the frames' numbers, which are taken from
    the file names where they count more than one at a time; else evenly."""
    if all(frame.time_ms is not None for frame in frames):
        return [(frame.time_ms or 0.0) - (frames[0].time_ms or 0.0) for frame in frames]
    numbers = _numbers(frames)
    if numbers is not None:
        return [(number - numbers[0]) * 1000 / sampling.fps for number in numbers]
    return [index * sampling.interval_ms for index in range(len(frames))]


def _numbers(frames: tuple[Frame, ...]) -> list[int] | None:
    if all(frame.number is not None for frame in frames):
        return [frame.number or 0 for frame in frames]
    found = [_LAST_NUMBER.search(frame.path.stem) for frame in frames]
    numbers = [int(match[1]) for match in found if match]
    # Files that are merely counted 1, 2, 3 say nothing about time; frame_0013 after frame_0000 does.
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return numbers if len(numbers) == len(frames) and steps and min(steps) > 1 else None


def chosen(times: list[float], sampling: Sampling) -> list[int]:
    """Which frames are looked at: none too soon after the last, and no more than enough."""
    indices: list[int] = []
    for index, time_ms in enumerate(times):
        if time_ms <= sampling.longest_ms and (not indices or time_ms - times[indices[-1]] >= sampling.least_ms):
            indices.append(index)
    return indices[: sampling.most]


def _picture(path: Path) -> NDArray[np.uint8] | None:
    try:
        with Image.open(path) as image:
            image.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX), Image.Resampling.BILINEAR)
            return np.array(image.convert("RGB"), np.uint8)
    except Exception:  # decoders raise whatever they stumble over; the caller counts what could not be read
        return None


def _video(path: Path, sampling: Sampling) -> Iterator[tuple[int, NDArray[np.uint8] | None]]:
    """Frames of a video, by the times that its container gives."""
    import cv2  # noqa: PLC0415 - sixty megabytes that only videos need

    video = cv2.VideoCapture(str(path))
    try:
        count, last_ms, index = 0, -np.inf, 0
        fps = video.get(cv2.CAP_PROP_FPS)
        fps = fps if np.isfinite(fps) and fps > 0 else sampling.fps
        while count < sampling.most and video.grab():
            time_ms = index * 1000 / fps
            index += 1
            if time_ms > sampling.longest_ms:
                break
            if time_ms - last_ms < sampling.least_ms:
                continue
            decoded, pixels = video.retrieve()
            last_ms, count = time_ms, count + 1
            yield round(time_ms), np.ascontiguousarray(pixels[..., ::-1]) if decoded else None
        if count == 0:
            yield 0, None
    finally:
        video.release()
