"""Vectors of pictures, for tests."""

from collections.abc import Mapping

import numpy as np

from graph.client import Client
from graph.pictures import SIZE, to_bytes
from tests.support import ask

MODEL = "lite0"


def picture(*kind: float, seed: int = 0, cosine: float = 1.0) -> list[float]:
    """A picture at a cosine to its kind, a vector of length 1; the rest of it is in directions that no kind has."""
    vector = np.array([*kind, *[0.0] * (SIZE - len(kind))])
    rest = np.random.default_rng(seed).normal(size=SIZE)
    rest[: SIZE // 2] = 0
    return [float(number) for number in cosine * vector + np.sqrt(1 - cosine**2) * rest / np.linalg.norm(rest)]


def put_pictures(client: Client, pictures: Mapping[str, list[float]], model: str = MODEL) -> None:
    """Gives posts pictures."""
    ask(
        client,
        "UNWIND $rows AS row MATCH (post:Post {id: row.post}) "
        "CALL db.create.setNodeVectorProperty(post, 'picture', row.vector) SET post.pictureModel = $model, "
        "post.pictureBytes = row.numbers",
        rows=[{"post": post, "vector": vector, "numbers": to_bytes(vector)} for post, vector in pictures.items()],
        model=model,
    )
