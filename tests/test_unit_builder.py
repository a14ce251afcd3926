"""A builder's decisions: the order of a build, what it does without, and how it survives failures and rivals."""

import logging
import time
from collections.abc import Callable, Mapping
from itertools import count, pairwise
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from graph import clock, leases, schema
from graph.background import affinity, builder, renewal, watch
from graph.background.affinity import halving, renew_marked
from graph.background.builder import build
from graph.background.similar import RECIPE
from graph.background.state import STAGES, state
from graph.background.store import GRACE_SECONDS
from graph.background.vectors import vectors
from graph.background.watch import summary, why_due
from graph.client import Row
from graph.errors import Busy, DatabaseError, GdsMissing, NotFound, ProjectionLost, SettingsError, Unreachable
from graph.ranking.profiles import profile
from graph.settings import read_settings
from tests.fake import Answer, Fake, in_turn, refused
from tests.little_network import DEFAULT, NOW, ranking
from tests.prepared import BUILT, FREE, HOUR, NOT_BUILT, WITH_GDS, lag, taken_by

PEOPLE, POSTS = range(100, 112), range(12)
NO_GDS = GdsMissing("Neo4j runs without the Graph Data Science library, which this needs.", "Install it.")


def liked_by(number: int) -> list[int]:
    """Two circles of people, each of which likes posts of its own; nobody all of them."""
    circle = number % 2
    return [post for post in POSTS if post % 2 == circle and post // 2 != number // 2]


def small(answers: Mapping[str, Answer] | None = None) -> Fake:
    """Twelve people and posts, nothing built yet, and a GDS that gives each a vector."""
    now = clock.now()
    nothing = {
        "takenAt": now - HOUR,
        "likeCount": 5,
        "author": None,
        "apart": 0,
        "trend": None,
        "listedLikes": None,
        "changedAt": None,
        "forFollowers": 0,
        "dwell": None,
    }
    people = [
        {
            "node": node,
            "user": f"u{number}",
            "likesForSelf": 0,
            "notProfiled": 0,
            "factorsLikes": None,
            "posts": liked,
            "times": [now - HOUR] * len(liked),
        }
        for number, node in enumerate(PEOPLE)
        for liked in [liked_by(number)]
    ]
    walks = (
        "build/unknown",
        "build/dwells",
        "build/hashtags",
        "build/holders",
        "build/communities",
        "build/shown",
        "build/viewed",
        "build/present_shown",
        "build/arcs_similar",
        "build/arcs_similar_new",
        "build/arcs_related",
        "build/looks_due",
        "build/recent_due",
        "hashtags/left",
    )
    reads = (*walks, "build/arcs_top", "build/present_tops", "affinity/everyone", "affinity/drop_left_behind")
    built = ("similar", "similar_new", "numbers", "vectors", "factors_likes", "top", "shares", "tops_of_all")
    writes = (*built, "trending", "tell", "facts")
    given: dict[str, Answer] = {
        **FREE,
        **WITH_GDS,
        **{name: [] for name in (*reads, *(f"build/{name}" for name in writes))},
        "build/state": [NOT_BUILT],
        "build/switch": [{"generation": 1}],
        "build/size": [{"people": 12, "posts": 12, "likes": 60, "highest": 111}],
        "build/posts": [{"posts": [{"node": node, "post": f"p{node}", **nothing} for node in POSTS]}],
        "build/people": people,
        "build/topics": [{"made": None, "wished": [], "topics": []}],
        "build/vectors_room": [{"heap": 2**30, "nodes": 24, "projection": 2**20}],
        "build/project_vectors": [],
        "build/project_vectors_by": [],  # where a millisecond has passed since its clock
        "build/fastrp_bytes": [{"bytes": 2**20, "nodes": 24}],
        "build/fastrp": lambda params: [{"node": node, "vector": [1.0] * params["size"]} for node in (*PEOPLE, *POSTS)],
        "affinity/drop": [],
    }
    return Fake({**given, **(answers or {})})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "GRACE_SECONDS", 0)


