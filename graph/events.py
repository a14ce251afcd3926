"""What people do, one event each: it is recorded once, however often it is sent.

The ledger, (:Event {id, at, user}), tells which events were recorded, and when that was. An event's entry in it and
what it changes in the graph are committed together, so that what is acknowledged is there, and there once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graph import clock, hashtags
from graph.client import Client, Row, Transaction
from graph.errors import Conflict, Expired, GraphfeedError, NotFound, SettingsError
from graph.ranking.profiles import hide_reasons
from graph.validation import (
    MAX_COUNT,
    MAX_INTEGER,
    check_hashtag,
    check_key,
    check_number,
    check_text,
    check_time,
    is_key,
)

PRUNED = 10_000
"""At most so many entries of the ledger, in one transaction."""

Status = Literal["done", "unchanged", "replayed", "refused"]


@dataclass(frozen=True)
class Field:
    """Something that events may name or tell: a target or a detail."""

    about: str
    """What it is, in a phrase."""
    holds: type[str] | type[int] = str
    is_key: bool = False
    """Whether it is an id."""
    least: int = 0
    """Of a number."""
    most: int = MAX_INTEGER
    several: str = ""
    """What several of them are, as a command's targets."""
    shown: str = "{}"
    """How a sentence names it."""
    of: str = ""
    """How a sentence tells that posts belong to it."""


HIDE_REASONS = hide_reasons()
"""The reasons of a hide that profiles of graph/ranking/profiles.toml weigh in a way of their own."""

FIELDS = {
    "person": Field("the id of another person", is_key=True, several="ids of people", of="of theirs"),
    "post": Field("the id of a post", is_key=True, several="ids of posts", shown="post {}"),
    "hashtag": Field("a hashtag in any spelling", several="hashtags, such as '#sunset'", shown="#{}", of="with it"),
    "slate": Field(
        "the id of a slate of theirs, as its feed told it", is_key=True, several="ids of slates", shown="slate {}"
    ),
    "place": Field(
        "the place of the last post that was seen, as the feed's items tell it, from 1",
        holds=int,
        least=1,
        most=MAX_COUNT,
    ),
    "comment": Field("the comment's id; without it, the event's", is_key=True),
    "text": Field("what the comment says"),
    "dwell_ms": Field("how long the post was looked at, in milliseconds", holds=int),
    "reason": Field(f"why: {', '.join(HIDE_REASONS)}; any other counts as a hide without a reason"),
}
"""What events may name or tell, beside their id, kind, user and time: the fields of Event."""


