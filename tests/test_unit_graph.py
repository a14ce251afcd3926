"""Leases, versions of the schema, events and health, as far as they are decided without a server."""

import itertools
import time
from collections.abc import Mapping
from typing import Any

import pytest

from graph import clock, leases, schema
from graph.background.state import state, work
from graph.client import Row
from graph.errors import Busy, Conflict, DatabaseError, NotFound, SettingsError
from graph.events import KINDS, Event, check, prune, record
from graph.health import MAX_LAG_SECONDS, health
from graph.leases import leased
from graph.projections import TIES, projected
from tests.fake import Answer, Fake, in_turn, refused
from tests.little_network import NOW
from tests.prepared import BUILT, FREE, HOUR, NOT_BUILT, WITH_GDS, lag, taken_by

# --- leases


def test_who_finds_a_lease_taken_is_told_when_to_come_again() -> None:
    fake = Fake({"leases/take": [taken_by("other")]})
    told = r"Another builder is at work on this graph \(lease 'build'\).*try again in 60 s"
    with pytest.raises(Busy, match=told), leased(fake, "build"):
        pytest.fail("It is not ours.")
    assert fake.names == ["leases/take"]  # and the other's is not given back


def test_a_lease_is_given_back_by_its_owner_also_after_an_error() -> None:
    fake = Fake(FREE)
    with pytest.raises(ZeroDivisionError), leased(fake, "build"):
        raise ZeroDivisionError
    [took], [gave] = fake.asked("leases/take"), fake.asked("leases/release")
    assert gave == {"lease": "build", "owner": took["owner"]}
    assert took["until"] - took["recordedAt"] == 60_000
    with leased(fake, "build"):
        assert fake.calls[-1].params["owner"] != took["owner"]


def test_a_lease_that_cannot_be_given_back_runs_out(caplog: pytest.LogCaptureFixture) -> None:
    fake = Fake({**FREE, "leases/release": DatabaseError("It is read-only.", "Wait.")})
    with leased(fake, "build"):
        pass
    assert caplog.messages == ["The lease build could not be released and will expire: It is read-only. Wait."]


def test_a_renewal_that_fails_is_tried_again_and_one_that_is_refused_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 300)
    ours = FREE["leases/renew"]
    answers: list[Answer] = [DatabaseError("It is away.", "Wait."), ours, [{"renewed": 0}]]
    fake = Fake({**FREE, "leases/renew": in_turn(*answers)})
    with leased(fake, "build") as lost:
        assert lost.wait(5)
    assert fake.names.count("leases/take") == 1
    assert len(fake.asked("leases/renew")) == len(answers)  # once it is lost, it is not asked for any more
    assert caplog.messages == ["The lease build could not be renewed: It is away. Wait."]


def late(_: Row) -> Answer:
    """Neo4j answers when the lease has run out."""
    time.sleep(0.6)
    return [{"renewed": 0}]


@pytest.mark.parametrize("answer", [DatabaseError("It is away.", "Wait."), late])
def test_a_lease_that_is_not_renewed_in_time_is_lost(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 300)
    asked = time.monotonic()
    with leased(Fake({**FREE, "leases/renew": answer}), "build") as lost:
        assert lost.until >= asked + 0.3
        assert not lost.is_set() or time.monotonic() >= lost.until
        time.sleep(0.4)
        assert lost.is_set()


# --- projections


def test_a_projection_is_dropped_whatever_happens_and_the_first_error_comes_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = Fake({"affinity/project_ties": [], "affinity/drop": refused("Neo.ClientError.Statement.X", "No.")})
    with pytest.raises(ZeroDivisionError), projected(fake, TIES, {}):
        raise ZeroDivisionError
    [made], [dropped] = fake.asked("affinity/project_ties"), fake.asked("affinity/drop")
    assert dropped == {"graphs": [made["tiesGraph"]]}
    assert "could not be dropped: Neo4j refused a statement." in caplog.text
    assert len({*(name for _ in range(2) for name in _names(fake))}) == 2  # nobody else's


