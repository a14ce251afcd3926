"""Events: what each act changes, that it does so once, and that neither bad ones nor rivals spoil anything."""

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import cypher
from graph import clock, events, hashtags, schema, words
from graph.client import Client, Row
from graph.errors import Conflict, GraphfeedError, NotFound, SettingsError
from graph.events import KINDS, Event, Outcome, prune, record
from graph.progress import Silent
from graph.ranking.profiles import hide_reasons
from graph.validation import MAX_KEY_BYTES
from loaders.exporter import export
from loaders.forgetting import forget
from service.cli import app
from tests.support import MARKS, ask, everything, load, run_command, write_csv

pytestmark = pytest.mark.live
PEOPLE, POSTS = ("me", "ana", "ben"), ("p", "q")
LONG = "x" * 8_000


def make(client: Client, folder: Path) -> None:
    """Three people, two posts, one of which was given its counts, and a hashtag."""
    write_csv(
        folder,
        users=[{"id": id} for id in PEOPLE],
        posts=[
            {"id": "p", "like_count": "7", "comment_count": "0"},
            {"id": "q", "like_count": "", "comment_count": ""},
        ],
        tags=[{"post": "p", "hashtag": "#Sunset"}],
    )
    assert load(client, folder).rejects is None


@pytest.fixture
def small(client: Client, tmp_path: Path) -> Client:
    make(client, tmp_path / "files")
    return client


def event(kind: str, id: str = "e", **given: Any) -> Event:
    return Event(id, kind, given.pop("user", "me"), **{"at": 1_000, **given})


def act(client: Client, kind: str, id: str = "e", **given: Any) -> str:
    """What comes of one act of mine."""
    [outcome] = record(client, [event(kind, id, **given)])
    return outcome.status


def ties(client: Client) -> list[Row]:
    """What people are tied to by what they did, without marks for a builder."""
    rows = ask(
        client,
        "MATCH (a:User)-[r]->(b) RETURN a.id AS who, type(r) AS type, coalesce(b.id, b.name) AS what, "
        "properties(r) AS properties ORDER BY who, type, what, r.id, r.at",
    )
    for row in rows:
        row["properties"] = {name: value for name, value in row["properties"].items() if name not in MARKS}
    return rows


def mine(client: Client) -> list[tuple[str, str, dict[str, Any]]]:
    return [(tie["type"], tie["what"], tie["properties"]) for tie in ties(client) if tie["who"] == "me"]


def counters(client: Client) -> dict[str, tuple[int, int]]:
    rows = ask(client, "MATCH (p:Post) RETURN p.id AS id, p.likeCount AS likes, p.commentCount AS comments")
    return {row["id"]: (row["likes"], row["comments"]) for row in rows}


def ledger(client: Client) -> dict[str, str]:
    """The ids of recorded events, each with whose it is."""
    return {row["id"]: row["user"] for row in ask(client, "MATCH (e:Event) RETURN e.id AS id, e.user AS user")}


def state(client: Client) -> object:
    """All that the graph holds but for the ledger, and for marks: one of them is that factors do not match likes."""
    nodes, relationships = everything(client)
    for node in nodes:
        if node["p"].get("factorsLikes", 0) < 0:
            del node["p"]["factorsLikes"]
    return [node for node in nodes if node["labels"] != ["Event"]], relationships


# --- each kind

TAG = {"hashtag": " #Golden Hour "}
ACTS: list[tuple[str, dict[str, Any], tuple[str, str, dict[str, Any]]]] = [
    ("follow", {"person": "ana"}, ("FOLLOWS", "ana", {"since": 1_000})),
    ("like", {"post": "p"}, ("LIKED", "p", {"at": 1_000})),
    ("hide", {"post": "p"}, ("HID", "p", {"at": 1_000})),
    ("hide", {"post": "q", "reason": "dull"}, ("HID", "q", {"at": 1_000, "reason": "dull"})),
    ("mute", {"person": "ana"}, ("MUTED", "ana", {"at": 1_000})),
    ("mute", TAG, ("MUTED", "golden hour", {"at": 1_000})),
    ("block", {"person": "ana"}, ("BLOCKED", "ana", {"at": 1_000})),
    ("pick", TAG, ("INTERESTED_IN", "golden hour", {"at": 1_000})),
]


@pytest.mark.parametrize(("kind", "target", "tie"), ACTS)
def test_an_act_ties_me_to_its_target_until_it_is_undone(
    small: Client, kind: str, target: dict[str, Any], tie: tuple[str, str, dict[str, Any]]
) -> None:
    before = state(small)
    undone = {name: value for name, value in target.items() if name != "reason"}
    assert act(small, f"un{kind}", "e0", **undone) == "unchanged"
    assert act(small, kind, "e1", **target) == "done"
    assert mine(small) == [tie]
    after = state(small)
    assert act(small, kind, "e2", **{**target, "at": 500}) == "unchanged"
    assert state(small) == after
    assert act(small, f"un{kind}", "e3", **undone) == "done"
    assert state(small) == before
    assert ledger(small) == dict.fromkeys(("e0", "e1", "e2", "e3"), "me")


def test_a_comment_has_its_own_id_or_the_events(small: Client) -> None:
    assert act(small, "comment", "e1", post="p", text="Lovely") == "done"
    assert act(small, "comment", "e2", post="p", comment="c", text="So \r\n good") == "done"
    assert act(small, "comment", "e3", post="p", comment="c", text="So \r\n good") == "unchanged"
    assert mine(small) == [
        ("COMMENTED", "p", {"id": "c", "at": 1_000, "text": "So \r\n good"}),
        ("COMMENTED", "p", {"id": "e1", "at": 1_000, "text": "Lovely"}),
    ]
    assert counters(small) == {"p": (7, 2), "q": (0, 0)}


