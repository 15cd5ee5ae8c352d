"""Makes one rendered frame look as if any of many cameras had taken it, so that a network can't learn this one's look.

What is drawn: resolution, focus, motion blur, white balance, exposure, contrast, sharpening, noise, compression. Ranges
are wide on purpose: from a webcam of 320 x 240 to a good module, from evening light to an overexposed hall.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AnyCamera:
    """One camera with its setting. ``width_px``: of the picture that it delivers; gains by channel."""

    width_px: int
    blur_px: float
    gains: tuple[float, float, float]
    gamma: float
    contrast: float
    saturation: float
    sharpening: float
    noise: float
    quality: int

    @classmethod
    def draw(cls, chance: np.random.Generator) -> "AnyCamera":
        """A camera at random; small and large ones are equally likely on a logarithmic scale."""
        return cls(
            width_px=int(np.exp(chance.uniform(np.log(200), np.log(600)))),
            blur_px=float(chance.choice([0.0, chance.uniform(0.2, 1.4)])),
            gains=tuple(chance.uniform(0.82, 1.2, 3)),
            gamma=float(np.exp(chance.normal(0, 0.18))),
            contrast=float(chance.uniform(0.75, 1.25)),
            saturation=float(chance.uniform(0.5, 1.4)),
            sharpening=float(chance.choice([0.0, chance.uniform(30, 180)])),
            noise=float(chance.uniform(0, 6)),
            quality=int(chance.integers(35, 96)),
        )

    def take(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The picture (height, width, 3) uint8 as this camera would deliver it, at its own size."""
        height, width = pixels.shape[:2]
        size = (self.width_px, round(height * self.width_px / width))
        image = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        if self.blur_px:
            image = image.filter(ImageFilter.GaussianBlur(self.blur_px))
        light = (np.asarray(image, np.float32) / 255) ** np.float32(self.gamma) * np.array(self.gains, np.float32)
        light += chance.normal(0, self.noise / 255, light.shape).astype(np.float32)
        image = Image.fromarray(np.asarray(np.clip(light, 0, 1) * 255, np.uint8))
        image = ImageEnhance.Contrast(image).enhance(self.contrast)
        image = ImageEnhance.Color(image).enhance(self.saturation)
        if self.sharpening:
            image = image.filter(ImageFilter.UnsharpMask(1.5, int(self.sharpening), 2))
        content = io.BytesIO()
        image.save(content, "JPEG", quality=self.quality)
        return np.asarray(Image.open(content).convert("RGB"))
