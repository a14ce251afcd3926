"""Reasons: why a person is shown a post, and why they are shown none, in plain sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from graph import clock

Facts = Mapping[str, Any]
"""What a source's statement tells of a post's reason, in the column `facts`."""

DAY = 86_400_000


def sentence(source: str, facts: Facts) -> str:
    """Why a post of this source is shown."""
    return _SENTENCES[source](facts)


def _followees(facts: Facts) -> str:
    liked = f" and liked {_posts(facts['liked'])} of theirs" if facts["liked"] else ""
    return f"You follow {facts['author']}{liked}."


def _friends_of_friends(facts: Facts) -> str:
    liked = f"you liked {_posts(facts['liked'])} of theirs"
    match facts["vias"]:
        case 0:
            return f"You do not follow {facts['author']}, but {liked}."
        case 1:
            return f"{facts['via']}, whom you follow, follows {facts['author']}, and {liked}."
        case count:
            others = f"{count - 1} other{'s' if count > 2 else ''}"
            return f"{facts['via']} and {others} whom you follow follow {facts['author']}, and {liked}."


def _interests(facts: Facts) -> str:
    if not facts["shown"]:
        deed = "liked"
    elif facts["shown"] == facts["weight"]:
        deed = "are shown in"
    else:
        deed = "liked or are shown in"
    return f"You {deed} {_posts(facts['weight'])} with #{facts['hashtag']}; this is its most popular image."


_SENTENCES: dict[str, Callable[[Facts], str]] = {
    "followees": _followees,
    "friends_of_friends": _friends_of_friends,
    "interests": _interests,
}


def _posts(count: int) -> str:
    return f"{count} post{'' if count == 1 else 's'}"


def why_empty(around: Mapping[str, Any], source: str, vocabulary: Mapping[str, Any]) -> str:
    """Why a feed has no posts, from what is around the person, and what to try."""
    me, as_of, days = vocabulary["me"], vocabulary["now"], vocabulary["windowDays"]
    newest, next_one = around["newestBefore"], around["oldestAfter"]
    if source in ("interests", "mixed") and newest is None and next_one is None and not around["likes"]:
        return "There are no posts with a time, and nothing that you liked: import some with `graphfeed import`."
    if source == "interests":
        if not around["likes"] and not around["mentions"]:
            return f"{me} liked nothing in the {vocabulary['historyDays']:g} days before {_date(as_of)}, and is shown in no post."
        return f"No post that {me} liked or is shown in has a hashtag with an image to show."
    if newest is None and next_one is None:
        return "No post has a time: import posts with taken_at, or use --source interests."
    if newest is None:
        return f"The oldest post is of {_date(next_one)}, later than {_date(as_of)}: try --as-of {_date(next_one + DAY)}."
    if as_of - newest >= days * DAY:
        return f"The newest post is of {_date(newest)}, over {days:g} days before {_date(as_of)}: try --as-of {_date(newest + DAY)}."
    if not around["followees"]:
        return f"{me} follows nobody: import whom they follow, or use --source interests."
    if source == "friends_of_friends" and not around["likes"]:
        return f"{me} liked nothing in the {vocabulary['historyDays']:g} days before {_date(as_of)}, so no friend of a friend counts."
    return f"Nobody near {me} posted an image in the {days:g} days before {_date(as_of)}: try --window-days {days * 8:g}."


def _date(millis: int) -> str:
    return str(clock.iso(millis))[:10]
