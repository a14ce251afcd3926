"""Reasons: why a person is shown a post, and why they are shown none, in plain sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from graph import clock

Facts = Mapping[str, Any]
"""What a statement tells of a post's reason."""

DAY = 86_400_000
NOT_BEFORE_A_BUILD = ("similar_posts", "rising", "popular")
"""Sources that read what a build made, and nothing else."""


def followee(facts: Facts) -> str:
    return f"You follow {facts['author']}."


def similar_post(facts: Facts) -> str:
    """Names the liked post by its author and day, and somebody who liked both, where one may be named."""
    because = f"Because you liked {_liked(facts)}"
    if not facts["both"]:
        return f"{because}."
    who = f"{facts['both']}, whom you follow," if facts["bothFollowed"] else facts["both"]
    return f"{because}; {who} liked both."


def liked_by_followees(facts: Facts) -> str:
    return f"{_and_others(facts['liker'], facts['likers'] - 1)}, whom you follow, liked this."


def liked_author(facts: Facts) -> str:
    return f"You liked {_posts(facts['liked'])} of {facts['author']}."


def friend_of_friend(facts: Facts) -> str:
    """Who is between the person and the author, and who of the three follows whom."""
    via, author = facts["via"], facts["author"]
    match via, facts["followed"], facts["follows"]:
        case None, _, _:
            return f"{author} follows you."
        case _, True, True:
            return f"{via}, whom you follow, follows {author}."
        case _, True, False:
            return f"{author} follows {via}, as you do."
        case _, False, True:
            return f"{via}, who follows you, follows {author}."
        case _:
            return f"{author} follows {via}, who follows you."


def interest(facts: Facts) -> str:
    return f"It is about #{facts['hashtag']}, one of your interests."


def rising(facts: Facts) -> str:
    return f"Rising now: {_likes(facts['likes'])}."


def popular(facts: Facts) -> str:
    return f"Popular: {_likes(facts['likes'])}." if facts["likes"] else "New, and open to everybody."


def newest(facts: Facts) -> str:
    return "New, and open to everybody."


def similar_taste(facts: Facts) -> str:
    """Of slates that an older version made."""
    return f"{facts['via']}, who likes what you like, liked this."


def of_tutorial(source: str, facts: Facts) -> str:
    """Why the tutorial's formula shows a post of one of its sources."""
    return _TUTORIAL[source](facts)


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
            return f"{_and_others(facts['via'], count - 1)}, whom you follow, follow {facts['author']}, and {liked}."


def _interests(facts: Facts) -> str:
    if not facts["shown"]:
        deed = "liked"
    elif facts["shown"] == facts["weight"]:
        deed = "are shown in"
    else:
        deed = "liked or are shown in"
    return f"You {deed} {_posts(facts['weight'])} with #{facts['hashtag']}; this is its most popular image."


_TUTORIAL: dict[str, Callable[[Facts], str]] = {
    "followees": _followees,
    "friends_of_friends": _friends_of_friends,
    "interests": _interests,
}

_NOUNS = {"video": "video", "carousel": "album"}


def _liked(facts: Facts) -> str:
    """The post that was liked: Ana's photo of 3 May, with the year where it is not that of the answer."""
    noun = _NOUNS.get(facts["likedType"], "photo")
    whose = f"{facts['likedAuthor']}'s {noun}" if facts["likedAuthor"] else f"a {noun}"
    if facts["likedAt"] is None:
        return whose
    day = clock.day(facts["likedAt"], facts["asOf"])
    return f"{whose} of {day}"


def _and_others(name: str, others: int) -> str:
    return f"{name} and {others} other{'' if others == 1 else 's'}" if others > 0 else name


def _posts(count: int) -> str:
    return f"{count} post{'' if count == 1 else 's'}"


def _likes(count: int) -> str:
    return f"{count} like{'' if count == 1 else 's'}"


def why_empty(
    around: Mapping[str, Any],
    source: str,
    vocabulary: Mapping[str, Any],
    *,
    is_built: bool = True,
    is_open: bool = False,
) -> str:
    """Why a feed has no posts, from what is around the person, and what to try.

    A feed is open if any post may be in it that may be shown.
    """
    me, past = vocabulary["me"], f"in the {vocabulary['historyDays']:g} days before {_date(vocabulary['now'])}"
    if not around["posts"]:
        return "There are no posts: import some with `graphfeed import`."
    if not is_built and source in NOT_BEFORE_A_BUILD:
        return "Nothing has been built yet: run `graphfeed refresh`, or try another --source."
    if vocabulary["windowDays"] is None:
        return f"There is no post that {me} may be shown and has not liked or seen."
    if source == "interests":
        if not around["likes"] and not around["mentions"]:
            return f"{me} liked nothing {past}, and is shown in no post."
        return f"No post that {me} liked or is shown in has a hashtag with an image to show."
    if why := _why_none_in_time(around, vocabulary):
        return why
    if is_open:
        days = vocabulary["windowDays"]
        return (
            f"There is no post of the last {days:g} days that {me} may be shown and has not liked or seen: "
            "try --window-days none."
        )
    if not around["followees"]:
        return f"{me} follows nobody: import whom they follow, or what they like."
    if source == "friends_of_friends" and not around["likes"]:
        return f"{me} liked nothing {past}, so no friend of a friend counts: try another --source."
    days = vocabulary["windowDays"]
    return f"Nobody near {me} has an image of the last {days:g} days to show: try --window-days {4 * days + 1:g}."


def _why_none_in_time(around: Mapping[str, Any], vocabulary: Mapping[str, Any]) -> str | None:
    """Why no post of anybody is in the time window; None if one is."""
    as_of, days = vocabulary["now"], vocabulary["windowDays"]
    newest, later = around["newestBefore"], around["oldestAfter"]
    if newest is not None and as_of - newest < days * DAY:
        return None
    if newest is not None:
        span = f"over {days:g} days before {_date(as_of)}"
        return f"The newest post is of {_date(newest)}, {span}: try --as-of {clock.iso(newest)}."
    if later is not None:
        return f"The oldest post is of {_date(later)}, after {_date(as_of)}: try --as-of {clock.iso(later)}."
    return "No post has a time: import posts with taken_at."


def _date(millis: int) -> str:
    return str(clock.iso(millis))[:10]
