"""Reasons for showing a post to a person, in plain sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph import clock
from graph.short_names import short

Facts = Mapping[str, Any]
"""The facts of a post's reason, from a statement."""
NEWCOMER = "Few people have seen it yet."


@dataclass(frozen=True)
class Link:
    """A name in the text of a reason, and what it is the name of."""

    text: str
    """As it stands in the text, once at least."""
    label: str
    """User, Post or Hashtag."""
    id: str
    """Of a hashtag its name, in any spelling."""


def followee(facts: Facts) -> str:
    return f"You follow {facts['author']}."


def missed(facts: Facts) -> str:
    return f"In case you missed it: you follow {facts['author']}, who posts seldom."


def similar_post(facts: Facts) -> str:
    """Names the liked post by its author and day, and somebody who liked both, if anyone may be named."""
    because = f"Because you {_DEEDS[facts['act']]} {_liked(facts)}"
    if not facts["both"]:
        return f"{because}."
    who = f"{facts['both']}, whom you follow," if facts["bothFollowed"] else facts["both"]
    return f"{because}; {who} liked both."


def looks_alike(facts: Facts) -> str:
    """Names the liked post by its author and day."""
    return f"It looks like {_liked(facts)} that you {_DEEDS[facts['act']]}."


def liked_by_followees(facts: Facts) -> str:
    """Without a number if the person follows too many people to count the likers among them."""
    if facts["likers"] is None:
        return f"{facts['liker']}{' and others' if facts['found'] > 1 else ''}, whom you follow, liked this."
    return f"{_and_others(facts['liker'], facts['likers'] - 1)}, whom you follow, liked this."


def liked_author(facts: Facts) -> str:
    """Without a number if the author has too many posts to count the liked ones."""
    posts = "posts" if facts["liked"] is None else _posts(facts["liked"])
    return f"You {_DEEDS[facts['act']]} {posts} of {facts['author']}."


def friend_of_friend(facts: Facts) -> str:
    """Names the person in between, and who of the three follows whom."""
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
    """Names the topic where several of the post's hashtags are of it, instead of one of these."""
    if topic := facts.get("topic"):
        deed = _DEEDS.get(facts["tie"], "are shown in")
        return f"You {deed} posts about {topic['name']}."
    posts = "a post" if facts["count"] == 1 else "posts"
    if facts["tie"] in _DEEDS:
        return f"You {_DEEDS[facts['tie']]} {posts} with #{facts['hashtag']}."
    return f"{_TIES[facts['tie']].format(posts=posts)} #{facts['hashtag']}."


def new_post(facts: Facts) -> str:
    return f"{interest(facts)[:-1]}; hardly anybody liked this one yet."


def trending(facts: Facts) -> str:
    """Also without the facts of a list, for a post that was in one that is gone."""
    now, usual = facts.get("now"), facts.get("usual")
    if now is None or usual is None:
        return f"Trending: {_likes(facts['likes'])}."
    people = "1 person" if now == 1 else f"{now:,} people"
    if hashtag := facts["hashtag"]:
        posts = "what was posted" if facts["byPosts"] else "posts"
        liked = f"{posts} with #{hashtag} in two days"
        return f"Trending: {people} liked {liked}; {_as_usual(usual)}."
    if not facts["isInCommunity"]:
        return f"Trending: {_likes(facts['likes'])}."
    about = " and ".join(f"#{name}" for name in facts["about"])
    whom = f"people who like {about}" if about else "people who like the same"
    when = "" if facts["byPosts"] else " in two days"
    return f"Trending among {whom}: {now:,} of them liked it{when}; {_as_best(usual)}."


def _as_usual(people: float) -> str:
    return f"usually it is {round(people):,}" if people >= 0.5 else "usually hardly anybody does"


def _as_best(people: float) -> str:
    return f"their favorite usually gets {round(people):,}" if people >= 0.5 else "they usually like nothing together"


def rising(facts: Facts) -> str:
    """For slates of older versions."""
    return f"Rising now: {_likes(facts['likes'])}."


def popular(facts: Facts) -> str:
    return f"Popular: {_likes(facts['likes'])}." if facts["likes"] else "New, and open to everybody."


def newest(facts: Facts) -> str:
    return "New, and open to everybody."


def newcomer(text: str) -> str:
    """The reason for a post in the newcomer's place of a page."""
    return f"{text} {NEWCOMER}"


def similar_taste(facts: Facts) -> str:
    """For slates of older versions."""
    return f"{facts['via']}, who likes what you like, liked this."


def sentence(text: str) -> str:
    """Capitalizes the sentence, which may begin with a person without a name: "user 7"."""
    return f"U{text[1:]}" if text.startswith("user ") else text


def told(tell: Callable[[Facts], str], facts: Facts) -> str:
    """The sentence that a source, or a list, has for facts: with short names, as `links` has them."""
    return sentence(tell(_shortened(facts)))


def _shortened(facts: Facts) -> Facts:
    """Facts with all names as they stand in sentences."""
    found: dict[str, Any] = {name: short(value) for name in _NAMES if isinstance(value := facts.get(name), str)}
    if about := facts.get("about"):
        found["about"] = [short(str(name)) for name in about]
    if topic := facts.get("topic"):
        found["topic"] = {**topic, "name": short(str(topic["name"]))}
    return {**facts, **found}


_NAMES = ("author", "via", "liker", "both", "likedAuthor", "hashtag")


def links(facts: Facts, path: Sequence[Mapping[str, str | None]]) -> tuple[Link, ...]:
    """The names in a reason's text that lead somewhere: people on its path, who liked both, the liked post, and
    hashtags."""
    tags = [None if facts.get("topic") else facts.get("hashtag"), *(facts.get("about") or ())]
    facts = _shortened(facts)
    people = [node["id"] for node in path[1:] if node["label"] == "User"]
    names = [name for key in ("via", "liker", "author") if (name := facts.get(key))]  # in the order of paths
    found = [("User", *each) for each in zip(names, people, strict=False)]
    found.append(("User", facts.get("both"), facts.get("bothId")))
    if "likedAt" in facts:
        found.append(("Post", _liked(facts), path[1]["id"]))
    found += [("Hashtag", f"#{short(str(tag))}", tag) for tag in tags if tag]
    return tuple(Link(str(text), label, str(id)) for label, text, id in found if text and id is not None)


def of_tutorial(source: str, facts: Facts) -> str:
    """The reason for a post of one of the tutorial's sources."""
    return told(_TUTORIAL[source], facts)


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


_DEEDS = {
    "LIKED": "liked",
    "SAVED": "saved",
    "SHARED": "shared",
    "MORE_LIKE": "want more like",
    "VIEWED": "looked long at",
}
"""What a person did to posts, by the type of the relationship."""
_TIES = {
    "WANTS": "You want more of",
    "INTERESTED_IN": "You picked",
    "INFERRED": "Among your topics is",
    "MENTIONS": "You are shown in {posts} with",
}
"""Other ties of a person to a hashtag, by the type of the relationship."""

_TUTORIAL: dict[str, Callable[[Facts], str]] = {
    "followees": _followees,
    "friends_of_friends": _friends_of_friends,
    "interests": _interests,
}

_NOUNS = {"video": "video", "carousel": "album"}


def _liked(facts: Facts) -> str:
    """The liked post, 'Ana's photo of 3 May', with the year if it is not the current one."""
    noun = _NOUNS.get(facts["likedType"], "photo")
    whose = f"{facts['likedAuthor']}'s {noun}" if facts["likedAuthor"] else f"{'an' if noun == 'album' else 'a'} {noun}"
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
