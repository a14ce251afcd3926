"""How a feed is asked for, paged, recorded and explained, whatever the statements bring."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from graph import clock
from graph.client import Row
from graph.errors import DatabaseError, Expired, NotFound, OutOfMemory, SettingsError, TookTooLong, Unreachable
from graph.pictures import to_bytes
from graph.ranking.batch import RankedList, everybody, ranked_lists
from graph.ranking.feed import ANY_AGE, Feed, Request, feed, next_page, replay
from graph.ranking.missing import NEWS
from graph.ranking.profiles import FEATURES, MIXED, profile
from graph.ranking.slates import MAX_SLATE_SIZE, Cursor
from graph.ranking.sources import SOURCES
from graph.ranking.why import why
from tests.fake import Answer, Fake, in_turn
from tests.little_network import DAY, NOW, asked, changed, posts_of, ranking
from tests.prepared import candidate, page, person, shown, surroundings

SLATE = "0123456789abcdef" * 2
LATE = TookTooLong("A statement took longer than its budget.", "Ask again.")
MANY = [candidate(f"p{number:02}", 1 - number / 100, "followees") for number in range(60)]
"""More than a page may need, so that nobody asks for more."""
ALONE: dict[str, Any] = {"source": "followees", "profile": changed(pool_share=0.0)}
"""A feed of one source, whose order is that of the scores, and which keeps no pool."""


def graph(answers: Mapping[str, Answer] | None = None) -> Fake:
    """Somebody for whom all is built, and 60 posts."""
    given: dict[str, Answer] = {"feed/me": [person()], "feed/ranked": MANY, "feed/page": page()}
    given |= {"feed/hidden": [], "person/profiling": [{"forbidden": False}]}
    return Fake({**given, "slates/create": [{"slate": "x"}], "slates/serve": [{"slate": "x"}], **(answers or {})})


def look(fake: Fake, **details: Any) -> Feed:
    return feed(fake, asked(**{**ALONE, **details}))


# --- a first page


def test_a_look_is_three_reads_and_writes_nothing() -> None:
    fake = graph({"feed/page": page(reasons=[tied("followees")])})
    answer = look(fake)
    assert fake.names == ["feed/me", "feed/ranked", "feed/page"]
    assert posts_of(answer) == [f"p{number:02}" for number in range(10)]
    assert (answer.slate, answer.cursor, answer.missing) == (None, None, ())
    assert answer.candidates == {"followees": 60}


def test_a_page_is_filled_up_where_posts_vanish_between_the_two_reads() -> None:
    fake = graph({"feed/page": page(gone=["p00", "p04", "p05"])})
    answer = feed(fake, asked(**ALONE, limit=5), record=True)
    assert posts_of(answer) == ["p01", "p02", "p03", "p06", "p07"]
    assert [item.score for item in answer.items] == [1 - number / 100 for number in (1, 2, 3, 6, 7)]
    assert answer.cursor is not None
    assert Cursor.parse(answer.cursor) == Cursor(str(answer.slate), 8, 5)  # the next page begins behind the last post
    [created] = fake.asked("slates/create")
    assert created["served"] == 8
    assert created["properties"]["posts"] == [row["post"] for row in MANY]  # what vanished keeps its place


def test_where_all_posts_vanish_nothing_is_recorded_and_the_reason_is_told() -> None:
    answers: dict[str, Answer] = {"explain/surroundings": [surroundings(followees=0)]}
    fake = graph({"feed/page": page(gone=[row["post"] for row in MANY]), **answers})
    answer = feed(fake, asked(**ALONE), record=True)
    assert answer.items == []
    assert answer.why_empty == "You follow nobody: try another --source."
    assert (answer.slate, answer.cursor) == (None, None)
    assert "slates/create" not in fake.names


def test_a_recorded_page_that_shows_all_has_no_cursor() -> None:
    few = [candidate(f"p{number}", 1.0, "followees") for number in range(3)]
    fake = graph({"feed/ranked": few})
    answer = feed(fake, asked(**ALONE), record=True)
    assert len(answer.items) == 3
    assert answer.slate == fake.asked("slates/create")[0]["properties"]["id"]
    assert answer.cursor is None


def test_a_slate_keeps_all_that_it_was_made_from() -> None:
    few = [candidate("a", 2.0, "followees", link="l", liker="v"), candidate("b", 1.0, "followees")]
    few[1]["author"] = None
    few[0]["features"]["lists"] = 0.25
    fake = graph({"feed/ranked": few})
    answer = feed(fake, asked(**ALONE, seed=7), record=True)
    [created] = fake.asked("slates/create")
    kept = created["properties"]
    assert (kept["asOf"], kept["seed"], kept["profile"], kept["source"]) == (NOW, 7, "default", "followees")
    assert kept["profileHash"] == answer.profile_hash
    assert (kept["authors"], kept["links"], kept["vias"]) == (["author of a", ""], ["l", ""], ["v", ""])
    assert (kept["scores"], kept["probabilities"]) == ([2.0, 1.0], [1.0, 1.0])
    assert len(kept["features"]) == 2 * len(FEATURES)
    assert kept["features"][kept["names"].index("lists")] == 0.25
    assert "poolPosts" not in kept


def test_a_share_of_slates_keeps_the_whole_pool() -> None:
    fake = graph()
    feed(fake, asked(profile=changed(pool_share=1.0), limit=2), record=True)
    kept = fake.asked("slates/create")[0]["properties"]
    assert kept["poolPosts"] == [row["post"] for row in MANY]
    assert len(kept["poolFeatures"]) == len(MANY) * len(FEATURES)


def served_before(params: Row) -> list[Row]:
    """No candidate while what was served is out; else all."""
    return [] if params["request"]["servedDays"] else MANY[:4]


SERVED_BEFORE: dict[str, Answer] = {
    "feed/me": [person(shown=["author of p00"])],
    "feed/ranked": served_before,
    "slates/served": [{"post": post, "until": until} for post, until in (("p00", 30), ("p01", 10), ("p02", 20))],
}


@pytest.mark.parametrize("source", ["followees", MIXED])
def test_where_all_was_served_the_feed_begins_again_with_what_was_longest_ago(source: str) -> None:
    fake = graph(SERVED_BEFORE)
    answer = feed(fake, asked(source=source, profile=changed(pool_share=1.0), limit=3), record=True)
    assert posts_of(answer) == ["p03", "p01", "p02"]  # the first was never served
    assert answer.missing[-1:] == (NEWS,)
    assert {item.probability for item in answer.items} == {1.0}
    [created] = fake.asked("slates/create")
    assert created["properties"]["posts"] == ["p03", "p01", "p02", "p00"]
    assert "poolPosts" not in created["properties"]  # nothing was drawn, so nothing can be learned from it


def test_what_was_served_longest_ago_may_be_the_worst_by_score() -> None:
    every = [candidate(f"p{number:03}", -number / 100, "followees") for number in range(200)]

    def again(params: Row) -> list[Row]:
        return [] if params["request"]["servedDays"] else every[: params["bounds"]["best"]]

    served = [{"post": row["post"], "until": 1000 - number} for number, row in enumerate(every)]
    fake = graph({**SERVED_BEFORE, "feed/ranked": again, "slates/served": served})
    assert posts_of(feed(fake, asked(limit=3))) == ["p199", "p198", "p197"]


def test_a_feed_that_begins_again_has_no_author_twice_in_a_row() -> None:
    of_ana = [candidate(f"p0{number}", 1 - number / 10, "followees", author="ana") for number in range(3)]
    others = [candidate("p03", 0.1, "followees"), candidate("p04", 0.0, "followees")]

    def again(params: Row) -> list[Row]:
        return [] if params["request"]["servedDays"] else [*of_ana, *others]

    fake = graph({**SERVED_BEFORE, "feed/ranked": again, "slates/served": []})
    assert posts_of(feed(fake, asked(limit=5))) == ["p00", "p03", "p01", "p04", "p02"]


def test_only_what_was_served_yields() -> None:
    """Not to who was served nothing, nor while a source is late."""
    empty: dict[str, Answer] = {"explain/surroundings": [surroundings(followees=0)], "explain/kept_out": []}
    fake = graph({**SERVED_BEFORE, "feed/me": [person()], **empty})
    assert look(fake).items == []
    assert {params["request"]["servedDays"] for params in fake.asked("feed/ranked")} == {7.0}

    def late(params: Row) -> list[Row]:
        if params["quotas"]["followees"] > 0:
            raise LATE
        return []

    fake = graph({**SERVED_BEFORE, "feed/ranked": late, **empty})
    answer = look(fake)
    assert (answer.items, answer.missing) == ([], ("followees",))
    assert "slates/served" not in fake.names


def test_where_sources_are_late_the_newest_fill_the_feed_up() -> None:
    def late(params: Row) -> list[Row]:
        if params["quotas"]["similar_posts"] > 0:
            raise LATE
        return FEW if params["quotas"]["followees"] > 0 else NEWEST

    FEW = [candidate("p00", 5.0, "followees")]
    NEWEST = [candidate(f"n{number}", 1.0, "newest") for number in range(12)]
    answer = feed(graph({"feed/ranked": late}), asked())
    assert (answer.items[0].post, len(answer.items)) == ("p00", 10)
    assert "similar_posts" in answer.missing
    assert "followees" not in answer.missing


def test_where_even_what_was_served_is_gone_the_feed_is_empty() -> None:
    fake = graph({**SERVED_BEFORE, "feed/ranked": [], "explain/surroundings": [surroundings(followees=0)]})
    answer = look(fake)
    assert (answer.items, answer.why_empty) == ([], "You follow nobody: try another --source.")
    assert NEWS not in answer.missing


def test_what_cannot_be_asked_is_refused_before_anything_is_read() -> None:
    fake = Fake()
    with pytest.raises(SettingsError, match=r"Unknown source 'gossip'\. Use one of: followees, .*popular, mixed"):
        feed(fake, asked(source="gossip"))
    with pytest.raises(SettingsError, match="The profile tutorial has no slates"):
        feed(fake, Request("me", profile("tutorial")), record=True)
    with pytest.raises(SettingsError, match=r"Invalid cursor 'p2'\. Use the `cursor` of the previous page unchanged"):
        next_page(fake, "me", "p2")
    assert not fake.calls


def test_somebody_whom_the_graph_does_not_know_is_not_ranked_for() -> None:
    fake = graph({"feed/me": [], "explain/surroundings": []})
    with pytest.raises(NotFound, match=r"The graph has no person 'who'\. Import them"):
        feed(fake, asked("who"))
    assert fake.names == ["feed/me", "explain/surroundings"]


def test_what_is_excluded_is_neither_ranked_nor_named_in_a_reason() -> None:
    fake = graph()
    look(fake, exclude=("x", "y"), sensitive=True)
    [ranked], reads = fake.asked("feed/ranked"), fake.asked("feed/page")
    assert len(reads) == 2  # the second for reasons that may hold instead
    for read in reads:
        assert ranked["request"]["exclude"] == read["given"]["exclude"] == ["x", "y"]
        assert ranked["request"]["sensitive"] is read["sensitive"] is True


def test_the_window_is_asked_for_in_milliseconds_and_months() -> None:
    fake = graph()
    look(fake, window_days=45)
    look(fake, window_days=ANY_AGE)
    look(fake, window_days=10_000)
    month, any_age, long = (params["request"] for params in fake.asked("feed/ranked"))
    assert (month["since"], month["months"]) == (NOW - 45 * DAY, [202406, 202405, 202404])
    assert (any_age["since"], any_age["months"]) == (None, [0])
    before_the_build = person(build={**person()["build"], "asOf": NOW + 1})
    fake = graph({"feed/me": [before_the_build]})
    look(fake, window_days=ANY_AGE)
    [early] = fake.asked("feed/ranked")
    assert early["request"]["months"] == long["months"]  # the top of all time may be of later posts
    assert long["months"][:7] == [202406, 202405, 202404, 202403, 202402, 202401, 202312]
    assert len(long["months"]) == 25
    assert long["months"][-1] == 0


def test_a_score_that_is_no_number_leaves_its_post_out() -> None:
    odd = [candidate(f"odd{number}", float(score), "followees") for number, score in enumerate(("nan", "inf", "-inf"))]
    assert posts_of(look(graph({"feed/ranked": [*odd, MANY[0]]}))) == ["p00"]


def test_a_page_that_is_too_expensive_has_reasons_from_fewer_ties() -> None:
    def late(params: Row) -> list[Row]:
        if params["given"]["likes"] > 5:
            raise OutOfMemory("It needs more.", "Raise the heap.")
        rows: list[Row] = page()(params)
        return rows

    fake = graph({"feed/page": late})
    assert len(look(fake).items) == 10
    assert [read["given"]["followees"] for read in fake.asked("feed/page")[:2]] == [200, 10]


def test_the_same_seed_gives_the_same_mix() -> None:
    first, again, other = (posts_of(feed(graph(), asked(seed=seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len({*first}) == 10


def test_a_post_stands_for_the_person_s_own_source_rather_than_for_what_is_popular() -> None:
    both = [candidate(f"p{number}", 1.0, "popular", "interests") for number in range(20)]
    items = feed(graph({"feed/ranked": both}), asked()).items
    assert {item.source for item in items} == {"interests"}


# --- what an answer does without


def test_before_the_first_build_the_newest_stand_in_and_a_walk_for_affinity() -> None:
    near = [{"other": "ana", "score": 0.5}]
    fake = graph({"feed/me": [person(build=None, hasAffinity=False)], "affinity/walk": near})
    assert feed(fake, asked()).missing == ("build",)
    [ranked] = fake.asked("feed/ranked")
    assert ranked["quotas"]["newest"] == ranking().page.pool
    assert ranked["mine"]["near"] == [{"person": "ana", "score": 0.5}]
    feed(fake, asked(source="followees"))  # which is asked for alone: nothing stands in
    assert fake.asked("feed/ranked")[1]["quotas"]["newest"] == 0


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, ()),
        ({"hasAffinity": False}, ("affinity",)),
        ({"affinityIsDue": True}, ()),  # what is stored is older than what they did, and is there
        ({"build": {**person()["build"], "missing": ["gds"]}, "hasAffinity": False}, ("gds",)),
        ({"build": {**person()["build"], "asOf": NOW + 1}}, ("built_later",)),
        ({"build": {**person()["build"], "missing": ["factors", "fastrp"]}}, ("factors", "fastrp")),
    ],
)
def test_what_is_not_built_is_named(known: Row, missing: tuple[str, ...]) -> None:
    fake = graph({"feed/me": [person(**known)], "affinity/walk": [{"other": "ana", "score": 0.5}]})
    assert look(fake).missing == missing


def test_a_walk_that_finds_nobody_is_no_lack_and_one_that_is_late_is() -> None:
    known = [person(hasAffinity=False)]
    assert look(graph({"feed/me": known, "affinity/walk": []})).missing == ()
    assert look(graph({"feed/me": known, "affinity/walk": LATE})).missing == ("affinity",)


def test_vectors_of_the_slot_that_serves_are_read_and_new_likes_are_folded_in() -> None:
    gram = [1.0, 0.0, 0.0, 1.0]
    fake = graph(
        {"feed/me": [person(folds=True, likedFactors=[[1.0, 0.0], [3.0, 0.0]], likedWeights=[1.0, 1.0], postGram=gram)]}
    )
    look(fake)
    [ranked] = fake.asked("feed/ranked")
    names = ("factors", "factorsNorm", "content", "contentNorm", "fastrp")
    assert ranked["vectors"] == {name: f"{name}B" for name in names}
    # (1 + 9 * (1 + 9) + 0.05)^-1 * 10 * (1 + 3), along what was liked alone
    assert ranked["mine"]["factors"] == pytest.approx([40 / 91.05, 0.0])
    assert ranked["mine"]["factorsNorm"] == pytest.approx(40 / 91.05)


def test_an_act_that_counts_as_several_likes_is_folded_in_as_several() -> None:
    gram = [1.0, 0.0, 0.0, 1.0]
    liked = {"likedFactors": [[1.0, 0.0], [3.0, 0.0], [0.0, 5.0]], "likedWeights": [1.0, 2.0, 0.0], "postGram": gram}
    fake = graph({"feed/me": [person(folds=True, **liked)]})
    look(fake)
    # (1 + 9 * 1 + 19 * 9 + 0.05)^-1 * (10 * 1 + 20 * 3); what counts as nothing is left out
    assert fake.asked("feed/ranked")[0]["mine"]["factors"] == pytest.approx([70 / 181.05, 0.0])


@pytest.mark.parametrize(
    "known", [{}, {"likedFactors": [[1.0, 2.0]], "likedWeights": [1.0]}, {"postGram": [1.0, 0.0, 0.0, 1.0]}]
)
def test_without_vectors_or_their_sums_nothing_is_folded(known: Row) -> None:
    fake = graph({"feed/me": [person(folds=True, **known)]})
    look(fake)
    mine = fake.asked("feed/ranked")[0]["mine"]
    assert (mine["factors"], mine["factorsNorm"]) == (None, None)


def test_the_trend_fades_from_the_build_to_the_clock() -> None:
    fake = graph()
    half_life = ranking().trend_half_life_days
    for days in (-5, 0, half_life, 2 * half_life):
        feed(fake, asked(as_of=round(NOW + days * DAY)))
    assert [params["request"]["trendFading"] for params in fake.asked("feed/ranked")] == [1, 1, 0.5, 0.25]


def test_too_few_posts_are_filled_up_once() -> None:
    few = MANY[:4]
    fake = graph({"feed/ranked": in_turn(few, [*few, candidate("n", 0.1, "newest")])})
    assert len(feed(fake, asked(limit=8)).items) == 5
    first, second = (params["quotas"] for params in fake.asked("feed/ranked"))
    assert (first["newest"], second["newest"]) == (0, ranking().page.pool)
    assert all(second[source] >= first[source] for source in first)
    alone = graph({"feed/ranked": few})
    assert len(look(alone).items) == 4
    assert alone.names.count("feed/ranked") == 1


@pytest.mark.parametrize("second", [(LATE, MANY[:2]), (LATE, LATE, LATE)], ids=["fewer", "none"])
def test_a_second_read_that_is_late_takes_nothing_away(second: tuple[Answer, ...]) -> None:
    fake = graph({"feed/ranked": in_turn(MANY[:4], *second), "admin/started": [{"startedAt": 0}]})
    answer = feed(fake, asked(limit=8))
    assert {*posts_of(answer)} == {"p00", "p01", "p02", "p03"}
    assert answer.missing == ()  # for the first asked all sources


@pytest.mark.parametrize("error", [LATE, OutOfMemory("A statement needs more memory.", "Raise GRAPHFEED_HEAP.")])
def test_where_ranking_is_too_much_less_is_asked_of_the_cheap_sources(error: Exception) -> None:
    fake = graph({"feed/ranked": in_turn(error, MANY), "admin/started": [{"startedAt": 0}]})
    answer = feed(fake, asked())
    assert len(answer.items) == 10
    assert {*answer.missing} == {name for name, source in SOURCES.items() if not source.is_cheap}
    whole, less = fake.asked("feed/ranked")
    assert {source for source, quota in less["quotas"].items() if quota} == {"followees", "popular"}
    assert less["bounds"]["likes"] == max(1, whole["bounds"]["likes"] // 20)
    assert less["bounds"]["best"] == whole["bounds"]["best"]


def test_where_all_is_late_the_newest_alone_are_read_with_the_budget_of_any_statement() -> None:
    fake = graph({"feed/me": LATE, "feed/ranked": in_turn(LATE, MANY), "admin/started": [{"startedAt": 0}]})
    answer = feed(fake, asked())
    assert {*answer.missing} == {*SOURCES} - {"newest"}
    assert len(answer.items) == 10
    last = [call for call in fake.calls if call.name == "feed/ranked"][-1]
    assert {source for source, quota in last.params["quotas"].items() if quota} == {"newest"}
    assert last.budget_ms is not None
    assert last.budget_ms > 100 * ranking().budget_ms
    alone = graph({"feed/me": LATE, "feed/ranked": LATE, "explain/surroundings": [surroundings()]})
    assert look(alone).items == []


def test_pictures_that_somebody_hid_are_read_only_of_who_hid_some_and_cost_no_feed_if_that_is_late() -> None:
    numbers = to_bytes(range(256))
    pictured = [candidate("p", 2.0, model="m", picture=numbers), candidate("q")]
    hidden = [{"post": "hidden", "model": "m", "numbers": numbers}]
    nobody = look(graph({"feed/ranked": pictured}))
    assert posts_of(nobody) == ["p", "q"]
    fake = graph({"feed/me": [person(hidesPictures=True)], "feed/ranked": pictured, "feed/hidden": hidden})
    assert posts_of(look(fake)) == ["q"]
    assert fake.names.count("feed/hidden") == 1
    late = graph({"feed/me": [person(hidesPictures=True)], "feed/ranked": pictured, "feed/hidden": LATE})
    assert posts_of(look(late)) == ["p", "q"]


# --- reasons


def tied(source: str, **facts: Any) -> Row:
    return {"source": source, "facts": facts, "path": [{"id": "p", "label": "Post", "type": "POSTED"}]}


def test_a_reason_that_does_not_hold_any_more_gives_way_to_the_next_that_does() -> None:
    liked = tied("liked_authors", act="LIKED", liked=2)

    def answer(params: Row) -> list[Row]:
        rows: list[Row] = page()(params)
        return (
            [{**row, "reasons": [liked]} for row in rows if row["post"] == "p01"]
            if params["given"]["every"]
            else [{**row, "reasons": [tied("followees")] if row["post"] == "p00" else []} for row in rows]
        )

    fake = graph({"feed/page": answer})
    first, second, third = look(fake, limit=3).items
    assert first.reason.text == "You follow Ana."
    assert second.reason.text == "You liked 2 posts of Ana."
    assert third.reason.text == "Popular: 3 likes."
    assert [node["id"] for node in third.reason.path] == ["me", "p02"]
    again = fake.asked("feed/page")[1]["given"]["items"]
    assert [item["post"] for item in again] == ["p01", "p02"]  # the others hold


def test_posts_of_everybody_s_sources_are_not_asked_about_again() -> None:
    rows = [candidate("a", 1.0, "popular"), candidate("b", 0.9, "trending")]
    fake = graph({"feed/ranked": rows})
    texts = {item.reason.text for item in feed(fake, asked(profile=changed(pool_share=0.0))).items}
    assert texts == {"Popular: 3 likes.", "Trending: 3 likes."}
    assert fake.names.count("feed/page") == 1


LIKED = {
    "act": "LIKED",
    "likedAuthor": "Ana",
    "likedType": "image",
    "likedAt": NOW - DAY,
    "both": None,
    "bothFollowed": False,
}
FRIEND = {"via": "Bo", "author": "Ana", "followed": True, "follows": True}


@pytest.mark.parametrize(
    ("source", "facts", "text"),
    [
        ("similar_posts", LIKED, "Because you liked Ana's photo of 31 May."),
        ("similar_posts", {**LIKED, "likedAt": NOW - 400 * DAY}, "Because you liked Ana's photo of 28 April 2023."),
        ("similar_posts", {**LIKED, "likedAt": None, "likedType": "video"}, "Because you liked Ana's video."),
        (
            "similar_posts",
            {**LIKED, "likedAuthor": None, "likedType": "carousel"},
            "Because you liked an album of 31 May.",
        ),
        ("similar_posts", {**LIKED, "both": "Bo"}, "Because you liked Ana's photo of 31 May; Bo liked both."),
        (
            "similar_posts",
            {**LIKED, "both": "Bo", "bothFollowed": True},
            "Because you liked Ana's photo of 31 May; Bo, whom you follow, liked both.",
        ),
        (
            "liked_by_followees",
            {"liker": "Bo", "likers": 2, "found": 2},
            "Bo and 1 other, whom you follow, liked this.",
        ),
        ("liked_by_followees", {"liker": "Bo", "likers": 1, "found": 1}, "Bo, whom you follow, liked this."),
        (
            "liked_by_followees",
            {"liker": "Bo", "likers": None, "found": 3},
            "Bo and others, whom you follow, liked this.",
        ),
        ("liked_authors", {"act": "LIKED", "liked": 1}, "You liked 1 post of Ana."),
        ("liked_authors", {"act": "SAVED", "liked": 2}, "You saved 2 posts of Ana."),
        ("liked_authors", {"act": "LIKED", "liked": None}, "You liked posts of Ana."),
        ("friends_of_friends", FRIEND, "Bo, whom you follow, follows Ana."),
        ("friends_of_friends", {**FRIEND, "follows": False}, "Ana follows Bo, as you do."),
        ("friends_of_friends", {**FRIEND, "followed": False}, "Bo, who follows you, follows Ana."),
        ("friends_of_friends", {**FRIEND, "followed": False, "follows": False}, "Ana follows Bo, who follows you."),
        ("friends_of_friends", {**FRIEND, "via": None}, "Ana follows you."),
        ("interests", {"tie": "INTERESTED_IN", "count": 0, "hashtag": "sun"}, "You picked #sun."),
        ("interests", {"tie": "LIKED", "count": 1, "hashtag": "sun"}, "You liked a post with #sun."),
        ("interests", {"tie": "MENTIONS", "count": 4, "hashtag": "sun"}, "You are shown in posts with #sun."),
        *(
            (
                "interests",
                {"tie": tie, "count": 4, "hashtag": "sun", "topic": {"id": "topic-1", "name": "sun, sea, sand"}},
                f"You {deed} posts about sun, sea, sand.",
            )
            for tie, deed in (("LIKED", "liked"), ("MENTIONS", "are shown in"))
        ),
        ("missed", {}, "In case you missed it: you follow Ana, who posts seldom."),
        ("newest", {}, "New, and open to everybody."),
    ],
)
def test_a_reason_says_what_was_found(source: str, facts: Row, text: str) -> None:
    rows = [candidate("p", 1.0, source)]
    fake = graph({"feed/ranked": rows, "feed/page": page(reasons=[tied(source, **facts)])})
    details = {"profile": changed().model_copy(update={"sources": (*SOURCES,)}), "source": source}
    assert [item.reason.text for item in look(fake, **details).items] == [text]


def test_a_nameless_person_comes_first_with_a_capital() -> None:
    fake = graph({"feed/page": page(reasons=[tied("friends_of_friends", **{**FRIEND, "via": "user 7"})])})
    [item] = look(fake, source="friends_of_friends", limit=1).items
    assert item.reason.text == "User 7, whom you follow, follows Ana."


def test_a_post_that_nobody_likes_is_called_new() -> None:
    rows = [candidate("p", 1.0, "popular")]
    [item] = look(graph({"feed/ranked": rows, "feed/page": page(likeCount=0)}), source="popular").items
    assert item.reason.text == "New, and open to everybody."


# --- pages of a slate


ABOUT: Row = {
    "asOf": NOW,
    "expiresAt": clock.now() + DAY,
    "seed": 7,
    "profile": "default",
    "profileHash": "h",
    "source": MIXED,
    "names": ["lists", "never"],
    "known": [2.0, 1.0],
    "never": [3.0, -1.0],
    "nameStrangers": False,
    "size": 20,
}


def kept(first: int, count: int, **more: Any) -> list[Row]:
    """Rows of a slate from a place on."""
    item = {
        "source": "popular",
        "link": "",
        "via": "",
        "score": 0.5,
        "probability": 0.1,
        "newcomer": False,
        "features": [0.25, 1.0],
    }
    places = range(first, first + count)
    return [shown(place, {**item, "post": f"p{place}"}, **{"about": ABOUT, **more}) for place in places]


def test_a_page_goes_on_where_the_cursor_points_and_leads_to_the_next() -> None:
    fake = Fake({"feed/page": kept(4, 3), "slates/serve": [{"slate": SLATE}]})
    answer = next_page(fake, "me", f"{SLATE}.4.3s", record=True)
    [params] = fake.asked("feed/page")
    assert (params["start"], params["limit"], params["sensitive"]) == (4, 3, True)
    assert posts_of(answer) == ["p4", "p5", "p6"]
    assert (answer.seed, answer.as_of, answer.source, answer.slate) == (7, NOW, MIXED, SLATE)
    assert answer.cursor == f"{SLATE}.7.3s"
    assert answer.items[0].parts == {"lists": 0.75, "never": -1.0}  # weighed as it was then
    assert fake.asked("slates/serve") == [{"me": "me", "slate": SLATE, "upTo": 7}]


def test_a_page_of_which_posts_are_gone_ends_behind_the_last_that_is_shown() -> None:
    rows = [row for row in kept(4, 6) if row["place"] in (5, 9)]
    assert next_page(Fake({"feed/page": rows}), "me", f"{SLATE}.4.2").cursor == f"{SLATE}.10.2"


def test_a_page_that_is_not_full_is_the_last() -> None:
    fake = Fake({"feed/page": kept(17, 2), "slates/serve": [{"slate": SLATE}]})
    assert next_page(fake, "me", f"{SLATE}.17.3", record=True).cursor is None
    assert fake.asked("slates/serve")[0]["upTo"] == 20


def test_a_page_may_have_another_length_once() -> None:
    answer = next_page(Fake({"feed/page": kept(4, 5)}), "me", f"{SLATE}.4.3", limit=5)
    assert len(answer.items) == 5
    assert answer.cursor == f"{SLATE}.9.3"


def test_a_page_without_posts_is_not_served() -> None:
    about = {name: ABOUT[name] for name in ("asOf", "expiresAt", "seed", "profile", "profileHash", "source", "size")}
    fake = Fake({"feed/page": [], "slates/about": [about]})
    answer = next_page(fake, "me", f"{SLATE}.20.3", record=True)
    assert answer.items == []
    assert fake.names == ["feed/page", "slates/about"]


def test_a_slate_of_somebody_else_or_of_long_ago_is_none() -> None:
    with pytest.raises(NotFound, match=f"me has no slate '{SLATE}'. Ask for a first page"):
        next_page(Fake({"feed/page": [], "slates/about": []}), "me", f"{SLATE}.4.3")
    fake = Fake({"feed/page": kept(0, 3, about={**ABOUT, "expiresAt": clock.now() - 1})})
    with pytest.raises(Expired, match="The cursor has expired"):
        next_page(fake, "me", f"{SLATE}.0.3", record=True)
    assert fake.names == ["feed/page"]


def test_a_replay_asks_for_the_whole_slate() -> None:
    fake = Fake({"feed/page": kept(0, 20)})
    assert len(replay(fake, "me", SLATE).items) == 20
    [params] = fake.asked("feed/page")
    assert (params["start"], params["limit"]) == (0, MAX_SLATE_SIZE)


def test_a_slate_of_before_features_tells_its_parts_by_their_old_names() -> None:
    item = {
        "source": "similar_taste",
        "link": "",
        "via": "",
        "score": 0.5,
        "probability": 0.1,
        "newcomer": False,
        "parts": [0.1] * 9,
    }
    about = {**ABOUT, "names": None, "known": None, "never": None, "nameStrangers": None}
    reasons = [tied("similar_taste", via="Bo")]
    rows = [shown(0, {**item, "post": "p"}, about=about, reasons=reasons)]
    [old] = replay(Fake({"feed/page": rows}), "me", SLATE).items
    assert old.parts.keys() >= {"taste", "history"}
    assert old.reason.text == "Bo, who likes what you like, liked this."


@pytest.mark.parametrize(
    "text",
    ["", "x", f"{SLATE}", f"{SLATE}.1", f"{SLATE}.1.0", f"{SLATE}.1.10x", f"{SLATE}.-1.10", f"{SLATE.upper()}.1.9"],
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="Invalid cursor"):
        Cursor.parse(text)


@pytest.mark.parametrize("cursor", [Cursor(SLATE), Cursor(SLATE, 299, 1, True), Cursor(SLATE, 7, 100)])
def test_a_cursor_is_read_as_it_was_written(cursor: Cursor) -> None:
    assert Cursor.parse(str(cursor)) == cursor


# --- lists for many people


def lists_of(fake: Fake, *users: str, limit: int = 2) -> list[RankedList]:
    return [*ranked_lists(fake, users, asked(), limit)]


def by_user(answers: Mapping[str, Callable[[], list[Row]]]) -> Callable[[Row], list[Row]]:
    return lambda params: answers.get(params["request"]["me"], lambda: [person()])()


def test_lists_come_in_the_order_of_the_people_and_write_nothing() -> None:
    fake = graph({"feed/me": by_user({"who": list}), "feed/ranked": MANY[:2]})
    found = lists_of(fake, "b", "who", "a")
    assert found == [
        RankedList("b", [("p00", 1.0), ("p01", 0.99)]),
        RankedList("who", []),
        RankedList("a", [("p00", 1.0), ("p01", 0.99)]),
    ]
    assert [one.sources for one in found[:2]] == [("followees", "followees"), ()]
    assert {*fake.names} == {"feed/me", "feed/ranked"}
    assert {params["request"]["limit"] for params in fake.asked("feed/ranked")} == {4}
    assert {params["request"]["servedDays"] for params in fake.asked("feed/ranked")} == {0.0}


def test_whose_list_fails_comes_last_once_more_and_then_with_the_error(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[str] = []

    def fails(times: int, user: str) -> Callable[[], list[Row]]:
        def answer() -> list[Row]:
            tries.append(user)
            if tries.count(user) <= times:
                raise DatabaseError("Neo4j refused a statement: Deadlock.", "Try again.")
            return [person()]

        return answer

    fake = graph({"feed/me": by_user({"bad": fails(9, "bad"), "once": fails(1, "once")})})
    found = lists_of(fake, "bad", "a", "once", "b")
    assert [each.user for each in found] == ["a", "b", "bad", "once"]
    assert [each.error for each in found] == [None, None, "Neo4j refused a statement: Deadlock. Try again.", None]
    assert found[3].items
    assert sorted(tries) == ["bad", "bad", "once", "once"]
    assert "the list of 'bad'" in caplog.text


def test_a_list_says_what_it_lacks_and_which_sources_were_late() -> None:
    fake = graph(
        {"feed/ranked": in_turn(LATE, MANY[:2]), "feed/me": [person(build={**person()["build"], "missing": ["gds"]})]}
    )
    [found] = lists_of(fake, "a")
    assert found.items
    late = {name for name, source in SOURCES.items() if not source.is_cheap}
    assert {*found.missing} == {"gds"} | late - {"missed"}  # of which lists have nothing


def test_where_neo4j_is_away_there_are_no_more_lists() -> None:
    fake = graph()
    lists = ranked_lists(fake, ["a", "b"], asked(), 2)
    fake.is_away = True
    with pytest.raises(Unreachable):
        next(lists)


def test_the_tutorial_makes_no_lists() -> None:
    with pytest.raises(SettingsError, match="The profile tutorial makes no lists"):
        next(ranked_lists(Fake(), ["a"], Request("me", profile("tutorial")), 2))
    assert everybody(Fake({"people/ids": [{"user": "1"}, {"user": "2"}]})) == ["1", "2"]


# --- why there is nothing


def nothing(fake: Fake, **details: Any) -> str:
    fake.answers.update({"feed/ranked": [], "feed/page": []})
    return str(feed(fake, asked(**details)).why_empty)


OLD = NOW - 40 * DAY


@pytest.mark.parametrize(
    ("source", "around", "text"),
    [
        ("followees", {"followees": 0}, "You follow nobody: try another --source."),
        ("missed", {"followees": 0}, "You follow nobody: try another --source."),
        ("liked_by_followees", {"followees": 0}, "You follow nobody: try another --source."),
        ("similar_posts", {"likedEver": 0}, "You liked and saved nothing yet: try another --source."),
        ("liked_authors", {"likedEver": 0}, "You liked and saved nothing yet: try another --source."),
        (
            "friends_of_friends",
            {"followees": 0, "followers": 0},
            "You follow nobody, and nobody follows you: try another --source.",
        ),
        (
            "interests",
            {"likedEver": 0},
            "You liked and saved nothing yet, picked no hashtag, and are shown in no post: try another --source.",
        ),
        (
            "interests",
            {"likedEver": 0, "mentions": 1},
            "Of the posts of the last 30 days that this source reads, there is none that you may be shown and have not "
            "liked, seen or hidden: try another --source.",
        ),
        (MIXED, {"posts": 0}, "There are no posts: import some with `graphfeed import`."),
        (
            MIXED,
            {"newestBefore": OLD},
            "The newest post is from 2024-04-22, over 30 days before 2024-06-01: try --as-of 2024-04-22T00:00:00Z.",
        ),
        (
            "popular",
            {"newestBefore": None, "oldestAfter": NOW + DAY, "anyBefore": False, "anyAfter": True},
            "The oldest post is from 2024-06-02, after 2024-06-01: try --as-of 2024-06-02T00:00:00Z.",
        ),
        (
            "popular",
            {"newestBefore": None, "anyBefore": False},
            "No post has a time: import posts with taken_at, or try --window-days none.",
        ),
        (
            MIXED,  # only followers of others may see those that were read
            {"newestBefore": None, "oldestAfter": NOW + DAY, "anyAfter": True},
            "Among the newest posts of the last 30 days there is none that you may be shown.",
        ),
        (
            MIXED,
            {"newestBefore": None, "anyBefore": False, "anyAfter": True},
            "Among the newest posts of the last 30 days there is none that you may be shown.",
        ),
    ],
)
def test_an_empty_feed_says_what_is_lacking(source: str, around: Row, text: str) -> None:
    fake = graph({"explain/surroundings": [surroundings(**around)], "explain/kept_out": []})
    assert nothing(fake, source=source) == text


@pytest.mark.parametrize("source", [name for name, source in SOURCES.items() if source.is_built])
def test_a_source_that_needs_a_build_asks_for_one(source: str) -> None:
    known = [person(build=None)]
    fake = graph({"feed/me": known, "explain/surroundings": [surroundings()]})
    assert (
        nothing(fake, source=source) == "Nothing has been built yet: run `graphfeed refresh`, or try another --source."
    )


@pytest.mark.parametrize(
    ("kept_out", "older", "text"),
    [
        ({}, {}, "Among the newest posts of the last 30 days there is none that you may be shown."),
        ({"own": 1}, {}, "Of the one post of the last 30 days, 1 is your own."),
        (
            {"liked": 9, "muted": 3, "served": 1},
            {},
            "Of the 13 posts of the last 30 days, you liked 9, 3 are of people, hashtags or words that you muted, and "
            "1 was in your feed in the last 7 days: mute fewer.",
        ),
        (
            {"sensitive": 2, "muted": 2},
            {},
            "Of the 4 posts of the last 30 days, 2 are sensitive, and 2 are of people, "
            "hashtags or words that you muted: try --sensitive.",
        ),
        (
            {"hidden": 1, "copies": 1},
            {},
            "Of the 2 posts of the last 30 days, you hid 1, and 1 has nearly the same picture as one that you hid.",
        ),
        ({"viewed": 1000}, {}, "Of the newest 1,000 posts of the last 30 days, you have seen 1,000."),
        ({"hidden": 2}, {"none": 5}, "Of the 2 posts of the last 30 days, you hid 2: try --window-days none."),
        (
            {"liked": 2, "none": 1},
            {},
            "Your feed's sources bring none of the posts that you may be shown: follow somebody, like a post, or pick "
            "a hashtag.",
        ),
    ],
)
def test_what_keeps_posts_out_is_counted_with_advice(kept_out: Row, older: Row, text: str) -> None:
    def rows(params: Row) -> list[Row]:
        found = older if params["windowDays"] is None else kept_out
        return [{"reason": reason, "posts": posts, "pictures": []} for reason, posts in found.items()]

    fake = graph({"explain/surroundings": [surroundings()], "explain/kept_out": rows})
    assert nothing(fake) == text


# --- why a post is there, or not


FILTERS: Row = {
    "post": "p01",
    "author": "ana",
    "takenAt": NOW - DAY,
    "mutedHashtags": [],
    "mutedWords": None,
    **dict.fromkeys(
        ("own", "hidden", "mutedAuthor", "blocked", "blockedMe", "sensitive", "optedOut", "forFollowers"),
        False,
    ),
    **dict.fromkeys(("liked", "saved", "shared", "moreLike", "viewed", "served"), False),
    "follows": False,
    "myHashtags": [],
    "model": None,
    "picture": None,
}


def test_a_post_of_the_pool_has_its_rank_and_beyond_a_page_what_costs_it_most() -> None:
    best = candidate("best", 2.0, "popular")
    best["features"].update(recency=1.0, pop=0.5)
    far = candidate("p01", 0.0, "popular")
    far["features"].update(pop=0.5)
    rows = [best, *(candidate(f"q{number}", 1.0, "popular") for number in range(10)), far]
    fake = graph({"feed/ranked": rows, "explain/why": [FILTERS]})
    said = why(fake, asked(limit=5), "p01")
    assert (said.rank, said.candidates, said.kept_out) == (12, 12, [])
    assert said.text == (
        "Popular: 3 likes. It is number 12 of 12 candidates; compared with the best, its weakest part is recency."
    )
    assert why(fake, asked(limit=5), "best").text == "Popular: 3 likes. It is number 1 of 12 candidates."


def test_a_post_that_is_not_in_the_pool_is_looked_for_among_more() -> None:
    more = [*MANY, candidate("p99", 0.01, "followees")]
    fake = graph({"feed/ranked": in_turn(MANY, more), "explain/why": [FILTERS]})
    assert why(fake, asked(), "p99").rank == 61
    assert [params["bounds"]["pool"] for params in fake.asked("feed/ranked")][1] == 1000
    nowhere = graph({"explain/why": [FILTERS]})
    said = why(nowhere, asked(), "p99")
    assert (said.rank, said.item) == (None, None)
    assert said.text == "It is not among the posts that your feed's sources bring."


@pytest.mark.parametrize(
    ("source", "ties", "text"),
    [
        (MIXED, {}, "It is not among the posts that your feed's sources bring."),
        (
            MIXED,
            {"follows": True},
            "You follow its author, but it is not among the posts that your feed's sources bring: they bring only some "
            "of such posts.",
        ),
        (
            MIXED,
            {"follows": True, "myHashtags": ["Sun"]},
            "You follow its author, and it has #Sun, which you picked or want more of, but it is not among the posts "
            "that your feed's sources bring: they bring only some of such posts.",
        ),
        (
            "interests",
            {"follows": True, "myHashtags": ["Sun"]},
            "It has #Sun, which you picked or want more of, but it is not among the posts that the source "
            '"my interests" brings: it brings only some of such posts.',
        ),
        ("popular", {"follows": True}, 'It is not among the posts that the source "popular" brings.'),
    ],
)
def test_of_a_post_that_is_no_candidate_what_is_known_is_said(source: str, ties: Row, text: str) -> None:
    fake = graph({"explain/why": [{**FILTERS, **ties}]})
    assert why(fake, asked(source=source), "p99").text == text


def test_a_post_is_looked_for_among_the_newest_where_a_longer_feed_would_have_them() -> None:
    newest = {**candidate("p99", 0.01, "newest")}
    fake = graph(
        {
            "feed/ranked": lambda params: [*MANY, *([newest] if params["quotas"]["newest"] else [])],
            "explain/why": [FILTERS],
        }
    )
    said = why(fake, asked(), "p99")
    assert said.rank == 61
    assert said.text.startswith(
        "New, and open to everybody. It is number 61 of 61 candidates of a feed so long that it is filled up with the "
        "newest posts"
    )
    long = why(fake, asked(limit=100), "p99")  # which is filled up
    assert long.text == "New, and open to everybody. It is number 61 of 61 candidates."
    assert why(fake, asked(source="popular"), "p99").rank is None


def test_where_a_source_took_too_long_nothing_is_said_of_what_it_brings() -> None:
    def slow(params: Row) -> list[Row]:
        if params["quotas"]["similar_posts"]:
            raise LATE
        return MANY

    known = {"explain/why": [{**FILTERS, "follows": True}], "admin/started": [{"startedAt": 0}]}
    fake = graph({"feed/ranked": slow, **known})
    assert why(fake, asked(), "p99").text == "It is not among the posts that could be read in time."


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"own": True}, "It is your own."),
        ({"hidden": True, "liked": True}, "You hid it. You liked it already."),
        ({"saved": True, "shared": True, "moreLike": True}, "You saved it. You shared it. You want more like it."),
        ({"mutedAuthor": True}, "You muted its author."),
        ({"mutedHashtags": ["Sun", "Sea"]}, "You muted #Sun."),
        ({"mutedWords": ["sun"]}, "You muted the word sun."),
        ({"blockedMe": True}, "Its author may not be shown to you."),
        ({"sensitive": True}, "It is sensitive, and you did not ask for sensitive posts."),
        ({"served": True, "viewed": True}, "You have seen it. It was in your feed recently."),
        ({"takenAt": None}, "It has no time."),
        ({"takenAt": NOW - 31 * DAY}, "It is from 2024-05-01, more than 30 days before 2024-06-01."),
        ({"takenAt": NOW + DAY}, "It is from 2024-06-02T00:00:00Z, later than 2024-06-01T00:00:00Z."),
    ],
)
def test_each_filter_that_keeps_a_post_out_is_said(filters: Row, text: str) -> None:
    said = why(graph({"explain/why": [{**FILTERS, **filters}]}), asked(), "p99")
    assert said.text == text


def test_what_was_asked_for_keeps_nothing_out() -> None:
    fake = graph({"explain/why": [{**FILTERS, "sensitive": True, "takenAt": None}]})
    assert why(fake, asked(sensitive=True, window_days=ANY_AGE), "p01").kept_out == []


def test_whether_the_person_or_the_post_is_unknown_is_said() -> None:
    answers: dict[str, Answer] = {"explain/why": [], "explain/surroundings": [surroundings()]}
    with pytest.raises(NotFound, match="The graph has no post 'p'"):
        why(Fake(answers), asked(), "p")
    with pytest.raises(NotFound, match="The graph has no person 'me'"):
        why(Fake({**answers, "explain/surroundings": []}), asked(), "p")
    with pytest.raises(SettingsError, match="explains only the posts of its feeds"):
        why(Fake(), Request("me", profile("tutorial")), "p")