@pytest.mark.parametrize("other", [{"user": "ana"}, {"post": "q"}, {"text": "Ugly"}, {"text": None}])
def test_the_id_of_another_comment_is_refused(small: Client, other: dict[str, Any]) -> None:
    comment = event("comment", "e1", post="p", comment="c", text="Lovely")
    taken = replace(comment, id="e2", **other)
    first, second = record(small, [comment, taken])
    assert (first.status, second.status) == ("done", "refused")
    assert second.problem == "The comment id 'c' is already in use."
    assert counters(small) == {"p": (7, 1), "q": (0, 0)}


def test_a_view_is_one_for_each_instant(small: Client) -> None:
    assert act(small, "view", "e1", post="p") == "done"
    assert act(small, "view", "e2", post="p") == "unchanged"
    assert act(small, "view", "e3", post="p", dwell_ms=900) == "done"
    assert act(small, "view", "e4", post="p") == "unchanged"
    assert act(small, "view", "e5", post="p", dwell_ms=900) == "unchanged"
    assert act(small, "view", "e6", post="p", at=2_000, dwell_ms=0) == "done"
    assert mine(small) == [
        ("VIEWED", "p", {"at": 1_000, "dwellMs": 900}),
        ("VIEWED", "p", {"at": 2_000, "dwellMs": 0}),
    ]


def test_hidden_again_for_another_reason_the_reason_changes(small: Client) -> None:
    assert act(small, "hide", "e1", post="p", reason="dull") == "done"
    assert act(small, "hide", "e2", post="p") == "unchanged"
    assert act(small, "hide", "e3", post="p", reason="seen", at=9_000) == "done"
    assert mine(small) == [("HID", "p", {"at": 1_000, "reason": "seen"})]


def test_a_reason_that_no_profile_knows_is_kept_and_noted(small: Client, tmp_path: Path) -> None:
    known, unknown = record(
        small, [event("hide", "e1", post="p", reason="spam"), event("hide", "e2", post="q", reason="dull")]
    )
    assert (known.status, known.note, unknown.status) == ("done", None, "done")
    assert unknown.note == (
        "Unknown hide reason 'dull': counted as a hide without a reason. Known reasons: seen_too_often, "
        "not_interested, spam, offensive, report."
    )
    assert [properties["reason"] for _, _, properties in mine(small)] == ["spam", "dull"]
    path = tmp_path / "profiles.toml"
    path.write_text('[mine]\nbase = "default"\n[mine.ranking.feedback.hide_reasons]\ndull = -0.5')
    [again] = record(small, [event("hide", "e3", post="q", reason="dull")], hide_reasons=hide_reasons(path))
    assert (again.status, again.note) == ("unchanged", None)
    [replayed] = record(small, [event("hide", "e2", post="q", reason="dull")])
    assert (replayed.status, replayed.note) == ("replayed", None)


def test_likes_and_comments_move_the_counters_whether_they_were_given_or_not(small: Client) -> None:
    batch = [
        *(event("like", f"l{user}{post}", user=user, post=post) for user in PEOPLE for post in POSTS),
        event("comment", "c1", post="p"),
        event("comment", "c2", post="q"),
        event("unlike", "u", post="p"),
        event("unlike", "u2", post="p"),
    ]
    assert [outcome.status for outcome in record(small, batch)] == ["done"] * 9 + ["unchanged"]
    assert counters(small) == {"p": (9, 1), "q": (3, 1)}
    given = ask(small, "MATCH (p:Post {id: 'p'}) RETURN p.givenLikeCount AS likes, p.givenCommentCount AS comments")
    assert given == [{"likes": 7, "comments": 0}]


def test_no_counter_falls_below_zero(small: Client) -> None:
    act(small, "like", post="q")
    ask(small, "MATCH (q:Post {id: 'q'}) SET q.likeCount = 0")
    act(small, "unlike", "e2", post="q")
    ask(small, "MATCH (q:Post {id: 'q'}) REMOVE q.likeCount")
    act(small, "like", "e3", post="q")
    assert counters(small)["q"] == (1, 0)


def test_a_hashtag_is_kept_by_its_name_and_goes_with_its_last_use(small: Client) -> None:
    def known() -> list[Row]:
        return ask(small, "MATCH (h:Hashtag) RETURN h.name AS name, h.display AS display ORDER BY name")

    sunset, street = {"name": "sunset", "display": "Sunset"}, {"name": "strasse", "display": "Straße"}
    act(small, "pick", "e1", hashtag="#Straße")
    act(small, "mute", "e2", hashtag="STRASSE")
    act(small, "pick", "e3", hashtag="SUNSET")
    assert known() == [street, sunset]
    act(small, "unpick", "e4", hashtag="strasse")
    assert known() == [street, sunset]
    act(small, "unmute", "e5", hashtag="strasse")
    act(small, "unpick", "e6", hashtag="sunset")  # which a post has
    assert known() == [sunset]


# --- what is marked for the builder

TIES = [(kind, target) for kind, target, _ in ACTS if kind in ("follow", "like", "block")]
NO_TIES = [
    *((kind, target) for kind, target, _ in ACTS if kind in ("hide", "mute", "pick")),
    ("view", {"post": "p", "dwell_ms": 1}),
]


def taken(client: Client) -> dict[str, int]:
    """Since when whose affinity is due; that is taken back."""
    text = "MATCH (u:User) WHERE u.affinityAt >= 0 WITH u, u.affinityAt AS at REMOVE u.affinityAt RETURN u.id AS id, at"
    return {row["id"]: row["at"] for row in ask(client, text)}


