"""The report of an evaluation, from arrays small enough to check by hand."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from graph import clock
from graph.background.arrays import NO_TIME, Ints
from graph.errors import LeakFound
from graph.quality.metrics import NO_POST, HeldOut, Mean
from graph.quality.plot import svg
from graph.quality.report import (
    About,
    Cohort,
    Look,
    Method,
    Report,
    cold_start,
    discovered,
    measured,
    people_cohorts,
    post_cohorts,
)
from graph.quality.served import Served, distance_shares, reason_share, rows_of
from graph.quality.training import NO_AUTHOR, Training, held_out_rows, ones, require_unseen
from graph.ranking import stored_profiles
from service.commands import quality

PEOPLE, POSTS = ["ana", "ben", "cem", "dan"], ["p0", "p1", "p2", "p3", "p4"]


@pytest.fixture
def training() -> Training:
    """Ana posted p0 and p1, ben p2, cem p3, nobody p4. Ana likes p2 and p3, ben p0. Each follows the next."""
    likes, follows = np.array([(0, 2), (0, 3), (1, 0)]), np.array([(0, 1), (1, 2), (2, 3)])
    return Training(
        PEOPLE,
        POSTS,
        ones(likes[:, 0], likes[:, 1], (4, 5)),
        np.array([0, 0, 1, 2, NO_AUTHOR]),
        np.array([NO_TIME, 1, 2, 3, 9]) * np.array([1, *[clock.DAY_MS] * 4]),
        ones(follows[:, 0], follows[:, 1], (4, 4)),
    )


@pytest.fixture
def held_out() -> HeldOut:
    """Ana likes p4; ben p1 and p3; dan p0."""
    return HeldOut.of(np.array([0, 1, 1, 3]), np.array([4, 1, 3, 0]))


def method(name: str, *lists: list[int]) -> Method:
    ranked: Ints = np.full((len(lists), 20), NO_POST, np.int64)
    for line, posts in zip(ranked, lists, strict=True):
        line[: len(posts)] = posts
    return Method(name, ranked, ranked)


def test_discoveries_are_likes_of_authors_never_liked(training: Training, held_out: HeldOut) -> None:
    new = discovered(training, held_out)
    assert new.counts.tolist() == [0, 1, 1]  # p4 has no author; ben likes ana, not cem; dan likes nobody
    assert new.posts.tolist() == [3, 0]


def test_held_out_likes_of_own_or_unknown_posts_are_left_out(training: Training) -> None:
    pairs = [("ben", "p2"), ("ben", "p3"), ("eva", "p3"), ("ben", "p9")]
    found = held_out_rows(training, pairs, training.is_candidate(0, None))
    assert (found.people.tolist(), found.posts.tolist()) == ([1], [3])
    assert not len(held_out_rows(training, pairs, np.zeros(5, np.bool_)))


def test_candidates_are_the_posts_of_the_window(training: Training) -> None:
    day = clock.DAY_MS
    assert training.is_candidate(3 * day, None).all()
    assert training.is_candidate(3 * day, 2).tolist() == [False, False, True, True, False]
    assert training.is_candidate(9 * day, 100).tolist() == [False, True, True, True, True]


def test_a_held_out_like_among_training_likes_is_a_leak(training: Training) -> None:
    require_unseen(training, [("ben", "p1"), ("eva", "p0"), ("ana", "p9")])
    with pytest.raises(LeakFound, match=r"has held-out likes \(1\), such as that of 'p3' by 'ana'"):
        require_unseen(training, [("ben", "p1"), ("ana", "p3")])


def test_methods_are_compared_with_the_first(training: Training, held_out: HeldOut) -> None:
    good, bad = method("good", [4], [1, 3], [0]), method("bad", [1], [4, 3], [4])
    table = measured(training, held_out, [good, bad], candidates=5, seed=0)
    assert table.people == 3
    first, second = table.rows
    assert first.measures["recall@20"].mean == first.measures["mrr"].mean == first.measures["ndcg@20"].mean == 1
    assert second.measures["recall@20"].mean == pytest.approx(0.5 / 3)
    assert second.less["recall@20"].mean == pytest.approx(1 - 0.5 / 3)
    assert first.less == {}
    assert (first.coverage, second.coverage) == (0.8, 0.6)
    assert first.measures["discovery"].mean == 1
    assert second.measures["discovery"].mean == 0.5


def test_cohorts_are_by_likes_of_people_and_of_posts(training: Training, held_out: HeldOut) -> None:
    methods = [method("one", [4], [1], []), method("other", [], [], [0])]
    people = people_cohorts(training, held_out, methods, 0)
    assert [(each.likes, each.size, means(each)) for each in people] == [
        ("0", 1, {"one": 0.0, "other": 1.0}),
        ("1 to 9", 2, {"one": 0.75, "other": 0.0}),
    ]
    posts = post_cohorts(training, held_out, methods, 0)
    assert [(each.likes, each.size, means(each)) for each in posts] == [
        ("0", 2, {"one": 1.0, "other": 0.0}),
        ("1 to 4", 2, {"one": 0.0, "other": 0.5}),
    ]
    assert people[0].recall["other"] == Mean(1, 1, 1)
    assert people[1].recall["one"] == Mean(0.75, 0.5, 1)  # of two people, who are resampled
    assert posts[1].recall["other"] == Mean(0.5, 0, 1)


def means(cohort: Cohort) -> dict[str, float]:
    return {name: found.mean for name, found in cohort.recall.items()}


def test_likes_of_one_person_are_resampled_together(training: Training) -> None:
    held_out = HeldOut.of(np.array([1, 1, 1, 1]), np.array([1, 2, 3, 4]))
    [some, *_] = post_cohorts(training, held_out, [method("one", [4], [])], 0)
    assert some.recall["one"] == Mean(0.5, 0.5, 0.5)


def test_distances_are_by_who_follows_whom(training: Training) -> None:
    ranked = np.array([[2, 3, 4, NO_POST], [3, 0, NO_POST, NO_POST]])
    shares = distance_shares(training, np.array([0, 1]), ranked, k=4)
    assert shares == {"followee": 0.4, "friend of friend": 0.2, "farther": 0.4}
    assert distance_shares(training, np.array([0]), ranked[:1], k=1)["followee"] == 1


def test_reason_shares_count_only_places_with_a_post() -> None:
    served = Served(np.array([[2, 3, NO_POST]]), np.array([[True, False, False]]))
    assert reason_share(served, 3) == 0.5
    assert reason_share(Served(served.ranked[:0], served.has_reason[:0]), 3) == 0


def test_lists_of_ids_become_rows(training: Training) -> None:
    assert rows_of(training, [["p3", "p0"], []], 3).tolist() == [[3, 0, -1], [-1, -1, -1]]


@pytest.fixture
def report(training: Training, held_out: HeldOut) -> Report:
    methods = [method("graphfeed", [4], [1, 3], [0]), method("<ALS>", [1], [4, 3], [4])]
    nothing = HeldOut.of(np.array([0]), np.array([4]))
    tutorial = measured(training, nothing, [method("graphfeed", [4])], 5, 0)
    assert np.isnan(tutorial.rows[0].measures["discovery"].mean)
    return Report(
        About("default", "0f", True, 4, 5, 3, 4, 0, None, 0, ("trend",)),
        "by hand",
        measured(training, held_out, methods, 5, 0),
        tutorial,
        people_cohorts(training, held_out, methods, 0),
        post_cohorts(training, held_out, methods, 0),
        [Look("list", tutorial.rows[0].measures["mrr"], {"followee": 1.0}, 0.5)],
        {"EASE": "too large"},
        {"build": 1.0},
    )


def test_json_has_all_fields_and_null_for_nan(report: Report) -> None:
    found = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert found["about"]["profileHash"] == "0f"
    assert found["about"]["mayKnowHeldOut"] is True
    assert found["tutorial"]["rows"][0]["measures"]["discovery"] == {"mean": None, "low": None, "high": None}
    assert found["table"]["rows"][1]["less"]["recall@20"]["mean"] == pytest.approx(1 - 0.5 / 3)
    assert found["looks"][0]["hasReason"] == 0.5
    assert found["skipped"] == {"EASE": "too large"}


def test_a_profile_that_may_know_held_out_likes_is_reported(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    quality._show(report)
    assert "default was fitted by a tuning, perhaps to some of the held-out likes." in capsys.readouterr().err
    quality._show(replace(report, about=replace(report.about, may_know_held_out=False)))
    assert "was fitted" not in capsys.readouterr().err


@pytest.mark.parametrize(("name", "expected"), [("default", False), ("tuned-20240601-3f2a91", True)])
def test_a_tuned_profile_is_known_by_its_name_also_in_a_file(tmp_path: Path, name: str, expected: bool) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[tuned-20240601-3f2a91]\nbase = "default"\n')
    assert stored_profiles.was_tuned(name, file) is stored_profiles.was_tuned(name) is expected


def test_the_chart_has_a_bar_for_each_method_and_measure(report: Report) -> None:
    name = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(svg(report))
    panels = root.findall(f"{name}g")
    assert [panel.findtext(f"{name}text") for panel in panels] == ["Recall@20", "Recall@100", "NDCG@20", "Discovery@20"]
    for panel in panels:
        bars = [float(bar.attrib["width"]) for bar in panel.findall(f"{name}rect")]
        assert len(bars) == 2
        assert bars[0] > bars[1] > 0
        assert "<ALS>" in [each.text for each in panel.findall(f"{name}text")]


def test_cold_starts_are_measured_among_all_and_alone_beside_chance(training: Training, held_out: HeldOut) -> None:
    cold = np.array([False, True, False, True, True])
    first = replace(method("graphfeed", [4], [0], [2]), cold=method("", [4], [3, 1], [2]).ranked)
    other = replace(method("other", [], [], []), cold=method("", [], [3], []).ranked)
    found = cold_start(training, held_out, [first, other], np.ones(5, bool), cold, 0)
    assert found.posts == 3
    assert found.chance == 1  # 20 places are more than there are candidates
    [mine, theirs] = found.rows
    assert (mine.recall.mean, mine.alone.mean) == pytest.approx((1 / 3, 2 / 3))
    assert (theirs.recall.mean, theirs.alone.mean) == pytest.approx((0, 0.5 / 3))
    assert mine.less is None
    assert theirs.less is not None
    assert theirs.less.mean == pytest.approx(1 / 3)


def test_chance_is_twenty_of_what_each_person_may_be_shown() -> None:
    likes = ones(np.zeros(60, np.int64), np.arange(60), (2, 100))
    authors = np.full(100, NO_AUTHOR)
    training = Training(
        ["ana", "ben"],
        [f"p{n:02}" for n in range(100)],
        likes,
        authors,
        np.arange(100),
        ones(np.zeros(0, np.int64), np.zeros(0, np.int64), (2, 2)),
    )
    held_out = HeldOut.of(np.array([0, 1]), np.array([99, 98]))
    empty = method("graphfeed", [], [])
    cold = np.arange(100) >= 50
    found = cold_start(training, held_out, [replace(empty, cold=empty.ranked)], np.ones(100, bool), cold, 0)
    assert found.chance == pytest.approx((20 / 40 + 20 / 100) / 2)
    assert found.chance_alone == pytest.approx((20 / 40 + 20 / 50) / 2)
