"""Decodes pictures, broken and hostile ones too, into squares of pixels, by Pillow (the extra `graphfeed[images]`)."""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graph.errors import first_line

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "GIF": "GIF"}
"""The only decoders of Pillow that are tried, and the names of their kinds of files."""
CROP = 0.875
"""The part of the shorter side that is seen, as when EfficientNet was trained: the middle."""

Pixels = NDArray[np.uint8]
"""A square of pixels: rows, columns, and red, green and blue."""


class Rejected(ValueError):
    """A picture that is not encoded, with the reason."""


@dataclass(frozen=True)
class Limits:
    """The largest picture that is decoded."""

    bytes: int = 20 << 20
    pixels: int = 50_000_000


def decode(data: bytes, side: int, limits: Limits) -> Pixels:
    """The middle of a picture as a square of `side` pixels: turned as its EXIF says, on white, in RGB, of an animation
    the first frame. Raises Rejected."""
    if not data:
        raise Rejected("is empty")
    if len(data) > limits.bytes:
        raise Rejected(f"has more than {limits.bytes:,} bytes")
    image = _opened(data, limits)
    try:
        image.draft("RGB", (2 * side, 2 * side))  # a JPEG is decoded at a half or less where that is enough
        image.load()
        image = _upright(image)
        return np.asarray(_middle(_in_rgb(image), side))
    except MemoryError:
        raise Rejected("needs too much memory") from None
    except Exception as error:  # Pillow's decoders raise errors of all kinds: struct.error, SyntaxError, IndexError
        raise Rejected(f"is broken or cut off: {first_line(error)}") from None


def _opened(data: bytes, limits: Limits) -> "Image":
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and gives a reason rather than a warning
    warnings.filterwarnings("ignore", module="PIL")  # of broken EXIF, which does not matter
    try:
        image = Image.open(io.BytesIO(data), formats=[*KINDS])
    except UnidentifiedImageError:
        raise Rejected(f"is not a picture of the kinds that are read: {', '.join(KINDS.values())}") from None
    except Exception as error:
        raise Rejected(f"is broken or cut off: {first_line(error)}") from None
    width, height = image.size
    if width * height > limits.pixels:
        raise Rejected(f"has {width:,} x {height:,} pixels, more than {limits.pixels:,}")
    return image


def _upright(image: "Image") -> "Image":
    """The picture turned as its EXIF says; unturned if that is broken."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _in_rgb(image: "Image") -> "Image":
    """The picture in red, green and blue; what is transparent is white."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        return Image.fromarray((np.asarray(image).clip(0, 65535) >> 8).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def _middle(image: "Image", side: int) -> "Image":
    from PIL.Image import Resampling

    width, height = image.size
    half = CROP * min(width, height) / 2
    box = (width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half)
    return image.resize((side, side), Resampling.BICUBIC, box=box, reducing_gap=3)
