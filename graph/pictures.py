"""Vectors of pictures: what a post's picture shows, as an encoder sees it (see docs/pictures.md).

A vector is stored twice: as floats, for Neo4j's index, and rounded to a byte a number, for requests, which read and
compare those of all candidates of a feed.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

SIZE = 256
"""The numbers of a vector."""
TOLERANCE = 1e-5
"""A norm this near to 1 is left as it is, so that a vector that was exported and imported is the same."""

SAME_COSINE = 0.95
"""Nearly the same picture: of 21 photographs, it finds 19 mirrored and 17 made brighter, 8 cut at two sides, and 1
cropped at all four. Two photographs of one motorcycle, from places a hand apart, are at .87."""

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Picture(NamedTuple):
    """The vector of a picture as requests read it."""

    model: str
    numbers: str
    """What `to_bytes` makes of the vector."""

    @classmethod
    def of(cls, model: str | None, numbers: str | None) -> "Picture | None":
        """None without both."""
        return cls(model, numbers) if model is not None and numbers is not None else None


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


def to_bytes(numbers: ArrayLike) -> str:
    """The numbers in a byte each, from -127 to 127 for the largest of them, in base64; cosines change by some .002."""
    wide = np.asarray(numbers, np.float64)
    return base64.b64encode(np.round(wide * (127 / np.abs(wide).max())).astype(np.int8).tobytes()).decode()


def cosines(pictures: Sequence[Picture | None], others: Sequence[Picture | None]) -> Matrix:
    """The cosine of each of some pictures with each of others: pictures x others. It is 0 where one is None or no
    vector, and for two of different models."""
    models, other_models = (np.array([one.model if one else "" for one in each], object) for each in (pictures, others))
    are_comparable: Mask = models[:, None] == other_models
    rows = _unit_rows(pictures)
    other_rows = rows if others is pictures else _unit_rows(others)  # decoded once where all are compared with all
    return rows @ other_rows.T * are_comparable


def firsts(alike: Mask) -> list[int]:
    """Of each row, in their order, the first row before it that is alike and a first one itself; itself without one.
    `alike` is rows x rows."""
    found, are_first = list[int](), np.zeros(len(alike), bool)
    for row, others in enumerate(alike):
        earlier = others & are_first
        first = int(earlier.argmax())
        found.append(first if earlier[first] else row)
        are_first[row] = found[-1] == row
    return found


def _unit_rows(pictures: Sequence[Picture | None]) -> Matrix:
    """Vectors of norm 1; zeros for None and for what is no vector."""
    rows = np.zeros((len(pictures), SIZE), np.float32)
    for row, picture in zip(rows, pictures, strict=True):
        data = _decoded(picture.numbers) if picture else b""
        if len(data) == SIZE:
            row[:] = np.frombuffer(data, np.int8)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(norms == 0, 1, norms)
    return rows


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
