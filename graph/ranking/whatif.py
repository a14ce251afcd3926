"""What if: the single acts of a person by which a post would leave their next posts, or have another reason.

Each act is tried out: done in a transaction, in which the ranking is asked again, and which is then taken back. So to
do it really has just the effect that is told, as of the same time, until something else changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from graph import events, hashtags
from graph.client import Client, Reader, Transaction
from graph.errors import SettingsError
from graph.events import Event
from graph.ranking.effect import NEXT, next_places
from graph.ranking.feed import Item, Request, item_of
from graph.ranking.pool import Place
from graph.ranking.weights import person_weights
from graph.ranking.why import why
from graph.short_names import short

MOST_ACTS = 12
"""The number of acts that are tried out."""
MOST_HASHTAGS = 4
UNDONE_BY = {
    "FOLLOWS": "unfollow",
    "LIKED": "unlike",
    "SAVED": "unsave",
    "SHARED": "unshare",
    "MORE_LIKE": "neither",
    "INTERESTED_IN": "unpick",
    "WANTS": "neither",
}
"""The kind of event that takes a tie of a person back, by its type."""
TARGETS = {"User": "person", "Post": "post", "Hashtag": "hashtag"}


@dataclass(frozen=True)
class Change:
    """A single act, and what it would do to the post."""

    kind: str
    """A kind of event."""
    person: str | None
    post: str | None
    hashtag: str | None
    """Its target: one of these."""
    rank: int | None
    """The place that the post would have then; None if it would be among the next ones no more."""
    reason: str | None
    """Its reason then."""
    others: int
    """The number of other posts that would leave with it."""
    text: str


@dataclass(frozen=True)
class WhatIf:
    """What would take a post out of a person's next posts, or change its reason."""

    post: str
    of: int
    """The number of next posts that are looked at."""
    rank: int | None
    """Its place among them, from 1; None if it is not there."""
    reason: str | None
    changes: list[Change]
    """The smallest first: what takes a tie back before a mute, then by how many others leave."""
    text: str
    """Where it is and why, or why it is nowhere, in a sentence or two."""


@dataclass(frozen=True)
class _Found:
    """Where a post is among the next ones, and why."""

    places: list[Place]
    rank: int | None
    item: Item | None

    @property
    def reason(self) -> str | None:
        return None if self.item is None else self.item.reason.text


def whatif(client: Client, request: Request, post: str, count: int = NEXT) -> WhatIf:
    """What would take a post out of the person's next `count` posts, or change its reason; `request` has no draw.

    A page is drawn from more posts than come next: for a post beyond the next ones, all that are ranked are looked at.
    Raises NotFound for an unknown person or post, SettingsError for a profile that does not rank, TookTooLong if the
    client's timeout does not suffice.
    """
    # Without a source that took too long, what is tried would differ by more than the act
    return replace(request, waits=True).as_allowed(lambda allowed: _whatif(client, allowed, post, count))


def _whatif(client: Client, request: Request, post: str, count: int) -> WhatIf:
    if request.profile.ranking is None:
        raise SettingsError(f"The profile {request.profile.name} has no next posts.", "Use another profile.")
    found = _find(client, request, post, count)
    if found.rank is None and count < request.profile.ranking.page.best:
        count = request.profile.ranking.page.best
        found = _find(client, request, post, count)
    if found.rank is None or found.item is None:
        text = f"It is not among {_next_posts(found)}. {why(client, request, post).text}"
        return WhatIf(post, len(found.places), None, None, [], text)
    place = found.places[found.rank - 1]
    acts = [*_acts(request, place, found.item)]
    names = _names(client, request, acts)
    # A like that led to it may be of a post that the person may not be shown any more: nothing is told of that
    acts = [act for act in acts if act.hashtag is not None or _target(act) in names][:MOST_ACTS]
    tried = [(act, client.trial("whatif", _trial(request, act, post, count))) for act in acts]
    changes = [
        _change(act, found, after, names)
        for act, after in tried
        if after is not None and (after.rank is None or after.reason != found.reason)
    ]
    changes.sort(key=lambda change: (change.kind == "mute", change.others))  # stable: acts are in the order of the path
    return WhatIf(post, len(found.places), found.rank, found.reason, changes, _text(found, changes))


def _find(reader: Reader, request: Request, post: str, count: int) -> _Found:
    places = next_places(reader, request, count) or []
    rank = next((number for number, place in enumerate(places, 1) if place.post == post), None)
    ranking = request.profile.ranking
    if rank is None or ranking is None:
        return _Found(places, None, None)
    weights = person_weights(ranking, 0)  # for the parts of the score, which are not told
    return _Found(places, rank, item_of(reader, request, places[rank - 1], weights))