def stages_told(fake: Fake) -> list[str | None]:
    """The stages that the graph was told of, each once."""
    told_ = [params["rows"]["stage"] for params in fake.asked("build/tell")]
    return [stage for number, stage in enumerate(told_) if number == 0 or told_[number - 1] != stage]


def switched(fake: Fake) -> Row:
    [params] = fake.asked("build/switch")
    facts: Row = params["rows"]
    return facts


# --- a build


def test_a_first_build_makes_all_in_order_and_lets_it_serve_before_affinity() -> None:
    fake = small()
    built = build(fake, DEFAULT)
    assert stages_told(fake) == ["reading", *STAGES, None]
    assert [*built.seconds] == ["reading", *STAGES]
    assert (built.generation, built.missing, built.stopped) == (1, (), False)
    facts = switched(fake)
    assert (facts["generation"], facts["slot"], facts["likes"]) == (1, "A", 60)
    assert facts["fastrpSize"] == ranking().vectors.size
    assert facts["missing"] == []
    assert facts["listsSeconds"] == built.seconds["lists"]
    of_affinity, of_trending = (params["rows"] for params in fake.asked("build/facts"))
    assert facts["listsEndedAt"] <= facts["topsEndedAt"] <= of_affinity["affinityEndedAt"]
    assert of_affinity["affinityEndedAt"] <= of_trending["trendingEndedAt"]
    arcs = [arc for params in fake.asked("build/similar") for arc in params["rows"]["posts"]]
    assert {arc["node"] % 2 == target % 2 for arc in arcs for target in arc["targets"]} == {True}  # within each circle
    at = fake.names.index
    assert at("build/switch") < at("affinity/everyone") < at("leases/release")
    for written in ("build/similar", "build/vectors"):
        assert at(written) < at("build/switch")
    assert fake.names[-1] == "leases/release"


def test_without_gds_or_times_the_rest_is_built_and_what_lacks_is_noted() -> None:
    fake = small({"admin/gds_version": NO_GDS, "affinity/drop_left_behind": NO_GDS})
    fake.answers["build/people"] = [{**row, "times": [-1] * len(row["posts"])} for row in fake.answers["build/people"]]  # type: ignore[union-attr]
    fake.answers["affinity/everyone"] = [{"node": 100, "user": "u0", "mark": None}]
    built = build(fake, DEFAULT)
    assert built.missing == ("fastrp", "gds", "trend")
    assert switched(fake)["fastrpSize"] == 0
    of_affinity = fake.asked("build/facts")[0]["rows"]
    assert of_affinity["missing"] == [*built.missing]
    assert "affinityAt" not in of_affinity
    assert not any(name.startswith("build/project") for name in fake.names)
    assert summary(built).endswith(", without fastrp, gds, trend")


def test_an_empty_graph_has_a_build_that_lacks_what_nobody_liked() -> None:
    nothing: dict[str, Answer] = {name: [] for name in ("build/people", "build/posts")}
    empty = {"people": 0, "posts": 0, "likes": 0, "highest": -1}
    fake = small({**nothing, "build/size": [empty], "build/vectors_room": [{"heap": 1, "nodes": 0, "projection": 0}]})
    assert build(fake, DEFAULT).missing == ("factors", "fastrp", "lists", "trend")
    assert switched(fake)["likes"] == 0


def test_the_next_generation_goes_into_the_other_slot_and_the_one_before_is_removed_later() -> None:
    before = {**BUILT, "builtAt": clock.now() - HOUR}
    fake = small({"build/state": [before], "build/holders": [{"node": 1}], "build/remove_vectors": [{"nodes": 1}]})
    assert build(fake, DEFAULT).generation == 4
    assert switched(fake)["slot"] == "B"
    removed = [params["rows"]["slot"] for params in fake.asked("build/remove_vectors")]
    assert removed == ["B", "A"]  # what a killed build left, and then what served
    assert fake.names.index("build/switch") > fake.names.index("build/remove_vectors")


