"""The vectors of the made-up pictures, which `python -m benchmarks.drawings --write` encodes by EfficientNet-Lite0."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph import pictures
from loaders.generator.pictures import SCENES, VARIANTS

MODEL = "efficientnet-lite0"
FILE = Path(__file__).with_name("vectors.npy")
"""Whole numbers from -127 to 127, as float32 would take four times as much; the scale of each vector is its own."""
LARGEST = 127

Vectors = NDArray[np.float32]


def vectors() -> Vectors:
    """The vectors of norm 1 of all pictures: scenes in the order of SCENES, variants, 256 numbers."""
    whole = np.load(FILE).astype(np.float32)
    if whole.shape != (len(SCENES), VARIANTS, pictures.SIZE):
        raise ValueError(f"{FILE} has the shape {whole.shape}: write it again by python -m benchmarks.drawings --write")
    return np.asarray(whole / np.linalg.norm(whole, axis=2, keepdims=True), np.float32)


def write(made: Vectors) -> None:
    """Writes the file."""
    largest = np.abs(made).max(axis=2, keepdims=True)
    np.save(FILE, np.rint(made / largest * LARGEST).astype(np.int8))