def _acts(request: Request, place: Place, item: Item) -> Iterator[Event]:
    """The acts that may matter to a post: to take back what ties the person to it, to mute its author, or a hashtag."""
    given = {"id": "", "user": request.user, "at": request.as_of}
    told = [node for node in item.reason.path[1:] if node["type"] and node["id"] is not None]
    targets: list[tuple[str, str, str]] = []
    if told and told[0]["type"] in UNDONE_BY:
        targets.append((UNDONE_BY[str(told[0]["type"])], TARGETS[str(told[0]["label"])], str(told[0]["id"])))
    targets += [("unlike", "post", link) for link in (place.link, place.look) if link]
    targets += [("unfollow", "person", place.via)] if place.via else []
    if place.author:
        targets += [("unfollow", "person", place.author), ("mute", "person", place.author)]
    people = [str(node["id"]) for node in told if node["label"] == "User" and node["id"] != place.author]
    named = [link.id for link in item.reason.links if link.label == "User"]
    targets += [("unfollow", "person", person) for person in (*people, *named)]
    targets += [("mute", "person", person) for person in people]
    targets += [("mute", "hashtag", hashtag) for hashtag in place.hashtags[:MOST_HASHTAGS]]
    for kind, field, id in dict.fromkeys(targets):
        if id != request.user:
            yield Event(**{**given, "id": uuid4().hex, "kind": kind, field: id})  # type: ignore[arg-type]


def _trial(request: Request, act: Event, post: str, count: int) -> Callable[[Transaction], _Found | None]:
    """A function that does an act in a transaction, and finds the post then; None if the act changes nothing."""

    def work(transaction: Transaction) -> _Found | None:
        return _find(transaction, request, post, count) if events.try_out(transaction, act) else None

    return work


def _target(act: Event) -> str:
    """The field and the id of the person or post that an act is about."""
    return f"person {act.person}" if act.person is not None else f"post {act.post}"


def _names(client: Client, request: Request, acts: Sequence[Event]) -> Mapping[str, str]:
    """What people, and the authors of posts, are called, by the field and the id of an act's target; none for those
    that the person may not be shown."""
    ids = [act.person for act in acts if act.person is not None]
    posts = [act.post for act in acts if act.post is not None]
    tags = [hashtags.name(act.hashtag) for act in acts if act.hashtag is not None]
    rows = client.read("explain/names", {**request.params(), "ids": ids, "posts": posts, "hashtags": tags})
    return {f"{row['kind']} {row['id']}": short(str(row["name"] or "somebody")) for row in rows}


def _change(act: Event, before: _Found, after: _Found, names: Mapping[str, str]) -> Change:
    stay = {place.post for place in after.places}
    left = [place.post for place in before.places if place.post not in stay]
    others = len(left) - (after.rank is None)
    return Change(
        kind=act.kind,
        person=act.person,
        post=act.post,
        hashtag=act.hashtag,
        rank=after.rank,
        reason=after.reason,
        others=others,
        text=f"{_deed(act, names)}: {_outcome(before, after, others)}",
    )


def _deed(act: Event, names: Mapping[str, str]) -> str:
    """The act as a request: "Unfollow Ana"."""
    match act.kind, act.person, act.hashtag:
        case "neither", None, None:
            verb = "No longer want more like"
        case "neither", _, _:
            verb = "No longer want more or less of"
        case kind, _, _:
            verb = kind.capitalize()
    if act.person is not None:
        return f"{verb} {names.get(f'person {act.person}', act.person)}"
    if act.hashtag is not None:
        return f"{verb} #{names.get(f'hashtag {act.hashtag}', act.hashtag)}"
    return f"{verb} post {act.post} of {names.get(f'post {act.post}', 'somebody')}"


def _outcome(before: _Found, after: _Found, others: int) -> str:
    who, leave = ("1 other", "leaves") if others == 1 else (f"{others} others", "leave")
    if after.rank is None:
        return f"it leaves {_next_posts(before)}{f' with {who}' if others else ''}."
    where = "stays where it is" if after.rank == before.rank else f"is number {after.rank}"
    return f"it {where}, and its reason is: {after.reason}{f' {who} {leave}.' if others else ''}"


def _text(found: _Found, changes: Sequence[Change]) -> str:
    place = f"number {found.rank}" if len(found.places) > 1 else "the only one"
    where = f"It is {place} of {_next_posts(found)}. {found.reason}"
    return where if changes else f"{where} No single act of yours that was tried takes it out, or changes its reason."


def _next_posts(found: _Found) -> str:
    return f"your next {len(found.places)} posts" if len(found.places) > 1 else "your next posts"