@pytest.mark.parametrize(("kind", "target"), [*TIES, ("comment", {"post": "p"})])
def test_affinity_is_due_of_whoever_changes_a_tie(small: Client, kind: str, target: dict[str, Any]) -> None:
    taken(small)
    start = clock.now()
    act(small, kind, "e1", **target)
    due = taken(small)
    assert due.keys() == {"me"}
    assert start <= due["me"] <= clock.now()
    act(small, kind, "e1", **target)
    if f"un{kind}" in KINDS:
        act(small, kind, "e2", **target)
        assert taken(small) == {}
        act(small, f"un{kind}", "e3", **target)
        assert taken(small).keys() == {"me"}
        act(small, f"un{kind}", "e4", **target)
    assert taken(small) == {}


@pytest.mark.parametrize(("kind", "target"), NO_TIES)
def test_affinity_is_not_due_for_what_is_read_live(small: Client, kind: str, target: dict[str, Any]) -> None:
    taken(small)
    undone = {name: value for name, value in target.items() if name != "reason"}
    assert act(small, kind, "e1", **target) == "done"
    if f"un{kind}" in KINDS:
        assert act(small, f"un{kind}", "e2", **undone) == "done"
    assert taken(small) == {}


def test_who_is_put_off_for_a_failure_stays_so(small: Client) -> None:
    later = clock.now() + 3_600_000
    ask(small, "MATCH (u:User {id: 'me'}) SET u.affinityAt = $at", at=later)
    act(small, "follow", "e1", person="ana")
    assert taken(small)["me"] == later


