"""Events: what people do. An event is recorded once, however often it is sent.

The ledger, (:Event {id, at, user}), holds the ids of recorded events and when they were recorded. An event's entry and
its changes to the graph are committed in one transaction, so an acknowledged event is stored exactly once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graph import clock, hashtags, words
from graph.client import Client, Row, Transaction
from graph.errors import Conflict, Expired, GraphfeedError, NotFound, SettingsError
from graph.locking import lock
from graph.ranking.profiles import hide_reasons
from graph.validation import (
    MAX_COUNT,
    MAX_INTEGER,
    check_hashtag,
    check_key,
    check_number,
    check_text,
    check_time,
    check_word,
    is_key,
)

PRUNE_BATCH_SIZE = 10_000
"""Ledger entries removed per transaction."""
END_BATCH_SIZE = 100
"""The most mutes, and the most wishes, that one transaction ends."""

Status = Literal["done", "unchanged", "replayed", "refused"]


@dataclass(frozen=True)
class Field:
    """A field of events: a target or a detail."""

    help: str
    """A phrase, for the API and the commands."""
    holds: type[str] | type[int] = str
    is_key: bool = False
    """True for an id."""
    is_time: bool = False
    """True for a time: epoch milliseconds here, ISO 8601 in the API and in commands."""
    least: int = 0
    """The minimum of a number."""
    most: int = MAX_INTEGER
    """The maximum of a number."""
    several: str = ""
    """The plural, for the targets of a command."""
    shown: str = "{}"
    """The format of its value in a sentence."""
    of: str = ""
    """The phrase after "posts" for the posts of a target: "posts with it"."""
    more: str = ""
    """The word after "more" for a target: "more of it"."""
    learned: str = ""
    """The phrase for what is learned from a target: "likes of them"."""
    dismissed: str = ""
    """The phrase between a target and who dismissed it: "is not an interest of"."""
    neither: str = ""
    """The phrase between who takes it back and a target."""


HIDE_REASONS = hide_reasons()
"""Hide reasons with a weight of their own in graph/ranking/profiles.toml."""

FIELDS = {
    "person": Field(
        "the id of another person",
        is_key=True,
        several="ids of people",
        of="by them",
        learned="the likes of",
        dismissed="is not suggested to",
        neither="does not dismiss",
    ),
    "post": Field(
        "the id of a post",
        is_key=True,
        several="ids of posts",
        shown="post {}",
        more="like",
        learned="what they did with",
        neither="wants neither more nor less like",
    ),
    "hashtag": Field(
        "a hashtag in any spelling",
        several="hashtags, such as '#sunset'",
        shown="#{}",
        of="with it",
        more="of",
        dismissed="is not an interest of",
        neither="wants neither more nor less of",
    ),
    "topic": Field(
        "the id of a topic, which is hashtags that belong together",
        is_key=True,
        several="ids of topics",
        shown="topic {}",
        more="of",
        dismissed="is not an interest of",
        neither="wants neither more nor less of",
    ),
    "word": Field(
        "a word of captions, in any case",
        several="words of captions",
        shown="the word {}",
        of="that say it",
    ),
    "slate": Field(
        "the id of a slate of the user, from a feed", is_key=True, several="ids of slates", shown="slate {}"
    ),
    "place": Field(
        "the place of the last post seen, from 1, as in the feed's items", holds=int, least=1, most=MAX_COUNT
    ),
    "comment": Field("the comment's id; the event's by default", is_key=True),
    "text": Field("the comment's text"),
    "dwell_ms": Field("viewing time in milliseconds", holds=int),
    "until": Field("the time at which it ends, after that of the act", holds=int, is_time=True),
    "use": Field("profiling, to learn from what they do, or likes, to count their likes for others", several="uses"),
    "reason": Field(f"one of {', '.join(HIDE_REASONS)}; any other counts as no reason"),
}
"""The fields of Event other than id, kind, user and time."""

USES = {
    "profiling": "their feeds learn nothing from what they do, and have followees' posts by time",
    "likes": "their likes count for nobody else",
}
"""The uses of what people do that they may forbid, each with what follows then."""


@dataclass(frozen=True)
class Kind:
    """A kind of event: its fields, and its texts for people."""

    name: str
    targets: tuple[str, ...]
    """The possible targets; an event has exactly one of them, or none if there are none."""
    help: str
    """The help of its command."""
    confirmation: str
    """The command's output once it is recorded: a format of the event's fields, and of phrases about its target."""
    needs: tuple[str, ...] = ()
    """The other required fields."""
    details: tuple[str, ...] = ()
    """The optional fields."""
    flags: tuple[str, ...] = ()
    """The targets that its command takes after an option, as they look like others."""
    filter: str = ""
    """The filter of feeds that it switches on, as a reason of explain/kept_out; empty if none."""
    keeps_out: str = ""
    """The posts that this filter keeps out."""

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.targets, *self.needs, *self.details)

    def statement(self, target: str | None) -> str:
        """The name of the statement that records it; a kind with several targets has one for each."""
        return f"events/{self.name}_{target}" if len(self.targets) > 1 else f"events/{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("follow", ("person",), "Follow people.", "{user} follows {target}."),
        Kind("unfollow", ("person",), "Unfollow people.", "{user} does not follow {target}."),
        Kind("like", ("post",), "Like posts.", "{user} likes {target}.", filter="liked", keeps_out="the post"),
        Kind("unlike", ("post",), "Remove likes.", "{user} does not like {target}."),
        Kind("save", ("post",), "Save posts.", "{user} saves {target}.", filter="saved", keeps_out="the post"),
        Kind("unsave", ("post",), "Remove saves.", "{user} does not save {target}."),
        Kind(
            "share",
            ("post",),
            "Tell that posts were shared.",
            "{user} shares {target}.",
            filter="saved",
            keeps_out="the post",
        ),
        Kind("unshare", ("post",), "Remove shares.", "{user} does not share {target}."),
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
            "Mark posts as seen, in a feed or elsewhere. Does not count them as served.",
            "{user} saw {target}.",
            details=("dwell_ms",),
            filter="viewed",
            keeps_out="the post",
        ),
        Kind(
            "impression",
            ("slate",),
            "Mark a slate as seen up to a place: its posts up to there count as served.",
            "{user} saw {target} up to place {place}.",
            needs=("place",),
            filter="served",
            keeps_out="the slate's posts up to the place, for some days",
        ),
        Kind(
            "hide",
            ("post",),
            "Hide posts: they are never shown to the person again.",
            "{user} hides {target}: it is not shown.",
            details=("reason",),
            filter="hidden",
            keeps_out="the post",
        ),
        Kind(
            "report",
            ("post",),
            "Report posts, which hides them and counts as the strongest hide.",
            "{user} reports {target}: it is not shown.",
            filter="hidden",
            keeps_out="the post",
        ),
        Kind(
            "unhide",
            ("post",),
            "Make hidden and reported posts visible again.",
            "{user} does not hide {target}: it may be shown.",
        ),
        Kind(
            "mute",
            ("person", "hashtag", "word"),
            "Mute people, hashtags or words of captions: their posts are not shown to the person.",
            "{user} mutes {target}: posts {of} are not shown.",
            details=("until",),
            flags=("word",),
            filter="muted",
            keeps_out="posts of the person, with the hashtag, or whose caption says the word",
        ),
        Kind(
            "unmute",
            ("person", "hashtag", "word"),
            "Unmute people, hashtags or words.",
            "{user} does not mute {target}: posts {of} may be shown.",
            flags=("word",),
        ),
        Kind(
            "block",
            ("person",),
            "Block people: neither sees the other's posts.",
            "{user} blocks {target}: neither sees the other's posts.",
            filter="blocked",
            keeps_out="posts of the person, and the user's posts from their feeds",
        ),
        Kind("unblock", ("person",), "Unblock people.", "{user} does not block {target}."),
        Kind("pick", ("hashtag",), "Pick hashtags as interests.", "{user} picks {target}."),
        Kind("unpick", ("hashtag",), "Remove picked hashtags.", "{user} does not pick {target}."),
        Kind(
            "more",
            ("post", "hashtag", "topic"),
            "Want more like posts, or more of hashtags or topics: what is like them rises.",
            "{user} wants more {more} {target}.",
            details=("until",),
            flags=("topic",),
            filter="saved",
            keeps_out="the post; a hashtag or topic keeps nothing out",
        ),
        Kind(
            "less",
            ("hashtag", "topic"),
            "Want less of hashtags or topics: posts with them sink. To see none, mute hashtags.",
            "{user} wants less of {target}.",
            details=("until",),
            flags=("topic",),
        ),
        Kind(
            "dismiss",
            ("hashtag", "topic", "person"),
            "Dismiss hashtags or topics as interests: no like of posts with them counts for them. Or people as "
            "suggestions.",
            "{target} {dismissed} {user}.",
            flags=("topic", "person"),
        ),
        Kind(
            "neither",
            ("post", "hashtag", "topic", "person"),
            "Take back more, less or dismiss.",
            "{user} {neither} {target}.",
            flags=("topic", "person"),
        ),
        Kind(
            "unlearn",
            ("post", "person"),
            "Learn nothing from what the user did with posts, or from what people like: no like, save or share counts.",
            "{user}'s feeds learn nothing from {learned} {target}. What everybody's likes make stays the same.",
            flags=("person",),
        ),
        Kind(
            "learn",
            ("post", "person"),
            "Learn again from what the user did with posts, or from what people like.",
            "{user}'s feeds learn from {learned} {target}.",
            flags=("person",),
        ),
        Kind(
            "reset",
            (),
            "Reset what is learned: nothing that the user did until now counts. Follows, blocks and mutes stay.",
            "{user}'s feeds learn nothing from what they did until now. `unreset` takes it back.",
        ),
        Kind(
            "forbid",
            ("use",),
            "Forbid profiling, or to count the user's likes for others.",
            "{user} forbids {target}: {of}.",
        ),
        Kind("allow", ("use",), "Allow what was forbidden.", "{user} allows {target}."),
        Kind("unreset", (), "Take back the last reset.", "{user}'s feeds learn from what they did before, too."),
    )
}
"""The table of event kinds, from which requests, commands and documents are made."""
_PLURALS = {"person": "people", "post": "posts", "hashtag": "hashtags"}


@dataclass(frozen=True)
class Event:
    """One thing that a person did or undid."""

    id: str
    """Chosen by the sender: a later event with the same id is a replay."""
    kind: str
    """A key of KINDS."""
    user: str
    """The id of the person."""
    at: int = field(default_factory=clock.now)
    """The time of the act, in epoch milliseconds."""
    post: str | None = None
    person: str | None = None
    hashtag: str | None = None
    """In any spelling."""
    topic: str | None = None
    word: str | None = None
    """In any case."""
    slate: str | None = None
    place: int | None = None
    """From 1."""
    comment: str | None = None
    """The comment's id; the event's by default."""
    text: str | None = None
    dwell_ms: int | None = None
    use: str | None = None
    """A key of USES."""
    until: int | None = None
    """In epoch milliseconds."""
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The outcome of recording an event."""

    id: str
    status: Status
    """done: the graph was changed. unchanged: the graph was like that already; the event is in the ledger. replayed: an
    event with this id was recorded before; nothing changes. refused: nothing is stored; it may be sent again."""
    error: GraphfeedError | None = None
    """The error of a refused event: SettingsError if it is invalid, NotFound for an unknown person, post, topic or
    slate, Expired for an expired slate."""
    note: str | None = None
    """A sentence about a part of it that was ignored: an unknown hide reason."""

    @property
    def problem(self) -> str | None:
        """The problem, in a sentence, of a refused event."""
        return self.error.problem if self.error else None

    @property
    def remedy(self) -> str | None:
        """The next step, in a sentence, for a refused event."""
        return self.error.remedy if self.error else None