def _names(fake: Fake) -> list[str]:
    fake.answers["affinity/drop"] = []
    with projected(fake, TIES, {}) as params:
        return [params["tiesGraph"]]


# --- the schema


def migrating(version: int | None, **answers: Answer) -> Fake:
    statements = [f"schema/version_{number}" for number in range(1, schema.VERSION + 1)]
    others = (
        "schema/await_indexes",
        "schema/hashtags",
        "schema/captions",
        "schema/pictures",
        "schema/record_version",
        *itertools.chain(*schema.CLEANUPS.values()),
    )
    has: Answer = [] if version is None else [{"version": version}]
    return Fake({**{name: [] for name in (*statements, *others)}, "schema/version": has, **answers})


def recorded(fake: Fake) -> list[int]:
    return [params["version"] for params in fake.asked("schema/record_version")]


def test_a_new_graph_gets_each_version_in_turn_and_has_nothing_to_remove() -> None:
    fake = migrating(None)
    schema.ensure(fake)
    assert recorded(fake) == [*range(1, schema.VERSION + 1)]
    assert not any("remove" in name or "hashtag" in name for name in fake.names)
    assert fake.names[1:4] == ["schema/version_1", "schema/await_indexes", "schema/record_version"]


def test_an_older_graph_gets_what_it_lacks_and_is_cleared_before_that_is_noted() -> None:
    fake = migrating(3)
    schema.ensure(fake)
    assert fake.names == [
        "schema/version",
        "schema/version_4",
        "schema/await_indexes",
        *schema.CLEANUPS[4],
        "schema/record_version",
        "schema/version_5",
        "schema/await_indexes",
        "schema/hashtags",
        "schema/record_version",
        "schema/version_6",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_7",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_8",
        "schema/await_indexes",
        "schema/captions",
        "schema/record_version",
        "schema/version_9",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_10",
        "schema/await_indexes",
        *schema.CLEANUPS[10],
        "schema/record_version",
        "schema/version_11",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_12",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_13",
        "schema/await_indexes",
        "schema/record_version",
        "schema/version_14",
        "schema/await_indexes",
        "schema/pictures",
        "schema/record_version",
    ]
    assert recorded(fake) == [*range(4, schema.VERSION + 1)]


def test_a_graph_of_this_version_is_left_alone() -> None:
    fake = migrating(schema.VERSION)
    schema.ensure(fake)
    assert fake.names == ["schema/version"]


def test_a_newer_graph_is_refused_and_left_alone() -> None:
    fake = migrating(schema.VERSION + 1)
    told = rf"schema version {schema.VERSION + 1}, and this graphfeed supports up to {schema.VERSION}\. Install a newer"
    with pytest.raises(DatabaseError, match=told):
        schema.ensure(fake)
    assert fake.names == ["schema/version"]


def test_a_version_that_is_broken_off_is_not_noted_and_is_done_again() -> None:
    fake = migrating(2, **{"schema/remove_near": refused("Neo.TransientError.General.DatabaseUnavailable", "Bye.")})
    with pytest.raises(DatabaseError, match="Bye"):
        schema.ensure(fake)
    assert recorded(fake) == [3]
    again = migrating(3)
    schema.ensure(again)
    assert "schema/remove_candidates" in again.names
    assert recorded(again) == [*range(4, schema.VERSION + 1)]


# --- events