def test_some_stages_leave_what_others_made() -> None:
    fake = small({"build/state": [{**BUILT, "missing": ["factors", "trend"]}]})
    built = build(fake, DEFAULT, only=["tops", "trend"])
    assert stages_told(fake) == ["reading", "trend", "tops", None]  # in their order, however they are named
    assert built.generation == 3
    facts = switched(fake)
    assert facts["missing"] == ["factors"]  # the trend is there now
    assert "slot" not in facts
    assert "builtAt" not in facts


def test_affinity_alone_reads_no_network() -> None:
    fake = small({"build/state": [BUILT]})
    build(fake, DEFAULT, only=["affinity"])
    assert "build/people" not in fake.names
    assert "build/switch" not in fake.names


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"only": ["lists", "magic"]}, r"There is no stage 'magic'\. The stages are lists, factors"),
        ({"only": ["tops"]}, "This graph has no build yet. Build everything once: `graphfeed refresh`"),
        ({"profile": profile("tutorial")}, "The profile tutorial has nothing to build"),
        ({"memory": 2**20}, r"A build of this graph needs about [1-9]\d* MB of memory, but may take only 1 MB"),
    ],
)
def test_what_cannot_be_built_is_refused_before_anything_is_read(details: dict[str, Any], says: str) -> None:
    fake = small()
    with pytest.raises(SettingsError, match=says):
        build(fake, **{"profile": DEFAULT, **details})
    assert not {"build/posts", "build/people", "build/switch"} & {*fake.names}
    assert fake.names.count("leases/take") == fake.names.count("leases/release")


def test_while_another_builds_nothing_is_done() -> None:
    fake = small({"leases/take": [taken_by("other")]})
    with pytest.raises(Busy):
        build(fake, DEFAULT)
    assert fake.names == ["leases/take"]


def test_told_to_stop_it_leaves_what_serves() -> None:
    stopped = Event()

    def stop(_: Row) -> list[Row]:
        stopped.set()
        return []

    fake = small({"build/similar": stop})
    built = build(fake, DEFAULT, stopped=stopped)
    assert built.stopped
    assert "build/switch" not in fake.names
    assert stages_told(fake)[-1] is None
    assert fake.names[-1] == "leases/release"


def test_who_loses_the_lease_leaves_the_switch_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 15)
    fake = small({"leases/renew": [{"renewed": 0}]})

    def slow(_: Row) -> list[Row]:
        time.sleep(0.1)
        return []

    fake.answers["build/similar"] = slow
    with pytest.raises(Busy, match="Another builder has taken over"):
        build(fake, DEFAULT)
    assert "build/switch" not in fake.names


def test_a_switch_that_another_builder_overtook_is_none() -> None:
    fake = small({"build/switch": []})
    with pytest.raises(Busy, match="Another builder has taken over"):
        build(fake, DEFAULT)
    assert fake.taken_back == ["build/switch"]
    [params] = fake.asked("build/switch")
    [took] = fake.asked("leases/take")
    assert (params["lease"], params["owner"]) == (took["lease"], took["owner"])


def test_likes_that_come_while_it_builds_count_as_growth() -> None:
    likes = count(60)
    fake = small()
    fake.answers["build/size"] = lambda _: [{"people": 12, "posts": 12, "likes": next(likes), "highest": 111}]
    build(fake, DEFAULT)
    assert switched(fake)["likes"] == 60


def test_readers_of_the_last_switch_are_waited_for_whatever_it_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "GRACE_SECONDS", 0.5)
    now = clock.now()
    before = {**BUILT, "builtAt": now - HOUR, "switchedAt": now}
    written: dict[str, Answer] = {f"build/{name}_vectors": [{"nodes": 1}] for name in ("copy", "remove")}
    fake = small({**written, "build/state": [before], "build/holders": [{"node": 1}]})
    build(fake, DEFAULT, only=["vectors"])
    assert clock.now() >= now + 500
    assert switched(fake)["switchedAt"] >= now + 500