@dataclass(frozen=True)
class Kind:
    """What the events of a kind tell, and how people are told of them."""

    name: str
    targets: tuple[str, ...]
    """The fields of which an event has just one."""
    help: str
    """What its command does."""
    says: str
    """What is so once it is recorded, as a format of `target`, `of` and the event's fields."""
    needs: tuple[str, ...] = ()
    """The fields that an event must have besides."""
    details: tuple[str, ...] = ()
    """The fields that it may have besides."""
    filter: str = ""
    """The reason of explain/kept_out by which it keeps posts out of feeds, if it does."""
    keeps_out: str = ""
    """Which posts these are."""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.targets, *self.needs, *self.details)

    def statement(self, target: str) -> str:
        """The statement that records it; where it may have one of several targets, the target's."""
        return f"events/{self.name}_{target}" if len(self.targets) > 1 else f"events/{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("follow", ("person",), "Follow people.", "{user} follows {target}."),
        Kind("unfollow", ("person",), "Unfollow people.", "{user} does not follow {target}."),
        Kind("like", ("post",), "Like posts.", "{user} likes {target}.", filter="liked", keeps_out="the post"),
        Kind("unlike", ("post",), "Remove likes.", "{user} does not like {target}."),
        Kind(
            "comment",
            ("post",),
            "Comment on posts.",
            "{user} commented on {target}.",
            details=("comment", "text"),
        ),
        Kind(
            "view",
            ("post",),
            "See posts, in a feed or elsewhere; what counts as served stays.",
            "{user} saw {target}.",
            details=("dwell_ms",),
            filter="viewed",
            keeps_out="the post",
        ),
        Kind(
            "impression",
            ("slate",),
            "See a slate up to a place: its posts up to there count as served.",
            "{user} saw {target} up to place {place}.",
            needs=("place",),
            filter="served",
            keeps_out="the slate's posts up to the place, for some days",
        ),
        Kind(
            "hide",
            ("post",),
            "Hide posts, which the person is then never shown.",
            "{user} hides {target}: it is not shown.",
            details=("reason",),
            filter="hidden",
            keeps_out="the post",
        ),
        Kind(
            "unhide", ("post",), "Make hidden posts visible again.", "{user} does not hide {target}: it may be shown."
        ),
        Kind(
            "mute",
            ("person", "hashtag"),
            "Mute people or hashtags, whose posts the person is then not shown.",
            "{user} mutes {target}: no post {of} is shown.",
            filter="muted",
            keeps_out="posts of the person, or with the hashtag",
        ),
        Kind(
            "unmute",
            ("person", "hashtag"),
            "Unmute people or hashtags.",
            "{user} does not mute {target}: posts {of} may be shown.",
        ),
        Kind(
            "block",
            ("person",),
            "Block people: neither is then shown the other's posts.",
            "{user} blocks {target}: neither is shown the other's posts.",
            filter="blocked",
            keeps_out="posts of the person, and one's own from theirs",
        ),
        Kind("unblock", ("person",), "Unblock people.", "{user} does not block {target}."),
        Kind("pick", ("hashtag",), "Pick hashtags as interests.", "{user} picks {target}."),
        Kind("unpick", ("hashtag",), "Remove picked hashtags.", "{user} does not pick {target}."),
    )
}
"""The one table of what people do: requests, commands and documents are made from it."""
_PLURALS = {"person": "people", "post": "posts", "hashtag": "hashtags"}


@dataclass(frozen=True)
class Event:
    """Something that a person does, or undoes."""

    id: str
    """Chosen by who sends it: whatever comes with the same id later is a replay of this."""
    kind: str
    """One of KINDS."""
    user: str
    """Who does it."""
    at: int = field(default_factory=clock.now)
    """When they did it, in epoch milliseconds."""
    post: str | None = None
    person: str | None = None
    hashtag: str | None = None
    """In any spelling."""
    slate: str | None = None
    place: int | None = None
    """From 1."""
    comment: str | None = None
    """The comment's id; without it, the event's."""
    text: str | None = None
    dwell_ms: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of an event."""

    id: str
    status: Status
    """done: it changed something. unchanged: it was so already, and the event is noted. replayed: an event with this id
    was recorded before, so that nothing changes. refused: nothing is stored, and it may be sent again."""
    error: GraphfeedError | None = None
    """Why it was refused: SettingsError for what can never be recorded, NotFound for whom or what nobody knows, Expired
    for a slate that was good once."""
    note: str | None = None
    """What of it counts for nothing, in a sentence: a hide's reason that no profile knows."""

    @property
    def problem(self) -> str | None:
        """Why it was refused, in a sentence."""
        return self.error.problem if self.error else None

    @property
    def remedy(self) -> str | None:
        """What to do about that, in another."""
        return self.error.remedy if self.error else None


def check(event: Event) -> None:
    """Raise SettingsError if an event cannot be recorded, whatever the graph holds."""
    check_key("The event's id", event.id)
    check_key("The user's id", event.user)
    check_time("time", event.at)
    for name in FIELDS:
        _check_field(name, getattr(event, name))
    _check_kind(event)


