"""The memory of a build, estimated before it starts, so that it fails at once if there is too little."""

from dataclasses import dataclass

from graph.background.factors import FACTORS, GRAM_ROWS
from graph.background.ridge import Recipe
from graph.background.similar import BLOCK_BYTES, RECIPE


@dataclass(frozen=True)
class Needs:
    """Bytes of each stage of a build. One stage runs at a time, beside the arrays."""

    arrays: int
    """The likes as a matrix, ids and keys."""
    similar: int
    factors: int

    @property
    def peak(self) -> int:
        return self.arrays + max(self.similar, self.factors)


def needed_bytes(
    people: int, posts: int, likes: int, *, recipe: Recipe = RECIPE, block_bytes: int = BLOCK_BYTES, size: int = FACTORS
) -> Needs:
    """An upper estimate for a network of this size, without the 150 MB of Python and its packages."""
    nodes = people + posts
    # 8 bytes a like; an id is a string of 32 letters in a list, and a key.
    arrays = 8 * likes + 100 * nodes
    # The likes by person and by post, and scipy's temporary arrays when it converts one to the other.
    tables = 60 * likes + 40 * nodes
    # Two sets of arcs: 8 bytes an arc, 12 when they are returned, and one column of one of them twice.
    arcs = (2 * 12 + 4) * recipe.arcs * posts
    regression = recipe.neighbours * recipe.likers * 100
    similar = tables + arcs + regression + 2 * block_bytes
    # The likes three times, the vectors of the model and those that are returned.
    factors = 30 * likes + 3 * 4 * size * nodes + 2 * 8 * size * min(GRAM_ROWS, max(people, posts))
    return Needs(arrays, similar, factors)