def test_after_an_error_the_lease_is_given_back_and_nothing_switched() -> None:
    fake = small({"build/vectors": refused("Neo.ClientError.Statement.X", "No.")})
    with pytest.raises(DatabaseError, match="No"):
        build(fake, DEFAULT)
    assert "build/switch" not in fake.names
    assert fake.names[-1] == "leases/release"
    assert stages_told(fake)[-1] is None


# --- FastRP


def test_vectors_are_halved_until_they_fit() -> None:
    sizes = ranking().vectors.size
    fake = small({"build/fastrp_bytes": lambda params: [{"bytes": params["size"] * 2**22, "nodes": 24}]})
    found = vectors(fake, ranking().vectors)
    assert 2**22 * found.size <= 2**29 - 2**20 < 2**22 * found.size * 2
    assert found.size < sizes
    assert found.missing == ()
    assert found.nodes.tolist() == [*POSTS, *PEOPLE]
    assert fake.names[-1] == "affinity/drop"


@pytest.mark.parametrize(
    "answers",
    [
        {"build/vectors_room": [{"heap": 2**20, "nodes": 24, "projection": 2**20}]},
        {"build/fastrp_bytes": [{"bytes": 2**40, "nodes": 24}]},
        {"build/fastrp_bytes": refused("Neo.ClientError.Procedure.X", "It exceeds current free memory (1 MB).")},
        {"build/project_vectors": refused("Neo.ClientError.Procedure.X", "It exceeds current free memory (1 MB).")},
    ],
)
def test_a_heap_that_is_too_small_has_no_vectors_and_is_told(
    answers: dict[str, Answer], caplog: pytest.LogCaptureFixture
) -> None:
    fake = small(answers)
    assert vectors(fake, ranking().vectors).missing == ("fastrp",)
    assert "Raise GRAPHFEED_HEAP." in caplog.text
    assert "build/fastrp" not in fake.names


def test_a_vector_of_nothing_or_of_no_numbers_is_left_out() -> None:
    rows = [
        {"node": node, "vector": [value] * ranking().vectors.size} for node, value in ((3, 1.0), (1, 0.0), (2, np.nan))
    ]
    fake = small({"build/fastrp": rows, "build/fastrp_bytes": [{"bytes": 1, "nodes": 3}]})
    assert vectors(fake, ranking().vectors).nodes.tolist() == [3]


def test_where_neo4j_goes_away_a_build_ends() -> None:
    fake = small({"build/vectors_room": refused("Neo.TransientError.General.DatabaseUnavailable", "Bye.")})
    with pytest.raises(Unreachable):
        vectors(fake, ranking().vectors)


# --- affinity


def ring(answers: Mapping[str, Answer] | None = None, count: int = 5) -> Fake:
    """Some marked people, each tied to the two beside them, from whom every walk goes around."""
    steps = ranking().affinity.steps

    def walk(params: Row) -> list[Row]:
        return [
            {
                "node": node,
                "walks": [[(node + step) % count for step in range(1, steps + 1)]] * 3,
                "others": [(node + 1) % count, (node - 1) % count],
                "ties": [1.0, 1.0],
            }
            for node in params["rows"]["nodes"]
        ]

    given: dict[str, Answer] = {
        **WITH_GDS,
        "affinity/marked": [{"node": node, "user": f"u{node}", "mark": node} for node in range(count)],
        "affinity/known": [{"people": 0}],
        "affinity/weigh": [{"follows": 1}],
        "affinity/project_ties": [],
        "affinity/strength": [{"node": node, "strength": 2.0} for node in range(count)],
        "affinity/walks": walk,
        "affinity/store": lambda params: [{"people": len(params["rows"]["people"])}],
        "affinity/postpone": [{"mark": 1}],
        "affinity/drop": [],
    }
    return Fake({**given, **(answers or {})})