class Refused(Exception):
    """Takes a transaction back."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


def record(
    client: Client,
    events: Sequence[Event],
    *,
    whole: bool = False,
    hide_reasons: Collection[str] = HIDE_REASONS,
) -> list[Outcome]:
    """What came of each event, in their order; those that are not refused are committed when this returns.

    An id that comes twice counts once, and again as a replay; what is refused is so both times. `whole` records all of
    them or, if any is refused, none: the outcomes are then what would have come of each. A hide with a reason that is
    none of `hide_reasons` is recorded, and noted.
    """
    if not events:
        return []
    now = clock.now()

    def work(transaction: Transaction) -> list[Outcome]:
        outcomes = _record(transaction, events, now)
        if whole and any(outcome.error for outcome in outcomes):
            raise Refused(outcomes)
        return outcomes

    try:
        try:
            outcomes = client.transaction("events", work)
        except Conflict:  # of two comments with one id, the other has been written; now ours is told so
            outcomes = client.transaction("events", work)
    except Refused as refused:
        outcomes = refused.outcomes
    return [_noted(outcome, event, hide_reasons) for event, outcome in zip(events, outcomes, strict=True)]


def prune(client: Client, before: int) -> int:
    """Remove the ledger's entries of events that were recorded before a time; how many there were.

    One that is sent again after that acts again.
    """
    removed = 0
    while gone := client.write("events/prune", {"before": before, "batch": PRUNED}).rows[0]["events"]:
        removed += gone
    return removed


def _record(transaction: Transaction, events: Sequence[Event], now: int) -> list[Outcome]:
    batch: dict[str, Event] = {}
    for event in events:
        batch.setdefault(event.id, event)
    outcomes = _record_each(transaction, batch, now)
    answers = []
    for event in events:
        outcome = outcomes[event.id]
        comes_again = batch.pop(event.id, None) is None
        answers.append(Outcome(event.id, "replayed") if comes_again and not outcome.error else outcome)
    return answers


def _record_each(transaction: Transaction, batch: Mapping[str, Event], now: int) -> dict[str, Outcome]:
    """What came of each event, by its id."""
    errors = {id: error for id, event in batch.items() if (error := _error_of(event))}
    replayed = _claim(transaction, batch, errors, now)
    known = _lock(transaction, [event for id, event in batch.items() if id not in replayed and id not in errors])
    outcomes: dict[str, Outcome] = {}
    for id, event in batch.items():
        if id in replayed:
            outcomes[id] = Outcome(id, "replayed")
        elif id in errors:
            outcomes[id] = Outcome(id, "refused", errors[id])
        else:
            outcomes[id] = _act(transaction, event, known, now)
    if refused := [id for id, outcome in outcomes.items() if outcome.error and is_key(id)]:
        transaction.run("events/release", {"ids": refused})
    return outcomes


def _claim(transaction: Transaction, batch: Mapping[str, Event], errors: Collection[str], now: int) -> set[str]:
    """Enter events in the ledger; the ids of those that are in it already.

    Those in error are entered, too, to see whether they are replays; but their user may be nothing that can be stored.
    """
    ids = sorted(filter(is_key, batch))  # in one order for everybody, so that nobody waits in a circle
    rows = [{"id": id, "user": None if id in errors else batch[id].user, "at": now} for id in ids]
    return {*ids} - {row["id"] for row in transaction.run("events/claim", {"rows": rows}).rows}


def _lock(transaction: Transaction, events: Iterable[Event]) -> set[tuple[str, str]]:
    """Keep others from changing what events name, until the transaction ends; what of it there is."""
    named = sorted({name for event in events for name in _named(event)})
    ids = {plural: [id for kind, id in named if kind == one] for one, plural in _PLURALS.items()}
    return {(row["kind"], row["id"]) for row in transaction.run("events/lock", ids).rows}


def _named(event: Event) -> list[tuple[str, str]]:
    """The person who acts and what they act on, each as its kind and its id, or a hashtag's name."""
    hashtag = event.hashtag and hashtags.name(event.hashtag)
    named = (("person", event.user), ("person", event.person), ("post", event.post), ("hashtag", hashtag))
    return [(kind, id) for kind, id in named if id is not None]


