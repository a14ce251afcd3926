"""Pictures that a person hid: nearly the same ones are not shown to them, whoever posts them."""

from collections.abc import Mapping, Sequence

from graph.client import Reader
from graph.pictures import SAME_COSINE, Picture, cosines
from graph.ranking.profiles import Bounds


def read_hidden(client: Reader, user: str, bounds: Bounds, *, budget_ms: int | None = None) -> dict[str, Picture]:
    """The pictures that the person hid last, by their posts; none for an unknown person."""
    rows = client.read("feed/hidden", {"me": user, "bounds": bounds.params()}, budget_ms=budget_ms)
    return {row["post"]: Picture(row["model"], row["numbers"]) for row in rows}


def hidden_copies(pictures: Sequence[Picture | None], hidden: Mapping[str, Picture]) -> list[str | None]:
    """Of each picture, the hidden post whose picture is most like it, if they are nearly the same, else None."""
    if not hidden or not any(pictures):
        return [None] * len(pictures)
    posts, near = [*hidden], cosines(pictures, [*hidden.values()])
    best = zip(near.argmax(axis=1).tolist(), near.max(axis=1).tolist(), strict=True)
    return [posts[place] if cosine >= SAME_COSINE else None for place, cosine in best]
