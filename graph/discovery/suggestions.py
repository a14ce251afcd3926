"""People whom a person may want to follow, each with the reasons.

Candidates are the people nearest by affinity (personalized PageRank), whom the person's followees follow, whose posts
the person liked, and who follow the person. The score is a weighted sum of ln(1 + the sum, over the followees who
follow them, of 1 / ln(2 + follows of that followee)), after Adamic and Adar 2003, "Friends and neighbors on the web";
of ln(1 + likes of their posts); of whether they follow the person; and of ln(1 + 10,000 affinity).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph import clock
from graph.client import Client, Row
from graph.errors import SettingsError
from graph.ranking.feed import Request
from graph.ranking.missing import AFFINITY
from graph.ranking.profiles import Profile, profile
from graph.ranking.why_empty import surroundings
from graph.short_names import short

STRENGTHS = {"common": 1.6, "liked": 1.1, "follower": 2.0, "near": 0.1}
"""Weights of the parts of a score, the best of a grid by `python -m benchmarks.suggestions`' measure: a tenth of the
follows of 4,418 people on Flickr hidden, Recall@20 over 700 people who are not among those of its table."""
BREADTH = {
    "followees": 200,
    "followeesOf": 200,
    "followersOf": 500,
    "likes": 1_000,
    "followers": 1_000,
    "both": 500,
    "acts": 50,
    "best": 400,
    "leftOut": 3_000,
}
"""The most that is read: my followees; followees of each person, and followers of a suggested one; my likes; my
followers; likes on both sides that are compared; acts of a person to see whether they are active; candidates;
people whom I dismissed, muted or blocked, and who blocked me, of each, who are left out before the best candidates are
taken: of more, these are looked up one by one."""
SEEN = 10_000
"""Followees who are left out early; of more, only the best candidates are looked up."""
ACTIVE_DAYS = 90
"""Days before the clock in which a person posted, liked or commented, if all of that has a time."""
MIN_BOTH = 3
"""Posts that both liked, to say that somebody likes what the person likes."""
NAMED = 2
"""The most people that a reason names."""
SPARE = 10
"""More people than are wanted are read: who is near by affinity alone may have no reason that can be told."""
LIMIT, MAX_LIMIT = 20, 100


@dataclass(frozen=True)
class Reason:
    """A reason to follow somebody."""

    reason: str
    """followed_by, liked, follows_you, likes_alike or follows_alike."""
    text: str
    """One plain sentence."""
    count: int | None = None
    """The people or posts that it counts."""
    at_least: bool = False
    """True if not all were read, so that there may be more."""


@dataclass(frozen=True)
class Suggestion:
    """A person to follow."""

    person: str
    username: str | None
    full_name: str | None
    score: float
    reasons: list[Reason]
    """The strongest first; at least one."""


@dataclass(frozen=True)
class Suggestions:
    """People to follow, the best first."""

    user: str
    as_of: int
    items: list[Suggestion]
    missing: tuple[str, ...] = ()
    """Codes of graph/ranking/missing.py: no affinity is stored, so two steps stand in."""
    why_empty: str | None = None
    """The cause, with advice, if there are no items."""


def suggestions(
    client: Client,
    user: str,
    *,
    limit: int = LIMIT,
    chosen: Profile | None = None,
    as_of: int | None = None,
    active_days: float = ACTIVE_DAYS,
) -> Suggestions:
    """People whom a person does not follow yet, active within `active_days` before `as_of` (epoch milliseconds).

    Of the profile counts whether it learns, and the damping of affinity. For who forbids profiling, and profiles that
    do not learn, only common followees count, by their number. People without a post come last. Raises NotFound for an
    unknown person, SettingsError for a limit that is not from 1 to 100.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise SettingsError(f"limit is {limit}.", f"Give a number from 1 to {MAX_LIMIT}.")
    now = clock.now() if as_of is None else as_of
    rows = client.read("discovery/suggestions", _params(user, limit + SPARE, chosen, now, active_days))
    items = [one for row in rows if (one := _suggestion(row)).reasons][:limit]
    if not items:
        return Suggestions(user, now, [], why_empty=_why_empty(client, user, now))
    missing = (AFFINITY,) if rows[0]["isLearned"] and rows[0]["lacksAffinity"] else ()
    return Suggestions(user, now, items, missing)


def _params(user: str, limit: int, chosen: Profile | None, now: int, active_days: float) -> dict[str, Any]:
    ranking = (chosen or profile("default")).ranking or profile("default").ranking
    assert ranking is not None
    return {
        "me": user,
        "now": now,
        "since": now - round(active_days * clock.DAY_MS),
        "limit": limit,
        "sensitive": False,
        "exclude": [],
        "bounds": {**ranking.bounds.params(), "seen": SEEN},
        "breadth": BREADTH,
        "strengths": {**STRENGTHS, "damping": ranking.affinity.damping, "learns": ranking.learns},
    }


def _suggestion(row: Row) -> Suggestion:
    return Suggestion(row["person"], row["username"], row["fullName"], row["score"], _reasons(row))


def _reasons(row: Row) -> list[Reason]:
    """The reasons that hold, by what they add to the score, then those that add nothing."""
    parts = row["parts"]
    found: list[tuple[float, Reason]] = []

    def add(strength: float, code: str, text: Callable[[int, str], str], count: int, is_all: bool = True) -> None:
        least = "" if is_all else "at least "
        found.append((strength, Reason(code, text(count, least), count, not is_all)))

    if row["vias"]:
        names = [short(str(name)) for name in row["names"]]
        add(parts["common"], "followed_by", lambda n, least: _followed_by(names, n, least), row["vias"], row["allVias"])
    if not row["isLearned"]:
        return [reason for _, reason in found]
    if row["liked"]:
        add(parts["liked"], "liked", _liked, row["liked"], row["allLiked"])
    if row["follower"]:
        found.append((parts["follower"], Reason("follows_you", "Follows you.")))
    if row["both"] >= MIN_BOTH:
        add(0.0, "likes_alike", _likes_alike, row["both"], row["allBoth"])
    if row["alike"]:
        add(0.0, "follows_alike", _follows_alike, row["alike"], row["allAlike"])
    found.sort(key=lambda one: -one[0])
    return [reason for _, reason in found]


def _followed_by(names: list[str], count: int, least: str) -> str:
    if count > len(names):
        return f"Followed by {', '.join(names)} and {least}{count - len(names)} more whom you follow."
    return f"Followed by {' and '.join(names)}, whom you follow."


def _liked(count: int, least: str) -> str:
    return f"You liked {least}{count} of their posts."


def _likes_alike(count: int, least: str) -> str:
    # Of who likes very much, what was compared is so small a part that its number would mislead
    return "Likes what you like." if least else f"Likes what you like: you both liked {count} posts."


def _follows_alike(count: int, least: str) -> str:
    return f"Follows {least}{count} {'person' if count == 1 else 'people'} whom you follow."


def _why_empty(client: Client, user: str, now: int) -> str:
    """The cause of no suggestions. Raises NotFound for an unknown person."""
    around = surroundings(client, Request(user, as_of=now).params())
    if not around["followees"] and not around["likes"]:
        return f"{user} follows nobody and liked nothing yet: follow somebody first."
    return (
        f"Nobody is left near {user} whom {user} does not follow, may see, did not dismiss, and who was active lately."
    )