def _act(transaction: Transaction, event: Event, known: Collection[tuple[str, str]], now: int) -> Outcome:
    for kind, id in _named(event):
        if kind != "hashtag" and (kind, id) not in known:
            unknown = NotFound(f"The graph has no {kind} {id!r}.", "Check the id, or send it again when it is there.")
            return Outcome(event.id, "refused", unknown)
    rows = transaction.run(_statement(event), _params(event, now)).rows
    if error := _refusal(event, rows[0] if rows else None, now):
        return Outcome(event.id, "refused", error)
    return Outcome(event.id, "done" if rows[0]["changed"] else "unchanged")


def _refusal(event: Event, row: Row | None, now: int) -> GraphfeedError | None:
    """Why the statement of an event recorded nothing, if it did not."""
    if event.kind == "impression":
        return _refused_impression(event, row, now)
    if row is None:
        return SettingsError(f"The id {_comment(event)!r} is another comment's.", "Give each comment one of its own.")
    return None


def _refused_impression(event: Event, row: Row | None, now: int) -> GraphfeedError | None:
    if row is None:
        return NotFound(f"{event.user} has no slate {event.slate!r}.", "Give the `slate` of a feed of theirs.")
    if row["expiresAt"] < now:
        return Expired(
            f"The slate {event.slate!r} has expired.", "Leave the impression out: a new feed has a new slate."
        )
    if row["changed"] is None:
        return SettingsError(
            f"Place {event.place} of the slate {event.slate!r} was not handed out: its pages reach place "
            f"{row['handedOut']}.",
            "Give the `place` of an item that was shown.",
        )
    return None


def _noted(outcome: Outcome, event: Event, known: Collection[str]) -> Outcome:
    """The outcome, with a note if the event's reason counts for nothing."""
    if event.reason is None or event.reason in known or outcome.status not in ("done", "unchanged"):
        return outcome
    note = f"No profile knows the reason {event.reason[:60]!r}: it counts as a hide without a reason."
    return replace(outcome, note=f"{note} Known are: {', '.join(known)}.")


def _statement(event: Event) -> str:
    kind = KINDS[event.kind]
    return kind.statement(next(name for name in kind.targets if getattr(event, name) is not None))


def _params(event: Event, now: int) -> dict[str, Any]:
    return {
        "me": event.user,
        "at": event.at,
        "recordedAt": now,
        "post": event.post,
        "person": event.person,
        "hashtag": event.hashtag and hashtags.name(event.hashtag),
        "display": event.hashtag and hashtags.display(event.hashtag),
        "slate": event.slate,
        "place": event.place,
        "comment": _comment(event),
        "text": event.text,
        "dwellMs": event.dwell_ms,
        "reason": event.reason,
    }


def _comment(event: Event) -> str:
    return event.id if event.comment is None else event.comment


def _error_of(event: Event) -> SettingsError | None:
    try:
        check(event)
    except SettingsError as error:
        return error
    return None


def _check_field(name: str, value: Any) -> None:
    about = FIELDS[name]
    if about.holds is int:
        check_number(name, value, about.least, about.most)
    elif about.is_key:
        check_key(f"The {name}'s id", value)
    elif name == "hashtag":
        check_hashtag(value)
    else:
        check_text(f"The {name}", value)


def _check_kind(event: Event) -> None:
    kind = KINDS.get(event.kind)
    if kind is None:
        raise SettingsError(f"{event.kind[:60]!r} is no kind of event.", f"Use one of: {', '.join(KINDS)}.")
    told = [name for name in FIELDS if getattr(event, name) is not None]
    if unfit := [name for name in told if name not in kind.fields]:
        raise SettingsError(f"The kind {event.kind} has no {' and no '.join(unfit)}.", "Leave that out.")
    if sum(name in kind.targets for name in told) != 1:
        raise SettingsError(f"The kind {event.kind} needs a {' or a '.join(kind.targets)}.", "Give just one.")
    if lacking := [name for name in kind.needs if name not in told]:
        raise SettingsError(f"The kind {event.kind} needs a {' and a '.join(lacking)}.", "Give that, too.")
    if event.person == event.user:
        raise SettingsError(f"Nobody can {event.kind} themselves.", "Give another person's id.")
