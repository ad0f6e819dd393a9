"""What phones and shop lights do to colours and sharpness. Images are PIL, RGB."""

import io

import numpy as np
from PIL import Image, ImageFilter


def relit(pixels, random, strength=1.0):
    """uint8 (s, s, 3): exposure, contrast, gamma, colour cast and saturation changed together."""
    x = pixels.astype(np.float32) / 255
    gains = np.exp(random.uniform(-0.25, 0.2) * strength + random.uniform(-0.1, 0.1, 3) * strength)
    x = x * gains.astype(np.float32)
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * np.float32(np.exp(random.uniform(-0.35, 0.25) * strength))
    middle = x.mean()
    x = middle + (x - middle) * np.float32(np.exp(random.uniform(-0.25, 0.2) * strength))
    x = x.clip(0, 1) ** np.float32(np.exp(random.uniform(-0.2, 0.2) * strength))
    if random.random() < 0.3 * strength:  # light falls off to one side
        slope = random.uniform(-0.3, 0.3, 2).astype(np.float32)
        ramp = np.linspace(-0.5, 0.5, x.shape[0], dtype=np.float32)
        x = x * (1 + slope[0] * ramp[:, None, None] + slope[1] * ramp[None, :, None])
    if random.random() < 0.3 * strength:
        x = x + random.standard_normal(x.shape, np.float32) * np.float32(random.uniform(0.005, 0.035))
    return (x.clip(0, 1) * 255 + 0.5).astype(np.uint8)


def softened(image, random):
    """Out of focus, shaken, far away, or saved too often; half of the time nothing."""
    what = random.random()
    if what < 0.2:
        return image.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 1.6)))
    if what < 0.3:
        small = int(image.width * random.uniform(0.35, 0.7))
        return image.resize((small, small), Image.BILINEAR).resize(image.size, Image.BILINEAR)
    if what < 0.5:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(random.integers(25, 75)))
        return Image.open(buffer).convert("RGB")
    return image


def covered(pixels, random):
    """A hand's worth of the picture hidden by a plain or noisy patch, in place; up to a fifth of the area."""
    s = pixels.shape[0]
    w, h = (random.uniform(0.1, 0.45, 2) * s).astype(int)
    x, y = random.integers(-w // 2, s - w // 2), random.integers(-h // 2, s - h // 2)
    x1, y1, x2, y2 = max(0, x), max(0, y), min(s, x + w), min(s, y + h)
    colour = random.integers(0, 256, 3)
    if random.random() < 0.5:
        pixels[y1:y2, x1:x2] = colour
    else:
        noise = random.integers(-40, 40, (y2 - y1, x2 - x1, 1))
        pixels[y1:y2, x1:x2] = (colour + noise).clip(0, 255)
    return pixels