def check(event: Event) -> None:
    """Validates an event without reading the graph. Raises SettingsError."""
    check_key("The event's id", event.id)
    check_key("The user's id", event.user)
    check_time("time", event.at)
    for name in FIELDS:
        _check_field(name, getattr(event, name))
    _check_kind(event)


class Rollback(Exception):
    """Rolls back the transaction."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


def record(
    client: Client,
    events: Sequence[Event],
    *,
    atomic: bool = False,
    hide_reasons: Collection[str] = HIDE_REASONS,
) -> list[Outcome]:
    """Records events and returns their outcomes, in order. All that are not refused are committed.

    The second event with the same id is a replay of the first, or refused like it. `atomic` records all events or, if
    any is refused, none; the outcomes of the others then say what would have happened. A hide with a reason not in
    `hide_reasons` is recorded, with a note in its outcome.
    """
    if not events:
        return []
    now = clock.now()

    def work(transaction: Transaction) -> list[Outcome]:
        outcomes = _record(transaction, events, now)
        if atomic and any(outcome.error for outcome in outcomes):
            raise Rollback(outcomes)
        return outcomes

    try:
        try:
            outcomes = client.transaction("events", work)
        except Conflict:  # a concurrent transaction wrote a comment with the same id; on retry, ours is refused
            outcomes = client.transaction("events", work)
    except Rollback as rollback:
        outcomes = rollback.outcomes
    return [_with_note(outcome, event, hide_reasons) for event, outcome in zip(events, outcomes, strict=True)]


def try_out(transaction: Transaction, event: Event) -> bool:
    """Does in a transaction what an event does, and returns whether that changed anything.

    Nothing is locked but what its statement writes: the transaction is to be taken back. The target must exist.
    """
    return _apply(transaction, event, _nodes(event), clock.now()).status == "done"


def prune(client: Client, before: int) -> int:
    """Removes ledger entries of events recorded before a time in epoch milliseconds. Returns their number.

    An event that is sent again after that is recorded again.
    """
    removed = 0
    while pruned := client.write("events/prune", {"before": before, "batch": PRUNE_BATCH_SIZE}).rows[0]["events"]:
        removed += pruned
    return removed


def end(client: Client, now: int) -> int:
    """Deletes mutes and wishes whose `until` is not after `now`, in epoch milliseconds. Returns their number."""
    ended = 0
    for statement in ("events/end", "events/end_words"):
        while some := client.write(statement, {"now": now, "batch": END_BATCH_SIZE}).rows[0]["ended"]:
            ended += some
    return ended


def _record(transaction: Transaction, events: Sequence[Event], now: int) -> list[Outcome]:
    batch: dict[str, Event] = {}
    for event in events:
        batch.setdefault(event.id, event)
    outcomes = _record_each(transaction, batch, now)
    answers = []
    for event in events:
        outcome = outcomes[event.id]
        is_duplicate = batch.pop(event.id, None) is None
        answers.append(Outcome(event.id, "replayed") if is_duplicate and not outcome.error else outcome)
    return answers


def _record_each(transaction: Transaction, batch: Mapping[str, Event], now: int) -> dict[str, Outcome]:
    """Records events with distinct ids. Returns their outcomes by id."""
    errors = {id: error for id, event in batch.items() if (error := _validation_error(event))}
    replayed = _claim(transaction, batch, errors, now)
    known = _lock(transaction, [event for id, event in batch.items() if id not in replayed and id not in errors])
    outcomes: dict[str, Outcome] = {}
    for id, event in batch.items():
        if id in replayed:
            outcomes[id] = Outcome(id, "replayed")
        elif id in errors:
            outcomes[id] = Outcome(id, "refused", errors[id])
        else:
            outcomes[id] = _apply(transaction, event, known, now)
    if refused := [id for id, outcome in outcomes.items() if outcome.error and is_key(id)]:
        transaction.run("events/release", {"ids": refused})
    return outcomes


def _claim(transaction: Transaction, batch: Mapping[str, Event], errors: Collection[str], now: int) -> set[str]:
    """Enters events in the ledger. Returns the ids of those that were in it already.

    Invalid events are entered too, to find out whether they are replays; without their user, who may not be storable.
    """
    ids = sorted(filter(is_key, batch))  # the same order in every transaction prevents deadlocks
    rows = [{"id": id, "user": None if id in errors else batch[id].user, "at": now} for id in ids]
    return {*ids} - {row["id"] for row in transaction.run("events/claim", {"rows": rows}).rows}


def _lock(transaction: Transaction, events: Iterable[Event]) -> set[tuple[str, str]]:
    """Locks the nodes that events refer to until the transaction ends. Returns those that exist, as kind and id."""
    events = list(events)
    nodes = {node for event in events for node in _nodes(event)}
    if wishes := [{"user": event.user, "topic": event.topic} for event in events if event.topic is not None]:
        rows = transaction.run("events/hashtags_of_topics", {"rows": wishes}).rows
        nodes |= {("hashtag", row["hashtag"]) for row in rows}
    return lock(transaction, **{plural: [id for kind, id in nodes if kind == one] for one, plural in _PLURALS.items()})


def _nodes(event: Event) -> list[tuple[str, str]]:
    """The user and the target of an event, each as a kind and an id (of a hashtag, its name)."""
    hashtag = event.hashtag and hashtags.name(event.hashtag)
    nodes = (("person", event.user), ("person", event.person), ("post", event.post), ("hashtag", hashtag))
    return [(kind, id) for kind, id in nodes if id is not None]


def _apply(transaction: Transaction, event: Event, known: Collection[tuple[str, str]], now: int) -> Outcome:
    for kind, id in _nodes(event):
        if kind != "hashtag" and (kind, id) not in known:
            hint = _hint(event, kind)
            unknown = NotFound(
                f"The graph has no {kind} {id!r}.", f"Check the id{hint}, or send the event again later."
            )
            return Outcome(event.id, "refused", unknown)
    rows = transaction.run(_statement(event), _params(event, now)).rows
    if error := _refusal(event, rows[0] if rows else None, now):
        return Outcome(event.id, "refused", error)
    return Outcome(event.id, "done" if rows[0]["changed"] else "unchanged")


def _hint(event: Event, kind: str) -> str:
    """How to write another target, where its kind takes several: this one may be meant."""
    targets = KINDS[event.kind].targets
    hashtag = "; write a hashtag with its #" if "hashtag" in targets and kind in targets else ""
    words = ", and a word of captions after --word" if "word" in targets else ""
    of_flags = [name for name in ("topic", "person") if kind == "post" and name in KINDS[event.kind].flags]
    ids = "".join(f"; write {FIELDS[name].several} after --{name}" for name in of_flags)
    return hashtag + words + ids


def _refusal(event: Event, row: Row | None, now: int) -> GraphfeedError | None:
    """The error of an event whose statement recorded nothing; None if it was recorded."""
    if event.kind == "impression":
        return _impression_refusal(event, row, now)
    if row is None and event.topic is not None:
        return NotFound(f"The graph has no topic {event.topic[:60]!r}.", "List the topics: `graphfeed topics`.")
    if row is None and event.kind == "mute":
        return SettingsError(
            f"{event.user} muted {words.MOST_MUTED} words already, the most there can be.", "Unmute one first."
        )
    if row is None:
        return SettingsError(f"The comment id {_comment(event)!r} is already in use.", "Use another id.")
    return None


def _impression_refusal(event: Event, row: Row | None, now: int) -> GraphfeedError | None:
    if row is None or row["expiresAt"] is None:  # none, or deleted at this moment
        return NotFound(f"{event.user} has no slate {event.slate!r}.", "Use the `slate` of one of their feeds.")
    if row["expiresAt"] < now:
        return Expired(f"The slate {event.slate!r} has expired.", "Drop the impression: a new feed has a new slate.")
    if row["changed"] is None:
        return SettingsError(
            f"Place {event.place} of the slate {event.slate!r} was not handed out: its pages reach place "
            f"{row['handedOut']}.",
            "Use the `place` of an item that was shown.",
        )
    return None


def _with_note(outcome: Outcome, event: Event, known: Collection[str]) -> Outcome:
    """The outcome, with a note if the event has an unknown hide reason."""
    if event.reason is None or event.reason in known or outcome.status not in ("done", "unchanged"):
        return outcome
    note = f"Unknown hide reason {event.reason[:60]!r}: counted as a hide without a reason."
    return replace(outcome, note=f"{note} Known reasons: {', '.join(known)}.")


def _statement(event: Event) -> str:
    kind = KINDS[event.kind]
    return kind.statement(next((name for name in kind.targets if getattr(event, name) is not None), None))


def _params(event: Event, now: int) -> dict[str, Any]:
    return {
        "me": event.user,
        "at": event.at,
        "recordedAt": now,
        "post": event.post,
        "person": event.person,
        "hashtag": event.hashtag and hashtags.name(event.hashtag),
        "display": event.hashtag and hashtags.display(event.hashtag),
        "topic": event.topic,
        "word": event.word and words.word(event.word),
        "most": words.MOST_MUTED,
        "slate": event.slate,
        "place": event.place,
        "comment": _comment(event),
        "text": event.text,
        "dwellMs": event.dwell_ms,
        "until": event.until,
        "reason": event.reason,
        "use": event.use,
    }


def _comment(event: Event) -> str:
    return event.id if event.comment is None else event.comment


def _validation_error(event: Event) -> SettingsError | None:
    try:
        check(event)
    except SettingsError as error:
        return error
    return None


def _check_field(name: str, value: Any) -> None:
    definition = FIELDS[name]
    if definition.is_time:
        check_time(name, value)
    elif definition.holds is int:
        check_number(name, value, definition.least, definition.most)
    elif definition.is_key:
        check_key(f"The {name}'s id", value)
    elif name == "hashtag":
        check_hashtag(value)
    elif name == "word":
        check_word(value)
    elif name == "use":
        _check_use(value)
    else:
        check_text(f"The {name}", value)


def _check_use(value: str | None) -> None:
    if value is not None and value not in USES:
        raise SettingsError(f"Unknown use {value[:60]!r}.", f"Use one of: {', '.join(USES)}.")


def _check_kind(event: Event) -> None:
    kind = KINDS.get(event.kind)
    if kind is None:
        raise SettingsError(f"Unknown event kind {event.kind[:60]!r}.", f"Use one of: {', '.join(KINDS)}.")
    present = [name for name in FIELDS if getattr(event, name) is not None]
    if unexpected := [name for name in present if name not in kind.fields]:
        raise SettingsError(f"Event kind {event.kind} takes no {' and no '.join(unexpected)}.", "Leave it out.")
    if kind.targets and sum(name in kind.targets for name in present) != 1:
        raise SettingsError(f"Event kind {event.kind} needs a {' or a '.join(kind.targets)}.", "Give exactly one.")
    if absent := [name for name in kind.needs if name not in present]:
        raise SettingsError(f"Event kind {event.kind} needs a {' and a '.join(absent)}.", "Add it.")
    if event.until is not None and event.post is not None:
        raise SettingsError(f"Event kind {event.kind} takes no until with a post.", "Leave it out, or give a hashtag.")
    if event.until is not None and event.until <= event.at:
        end, at = clock.shown(event.until), clock.shown(event.at)
        raise SettingsError(f"The end {end} is not after the time of the act, {at}.", "Give a later `until`.")
    if event.person == event.user:
        raise SettingsError(f"Nobody can {event.kind} themselves.", "Give another person's id.")
