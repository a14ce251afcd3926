"""The bubble of a slate, or of any posts: how far from the person its posts come, and how even their authors are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph.client import Client, Row
from graph.ranking import slates
from graph.ranking.feed import Request
from graph.ranking.why_empty import surroundings

FOLLOWEES, TWO_STEPS = 1, 2
"""Steps of follows from the person to an author."""


@dataclass(frozen=True)
class Bubble:
    """Where posts come from. The three shares sum to 1, or are 0 if there is no post."""

    slate: str | None
    """The slate that they are of, if of one."""
    posts: int
    followees: float
    """The share of posts by people whom the person follows."""
    two_steps: float
    """The share by people whom these follow."""
    farther: float
    """The share by all others, and of posts without an author."""
    authors: int
    evenness: float
    """How evenly the posts are spread over authors: the entropy of their shares, divided by the logarithm of the number
    of posts. 1 if each post is by another author, 0 if all are by one (after Pielou 1966)."""
    communities: int | None
    """The number of communities of the authors; None if none is known, as before the first build with GDS."""
    strangers: int = 0
    """The number of authors whose community is not known, as they came after the last whole build."""

    @property
    def text(self) -> str:
        """It in two sentences."""
        if not self.posts:
            return "No post of the slate is left." if self.slate else "There is no post."
        shares = f"{self.followees:.0%} by people you follow, {self.two_steps:.0%} by people they follow"
        count = f"{'at least ' if self.strangers else ''}{'one' if self.communities == 1 else self.communities}"
        known = f" of {count} communit{'y' if self.communities == 1 else 'ies'}" if self.communities else ""
        return (
            f"Of {self.posts} posts, {shares}, and {self.farther:.0%} from farther away. They are by {self.authors} "
            f"author{'' if self.authors == 1 else 's'}{known}; evenness {self.evenness:.2f}."
        )


def bubble(client: Client, user: str, slate: str) -> Bubble:
    """The bubble of a person's slate. Raises NotFound for an unknown slate, Expired for an expired one."""
    slates.require_fresh(slates.metadata(client, user, slate))
    return of_authors(slate, client.read("slates/bubble", {"me": user, "slate": slate, "posts": []}))


def bubble_of_posts(client: Client, posts: Sequence[str], request: Request) -> Bubble:
    """The bubble of posts for the request's user, as of a preview, which is no slate. Unknown posts do not count.
    Raises NotFound for an unknown person.
    """
    params = {**request.params(), "slate": "", "posts": list(dict.fromkeys(posts))}
    rows = client.read("slates/bubble", params)
    if not rows:
        surroundings(client, params)
    return of_authors(None, rows)


def of_authors(slate: str | None, rows: Sequence[Row]) -> Bubble:
    """The bubble of the rows of slates/bubble."""
    posts = sum(row["posts"] for row in rows)
    by_steps = {steps: sum(row["posts"] for row in rows if row["steps"] == steps) for steps in (FOLLOWEES, TWO_STEPS)}
    near = {steps: count / posts if posts else 0.0 for steps, count in by_steps.items()}
    of_each = [row["posts"] for row in rows if row["author"] is not None]
    # A post without an author is by nobody else: each counts as an author of its own
    of_each += [1] * (posts - sum(of_each))
    communities = {row["community"] for row in rows} - {None}
    return Bubble(
        slate=slate,
        posts=posts,
        followees=near[FOLLOWEES],
        two_steps=near[TWO_STEPS],
        farther=1 - sum(near.values()) if posts else 0.0,
        authors=sum(row["author"] is not None for row in rows),
        evenness=_evenness(of_each),
        communities=len(communities) or None,
        strangers=sum(row["author"] is not None and row["community"] is None for row in rows),
    )


def _evenness(counts: Sequence[int]) -> float:
    total = sum(counts)
    if total < 2:
        return 1.0
    return sum(-count / total * math.log(count / total) for count in counts) / math.log(total)