def test_my_factors_are_old_when_i_like_or_unlike(small: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def known() -> int | None:
        number: int | None = ask(small, "MATCH (u:User {id: 'me'}) RETURN u.factorsLikes AS n")[0]["n"]
        ask(small, "MATCH (u:User {id: 'me'}) SET u.factorsLikes = 5")
        return number

    known()
    assert known() == 5
    act(small, "like", "e1", post="p")
    liked = known() or 0
    assert liked < 0
    act(small, "like", "e2", post="p")
    act(small, "follow", "e3", person="ana")
    assert known() == 5
    monkeypatch.setattr(clock, "now", lambda: 1 - liked)
    act(small, "unlike", "e4", post="p")
    assert known() == liked - 1  # another value each time


def test_a_post_is_marked_at_three_likes_and_at_a_tenth_more_than_when_its_lists_were_made(small: Client) -> None:
    def marked() -> bool:
        return ask(small, "MATCH (p:Post {id: 'p'}) RETURN p.changedAt IS NOT NULL AS marked") == [{"marked": True}]

    def liked(first: int, last: int) -> None:
        for number in range(first, last + 1):
            act(small, "like", f"like{number}", user=f"fan{number}", post="p")

    ask(small, "UNWIND range(1, 40) AS n CREATE (:User {id: 'fan' + n})")
    before = ask(small, "MATCH (p:Post {id: 'p'}) RETURN COUNT { (p)<-[:LIKED]-() } AS n")[0]["n"]
    assert before == 0
    liked(1, 2)
    assert not marked()
    liked(3, 3)
    assert marked()
    liked(4, 20)
    first = ask(small, "MATCH (p:Post {id: 'p'}) RETURN p.changedAt AS at")[0]["at"]
    liked(21, 21)
    assert ask(small, "MATCH (p:Post {id: 'p'}) RETURN p.changedAt AS at")[0]["at"] == first  # since when it waits
    ask(small, "MATCH (p:Post {id: 'p'}) REMOVE p.changedAt SET p.listedLikes = 21")
    liked(22, 23)
    assert not marked()
    liked(24, 24)
    assert marked()


# --- replays, and what is refused


def test_a_replay_changes_nothing_whatever_it_holds(small: Client) -> None:
    assert act(small, "like", post="p") == "done"
    before = everything(small)
    same_id = [
        event("like", post="p"),
        event("unlike", post="p"),
        event("like", user="ana", post="q"),
        event("like", post="nowhere"),
        event("wink", user="\ud800"),
    ]
    for again in same_id:
        assert [outcome.status for outcome in record(small, [again])] == ["replayed"]
    assert everything(small) == before


def test_an_id_that_comes_twice_in_a_batch_counts_once(small: Client) -> None:
    once = event("like", post="p")
    outcomes = record(
        small, [once, once, replace(once, post="q"), event("like", "bad", post="x"), event("like", "bad")]
    )
    assert [outcome.status for outcome in outcomes] == ["done", "replayed", "replayed", "refused", "refused"]
    assert outcomes[4].problem == "The graph has no post 'x'."
    assert counters(small) == {"p": (8, 0), "q": (0, 0)}


def test_what_was_refused_may_be_sent_again_when_the_post_is_there(small: Client) -> None:
    assert act(small, "like", post="new") == "refused"
    assert ledger(small) == {}
    ask(small, "CREATE (:Post {id: 'new', likeCount: 0, commentCount: 0})")
    assert act(small, "like", post="new") == "done"
    assert counters(small)["new"] == (1, 0)


def test_the_acts_of_a_batch_are_done_in_its_order(small: Client) -> None:
    kinds = ["like", "unlike", "unlike", "like", "like", "unlike", "like"]
    outcomes = record(small, [event(kind, f"e{n}", post="p", at=n) for n, kind in enumerate(kinds)])
    assert [outcome.status for outcome in outcomes] == [
        "done",
        "done",
        "unchanged",
        "done",
        "unchanged",
        "done",
        "done",
    ]
    assert mine(small) == [("LIKED", "p", {"at": 6})]


REFUSED = [
    (event("wink", post="p"), "Unknown event kind 'wink'. Use one of: follow, unfollow, like"),
    (event("like"), "Event kind like needs a post."),
    (event("like", person="ana"), "Event kind like takes no person."),
    (event("like", post="p", hashtag="x", text="y"), "Event kind like takes no hashtag and no text."),
    (event("mute"), "Event kind mute needs a person or a hashtag or a word. Give exactly one."),
    (event("mute", person="ana", hashtag="x"), "Give exactly one."),
    (event("follow", person="me"), "Nobody can follow themselves."),
    (event("mute", person="me"), "Nobody can mute themselves."),
    (event("block", person="me"), "Nobody can block themselves."),
    (event("pick", hashtag=" # "), "' # ' holds no hashtag. Write one such as #sunset."),
    (event("pick", hashtag=LONG), "A hashtag has more than 4096 characters. Shorten it."),
    (event("like", post=LONG), "The post's id is too large to index"),
    (event("like", post="p", user=LONG), "The user's id is too large to index"),
    (event("like", LONG, post="p"), "The event's id is too large to index"),
    (event("comment", post="p", comment=LONG), "The comment's id is too large to index"),
    (event("like", "", post="p"), "The event's id is empty"),
    (event("like", post="p", user=""), "The user's id is empty"),
    (event("like", post=" p"), "The post's id is empty, or has leading or trailing blanks. Remove the blanks."),
    (event("like", "a\0", post="p"), "The event's id contains a NUL"),
    (event("like", "\ud800", post="p"), "a lone surrogate"),
    (event("like", post="p", user="\udfff"), "The user's id contains a NUL or a lone surrogate"),
    (event("comment", post="p", text="\ud83d"), "The text contains a NUL"),
    (event("hide", post="p", reason="\0"), "The reason contains a NUL"),
    (event("pick", hashtag="\0"), "The hashtag contains a NUL"),
    (event("view", post="p", dwell_ms=-1), "The dwell_ms is -1. Give a whole number from 0 to"),
    (event("view", post="p", dwell_ms=2**63), "Give a whole number from 0 to"),
    (event("impression", slate="s"), "Event kind impression needs a place. Add it."),
    (event("impression", place=1), "Event kind impression needs a slate."),
    (event("impression", slate="s", place=0), "The place is 0. Give a whole number from 1 to"),
    (event("impression", slate="s", place=1, post="p"), "Event kind impression takes no post."),
    (event("impression", slate=" s", place=1), "The slate's id is empty, or has leading or trailing blanks."),
    (event("impression", slate="s", place=1), "me has no slate 's'. Use the `slate` of one of their feeds."),
    (event("like", post="p", at=10**15), "The time is 1000000000000000."),
    (event("like", post="nope"), "The graph has no post 'nope'. Check the id"),
    (event("like", post="p", user="nope"), "The graph has no person 'nope'."),
    (event("follow", person="nope"), "The graph has no person 'nope'."),
    (event("unmute", hashtag="x", user="nope"), "The graph has no person 'nope'."),
]


def test_the_good_half_of_a_half_bad_batch_is_recorded(small: Client) -> None:
    good = [event("comment", f"good{n}", post="q") for n in range(len(REFUSED))]
    bad = [replace(refused, id=f"bad{n}") if refused.id == "e" else refused for n, (refused, _) in enumerate(REFUSED)]
    outcomes = record(small, [event for pair in zip(bad, good, strict=True) for event in pair])
    assert {outcome.status for outcome in outcomes[1::2]} == {"done"}
    for outcome, (_, says) in zip(outcomes[::2], REFUSED, strict=True):
        assert outcome.status == "refused"
        assert says in f"{outcome.problem} {outcome.remedy}"
        assert isinstance(outcome.error, NotFound if " has no " in says and "kind" not in says else SettingsError)
    assert ledger(small) == {event.id: "me" for event in good}
    assert counters(small) == {"p": (7, 0), "q": (0, len(good))}


def test_keys_may_be_as_long_as_those_that_are_imported(small: Client) -> None:
    long = "é" * (MAX_KEY_BYTES // 2)
    assert act(small, "comment", long, post="p", text="x" * 100_000) == "done"
    assert act(small, "pick", hashtag=long) == "done"
    assert act(small, "pick", "e2", hashtag=f"{long}x") == "refused"


def test_a_batch_that_breaks_off_leaves_nothing(small: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(small)
    run = events._apply

    def breaks(transaction: Any, event: Event, *rest: Any) -> Outcome:
        if event.id == "e2":
            raise KeyboardInterrupt
        return run(transaction, event, *rest)

    monkeypatch.setattr(events, "_apply", breaks)
    batch = [event("comment", f"e{n}", post="p") for n in range(4)]
    with pytest.raises(KeyboardInterrupt):
        record(small, batch)
    assert everything(small) == before
    monkeypatch.undo()
    assert [outcome.status for outcome in record(small, batch)] == ["done"] * 4


# --- the ledger


def test_the_ledger_tells_when_an_event_was_recorded_and_is_pruned_by_that(small: Client) -> None:
    start = clock.now()
    record(small, [event("comment", f"e{n}", post="p", at=n) for n in range(5)])
    [row] = ask(small, "MATCH (e:Event) RETURN min(e.at) AS least, max(e.at) AS most")
    assert start <= row["least"] <= row["most"] <= clock.now()
    ask(small, "MATCH (e:Event) WHERE e.id IN ['e0', 'e1', 'e2'] SET e.at = 7")
    assert prune(small, 7) == 0
    assert prune(small, 8) == 3
    assert ledger(small).keys() == {"e3", "e4"}


def test_pruning_goes_on_until_nothing_is_left_of_it(small: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PRUNE_BATCH_SIZE", 10)
    ask(small, "UNWIND range(1, 35) AS n CREATE (:Event {id: toString(n), user: 'me', at: n})")
    assert prune(small, 100) == 35


def test_who_is_forgotten_is_forgotten_by_the_ledger(small: Client) -> None:
    record(
        small, [event("like", "e1", post="p"), event("like", "e2", post="p", user="ana"), event("pick", "e3", **TAG)]
    )
    assert forget(small, "me") == {"users": 1, "likes": 1, "interests": 1, "hashtags": 1, "derived": 2}
    assert ledger(small) == {"e2": "ana"}
    assert counters(small)["p"] == (8, 0)


def test_what_was_recorded_is_exported_and_imported_as_it_is(small: Client, tmp_path: Path) -> None:
    record(small, [event(kind, f"e{n}", **target) for n, (kind, target, _) in enumerate(ACTS)])
    record(small, [event("view", "e", post="p", dwell_ms=3), event("comment", "c", post="p", text="Lovely")])
    before = ties(small), counters(small)
    export(small, tmp_path / "out", Silent())
    small.run_in_transactions("admin/wipe")
    assert load(small, tmp_path / "out").rejects is None
    assert (ties(small), counters(small)) == before


# --- many at the same time


def at_once(client: Client, batches: Sequence[Sequence[Event]]) -> list[list[Outcome]]:
    """What came of each batch; all are recorded at the same time."""
    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(lambda batch: record(client, batch), batches))


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The size of each batch as often as it is tried: more often than once if it was the victim of a deadlock."""
    sizes: list[int] = []
    run = events._record

    def counted(transaction: Any, batch: Sequence[Event], now: int) -> list[Outcome]:
        sizes.append(len(batch))
        return run(transaction, batch, now)

    monkeypatch.setattr(events, "_record", counted)
    return sizes


def test_two_who_send_the_same_batch_have_each_event_applied_once(small: Client, attempts: list[int]) -> None:
    batch = [event("comment", f"e{n}", user=PEOPLE[n % 3], post=POSTS[n % 2]) for n in range(50)]
    random.Random(1).shuffle(batch)
    for outcomes in zip(*at_once(small, [batch, batch]), strict=True):
        assert sorted(outcome.status for outcome in outcomes) == ["done", "replayed"]
    assert counters(small) == {"p": (7, 25), "q": (0, 25)}
    assert len(ledger(small)) == 50
    assert attempts == [50, 50]


def test_of_two_comments_of_one_id_at_once_one_is_refused(small: Client) -> None:
    batches = [[event("comment", f"{n}", user=PEOPLE[n], post="p", comment="mine")] for n in range(3)]
    statuses = sorted(outcome.status for outcomes in at_once(small, batches) for outcome in outcomes)
    assert statuses == ["done", "refused", "refused"]


def test_a_batch_that_is_refused_after_a_conflict_is_told_so(small: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    transaction = Client.transaction

    def conflicting(self: Client, name: str, work: Any) -> Any:
        attempts.append(name)
        if len(attempts) == 1:
            raise Conflict("Another transaction wrote the same id at the same time.", "Try again.")
        return transaction(self, name, work)

    monkeypatch.setattr(Client, "transaction", conflicting)
    outcomes = record(small, [event("like", "1", post="p"), event("like", "2", post="none")], atomic=True)
    assert [outcome.status for outcome in outcomes] == ["done", "refused"]
    assert (len(attempts), ledger(small)) == (2, {})


def test_batches_that_touch_the_same_in_other_orders_do_not_wait_in_a_circle(
    small: Client, attempts: list[int]
) -> None:
    pairs = [(user, other) for user in PEOPLE for other in PEOPLE if user != other]
    every = [
        *({"kind": kind, "user": user, "post": post} for kind in ("like", "hide") for user in PEOPLE for post in POSTS),
        *({"kind": kind, "user": user, "person": other} for kind in ("follow", "mute") for user, other in pairs),
        *({"kind": kind, "user": user, "hashtag": "sunset"} for kind in ("pick", "mute") for user in PEOPLE),
    ]
    batches = []
    for seed in range(6):
        made = [event(id=f"{seed}-{n}", **one) for n, one in enumerate(every)]
        random.Random(seed).shuffle(made)
        batches.append(made)
    statuses = [outcome.status for outcomes in at_once(small, batches) for outcome in outcomes]
    assert (statuses.count("done"), statuses.count("unchanged")) == (len(every), 5 * len(every))
    assert counters(small) == {"p": (10, 0), "q": (3, 0)}
    assert len(attempts) == len(batches)


def test_a_hashtag_comes_and_goes_under_many_hands(small: Client) -> None:
    batches = [
        [event(kind, f"{user}{n}{kind}", user=user, hashtag="new") for kind in ("pick", "unpick")]
        for n in range(10)
        for user in PEOPLE
    ]
    with ThreadPoolExecutor(6) as threads:
        statuses = [outcome.status for made in threads.map(lambda b: record(small, b), batches) for outcome in made]
    assert set(statuses) == {"done"}
    assert ask(small, "MATCH (h:Hashtag {name: 'new'}) RETURN h") == []


def test_who_and_what_is_forgotten_meanwhile_is_refused_from_then_on(small: Client) -> None:
    ask(small, "MATCH (a:User {id: 'ana'}), (p:Post {id: 'p'}) CREATE (a)-[:POSTED]->(p)")
    batches = [
        [
            event("like", f"l{n}", post="p"),
            event("follow", f"f{n}", person="ana"),
            event("like", f"a{n}", user="ana", post="q"),
        ]
        for n in range(30)
    ]
    with ThreadPoolExecutor(3) as threads:
        recorded = threads.map(lambda batch: record(small, batch), batches)
        forgotten = threads.submit(forget, small, "ana")
        outcomes = [outcome for made in recorded for outcome in made]
        assert forgotten.result()["users"] == 1
    assert {outcome.status for outcome in record(small, [event("follow", "x", person="ana")])} == {"refused"}
    assert {outcome.status for outcome in outcomes} <= {"done", "unchanged", "refused"}
    assert counters(small) == {"q": (0, 0)}


# --- what it costs


def hits(plan: dict[str, Any]) -> int:
    """How often a statement touched the store."""
    return int(plan["args"].get("DbHits", 0)) + sum(map(hits, plan.get("children", [])))


def test_a_celebrity_a_hot_post_and_a_common_hashtag_cost_nothing_special(small: Client) -> None:
    ask(
        small,
        "MATCH (ana:User {id: 'ana'}), (p:Post {id: 'p'}), (h:Hashtag {name: 'sunset'}) UNWIND range(1, 3000) AS n "
        "CREATE (u:User {id: 'u' + n})-[:FOLLOWS]->(ana), (u)-[:LIKED]->(p), (u)-[:COMMENTED {id: 'c' + n}]->(p), "
        "(u)-[:VIEWED {at: 1000}]->(p), (u)-[:HID]->(p), (u)-[:MUTED]->(ana), (u)-[:BLOCKED]->(ana), "
        "(u)-[:MUTED]->(h), (u)-[:INTERESTED_IN]->(h)",
    )
    vocabulary = {
        **{"me": "me", "person": "ana", "post": "p", "hashtag": "sunset", "display": "", "at": 1_000, "recordedAt": 1},
        **{
            "slate": "s",
            "place": 1,
            "comment": "c",
            "topic": "t1",
            "word": "snow",
            "use": "profiling",
            "most": 200,
            "text": "",
            "dwellMs": 1,
            "reason": "",
            "until": 2_000,
            "now": 0,
            "people": ["me", "ana"],
            "posts": ["p"],
        },
        **{
            "hashtags": ["sunset"],
            "rows": [{"id": "e", "user": "me", "topic": "t1", "at": 1}],
            "ids": ["e"],
            "before": 0,
            "batch": 9,
        },
    }
    for name in (name for name in cypher.names() if name.startswith("events/")):  # each act comes before its undoing
        statement = cypher.load(name)
        given = {parameter: vocabulary[parameter] for parameter in statement.samples}
        profile = small._driver.execute_query(f"PROFILE {statement.text}", given).summary.profile
        assert profile is not None
        assert hits(profile) < 100, name


# --- any sequence

TARGETS = {
    "person": st.sampled_from(PEOPLE),
    "post": st.sampled_from(POSTS),
    "hashtag": st.sampled_from(["Sunset", "new"]),
    "topic": st.sampled_from(["t1", "gone"]),
    "word": st.sampled_from(["Snow!", "#day"]),
    "use": st.sampled_from(["profiling", "likes"]),
}
DETAILS = {
    "comment": st.none() | st.sampled_from("ab"),
    "text": st.none() | st.just("x"),
    "dwell_ms": st.none() | st.sampled_from([0, 5]),
    "reason": st.none() | st.sampled_from(["dull", "seen", "report"]),
    "until": st.none() | st.sampled_from([2, 9]),
}


@st.composite
def acts(draw: st.DrawFn) -> Event:
    """An act that is in order, but may name oneself."""
    kind = draw(st.sampled_from([name for name in sorted(KINDS) if name != "impression"]))  # see test_slates
    target = draw(st.sampled_from(KINDS[kind].targets or (None,)))
    fields: dict[str, Any] = {target: draw(TARGETS[target])} if target else {}
    fields |= {name: draw(DETAILS[name]) for name in KINDS[kind].details if (name, target) != ("until", "post")}
    return Event("", kind, draw(st.sampled_from(PEOPLE)), draw(st.integers(0, 2)), **fields)


SEQUENCES = st.lists(acts(), min_size=1, max_size=30).map(
    lambda made: [replace(one, id=f"e{n}") for n, one in enumerate(made)]
)
TYPES = {
    "follow": "FOLLOWS",
    "like": "LIKED",
    "save": "SAVED",
    "share": "SHARED",
    "more": "MORE_LIKE",
    "neither": "MORE_LIKE",
    "hide": "HID",
    "mute": "MUTED",
    "block": "BLOCKED",
    "pick": "INTERESTED_IN",
    "unlearn": "UNLEARNED",
    "dismiss": "DISMISSED",
}
WISHES = {"more": "more", "less": "less", "dismiss": "none", "neither": None}
OF_TOPIC = ("sunset", "wave")
"""The hashtags of the topic t1."""


class Model:
    """What events should make of the graph, kept in plain dictionaries."""

    def __init__(self) -> None:
        self.ties: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.moved = {post: [0, 0] for post in POSTS}
        self.forbidden: set[tuple[str, str]] = set()
        self.words: dict[tuple[str, str | None], dict[str, int | None]] = {}

    def act(self, one: Event) -> str:
        if one.kind in ("reset", "unreset"):
            return self.reset(one)
        if one.use is not None:
            return self.use(one)
        target = one.person or one.post or hashtags.name(str(one.hashtag))
        if target == one.user or (one.until is not None and one.until <= one.at):
            return "refused"
        if one.topic is not None:
            return self.topic(one)
        if one.word is not None:
            return self.word(one, (one.user, words.word(one.word)))
        if one.kind == "comment":
            return self.comment(one, target)
        if one.kind == "view":
            return self.tie((one.user, "VIEWED", target, one.at), {"at": one.at}, {"dwellMs": one.dwell_ms})
        if one.kind == "mute":
            return self.lasting((one.user, "MUTED", target), one, {})
        if one.kind in ("hide", "report"):
            return self.hide(one, target)
        if one.hashtag and WISHES.get(one.kind):
            return self.lasting((one.user, "WANTS", target), one, {"how": WISHES[one.kind]})
        does = "unlearn" if one.kind in ("learn", "unlearn") else one.kind.removeprefix("un")
        type = "WANTS" if one.hashtag and one.kind in WISHES else TYPES[does]
        if one.person and one.kind in ("dismiss", "neither"):
            type = "DISMISSED"
        key = (one.user, type, target)
        was_there = key in self.ties
        if does != one.kind or one.kind in ("neither", "learn"):
            self.ties.pop(key, None)
            status = "done" if was_there else "unchanged"
        else:
            time = "since" if one.kind == "follow" else "at"
            status = self.tie(key, {time: one.at}, {})
        if key[1] == "LIKED":
            self.moved[target][0] += (key in self.ties) - was_there
        return status

    def topic(self, one: Event) -> str:
        """A wish for each hashtag about which the person wishes nothing by itself, or nothing that counts."""
        if one.topic == "gone":
            return "unchanged" if one.kind == "neither" else "refused"
        outcomes = set()
        for key in ((one.user, "WANTS", name) for name in OF_TOPIC):
            known = self.ties.get(key)
            if one.kind == "neither":
                outcomes.add("done" if known and "topic" in known and self.ties.pop(key) else "unchanged")
            elif known is None or "topic" in known or known.get("until", 9) <= one.at or self.is_past(one, known):
                outcomes.add(self.lasting(key, one, {"how": WISHES[one.kind], "topic": one.topic}))
        return "done" if "done" in outcomes else "unchanged"

    def is_past(self, one: Event, known: dict[str, Any]) -> bool:
        """Whether a reset lies between what there is and an act."""
        resets = [key[3] for key in self.ties if key[:2] == (one.user, "RESET")]
        return any(known["at"] <= at < one.at for at in resets)

    def word(self, one: Event, key: tuple[str, str | None]) -> str:
        before = self.words.get(key)
        if one.kind == "unmute":
            return "done" if self.words.pop(key, None) else "unchanged"
        if before and before["until"] == one.until:
            return "unchanged"
        self.words[key] = {"at": one.at, "until": one.until}
        return "done"

    def use(self, one: Event) -> str:
        before = {*self.forbidden}
        getattr(self.forbidden, "add" if one.kind == "forbid" else "discard")((one.user, str(one.use)))
        return "unchanged" if self.forbidden == before else "done"

    def reset(self, one: Event) -> str:
        """There may be several, and the last one is taken back."""
        if one.kind == "reset":
            return self.tie((one.user, "RESET", one.user, one.at), {"at": one.at}, {})
        there = [key for key in self.ties if key[:2] == (one.user, "RESET")]
        if there:
            del self.ties[max(there, key=lambda key: key[3])]
        return "done" if there else "unchanged"

    def hide(self, one: Event, post: str) -> str:
        """A report replaces a hide, and stays one."""
        key = (one.user, "HID", post)
        if self.ties.get(key, {}).get("reason") == "report":
            return "unchanged"
        if one.kind == "report":
            self.ties[key] = {"at": one.at, "reason": "report"}
            return "done"
        return self.tie(key, {"at": one.at}, {"reason": one.reason})

    def tie(self, key: tuple[Any, ...], new: dict[str, Any], details: dict[str, Any]) -> str:
        before = self.ties.get(key)
        given = {name: value for name, value in details.items() if value is not None}
        self.ties[key] = (new if before is None else before) | given
        return "unchanged" if self.ties[key] == before else "done"

    def lasting(self, key: tuple[Any, ...], one: Event, about: dict[str, Any]) -> str:
        """What is replaced as a whole, unless it is as it was but for its time."""
        new = about | ({} if one.until is None else {"until": one.until})
        before = self.ties.get(key)
        is_past = before is not None and key[1] == "WANTS" and self.is_past(one, before)
        if before is not None and {**before, "at": None} == {**new, "at": None} and not is_past:
            return "unchanged"
        self.ties[key] = {"at": one.at, **new}
        return "done"

    def comment(self, one: Event, post: str) -> str:
        id, text = one.comment or one.id, {} if one.text is None else {"text": one.text}
        for (user, type, target, *_), properties in self.ties.items():
            if type == "COMMENTED" and properties["id"] == id:
                same = (user, target, properties.get("text")) == (one.user, post, one.text)
                return "unchanged" if same else "refused"
        self.ties[one.user, "COMMENTED", post, id] = {"id": id, "at": one.at} | text
        self.moved[post][1] += 1
        return "done"


def fresh(client: Client, folder: Path) -> Client:
    client.run_in_transactions("admin/wipe")
    schema.ensure(client)
    make(client, folder)
    ask(
        client,
        "MATCH (q:Post {id: 'q'}) MATCH (sunset:Hashtag {name: 'sunset'}) CREATE (topic:Topic {id: 't1'}), "
        "(q)-[:TAGGED]->(wave:Hashtag {name: 'wave', display: 'wave'})-[:OF_TOPIC {place: 2}]->(topic), "
        "(sunset)-[:OF_TOPIC {place: 1}]->(topic)",
    )
    return client


@pytest.mark.long
@given(sequence=SEQUENCES, cut=st.integers(0, 30))
@settings(max_examples=25, deadline=None)
def test_any_sequence_makes_what_a_plain_model_foresees_and_its_replay_changes_nothing(
    session_client: Client, tmp_path_factory: pytest.TempPathFactory, sequence: list[Event], cut: int
) -> None:
    client, model = fresh(session_client, tmp_path_factory.mktemp("files")), Model()
    foreseen = [model.act(one) for one in sequence]
    outcomes = record(client, sequence[:cut]) + record(client, sequence[cut:])
    assert [outcome.status for outcome in outcomes] == foreseen
    made = [(tie["who"], tie["type"], tie["what"], sorted(tie["properties"].items())) for tie in ties(client)]
    assert sorted(made) == sorted((*key[:3], sorted(properties.items())) for key, properties in model.ties.items())
    muted = {(row.pop("user"), row.pop("word")): row for row in client.read("export/muted_words")}
    assert muted == model.words
    switches = {"profiling": "notProfiled", "likes": "likesForSelf"}
    users = ask(client, "MATCH (user:User) RETURN properties(user) AS user")
    forbidden = {(row["user"]["id"], use) for row in users for use, name in switches.items() if row["user"].get(name)}
    assert forbidden == model.forbidden
    likes, comments = model.moved["p"]
    assert counters(client) == {"p": (7 + likes, comments), "q": tuple(model.moved["q"])}
    after = everything(client)
    again = record(client, sequence)
    assert [outcome.status for outcome in again] == ["refused" if s == "refused" else "replayed" for s in foreseen]
    assert everything(client) == after


UNDONE = (
    acts()
    .filter(lambda one: f"un{one.kind}" in KINDS and one.kind != "learn" and (one.until or one.at + 1) > one.at)
    .map(lambda one: replace(one, at=3) if one.kind == "reset" else one)  # it is the last that is taken back
)


@given(sequence=SEQUENCES, last=UNDONE)
@settings(max_examples=15, deadline=None)
def test_after_any_sequence_an_act_that_is_undone_was_none(
    session_client: Client, tmp_path_factory: pytest.TempPathFactory, sequence: list[Event], last: Event
) -> None:
    client = fresh(session_client, tmp_path_factory.mktemp("files"))
    undoing = replace(last, id="undo", kind=f"un{last.kind}", reason=None, until=None)
    record(client, [*sequence, replace(undoing, id="before")])  # so that the act is new
    before = state(client)
    [done, undone] = record(client, [replace(last, id="last"), undoing])
    assert done.status == undone.status != "unchanged"
    assert state(client) == before


# --- by hand


SAID = [
    (["follow", "me", "ana"], "me follows ana."),
    (["like", "me", "p"], "me likes post p."),
    (["hide", "me", "p", "--reason", "dull"], "me hides post p: it is not shown."),
    (["mute", "me", "ana"], "me mutes ana: posts by them are not shown."),
    (["mute", "me", "#Sunset"], "me mutes #Sunset: posts with it are not shown."),
    (["block", "me", "ana"], "me blocks ana: neither sees the other's posts."),
    (["pick", "me", "Sunset"], "me picks #Sunset."),
]


@pytest.mark.usefixtures("cli_environment")
def test_comments_and_views_by_hand(small: Client) -> None:
    assert run_command("comment", "me", "p", "--text", "Lovely", "--comment", "c") == "me commented on post p.\n"
    assert run_command("view", "me", "p", "q", "--dwell-ms", "900") == "me saw post p.\nme saw post q.\n"
    assert [(type, what) for type, what, _ in mine(small)] == [("COMMENTED", "p"), ("VIEWED", "p"), ("VIEWED", "q")]
    assert [properties.get("dwellMs") for _, _, properties in mine(small)] == [None, 900, 900]


@pytest.mark.usefixtures("cli_environment")
def test_a_reason_that_no_profile_knows_is_told_beside_the_answer(small: Client) -> None:
    result = CliRunner().invoke(app, ["hide", "me", "p", "q", "--reason", "dull"])
    assert result.stdout == "me hides post p: it is not shown.\nme hides post q: it is not shown.\n"
    assert result.stderr.count("Unknown hide reason 'dull'") == 1
    [outcome] = json.loads(run_command("hide", "me", "p", "--reason", "dull", "--json"))["outcomes"]
    assert outcome["note"].endswith("Known reasons: seen_too_often, not_interested, spam, offensive, report.")
    help = CliRunner().invoke(app, ["hide", "--help"], env={"COLUMNS": "200"}).stdout
    assert all(reason in help for reason in hide_reasons())


@pytest.mark.usefixtures("cli_environment")
def test_each_command_says_what_is_so_now(small: Client) -> None:
    for command, says in SAID:
        assert run_command(*command) == f"{says}\n"
        assert run_command(*command) == f"{says} Nothing changed.\n"
    assert ("HID", "p", "dull") in [(type, what, properties.get("reason")) for type, what, properties in mine(small)]
    for (kind, *rest), _ in SAID:
        assert run_command(f"un{kind}", *rest[:2]).startswith("me does not ")
        assert run_command(f"un{kind}", *rest[:2]).endswith(" Nothing changed.\n")
    assert mine(small) == []


@pytest.mark.usefixtures("cli_environment")
def test_a_command_takes_several_targets_and_tells_of_those_that_are_refused(small: Client) -> None:
    assert run_command("pick", "me", "#one", "two").splitlines() == ["me picks #one.", "me picks #two."]
    with pytest.raises(NotFound, match="The graph has no post 'x'"):
        run_command("like", "me", "x", "p")
    assert counters(small)["p"] == (8, 0)
    with pytest.raises(NotFound, match="The graph has no person 'nobody'"):
        run_command("mute", "nobody", "#sunset")
    with pytest.raises(SettingsError, match="Nobody can block themselves"):
        run_command("block", "me", "me")


@pytest.mark.usefixtures("cli_environment")
def test_outcomes_as_json(small: Client) -> None:
    [one, two] = json.loads(run_command("unmute", "me", "ana", "#sunset", "--json"))["outcomes"]
    assert one.pop("id") != two.pop("id")
    assert one == two == {"status": "unchanged", "problem": None, "remedy": None}
    result = CliRunner().invoke(app, ["like", "me", "x", "p", "--json"])
    assert isinstance(result.exception, GraphfeedError)
    bad, good = json.loads(result.stdout)["outcomes"]
    assert (bad["status"], bad["problem"], good["status"]) == ("refused", "The graph has no post 'x'.", "done")
