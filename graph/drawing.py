"""A person's network as a page draws it: people and who follows whom, or communities if there are too many people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.client import Client, Row
from graph.network import Edges
from graph.ranking.why_empty import surroundings

MAX_DRAWN = 3_000
"""People, or communities, of a drawing."""
CIRCLE = {"followees": 3_000, "followeesOf": 300, "follows": 60_000, "people": 30_000}
"""What is read at most: followees of the person, followees of each of them, follows of all these, people."""
Community = int | Literal["none"]
"""A community by its number, or the people who are of none that is known."""


@dataclass(frozen=True)
class Drawing:
    """A network, as people or as communities. Follows and ties name them by their places in these lists."""

    people_in_all: int
    """The people who are drawn, or could be; all if `is_whole`, else those among the follows that were read."""
    is_whole: bool
    """False if there are too many follows to read them all."""
    people: Sequence[Row] = ()
    """Rows person, name, degree, community, followers, followsMe: the person first, with the degree 0, then whom they
    follow, with 1, then whom these follow, with 2, those first whom most of them follow."""
    follows: Sequence[Sequence[int]] = ()
    """For the person and each followee who is drawn, the places of whom they follow."""
    communities: Sequence[Row] = ()
    """Rows community, name, people, followees: the largest first, each named by its most followed person; `community`
    is None for people of whom none is known, `followees` the number of people in it whom the person follows."""
    ties: Sequence[tuple[int, int, int]] = ()
    """Two communities, and the number of follows between them, in either direction."""


def drawing(
    client: Client,
    user: str,
    edges: Edges = "all",
    limit: int = MAX_DRAWN,
    community: Community | None = None,
    name: str | None = None,
) -> Drawing:
    """A person's network, without people who are filtered for them: of at most `limit` people, else its communities,
    or the first `limit` people if no community is known. `community` draws the people of one, and the person; `name`
    those whose name has it, in any case, or whose id it is.

    Raises NotFound for an unknown person.
    """
    rows = client.read("network/people", {"me": user, "edges": edges, "circle": CIRCLE})
    if not rows:
        surroundings(client, {"me": user, "now": 0, "historyDays": 0})
    is_whole = bool(rows) and rows[0]["isWhole"] and len(rows) < CIRCLE["people"]
    if name is not None:
        part = name.strip().lower()
        found = [row["degree"] == 0 or part in row["name"].lower() or row["person"] == name.strip() for row in rows]
        return _of_people(rows, [place for place, is_found in enumerate(found) if is_found], limit, is_whole)
    if community is not None:
        number = None if community == "none" else community
        chosen = [place for place, row in enumerate(rows) if row["degree"] == 0 or row["community"] == number]
        return _of_people(rows, chosen, limit, is_whole)
    if len(rows) > limit and any(row["community"] is not None for row in rows):
        return _of_communities(rows, limit, is_whole)
    return _of_people(rows, range(len(rows)), limit, is_whole)


def _of_people(rows: Sequence[Row], chosen: Sequence[int], limit: int, is_whole: bool) -> Drawing:
    """The first of the chosen rows, as people. A followee has the row after their place in `followedBy`."""
    new = {place: number for number, place in enumerate(chosen[:limit])}
    follows: list[list[int]] = [[] for place in new if rows[place]["degree"] < 2]
    for place, number in new.items():
        if rows[place]["degree"] == 1:
            follows[0].append(number)
        for followee in rows[place]["followedBy"]:
            if (by := new.get(followee + 1)) is not None:
                follows[by].append(number)
    return Drawing(len(chosen), is_whole, people=[rows[place] for place in new], follows=follows)


def _of_communities(rows: Sequence[Row], limit: int, is_whole: bool) -> Drawing:
    members: dict[int | None, list[Row]] = {}
    for row in rows:
        members.setdefault(row["community"], []).append(row)
    largest = sorted(members.items(), key=lambda item: (-len(item[1]), item[0] is None, item[0]))[:limit]
    places = {community: place for place, (community, _) in enumerate(largest)}
    ties: Counter[tuple[int, int]] = Counter()
    for row in rows:
        by = [rows[followee + 1] for followee in row["followedBy"]] + [rows[0]] * (row["degree"] == 1)
        for one in by:
            a, b = places.get(one["community"]), places.get(row["community"])
            if a is not None and b is not None and a != b:
                ties[min(a, b), max(a, b)] += 1
    communities = [
        {
            "community": community,
            "name": max(people, key=lambda row: (row["followers"], row["person"]))["name"],
            "people": len(people),
            "followees": sum(row["degree"] == 1 for row in people),
        }
        for community, people in largest
    ]
    tied = [(a, b, count) for (a, b), count in sorted(ties.items())]
    return Drawing(len(rows), is_whole, communities=communities, ties=tied)