def stored(fake: Fake) -> list[int]:
    return [person["node"] for params in fake.asked("affinity/store") for person in params["rows"]["people"]]


def failing_for(*nodes: int, error: Exception) -> Callable[[Callable[[Row], Any]], Callable[[Row], Any]]:
    """Have a statement fail whenever one of these people is in its batch."""

    def around(answer: Callable[[Row], Any]) -> Callable[[Row], Any]:
        def given(params: Row) -> Any:
            rows = params["rows"]
            there = rows.get("nodes") or [person["node"] for person in rows["people"]]
            return error if {*there} & {*nodes} else answer(params)

        return given

    return around


BAD = refused("Neo.ClientError.Statement.ArithmeticError", "Bad data.")


def test_each_person_gets_the_nearest_and_loses_the_mark_that_was_read() -> None:
    fake = ring()
    done = renew_marked(fake, ranking())
    assert (done.people, done.failed, done.missing) == (5, 0, ())
    [written] = fake.asked("affinity/store")
    first = written["rows"]["people"][0]
    assert first["mark"] == 0
    assert {*first["others"]} == {1, 2, 3, 4}
    assert first["others"][0] == 4  # a neighbour whom every walk meets once more
    assert first["scores"] == sorted(first["scores"], reverse=True)
    assert fake.names[-1] == "affinity/drop"


@pytest.mark.parametrize("statement", ["affinity/store", "affinity/walks"])
def test_who_spoils_a_batch_is_found_and_postponed_alone(statement: str, caplog: pytest.LogCaptureFixture) -> None:
    fake = ring(count=16)
    fake.answers[statement] = failing_for(11, error=BAD)(fake.answers[statement])  # type: ignore[arg-type]
    done = renew_marked(fake, ranking())
    assert (done.people, done.failed) == (15, 1)
    assert [params["rows"]["node"] for params in fake.asked("affinity/postpone")] == [11]
    assert len(fake.asked(statement)) == 1 + 2 * 4  # each half of 16, 8, 4 and 2
    assert "the affinity of 'u11': " in caplog.text


def test_ties_that_cannot_be_weighed_keep_their_weights() -> None:
    fake = ring()
    fake.answers["affinity/weigh"] = failing_for(2, error=BAD)(lambda _: [{"follows": 1}])
    assert renew_marked(fake, ranking()).people == 5


def test_what_all_would_have_is_not_halved() -> None:
    for error in (Unreachable("It is away.", "Wait."), NO_GDS, ProjectionLost("It is lost.", "Again.")):
        tried: list[int] = []

        def work(items: Any, error: Exception = error, tried: list[int] = tried) -> list[int]:
            tried.append(len(items))
            raise error

        with pytest.raises(type(error)):
            halving([1, 2, 3, 4], work, lambda item, _: item)
        assert tried == [4]


def test_somebody_who_is_not_in_the_projection_is_walked_from_shortly() -> None:
    fake = ring()
    fake.answers["affinity/strength"] = [{"node": node, "strength": 2.0} for node in range(4)]
    fake.answers["affinity/walk"] = [{"other": "u1", "score": 0.5}, {"other": "gone", "score": 0.4}]
    fake.answers["affinity/named"] = [{"node": 1, "user": "u1", "mark": None}]
    assert renew_marked(fake, ranking()).people == 5
    [written] = fake.asked("affinity/store")
    [newcomer] = [person for person in written["rows"]["people"] if person["node"] == 4]
    assert (newcomer["others"], newcomer["scores"]) == ([1], [0.5])


LOST = refused("Neo.ClientError.Procedure.X", "Graph with name `x` does not exist on database `neo4j`.")