def ledger(*there: str, known: Mapping[str, str] | None = None, answers: Mapping[str, Answer] | None = None) -> Fake:
    """A graph whose ledger has these events, and where everybody who is named is known, or these, by id and kind."""

    def claimed(params: Row) -> list[Row]:
        return [{"id": row["id"]} for row in params["rows"] if row["id"] not in there]

    def locked(params: Row) -> list[Row]:
        kinds = (("person", "people"), ("post", "posts"), ("hashtag", "hashtags"))
        named = [(kind, id) for kind, plural in kinds for id in params[plural]]
        return [{"kind": kind, "id": id} for kind, id in named if known is None or known.get(id) == kind]

    acts = ("follow", "like", "unlike", "comment", "mute_hashtag", "mute_person", "pick", "view")
    done: dict[str, Answer] = {f"events/{act}": [{"changed": True}] for act in acts}
    return Fake({"events/claim": claimed, "events/lock": locked, "events/release": [], **done, **(answers or {})})


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def test_no_events_are_no_call() -> None:
    fake = Fake()
    assert record(fake, []) == []
    assert not fake.calls


def test_a_batch_is_one_transaction_and_each_event_acts_once() -> None:
    fake = ledger("before", answers={"events/like": [{"changed": False}]})
    events = [
        Event("e2", "follow", "me", person="ana"),
        Event("e1", "like", "me", post="p"),
        Event("e2", "follow", "me", person="ana"),
        Event("before", "follow", "me", person="ben"),
    ]
    assert statuses(record(fake, events)) == ["done", "unchanged", "replayed", "replayed"]
    assert fake.committed == ["events"]
    assert fake.names == ["events/claim", "events/lock", "events/follow", "events/like"]
    [claimed] = fake.asked("events/claim")
    assert [row["id"] for row in claimed["rows"]] == ["before", "e1", "e2"]  # in one order for everybody
    [locked] = fake.asked("events/lock")
    assert locked == {"people": ["ana", "me"], "posts": ["p"], "hashtags": []}  # a replay locks nobody


def test_what_is_refused_says_why_is_released_and_stops_no_other() -> None:
    fake = ledger(known={"me": "person", "p": "post"})
    outcomes = record(
        fake,
        [
            Event("a", "like", "me", post="gone"),
            Event("b", "like", "me", post="p"),
            Event("c", "follow", "me", person="me"),
            Event(" d", "like", "me", post="p"),
            Event("e", "like", "nobody", post="p"),
        ],
    )
    assert statuses(outcomes) == ["refused", "done", "refused", "refused", "refused"]
    assert [outcome.problem for outcome in outcomes] == [
        "The graph has no post 'gone'.",
        None,
        "Nobody can follow themselves.",
        "The event's id is empty, or has leading or trailing blanks.",
        "The graph has no person 'nobody'.",
    ]
    assert isinstance(outcomes[0].error, NotFound)
    assert isinstance(outcomes[2].error, SettingsError)
    assert fake.asked("events/release") == [{"ids": ["a", "c", "e"]}]  # the other id could not be entered
    assert fake.committed == ["events"]


def test_a_refused_event_that_comes_twice_is_refused_twice() -> None:
    twice = [Event("a", "like", "me", post="gone")] * 2
    assert statuses(record(ledger(known={"me": "person"}), twice)) == ["refused", "refused"]


def test_as_a_whole_one_refusal_takes_all_back_and_tells_what_would_have_been() -> None:
    fake = ledger(known={"me": "person", "p": "post"})
    events = [Event("a", "like", "me", post="p"), Event("b", "like", "me", post="gone")]
    assert statuses(record(fake, events, atomic=True)) == ["done", "refused"]
    assert (fake.committed, fake.taken_back) == ([], ["events"])
    assert statuses(record(fake, events[:1], atomic=True)) == ["done"]
    assert fake.committed == ["events"]


def test_after_a_conflict_it_is_tried_once_more() -> None:
    conflict = refused("Neo.ClientError.Schema.ConstraintValidationFailed", "It exists already.")
    comment = [Event("c", "comment", "me", post="p", text="Oh")]
    fake = ledger(answers={"events/comment": in_turn(conflict, [])})
    [outcome] = record(fake, comment)
    assert outcome.status == "refused"
    assert outcome.problem == "The comment id 'c' is already in use."
    assert (fake.taken_back, fake.committed) == (["events"], ["events"])
    with pytest.raises(Conflict):
        record(ledger(answers={"events/comment": conflict}), comment)


