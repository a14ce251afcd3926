"""What people do, one event each: it is recorded once, however often it is sent.

The ledger, (:Event {id, at, user}), tells which events were recorded, and when that was. An event's entry in it and
what it changes in the graph are committed together, so that what is acknowledged is there, and there once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graph import clock, hashtags
from graph.client import Client, Transaction
from graph.errors import Conflict, GraphfeedError, NotFound, SettingsError
from graph.validation import MAX_INTEGER, check_hashtag, check_key, check_number, check_text, check_time, is_key

PRUNED = 10_000
"""At most so many entries of the ledger, in one transaction."""

Status = Literal["done", "unchanged", "replayed", "refused"]


@dataclass(frozen=True)
class Kind:
    """What the events of a kind tell."""

    targets: tuple[str, ...]
    """The fields of which an event has just one."""
    details: tuple[str, ...] = ()
    """The fields that it may have besides."""


KINDS = {
    "follow": Kind(("person",)),
    "unfollow": Kind(("person",)),
    "like": Kind(("post",)),
    "unlike": Kind(("post",)),
    "comment": Kind(("post",), ("comment", "text")),
    "view": Kind(("post",), ("dwell_ms",)),
    "hide": Kind(("post",), ("reason",)),
    "unhide": Kind(("post",)),
    "mute": Kind(("person", "hashtag")),
    "unmute": Kind(("person", "hashtag")),
    "block": Kind(("person",)),
    "unblock": Kind(("person",)),
    "pick": Kind(("hashtag",)),
    "unpick": Kind(("hashtag",)),
}
_TOLD = ("person", "post", "hashtag", "comment", "text", "dwell_ms", "reason")
"""All that an event may have as a target or a detail."""
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
    """Why it was refused: SettingsError for what can never be recorded, NotFound for whom or what nobody knows."""

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
    for name in ("user", "person", "post", "comment"):
        check_key(f"The {name}'s id", getattr(event, name))
    for name in ("text", "reason"):
        check_text(f"The {name}", getattr(event, name))
    check_time("time", event.at)
    check_number("dwell_ms", event.dwell_ms, 0, MAX_INTEGER)
    check_hashtag(event.hashtag)
    _check_kind(event)


class Refused(Exception):
    """Takes a transaction back."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


def record(client: Client, events: Sequence[Event], *, whole: bool = False) -> list[Outcome]:
    """What came of each event, in their order; those that are not refused are committed when this returns.

    An id that comes twice counts once, and again as a replay; what is refused is so both times. `whole` records all of
    them or, if any is refused, none: the outcomes are then what would have come of each.
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
            return client.transaction("events", work)
        except Conflict:  # of two comments with one id, the other has been written; now ours is told so
            return client.transaction("events", work)
    except Refused as refused:
        return refused.outcomes


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
            error = NotFound(f"The graph has no {kind} {id!r}.", "Check the id, or send it again when it is there.")
            return Outcome(event.id, "refused", error)
    rows = transaction.run(_statement(event), _vocabulary(event, now)).rows
    if not rows:
        taken = SettingsError(f"The id {_comment(event)!r} is another comment's.", "Give each comment one of its own.")
        return Outcome(event.id, "refused", taken)
    return Outcome(event.id, "done" if rows[0]["changed"] else "unchanged")


def _statement(event: Event) -> str:
    """That of the event's kind; where it may have one of several targets, that of its target."""
    targets = KINDS[event.kind].targets
    suffix = "".join(f"_{name}" for name in targets if len(targets) > 1 and getattr(event, name) is not None)
    return f"events/{event.kind}{suffix}"


def _vocabulary(event: Event, now: int) -> dict[str, Any]:
    return {
        "me": event.user,
        "at": event.at,
        "recordedAt": now,
        "post": event.post,
        "person": event.person,
        "hashtag": event.hashtag and hashtags.name(event.hashtag),
        "display": event.hashtag and hashtags.display(event.hashtag),
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


def _check_kind(event: Event) -> None:
    kind = KINDS.get(event.kind)
    if kind is None:
        raise SettingsError(f"{event.kind[:60]!r} is no kind of event.", f"Use one of: {', '.join(KINDS)}.")
    told = [name for name in _TOLD if getattr(event, name) is not None]
    if unfit := [name for name in told if name not in kind.targets + kind.details]:
        raise SettingsError(f"The kind {event.kind} has no {' and no '.join(unfit)}.", "Leave that out.")
    if sum(name in kind.targets for name in told) != 1:
        raise SettingsError(f"The kind {event.kind} needs a {' or a '.join(kind.targets)}.", "Give just one.")
    if event.person == event.user:
        raise SettingsError(f"Nobody can {event.kind} themselves.", "Give another person's id.")