def test_a_projection_that_was_lost_is_made_anew_twice(caplog: pytest.LogCaptureFixture) -> None:
    walk = ring().answers["affinity/walks"]
    fake = ring({"affinity/walks": in_turn(LOST, LOST, walk)})
    assert renew_marked(fake, ranking()).people == 5
    assert (
        fake.names.count("affinity/project_ties") == fake.names.count("affinity/drop") == affinity.PROJECTION_ATTEMPTS
    )
    assert caplog.messages == ["Neo4j was restarted; projecting the graph again."] * 2
    fake = ring({"affinity/walks": LOST})
    with pytest.raises(ProjectionLost):
        renew_marked(fake, ranking())
    assert fake.names.count("affinity/drop") == affinity.PROJECTION_ATTEMPTS


def test_nobody_marked_is_no_call_and_somebody_unknown_is_named() -> None:
    fake = ring({"affinity/marked": []})
    assert renew_marked(fake, ranking()).people == 0
    assert fake.names == ["affinity/marked"]
    named = ring({"affinity/named": [{"node": 1, "user": "u1", "mark": None}]})
    with pytest.raises(NotFound, match="The graph has no person 'who'"):
        affinity.renew(named, ranking(), ["u1", "who"])


def test_stopped_it_renews_nobody_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(affinity, "WALK_PEOPLE", 2)
    stopped = Event()
    fake = ring()

    def last(params: Row) -> list[Row]:
        stopped.set()
        return [{"people": len(params["rows"]["people"])}]

    fake.answers["affinity/store"] = last
    assert renew_marked(fake, ranking(), stopped=stopped).people == 2
    assert stored(fake) == [0, 1]


# --- marked posts


def marked(answers: Mapping[str, Answer] | None = None) -> Fake:
    """A build that serves, and two marked posts that are gone by the time that they are looked at."""
    rows = [{"node": node, "post": f"p{node}", "changedAt": node} for node in (1, 2)]
    given: dict[str, Answer] = {
        **FREE,
        "build/state": [BUILT],
        "build/grams": [{"slot": "A", "userGram": None, "contentMean": None}],
        "build/marked": in_turn(rows, []),
        "build/named": [],
        "build/postpone": [{"posts": 1}],
    }
    return Fake({**given, **(answers or {})})


def test_before_a_build_no_marked_post_is_renewed() -> None:
    fake = marked({"build/state": [NOT_BUILT]})
    assert renewal.renew_marked(fake) == renewal.Renewed()
    assert "build/marked" not in fake.names


def test_a_post_that_fails_is_postponed_and_stops_no_other() -> None:
    fake = marked({"build/named": in_turn(BAD, [])})
    assert renewal.renew_marked(fake) == renewal.Renewed(posts=1, failed=1)
    [postponed] = fake.asked("build/postpone")
    assert postponed["rows"]["node"] == 1
    assert (postponed["rows"]["pauseMs"], postponed["rows"]["longestMs"]) == (60_000, 24 * HOUR)


def test_a_mark_that_stays_is_tried_once() -> None:
    rows = [{"node": 1, "post": "p1", "changedAt": 1}]
    fake = marked({"build/marked": rows})
    assert renewal.renew_marked(fake).posts == 1
    assert fake.names.count("build/marked") == 2


def test_a_post_with_more_likers_than_are_read_keeps_its_arcs_until_the_next_build() -> None:
    rows = [{"node": 1, "post": "p1", "changedAt": 7}]
    written: dict[str, Answer] = {name: [] for name in ("build/inherit", "build/numbers", "build/unmark")}
    fake = marked(
        {
            **written,
            "build/marked": in_turn(rows, []),
            "build/named": [{"node": 1, "id": "p1", "likes": RECIPE.likers + 1, "isForFollowers": False}],
            "build/likers": [{"node": 1, "people": [*range(100, 100 + RECIPE.likers)]}],
        }
    )
    assert renewal.renew_marked(fake) == renewal.Renewed(posts=1)
    assert "build/arcs_into" not in fake.names
    assert fake.names.count("build/inherit") == 1  # its vectors are renewed
    [listed] = fake.asked("build/numbers")
    assert (listed["rows"]["property"], listed["rows"]["values"]) == ("listedLikes", [RECIPE.likers + 1])
    [unmarked] = fake.asked("build/unmark")
    assert (unmarked["rows"][0]["changedAt"], unmarked["rows"][0]["listedLikes"]) == (7, RECIPE.likers + 1)