def test_an_event_tells_its_statement_what_it_holds() -> None:
    fake = ledger()
    record(
        fake,
        [
            Event("a", "mute", "me", hashtag="#Sunset "),
            Event("b", "mute", "me", person="ana"),
            Event("c", "view", "me", at=5, post="p", dwell_ms=900),
            Event("d", "comment", "me", post="p", comment="c1", text="Oh"),
            Event("e", "comment", "me", post="p"),
        ],
    )
    [tag] = fake.asked("events/mute_hashtag")
    assert (tag["hashtag"], tag["display"]) == ("sunset", "Sunset")
    assert fake.asked("events/mute_person")[0]["person"] == "ana"
    [view] = fake.asked("events/view")
    assert (view["at"], view["dwellMs"]) == (5, 900)
    assert [params["comment"] for params in fake.asked("events/comment")] == ["c1", "e"]


def test_a_wish_about_a_topic_locks_its_hashtags_and_is_refused_where_there_is_none() -> None:
    named = {"events/hashtags_of_topics": [{"hashtag": "snow"}, {"hashtag": "ice"}]}
    fake = ledger(answers={**named, "events/less_topic": [{"changed": True}], "events/more_topic": []})
    outcomes = record(fake, [Event("a", "less", "me", topic="t1"), Event("b", "more", "ana", topic="t2")])
    assert statuses(outcomes) == ["done", "refused"]
    assert (outcomes[1].problem, isinstance(outcomes[1].error, NotFound)) == ("The graph has no topic 't2'.", True)
    wishes = [{"user": "me", "topic": "t1"}, {"user": "ana", "topic": "t2"}]
    assert fake.asked("events/hashtags_of_topics") == [{"rows": wishes}]
    assert fake.asked("events/lock") == [{"people": ["ana", "me"], "posts": [], "hashtags": ["ice", "snow"]}]


TARGETS = {"person": "ana", "post": "p", "hashtag": "sun", "topic": "t1", "word": "snow", "slate": "s", "use": "likes"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_each_kind_has_just_one_of_its_targets(kind: str) -> None:
    needed = {name: 1 for name in KINDS[kind].needs}
    targets = KINDS[kind].targets
    for name in targets:
        check(Event("e", kind, "me", **{name: TARGETS[name]}, **needed))  # type: ignore[arg-type]
    if targets:
        with pytest.raises(SettingsError, match=f"Event kind {kind} needs a {' or a '.join(targets)}"):
            check(Event("e", kind, "me"))
    else:
        check(Event("e", kind, "me"))
    other = next(name for name in TARGETS if name not in targets)
    fields: dict[str, Any] = {name: TARGETS[name] for name in (*targets[:1], other)}
    with pytest.raises(SettingsError, match=f"Event kind {kind} takes no {other}. Leave it out"):
        check(Event("e", kind, "me", **fields, **needed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"kind": "adore"}, "Unknown event kind 'adore'. Use one of: follow,"),
        ({"id": ""}, "The event's id is empty"),
        ({"id": "x" * 4097}, "The event's id is too large to index: it has more than 4096 bytes"),
        ({"user": "a\ue000b"}, "The user's id has the private-use character U.E000"),
        ({"user": "m\0"}, "The user's id contains a NUL"),
        ({"post": "p "}, "The post's id is empty, or has leading or trailing blanks"),
        ({"at": clock.MAX_MS + 1}, "The time is"),
        ({"kind": "view", "dwell_ms": -1}, "The dwell_ms is -1. Give a whole number from 0"),
        ({"kind": "comment", "text": "half \ud83d"}, "The text contains a NUL or a lone surrogate"),
        ({"kind": "like", "text": "Oh"}, "Event kind like takes no text"),
        ({"kind": "mute", "post": None, "hashtag": "#"}, "'#' holds no hashtag. Write one such as #sunset"),
        ({"kind": "mute", "post": None, "hashtag": "sun", "person": "ana"}, "needs a person or a hashtag"),
        ({"kind": "block", "post": None, "person": "me"}, "Nobody can block themselves"),
    ],
)
def test_what_can_never_be_recorded_says_what_is_wrong(details: dict[str, Any], says: str) -> None:
    event = Event(**{"id": "e", "kind": "like", "user": "me", "post": "p", **details})
    with pytest.raises(SettingsError, match=says.replace("(", r"\(")):
        check(event)


