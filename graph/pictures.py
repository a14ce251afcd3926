"""Vectors of pictures: what a post's picture shows, as an encoder sees it (see docs/pictures.md)."""

import base64
import binascii

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIZE = 256
"""The numbers of a vector."""
TOLERANCE = 1e-5
"""A norm this near to 1 is left as it is, so that a vector that was exported and imported is the same."""

Vector = NDArray[np.float32]


def unit(numbers: ArrayLike) -> Vector:
    """The vector of norm 1 in the direction of `numbers`. Raises ValueError for one without a direction."""
    wide = np.asarray(numbers, np.float64)
    if not np.isfinite(wide).all():
        raise ValueError("holds a number that is not finite")
    norm = float(np.linalg.norm(wide))
    if norm == 0:
        raise ValueError("holds only zeros")
    return (wide if abs(norm - 1) < TOLERANCE else wide / norm).astype(np.float32)


def from_text(text: str) -> Vector:
    """The vector of norm 1 that a text holds: 256 four-byte floats, little-endian, in base64. Raises ValueError."""
    try:
        data = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{text[:60]!r} is not base64") from None
    if len(data) != 4 * SIZE:
        raise ValueError(f"holds {len(data)} bytes, not the {4 * SIZE} of {SIZE} four-byte floats")
    return unit(np.frombuffer(data, "<f4"))


def to_text(numbers: ArrayLike) -> str:
    """The inverse of `from_text`."""
    return base64.b64encode(np.asarray(numbers, "<f4").tobytes()).decode()