def test_a_renewal_leaves_more_posts_than_its_bound_to_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "MAX_MARKED_POSTS", 50)
    numbers = count(1)

    def more(params: Row) -> list[Row]:
        nodes = [next(numbers) for _ in range(params["batch"])]
        return [{"node": node, "post": f"p{node}", "changedAt": node} for node in nodes]

    fake = marked({"build/marked": more})
    assert renewal.renew_marked(fake).posts == 50
    assert fake.names[-1] == "leases/release"


def test_a_renewal_ends_when_it_is_told_to() -> None:
    stopped = Event()
    stopped.set()
    fake = marked()
    assert renewal.renew_marked(fake, stopped=stopped) == renewal.Renewed()
    assert fake.names[-1] == "leases/release"


# --- when a build is due


@pytest.mark.parametrize(
    ("built", "likes", "why"),
    [
        (None, 0, "there is no build yet"),
        ({"builtAt": NOW - 25 * HOUR}, 1_000, "the last one is 25 hours old"),
        ({"builtAt": NOW - 23 * HOUR}, 1_000, None),
        ({}, 1_049, None),
        ({}, 1_050, "likes grew from 1,000 to 1,050"),
        ({"likes": 10}, 29, None),  # few likes more are no reason, however few there were
        ({"likes": 10}, 30, "likes grew from 10 to 30"),
        ({}, 10, None),
    ],
)
def test_a_build_is_due_by_age_or_growth(
    built: Row | None, likes: int, why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = NOT_BUILT if built is None else {**BUILT, "builtAt": NOW, **built}
    fake = Fake({"build/state": [row], "build/lag": [lag(likes=likes)]})
    assert why_due(fake, read_settings(), state(fake)) == why


# --- the loop


class Hours:
    """Six hours, which pass while a builder's loop waits, and at the end of which it is stopped."""

    SECONDS = 6 * 3_600

    def __init__(self) -> None:
        self._began = self.now = time.monotonic()
        self.fake = Fake()
        self.away = range(0)
        """Seconds during which no server answers."""
        self.stopped = SimpleNamespace(is_set=lambda: self.elapsed >= self.SECONDS, wait=self._wait)

    @property
    def elapsed(self) -> float:
        """Seconds since the loop was made."""
        return self.now - self._began

    def _wait(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        self.fake.is_away = int(self.elapsed) in self.away


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: made.now))
    monkeypatch.setattr(watch, "build_bytes", lambda _: 2**30)
    return made


def watched(hours: Hours, **answers: Answer) -> Fake:
    """What a builder's loop asks in six hours of a graph in which nothing is to be done."""
    idle: dict[str, Answer] = {
        **FREE,
        **WITH_GDS,
        "schema/version": [{"version": schema.VERSION}],
        "build/state": [BUILT],
        "build/lag": [lag()],
        "build/marked": [],
        "affinity/marked": [],
        "build/holders": [],
        "events/prune": [{"events": 0}],
        "slates/prune": [{"slates": 0}],
    }
    fake = Fake({**idle, **{name.replace("__", "/"): answer for name, answer in answers.items()}})
    hours.fake = fake
    fake.is_away = 0 in hours.away
    watch.watch(fake, read_settings(), DEFAULT, hours.stopped)  # type: ignore[arg-type]
    return fake


def test_with_nothing_to_do_it_looks_each_minute_and_holds_no_lease(hours: Hours) -> None:
    fake = watched(hours)
    assert fake.names.count("build/marked") == pytest.approx(6 * 60, abs=2)
    assert fake.names.count("events/prune") == pytest.approx(6, abs=1)
    assert fake.names.count("build/holders") == 1  # of the generation before nothing is left to remove
    assert fake.names.count("leases/take") == fake.names.count("events/prune") + 1