def test_pruning_goes_on_until_nothing_is_left() -> None:
    fake = Fake({"events/prune": in_turn([{"events": 10_000}], [{"events": 7}], [{"events": 0}])})
    assert prune(fake, 5) == 10_007
    assert {params["before"] for params in fake.asked("events/prune")} == {5}


# --- health, and what a builder tells


def test_before_the_first_build_there_is_neither() -> None:
    fake = Fake({"build/state": [NOT_BUILT]})
    assert state(fake) is None
    assert work(fake) is None


def test_a_builder_at_work_tells_how_far_it_is() -> None:
    at_work = {"working": True, "stage": "lists", "stageDone": 41, "stageTotal": 100, "stageLeft": 120.0}
    fake = Fake({**WITH_GDS, "build/state": [{**NOT_BUILT, **at_work}], "build/lag": [lag()]})
    found = health(fake)
    assert found.forecast == "similar posts 41 %, about 2 min left"
    assert found.degraded == ["There is no build yet; the first is being made: similar posts 41 %, about 2 min left."]
    for idle in ({"working": False}, {"stage": None}):  # a lease that ran out, and one that is held for something else
        fake.answers["build/state"] = [{**NOT_BUILT, **at_work, **idle}]
        assert work(fake) is None


@pytest.mark.parametrize(
    ("build", "waiting", "lacks"),
    [
        (BUILT, {}, []),
        (NOT_BUILT, {}, ["There is no build yet: feeds lack what is learned from likes. Run `graphfeed refresh`."]),
        (
            {**BUILT, "builtAt": NOW - 49 * HOUR},
            {},
            [
                "The last build is 49 hours old, but one is due every 24 h. Is a builder running? `graphfeed refresh` "
                "builds now."
            ],
        ),
        ({**BUILT, "builtAt": NOW - 47 * HOUR}, {}, []),
        (BUILT, {"failing": 2}, ["The builder failed on 2 people and posts and will retry them. See its log."]),
        (BUILT, {"people": 5, "peopleSince": NOW - 1000 * MAX_LAG_SECONDS}, []),
        (NOT_BUILT, {"posts": 5, "postsSince": 0}, ["There is no build yet: feeds lack what is learned from likes."]),
    ],
)
def test_each_lack_is_told_in_a_sentence(
    build: Row, waiting: Row, lacks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = health(Fake({**WITH_GDS, "build/state": [build], "build/lag": [lag(**waiting)]}))
    assert len(found.degraded) == len(lacks)
    for told, expected in zip(found.degraded, lacks, strict=True):
        assert told.startswith(expected)


def test_the_oldest_mark_of_either_kind_is_the_lag() -> None:
    now = clock.now()
    marks = {"people": 2, "peopleSince": now - 5_000, "posts": 3, "postsSince": now - 700_000}
    found = health(Fake({**WITH_GDS, "build/state": [BUILT], "build/lag": [lag(**marks)]}))
    assert found.stale == 5
    assert found.lag_seconds == pytest.approx(700, abs=5)
    [told] = found.degraded
    assert told.startswith("5 people and posts wait for the builder, the oldest for 70")


def test_a_mark_of_a_later_clock_is_no_lag() -> None:
    marks = {"posts": 1, "postsSince": clock.now() + HOUR}
    assert health(Fake({**WITH_GDS, "build/state": [BUILT], "build/lag": [lag(**marks)]})).lag_seconds == 0
