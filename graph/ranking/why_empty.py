"""Explanation of an empty feed: the cause in a plain sentence, with advice that brings posts when followed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graph import clock
from graph.client import Client, Row
from graph.errors import NotFound
from graph.pictures import Picture
from graph.ranking.filters import FILTERS
from graph.ranking.hidden import hidden_copies, read_hidden
from graph.ranking.missing import NO_BUILD
from graph.ranking.profiles import Bounds
from graph.ranking.sources import SOURCES
from graph.ranking.tutorial import tutorial_rows

MAX_SCANNED_POSTS = 1000
"""The number of newest posts that are read to count what keeps them out."""


def surroundings(client: Client, params: Mapping[str, Any]) -> Row:
    """Counts of a person's ties and of the posts around them. Raises NotFound for an unknown person."""
    rows = client.read("explain/surroundings", params)
    if not rows:
        raise NotFound(
            f"The graph has no person {params['me']!r}.", "Import them with `graphfeed import`, or check the id."
        )
    return rows[0]


def of_tutorial(client: Client, source: str, params: Mapping[str, Any]) -> str:
    """The cause of an empty feed of the profile `tutorial`. Raises NotFound for an unknown person."""
    around = surroundings(client, params)
    if params["windowDays"] is None and source != "interests":
        return "The tutorial's formula needs a window: try --window-days 30."
    if why := _none_in_time(around, params):
        return why
    me, past = params["me"], f"in the {params['historyDays']:g} days before {_date(params['now'])}"
    if source == "interests":
        if not around["likes"] and not around["mentions"]:
            return f"{me} liked nothing {past}, and is shown in no post."
        return f"No post that {me} liked or is shown in has a hashtag with an image to show."
    if not around["followees"]:
        return f"{me} follows nobody: import whom they follow, or what they like."
    if source == "friends_of_friends" and not around["likes"]:
        return f"{me} liked nothing {past}, so no friend of a friend counts: try another --source."
    days, longer = params["windowDays"], 4 * params["windowDays"] + 1
    if tutorial_rows(client, source, {**params, "windowDays": longer}):
        return f"Nobody near {me} has an image of the last {days:g} days to show: try --window-days {longer:g}."
    return (
        f"People near {me} have no image of the last {longer:g} days, or only such as {me} muted, blocked or hid, "
        "or may not see."
    )


def of_source(client: Client, source: str, params: Mapping[str, Any], missing: Sequence[str]) -> str:
    """The cause of an empty feed of one source; `missing` is the feed's. Raises NotFound for an unknown person."""
    around, known = surroundings(client, params), SOURCES[source]
    if around["posts"] and NO_BUILD in missing and known.is_built:
        return "Nothing has been built yet: run `graphfeed refresh`, or try another --source."
    if known.ties and not any(around[tie] for tie in known.ties):
        return f"{known.lacking}: try another --source."
    if why := _none_in_time(around, params):
        return why
    if source in missing:
        return "This source took too long to read: try again, or another --source."
    span = _span(params["windowDays"])
    return (
        f"Of the posts{span} that this source reads, there is none that you may be shown and have not liked, seen or "
        "hidden: try another --source."
    )


def of_mixed(client: Client, params: Mapping[str, Any], missing: Sequence[str], bounds: Bounds) -> str:
    """The cause of an empty feed of all sources; `missing` is the feed's. Raises NotFound for an unknown person."""
    around = surroundings(client, params)
    if why := _none_in_time(around, params):
        return why
    kept = _kept_out(client, params, bounds)
    if kept.pop("none", 0):  # no source goes as far as to these posts, or they were added meanwhile
        if NO_BUILD in missing:
            return (
                "Of the few posts that are read before the first build, you may be shown none: run `graphfeed refresh`."
            )
        return (
            "Your feed's sources bring none of the posts that you may be shown: follow somebody, like a post, or pick "
            "a hashtag."
        )
    days = params["windowDays"]
    older = days is not None and "none" in _kept_out(client, {**params, "windowDays": None}, bounds)
    return f"{_counts(kept, days, params['servedDays'])}{_advice(kept, older=older)}."


def _kept_out(client: Client, params: Mapping[str, Any], bounds: Bounds) -> dict[str, int]:
    """The number of posts by the first filter that keeps each out, the largest first; by 'none' for the others."""
    rows = client.read("explain/kept_out", {**params, "limit": MAX_SCANNED_POSTS})
    kept = Counter[str]({row["reason"]: row["posts"] for row in rows})
    pictures = [Picture.of(one["model"], one["numbers"]) for row in rows for one in row["pictures"]]
    if any(pictures):
        found = hidden_copies(pictures, read_hidden(client, params["me"], bounds))
        copies = sum(post is not None for post in found)
        kept = kept + Counter(copies=copies) - Counter(none=copies)
    return dict(sorted(kept.items(), key=lambda each: -each[1]))


def _counts(kept: Mapping[str, int], days: float | None, served_days: float) -> str:
    """The counts as a sentence: 'Of the 12 posts of the last 30 days, you liked 9, and 3 are sensitive'."""
    count = sum(kept.values())
    if not count:
        return f"Among the newest posts{_span(days)} there is none that you may be shown"
    some = (
        f"Of the newest {count:,}"
        if count == MAX_SCANNED_POSTS
        else "Of the one"
        if count == 1
        else f"Of the {count:,}"
    )
    span = _span(days)
    parts = [FILTERS[name].count(posts, served_days) for name, posts in kept.items()]
    listed = ", ".join(parts[:-1]) + (", and " if len(parts) > 1 else "") + parts[-1]
    return f"{some} post{'' if count == 1 else 's'}{span}, {listed}"


def _advice(kept: Mapping[str, int], *, older: bool) -> str:
    if older:
        return ": try --window-days none"
    if "sensitive" in kept:
        return ": try --sensitive"
    if "muted" in kept:
        return ": mute fewer"
    return ""


def _span(days: float | None) -> str:
    return "" if days is None else f" of the last {days:g} days"


def _none_in_time(around: Row, params: Mapping[str, Any]) -> str | None:
    """A sentence if nobody has a post in the time window, else None."""
    as_of, days = params["now"], params["windowDays"]
    if not around["posts"]:
        return "There are no posts: import some with `graphfeed import`."
    newest, later = around["newestBefore"], around["oldestAfter"]
    if days is None or (newest is not None and as_of - newest < days * clock.DAY_MS):
        return None
    if newest is not None:
        span = f"over {days:g} days before {_date(as_of)}"
        return f"The newest post is from {_date(newest)}, {span}: try --as-of {clock.shown(newest)}."
    if around["anyBefore"] or (later is None and around["anyAfter"]):
        return None  # the first of them are for followers only, and no more were read
    if later is not None:
        return f"The oldest post is from {_date(later)}, after {_date(as_of)}: try --as-of {clock.shown(later)}."
    return "No post has a time: import posts with taken_at, or try --window-days none."


def _date(millis: int) -> str:
    return clock.shown(millis)[:10]