def test_a_build_that_fails_is_tried_again_with_growing_pauses_and_keeps_no_other_from_its_turn(
    hours: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    at: list[float] = []

    def fails(_: Row) -> Answer:
        at.append(hours.elapsed)
        return refused("Neo.ClientError.Statement.X", "Too odd.")

    fake = watched(hours, build__state=[NOT_BUILT], build__size=fails, build__tell=[])
    pauses = np.diff(at)
    assert pauses[:6] == pytest.approx([120, 240, 480, 960, 1920, 3600])
    assert pauses[6:] == pytest.approx(3600)
    assert caplog.messages[0].startswith("The whole build failed; retry in 120 s: Neo4j refused a statem")
    assert len(caplog.messages) == len(at)
    assert fake.names.count("events/prune") == pytest.approx(6, abs=1)


def test_a_defect_is_logged_with_its_trace_and_ends_nothing(hours: Hours, caplog: pytest.LogCaptureFixture) -> None:
    fake = watched(hours, affinity__marked=lambda _: [][1])
    assert fake.names.count("events/prune") == pytest.approx(6, abs=1)
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].getMessage() == "The renewal of affinity failed; retry in 120 s."


def test_a_success_ends_the_growing_pauses(hours: Hours) -> None:
    at: list[float] = []

    def sometimes(_: Row) -> Answer:
        at.append(hours.elapsed)
        return BAD if len(at) in (1, 2, 4) else []

    watched(hours, affinity__marked=sometimes)
    assert np.diff(at)[:5] == pytest.approx([120, 240, 60, 120, 60])


def test_while_another_builds_it_waits_quietly(hours: Hours, caplog: pytest.LogCaptureFixture) -> None:
    fake = watched(hours, build__state=[NOT_BUILT], leases__take=[taken_by("other")])
    assert fake.names.count("leases/take") > 300
    assert "leases/release" not in fake.names
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


AWAY = "The builder waits for Neo4j: Neo4j at bolt://fake:7687 does not answer."


def test_an_absence_of_neo4j_is_told_once_and_it_goes_on_soon_after(
    hours: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    hours.away = range(1_000, 3_000)
    marked: list[float] = []

    def posts(_: Row) -> list[Row]:
        marked.append(hours.elapsed)
        return []

    watched(hours, build__marked=posts)
    assert [text.startswith(AWAY) for text in caplog.messages] == [True]
    [gap] = [(before, after) for before, after in pairwise(marked) if after - before > 100]
    assert gap[1] < 3_000 + 2 * watch.RECONNECT_SECONDS


def test_it_begins_when_neo4j_is_there(hours: Hours, caplog: pytest.LogCaptureFixture) -> None:
    hours.away = range(100)
    fake = watched(hours)
    assert fake.names[0] == "schema/version"
    assert [text.startswith(AWAY) for text in caplog.messages] == [True]


def test_that_gds_lacks_is_told_once_and_marks_are_left(hours: Hours, caplog: pytest.LogCaptureFixture) -> None:
    due: list[Row] = [{"node": 1, "user": "u1", "mark": 5}]
    fake = watched(hours, affinity__marked=due, admin__gds_version=NO_GDS)
    assert len([text for text in caplog.messages if text.startswith("Affinity is limited to two steps")]) == 1
    assert "affinity/store" not in fake.names
    assert fake.names.count("affinity/marked") > 300


def test_the_vectors_of_before_are_removed_once_no_request_reads_them(hours: Hours) -> None:
    at: list[float] = []

    def holders(_: Row) -> list[Row]:
        at.append(hours.elapsed)
        return []

    fake = watched(hours, build__holders=holders, build__state=[{**BUILT, "slot": "B"}])
    assert at == [pytest.approx(GRACE_SECONDS, abs=31)]
    assert [params["rows"]["slot"] for params in fake.asked("build/holders")] == ["A"]
