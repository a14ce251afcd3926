"""Photographs of scikit-image, which is not imported, and copies of them as people post them again."""

import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image, ImageEnhance, ImageOps

from graph import pictures
from loaders.images.decode import Limits, decode
from loaders.images.encoders import Encoder

NAMES = (
    "astronaut.png brick.png camera.png cell.png chelsea.png clock_motion.png coffee.png coins.png color.png grass.png "
    "gravel.png horse.png hubble_deep_field.jpg ihc.png logo.png moon.png motorcycle_left.png page.png retina.jpg "
    "rocket.jpg text.png"
).split()
COPIES = ("mirrored", "cropped", "cut", "small", "bright", "grey")


def photograph(name: str) -> Path:
    """The file of a photograph."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


def copy(name: str, how: str) -> bytes:
    """A changed copy of a photograph, as PNG or JPEG."""
    image = Image.open(photograph(name)).convert("RGB")
    width, height = image.size
    if how == "small":
        return encoded(image.resize((width // 2, height // 2)), "JPEG", quality=40)
    changed = {
        "mirrored": lambda: ImageOps.mirror(image),
        "cropped": lambda: image.crop((width // 10, height // 10, width * 9 // 10, height * 9 // 10)),
        "cut": lambda: image.crop((0, 0, width * 9 // 10, height * 9 // 10)),
        "bright": lambda: ImageEnhance.Brightness(image).enhance(1.3),
        "grey": lambda: image.convert("L"),
    }[how]()
    return encoded(changed, "PNG", compress_level=1)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def vector(encoder: Encoder, data: bytes) -> pictures.Vector:
    """The vector of a picture's file."""
    return encoder.encode(decode(data, encoder.side, Limits()))
