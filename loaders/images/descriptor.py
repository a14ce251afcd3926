"""A classical descriptor of pictures, for machines without a network: which colours and edges are where."""

import numpy as np
from numpy.typing import NDArray

from graph import pictures
from loaders.images.decode import Pixels

SIDE, CELLS, BINS = 64, 4, 8
"""The pixels of a side, the cells of a side, and the bins of a cell, once for colours and once for edges."""
GREYS = 3
"""The bins of a cell's colours that are greys, from dark to light; the others are hues."""
GREY_BELOW = 0.15
"""The saturation below which a colour is a grey."""

Numbers = NDArray[np.float64]


class Descriptor:
    """An encoder: in each of 4 x 4 cells, histograms of hues and greys, and of the directions of edges (Dalal and
    Triggs, Histograms of Oriented Gradients, 2005). A picture and its mirror image have the same vector."""

    model = "descriptor"
    side = SIDE

    def encode(self, pixels: Pixels) -> pictures.Vector:
        numbers = _histograms(pixels) + _histograms(pixels[:, ::-1])
        return pictures.unit(numbers - numbers.mean() + 1e-6)


def _histograms(pixels: Pixels) -> Numbers:
    colours = pixels.astype(np.float64) / 255
    return np.concatenate([_by_cell(*_colour_bins(colours)), _by_cell(*_edge_bins(colours.mean(axis=2)))], axis=None)


def _colour_bins(colours: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The bin of each pixel's colour, and its weight. The hue is that of HSV, from 0 to 1."""
    high, low = colours.max(axis=2), colours.min(axis=2)
    spread = np.where(high > low, high - low, 1)
    red, green, blue = np.moveaxis(colours, 2, 0)
    hue = np.select(
        [high == red, high == green],
        [(green - blue) / spread % 6, (blue - red) / spread + 2],
        (red - green) / spread + 4,
    )
    hues = BINS - GREYS
    bins = np.where(
        high - low < GREY_BELOW,
        np.minimum((high * GREYS).astype(np.int64), GREYS - 1),
        GREYS + (hue / 6 * hues).astype(np.int64) % hues,
    )
    return bins, np.ones_like(high)


def _edge_bins(grey: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The bin of the direction of the edge at each pixel, of 180 degrees, and its strength."""
    down, right = np.gradient(grey)
    angle = np.arctan2(down, right) % np.pi
    return np.minimum((angle / np.pi * BINS).astype(np.int64), BINS - 1), np.hypot(down, right)


def _by_cell(bins: NDArray[np.int64], weights: Numbers) -> Numbers:
    """The square roots of each cell's shares of the bins: what is large anyway counts for less."""
    cell = np.arange(SIDE) * CELLS // SIDE
    places = (cell[:, None] * CELLS + cell) * BINS + bins
    sums = np.bincount(places.ravel(), weights.ravel(), CELLS * CELLS * BINS).reshape(-1, BINS)
    shares: Numbers = np.sqrt(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9))
    return shares
