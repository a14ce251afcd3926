"""The default feed: what it mixes, what acts change, the first day, what it can do without, and its profiles."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cypher
from graph import clock
from graph.client import Client, Row
from graph.errors import GdsMissing, OutOfMemory, SettingsError, TookTooLong
from graph.ranking import sources
from graph.ranking.effect import next_places
from graph.ranking.feed import Item, feed, next_page, prepare, replay
from graph.ranking.missing import MISSING
from graph.ranking.pool import Place
from graph.ranking.profiles import Profile, profile, profiles
from graph.ranking.retrieval import rank
from graph.ranking.sources import GENERAL
from tests.little_network import (
    DAY,
    DEFAULT,
    LIVELY,
    NOW,
    SOURCES,
    Network,
    act,
    asked,
    built,
    changed,
    let_trend,
    lively,
    posts_of,
    ranking,
    reason_of,
)
from tests.support import ask, calls_of, everything

pytestmark = pytest.mark.live
ALL = 100
"""As a limit: the whole pool, which is smaller."""
WIDE = changed(page={"pool": 1000, "best": 1000})
"""A profile whose pool has a place for every post."""
CHEAP = {name for name, source in sources.SOURCES.items() if source.is_cheap}
MINE = {*LIVELY} - {*GENERAL}
"""The sources that have to do with me and bring me something."""


@pytest.fixture
def unbuilt(client: Client, tmp_path: Path) -> Client:
    """The lively network, of which nothing is built."""
    lively().load(client, tmp_path)
    prepare(client, DEFAULT)  # a busy machine may take long to plan, which is no matter of these tests
    return client


@pytest.fixture
def ready(unbuilt: Client) -> Client:
    """The lively network, with all that is built of it."""
    assert built(unbuilt).missing == ()
    return unbuilt


@pytest.fixture(params=["unbuilt", "built"])
def either(unbuilt: Client, request: pytest.FixtureRequest) -> Client:
    """The lively network, before and after a build."""
    if request.param == "built":
        built(unbuilt)
    return unbuilt


def scores(client: Client, **details: Any) -> dict[str, float]:
    """The score of each post that may be shown to me."""
    return {item.post: item.score for item in feed(client, asked(limit=ALL, **{"profile": WIDE, **details})).items}


def parts(client: Client, part: str, **details: Any) -> dict[str, float]:
    """A part of the score of each post that may be shown to me."""
    return {
        item.post: item.parts[part] for item in feed(client, asked(limit=ALL, **{"profile": WIDE, **details})).items
    }


def test_the_same_graph_clock_seed_and_profile_give_the_same_look(either: Client) -> None:
    first = feed(either, asked(limit=ALL))
    assert feed(either, asked(limit=ALL)) == first
    other = feed(either, asked(limit=ALL, seed=1))
    assert posts_of(other) != posts_of(first)
    assert {*posts_of(other)} == {*posts_of(first)}


def test_no_author_comes_twice_in_a_row_or_three_times_in_ten_places(either: Client) -> None:
    mixing = ranking().mixing
    for seed in range(3):
        authors = [item.author for item in feed(either, asked(limit=ALL, seed=seed)).items]
        assert len(authors) > 50
        for place, (before, after) in enumerate(pairwise(authors)):
            assert before != after or {*authors[place:]} == {before}
        full = len(authors) - 15  # at the end, nobody else may be left
        for place in range(full):
            most = Counter(authors[place : min(place + mixing.author_span, full)]).most_common(1)[0][1]
            assert most <= mixing.author_limit


@pytest.mark.parametrize("author_limit", [2, 10])
def test_each_source_is_in_each_block_where_it_has_candidates(ready: Client, author_limit: int) -> None:
    """Three authors a source are too few for that in every block, if none of them may come three times in ten."""
    chosen = changed(WIDE, mixing={"author_limit": author_limit})
    block = ranking().mixing.block
    for seed in range(3):
        slate = str(feed(ready, asked(seed=seed, as_of=NOW - seed, profile=chosen), record=True).slate)
        sources = [item.source for item in replay(ready, "me", slate).items]
        assert {*sources[:block]} >= MINE
        ends = range(block, len(sources) - block, block) if author_limit == 10 else ()
        for start in ends:
            assert {*sources[start : start + block]} >= {*sources[start:]} - {*GENERAL}


def test_what_has_to_do_with_me_never_stands_for_what_everybody_is_shown(either: Client) -> None:
    answer = feed(either, asked(limit=ALL))
    general = {item.post for item in answer.items if item.source in GENERAL}
    others = {post for source in MINE for post in posts_of(feed(either, asked(limit=ALL, source=source)))}
    assert general
    assert not general & others


def test_posts_that_share_hashtags_with_those_before_are_drawn_less(client: Client, tmp_path: Path) -> None:
    network = Network()
    hashtags = {f"post{number}": ["dog", "park"][: number % 3] for number in range(9)}
    for post, names in hashtags.items():
        network.follow("me", f"author of {post}")
        network.post(f"author of {post}", post, hashtags=names)
    network.load(client, tmp_path)
    items = feed(client, asked(limit=4)).items
    settings = ranking().mixing
    left, recent = dict(hashtags), list[list[str]]()
    for item in items:
        shared = {post: sum(len({*names} & {*others}) for others in recent) for post, names in left.items()}
        weights = {post: settings.hashtag_decay ** shared[post] for post in left}
        assert item.probability == pytest.approx(weights[item.post] / sum(weights.values()))
        recent = [*recent, left.pop(item.post)][-settings.hashtag_reach :]


def test_a_look_writes_nothing(either: Client) -> None:
    before = everything(either)
    assert feed(either, asked()).items
    assert feed(either, asked(source="followees")).items
    assert everything(either) == before


def test_the_parts_of_each_score_add_up_to_it(either: Client) -> None:
    for item in feed(either, asked(limit=ALL)).items:
        assert math.isfinite(item.score)
        assert sum(item.parts.values()) == pytest.approx(item.score, abs=1e-9)


def test_every_draw_has_its_probability(unbuilt: Client) -> None:
    items = feed(unbuilt, asked(limit=ALL)).items
    assert all(0 < float(item.probability or 0) <= 1 for item in items)
    assert items[-1].probability == 1


CALLS = ["feed/me", "feed/ranked", "feed/page"]


def test_a_first_page_is_three_bolt_calls_whatever_its_length(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    for limit in (1, 10, 25):
        assert len(feed(ready, asked(limit=limit)).items) == limit
    assert calls == CALLS * 3


def test_the_bolt_calls_of_slates_are_counted(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    first = feed(ready, asked(), record=True)
    assert calls == [*CALLS, "slates/create"]
    calls.clear()
    next_page(ready, "me", str(first.cursor))
    assert calls == ["feed/page"]
    calls.clear()
    next_page(ready, "me", str(first.cursor), record=True)
    assert calls == ["feed/page", "slates/serve"]
    calls.clear()
    replay(ready, "me", str(first.slate))
    assert calls == ["feed/page"]


def test_reasons_that_do_not_hold_any_more_are_one_call_more(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = feed(ready, asked(limit=1), record=True)
    for person in ("ana", "ben", "cem"):
        act(ready, "unfollow", person=person)
    calls = calls_of(monkeypatch)
    replay(ready, "me", str(first.slate))
    assert calls == ["feed/page", "feed/page"]


def test_the_bolt_calls_before_a_build_are_counted(unbuilt: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    answer = feed(unbuilt, asked())
    assert calls == ["feed/me", "affinity/walk", "feed/ranked", "feed/page"]
    assert answer.missing == ("build",)
    calls.clear()
    # As many as a feed is drawn from, of which the sources bring less: they are asked for more
    feed(unbuilt, asked(limit=50, profile=WIDE))
    assert calls == ["feed/me", "affinity/walk", "feed/ranked", "feed/ranked", "feed/page"]


def test_the_bolt_calls_where_a_walk_stands_in_for_affinity_are_counted(
    ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(ready, "MATCH (:User {id: 'me'})-[near:AFFINITY]->() DELETE near")
    calls = calls_of(monkeypatch)
    answer = feed(ready, asked())
    assert calls == ["feed/me", "affinity/walk", "feed/ranked", "feed/page"]
    assert answer.missing == ("affinity",)
    assert {item.author for item in feed(ready, asked(source="friends_of_friends")).items} == {"dan", "eva", "fay"}


def test_a_walk_stands_beside_affinity_that_is_older_than_what_i_did(
    ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def friends() -> set[str | None]:
        return {item.author for item in feed(ready, asked(source="friends_of_friends")).items}

    before = friends()
    ask(
        ready,
        "CREATE (:User {id: 'fit'})-[:FOLLOWS]->(:User {id: 'nan'})-[:POSTED]->(:Post {id: 'n', takenAt: $at})",
        at=NOW - DAY,
    )
    assert friends() == before
    act(ready, "follow", person="fit")
    calls = calls_of(monkeypatch)
    answer = feed(ready, asked(source="friends_of_friends"))
    assert calls == ["feed/me", "affinity/walk", "feed/ranked", "feed/page"]
    assert answer.missing == ()
    assert {item.author for item in answer.items} == {*before, "nan"}


def test_the_best_few_of_each_source_are_in_the_pool_whatever_the_others_score(ready: Client) -> None:
    def ranked(**details: int) -> list[Place]:
        pool = rank(ready, asked().for_pool(), ranking(), ranking().page.model_copy(update=details))
        assert pool is not None
        return pool.places

    whole = ranked(best=240)
    best = {place.source: place.post for place in reversed(whole)}
    assert len(best) > 3
    few = ranked(best=len(best), each=1)
    assert {place.source: place.post for place in few} == best
    assert [place.score for place in few] == sorted((place.score for place in few), reverse=True)
    assert [place.post for place in ranked(best=len(best), each=0)] == [place.post for place in whole[: len(best)]]


def test_a_page_may_be_larger_than_what_is_ranked_for_a_small_one(ready: Client) -> None:
    small = changed(page={"pool": 8, "best": 5})
    assert len(feed(ready, asked(profile=small, limit=4)).items) == 4
    assert len(feed(ready, asked(profile=small, limit=20)).items) == 20


def test_posts_of_a_new_followee_show_at_once(ready: Client) -> None:
    def lea_by_source(source: str) -> dict[str, str]:
        items = feed(ready, asked(limit=30, source=source)).items
        return {item.post: reason_of(item) for item in items if item.author == "lea"}

    assert lea_by_source("followees") == {}
    act(ready, "follow", person="lea")
    followed = {f"lea{number}": "You follow Lea." for number in range(4)}
    assert lea_by_source("followees") == followed
    mixed = lea_by_source("mixed")
    assert mixed
    similar = {f"Because you liked {name}'s photo of 28 April 2023; Jan liked both." for name in ("Uma", "Vic", "Wim")}
    assert {*mixed.values()} <= {"You follow Lea.", *similar}  # which are as true as before
    assert "You follow Lea." in mixed.values()
    act(ready, "unfollow", person="lea")
    assert lea_by_source("followees") == {}


def test_what_i_liked_or_saw_is_gone_from_the_next_first_page(ready: Client) -> None:
    acts = {
        "ana0": "like",
        "ben0": "view",
        "gus0": "like",
        "dan0": "view",
        "lea0": "like",
        "max0": "view",
        "ola0": "like",
    }
    assert acts.keys() <= scores(ready).keys()
    for post, kind in acts.items():
        act(ready, kind, post=post)
    assert not acts.keys() & scores(ready).keys()


FILTERING: dict[str, tuple[dict[str, Any], Callable[[str], bool]]] = {
    "hide a post": ({"kind": "hide", "post": "lea1"}, lambda post: post == "lea1"),
    "mute a person": ({"kind": "mute", "person": "gus"}, lambda post: post.startswith("gus")),
    "mute a hashtag": ({"kind": "mute", "hashtag": "#Sun"}, lambda post: post[:3] in ("ola", "pia", "quo")),
    "block a person": ({"kind": "block", "person": "dan"}, lambda post: post.startswith("dan")),
    "be blocked": ({"kind": "block", "user": "ana", "person": "me"}, lambda post: post.startswith("ana")),
}
"""Acts, and what is gone after each."""


@pytest.mark.parametrize("name", FILTERING)
def test_what_i_do_not_want_is_gone_from_every_page_and_from_the_replay(ready: Client, name: str) -> None:
    event, is_gone = FILTERING[name]
    first = feed(ready, asked(limit=1, profile=WIDE), record=True)
    slate = posts_of(replay(ready, "me", str(first.slate)))
    kept = [post for post in slate if not is_gone(post)]
    assert len(kept) < len(slate)
    act(ready, **event)
    rest = next_page(ready, "me", str(first.cursor), limit=ALL)
    assert posts_of(rest) == [post for post in kept if post != slate[0]]
    assert posts_of(replay(ready, "me", str(first.slate))) == kept
    assert not any(map(is_gone, scores(ready)))
    assert [place for place in rest.items if is_gone(place.post) or is_mentioned(place, event)] == []


def is_mentioned(item: Item, event: Mapping[str, Any]) -> bool:
    """Whether a reason names whom I muted or blocked, or who blocked me."""
    ids = {node["id"] for node in item.reason.path[1:]}
    other = event.get("user") or event.get("person")
    return other in ids or (other is not None and other.capitalize() in reason_of(item))


def test_a_hide_lowers_what_is_of_the_same_author_or_hashtags_and_fades(unbuilt: Client) -> None:
    ask(
        unbuilt,
        "MERGE (dog:Hashtag {name: 'dog'}) WITH dog MATCH (post:Post) WHERE post.id IN ['lea0', 'lea1', 'nia0'] "
        "CREATE (post)-[:TAGGED]->(dog)",
    )
    feedback = ranking().feedback
    fading = {days: -feedback.hide * 0.5 ** (days / feedback.hide_half_life_days) for days in (0, 14, 56)}

    def scores_by_day() -> dict[int, dict[str, float]]:
        return {days: scores(unbuilt, as_of=NOW + days * DAY, window_days=100) for days in fading}

    before = scores_by_day()
    act(unbuilt, "hide", post="lea0")
    for days, after in scores_by_day().items():
        assert "lea0" not in after
        shared = {"lea1": 2, "lea2": 1, "nia0": 1, "nia1": 0, "ana1": 0}
        for post, count in shared.items():
            lowered = ranking().weights.feedback * math.log(1 + count * fading[days])
            assert before[days][post] - after[post] == pytest.approx(lowered, abs=1e-9)
    act(unbuilt, "unhide", post="lea0")
    assert scores_by_day() == before


def test_the_reason_of_a_hide_tells_how_much_it_lowers(unbuilt: Client) -> None:
    reasons = {"ana": "spam", "ben": "seen_too_often", "cem": "not_interested", "lea": "I said so", "max": None}
    for author, reason in reasons.items():
        act(unbuilt, "hide", post=f"{author}0", reason=reason)
    found, feedback = parts(unbuilt, "feedback"), ranking().feedback
    assert found["nia1"] == 0
    for author, reason in reasons.items():
        weight = feedback.hide_reasons.get(str(reason), feedback.hide)
        assert weight < 0
        assert found[f"{author}1"] == pytest.approx(-ranking().weights.feedback * math.log(1 - weight))


def test_several_hides_lower_more_than_one(unbuilt: Client) -> None:
    feedback = ranking().feedback
    act(unbuilt, "hide", post="ana0")
    act(unbuilt, "hide", post="ana1", at=NOW - round(feedback.hide_half_life_days * DAY))
    found = parts(unbuilt, "feedback", source="followees")
    assert found["ana2"] == pytest.approx(-ranking().weights.feedback * math.log(1 - 1.5 * feedback.hide))
    assert found["ben0"] == 0


def test_a_like_raises_its_author_at_once(either: Client) -> None:
    smoothing = ranking().smoothing
    before = parts(either, "rate")
    act(either, "like", post="ana0")
    act(either, "like", post="gus0")
    act(either, "like", post="gus1")
    after = parts(either, "rate")
    weights = feed(either, asked(limit=1, profile=WIDE)).items[0].parts["rate"] and ranking().weights.rate
    for author, liked in (("ana", 1), ("gus", 2), ("lea", 0)):
        rate = math.log((liked + smoothing.rate_likes) / (4 + smoothing.rate_posts))
        weight = weights if liked else ranking().weights.rate + ranking().never.rate
        assert after[f"{author}3"] == pytest.approx(weight * rate), author
    assert after["ana3"] > before["ana3"]
    assert after["lea3"] == before["lea3"]


def test_an_act_of_mine_shows_in_my_next_feed(either: Client) -> None:
    """Each kind of act, and the part or the post that tells of it."""
    before = feed(either, asked(limit=ALL, profile=WIDE)).items
    never = {item.post: item.parts["never"] for item in before}
    assert never["xia0"] == ranking().weights.never
    act(either, "like", post="xia1")
    assert parts(either, "never")["xia0"] == 0
    liked = {item.post: item for item in feed(either, asked(limit=ALL, source="liked_authors")).items}
    assert liked["xia0"].reason.text == "You liked 1 post of Xia."
    act(either, "follow", person="yan")
    assert parts(either, "followed")["yan0"] > 0
    act(either, "like", "cem", post="gus1")
    act(either, "like", "cem", post="yan1")
    act(either, "like", "ben", post="yan1")
    assert {*posts_of(feed(either, asked(limit=ALL, source="liked_by_followees")))} >= {"yan1", "gus1"}
    assert parts(either, "proof")["gus1"] > parts(either, "proof")["gus2"]
    ask(either, "MATCH (post:Post {id: 'rex0'}) CREATE (post)-[:TAGGED]->(:Hashtag {name: 'fog', display: 'Fog'})")
    act(either, "pick", hashtag="fog")
    assert "rex0" in posts_of(feed(either, asked(limit=ALL, source="interests")))


def test_taking_a_like_back_restores_each_score(unbuilt: Client) -> None:
    before = scores(unbuilt)
    act(unbuilt, "like", post="ana0")
    assert scores(unbuilt)["ana1"] > before["ana1"]
    act(unbuilt, "unlike", post="ana0")
    assert scores(unbuilt) == before


@pytest.fixture
def newcomer(ready: Client) -> Client:
    """The lively network, and somebody who joined after the build."""
    ask(ready, "CREATE (:User {id: 'new', username: 'New'})")
    let_trend(ready, "rex", "sue", "ted")
    return ready


def test_the_first_feed_of_somebody_without_ties_is_popular_and_diverse(newcomer: Client) -> None:
    answer = feed(newcomer, asked("new"))
    assert len(answer.items) == DEFAULT.limit
    assert answer.missing == ()
    assert len({item.author for item in answer.items}) >= DEFAULT.limit / 2  # at most two of each
    for item in answer.items:
        texts = {
            "trending": f"Trending: {item.like_count} likes.",
            "popular": f"Popular: {item.like_count} likes.",
            "newest": "New, and open to everybody.",
        }
        assert reason_of(item) == texts[item.source]
        assert [(node["id"], node["type"]) for node in item.reason.path] == [("new", None), (item.post, None)]
    assert {item.source for item in answer.items} >= {"trending", "popular"}
    by_score = sorted(feed(newcomer, asked("new", limit=ALL)).items, key=lambda item: -item.score)
    assert by_score[0].like_count >= 2


def test_the_first_feed_before_a_build_is_of_the_newest(unbuilt: Client) -> None:
    ask(unbuilt, "CREATE (:User {id: 'new', username: 'New'})")
    answer = feed(unbuilt, asked("new"))
    assert answer.missing == ("build",)
    assert len(answer.items) == DEFAULT.limit
    assert {(item.source, reason_of(item)) for item in answer.items} == {("newest", "New, and open to everybody.")}
    few = feed(unbuilt, asked("new", limit=20, profile=changed(page={"pool": 20}))).items
    assert len(few) == 20
    assert {item.taken_at for item in few} == {NOW - DAY}  # more than 20 are as new


def test_three_picked_hashtags_are_a_feed_at_once(newcomer: Client, tmp_path: Path) -> None:
    network = Network()
    for hashtag in ("sea", "sky"):
        for number in range(3):
            network.post(f"{hashtag} author {number}", f"{hashtag}{number}", days_ago=number, hashtags=[hashtag])
    network.load(newcomer, tmp_path / "hashtags")
    for hashtag in ("#Sun", "#sea", "#SKY"):
        act(newcomer, "pick", "new", hashtag=hashtag)
    sentences = {f"You picked #{name}." for name in ("sun", "sea", "sky")}
    items = feed(newcomer, asked("new")).items
    reasons = {reason_of(item) for item in items if item.source == "interests"}
    assert reasons
    assert reasons <= sentences
    assert len({item.author for item in items}) > DEFAULT.limit / 2
    more = feed(newcomer, asked("new", limit=60)).items
    assert {reason_of(item) for item in more if item.source == "interests"} == sentences
    assert {reason_of(item) for item in feed(newcomer, asked("new", source="interests")).items} == sentences
    assert feed(newcomer, asked("new", source="interests")).items[0].reason.path[1]["type"] == "INTERESTED_IN"


def test_who_is_known_by_likes_begins_with_the_best_and_with_hashtags_that_they_picked(
    newcomer: Client, tmp_path: Path
) -> None:
    network = Network()
    for number in range(12):
        network.post(f"old author {number}", f"old {number}", days_ago=200)
    network.load(newcomer, tmp_path / "old")
    for number in range(12):
        act(newcomer, "like", "new", post=f"old {number}")
    for person in ("ana", "ben", "cem"):
        act(newcomer, "follow", "new", person=person)

    def begin() -> set[str]:
        return {item.source for item in feed(newcomer, asked("new")).items[:5]}

    assert "interests" not in begin()
    act(newcomer, "pick", "new", hashtag="sun")
    assert "interests" in begin()


def test_three_followed_accounts_are_a_feed_at_once(newcomer: Client) -> None:
    for person in ("ana", "ben", "cem"):
        act(newcomer, "follow", "new", person=person)
    items = feed(newcomer, asked("new", limit=ALL)).items
    reasons = {reason_of(item) for item in items}
    assert reasons > {"You follow Ana.", "You follow Ben.", "You follow Cem.", "Ana, whom you follow, follows Dan."}
    assert any(f"{name} and 1 other, whom you follow, liked this." in reasons for name in ("Ana", "Ben"))
    first = Counter(item.source for item in items[:10])
    assert first.keys() >= {"followees", "friends_of_friends", "liked_by_followees"}


def test_a_person_without_ties_is_built_like_others(newcomer: Client) -> None:
    assert built(newcomer).missing == ()
    assert len(feed(newcomer, asked("new")).items) == DEFAULT.limit


hurried = partial(asked, waits=False)
"""What a person asks for who is told what is late."""


def slowed(
    monkeypatch: pytest.MonkeyPatch,
    *names: str,
    where: Callable[[Mapping[str, Any]], bool] = lambda _: True,
    error: Exception = TookTooLong("It took too long.", "Wait."),  # noqa: B008
) -> None:
    """Have these statements, where the parameters are such, take longer than the budget that they are given."""
    read = Client.read

    def slow(
        self: Client, name: str, params: Mapping[str, Any] | None = None, *, budget_ms: int | None = None
    ) -> list[Row]:
        if budget_ms is not None and name in names and where(params or {}):
            raise error
        return read(self, name, params, budget_ms=budget_ms)

    monkeypatch.setattr(Client, "read", slow)


def reads_all(given: Mapping[str, Any]) -> bool:
    """Whether feed/ranked is asked to read as much as ever."""
    return bool(given["bounds"]["stored"] == ranking().bounds.stored)


def test_where_the_read_is_slow_the_cheap_sources_answer_and_the_others_are_named(
    either: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowed(monkeypatch, "feed/ranked", where=reads_all)
    answer = feed(either, hurried(limit=6))
    assert {*answer.missing} - {"build"} == {*SOURCES} - CHEAP
    assert len(answer.items) == 6
    assert {item.source for item in answer.items} <= CHEAP
    assert {item.source for item in feed(either, hurried(limit=20)).items} > {"followees"}


def test_where_memory_is_short_the_cheap_sources_answer(either: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch, "feed/ranked", where=reads_all, error=OutOfMemory("It needs more.", "Raise the heap."))
    answer = feed(either, hurried(limit=6))
    assert {*answer.missing} - {"build"} == {*SOURCES} - CHEAP
    assert len(answer.items) == 6


def test_what_lacks_a_late_source_is_compared_with_nothing(either: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two reads that lack different sources differ by more than an act."""
    assert next_places(either, hurried())
    slowed(monkeypatch, "feed/ranked", where=reads_all)
    assert next_places(either, hurried()) is None
    assert next_places(either, asked())


def test_who_waits_is_given_what_is_late(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's statements have its client's budget, and none of the profile's."""
    whole = feed(ready, hurried(limit=20))
    read, budgets = Client.read, []

    def reading(self: Client, name: str, *rest: Any, budget_ms: int | None = None) -> list[Row]:
        budgets.append(budget_ms)
        return read(self, name, *rest, budget_ms=budget_ms)

    monkeypatch.setattr(Client, "read", reading)
    assert feed(ready, hurried(limit=20)).missing == ()
    assert ranking().budget_ms in budgets
    budgets.clear()
    answer = feed(ready, asked(limit=20))
    assert {*budgets} == {None}
    assert (answer.missing, answer.items) == ((), whole.items)


def test_every_code_of_what_a_build_lacks_is_documented(unbuilt: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Client.read

    def lacking(self: Client, name: str, *rest: Any, **more: Any) -> list[Row]:
        if name == "admin/gds_version":
            raise GdsMissing("There is no GDS.", "Install it.")
        return read(self, name, *rest, **more)

    ask(unbuilt, "MATCH ()-[like:LIKED]->() DELETE like")
    monkeypatch.setattr(Client, "read", lacking)
    missing = {*built(unbuilt).missing}
    assert {"gds", "lists", "factors", "trend"} <= missing <= MISSING.keys()
    assert {*SOURCES} < MISSING.keys()


def test_a_slow_walk_is_left_out_and_named(either: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(either, "MATCH (:User {id: 'me'})-[near:AFFINITY]->() DELETE near")
    slowed(monkeypatch, "affinity/walk")
    answer = feed(either, hurried(limit=20))
    assert answer.missing in (("build",), ("affinity",))
    assert len(answer.items) == 20
    assert feed(either, hurried(source="friends_of_friends")).items == []


def test_where_nothing_is_known_of_me_in_time_the_cheap_sources_answer(
    ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowed(monkeypatch, "feed/me")
    answer = feed(ready, hurried(limit=6))
    assert {*answer.missing} == {*SOURCES} - CHEAP
    assert len(answer.items) == 6
    assert {item.source for item in answer.items} <= CHEAP


def test_where_everything_is_slow_there_is_still_an_answer(either: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch, *cypher.names())
    answer = feed(either, hurried())
    assert {*answer.missing} >= {*SOURCES}
    assert {item.source for item in answer.items} == {"newest"}
    assert len(answer.items) == DEFAULT.limit
    assert len({item.author for item in answer.items}) >= DEFAULT.limit / 2  # at most two of each


def test_a_second_read_that_is_late_takes_nothing_away(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = feed(ready, hurried(limit=25, profile=WIDE))
    slowed(monkeypatch, "feed/ranked", where=lambda given: given["quotas"]["newest"] > 0)
    answer = feed(ready, hurried(limit=ALL, profile=WIDE))
    assert len(answer.items) >= len(whole.items)
    assert {item.source for item in answer.items} >= MINE


def test_a_read_that_really_takes_long_is_cut_off(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    load = cypher.load
    quick = load("feed/ranked")
    read = Client.read

    def endless(name: str) -> cypher.Statement:
        if name != "feed/ranked":
            return load(name)
        text = "UNWIND range(1, 1000000000000) AS x WITH x WHERE x < 0 AND $now = 0 RETURN x"
        return replace(quick, text=text, samples={"now": "0"})

    def first_endless(self: Client, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> list[Row]:
        with monkeypatch.context() as patch:
            if name == "feed/ranked" and reads_all(given or {}):
                patch.setattr(cypher, "load", endless)
            return read(self, name, given, **more)

    monkeypatch.setattr(Client, "read", first_endless)
    ready._planned["feed/ranked", ()] = clock.now()
    began = time.monotonic()
    answer = feed(ready, hurried(limit=6, profile=changed(budget_ms=500)))
    assert time.monotonic() - began < 30  # the server looks for what is overdue every two seconds, and is busy
    assert {*answer.missing} == {*SOURCES} - CHEAP
    assert len(answer.items) == 6


def test_without_gds_a_build_makes_the_rest_and_says_so(unbuilt: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Client.read

    def without(self: Client, name: str, *rest: Any, **more: Any) -> list[Row]:
        if name == "admin/gds_version":
            raise GdsMissing("There is no GDS.", "Install it.")
        return read(self, name, *rest, **more)

    monkeypatch.setattr(Client, "read", without)
    missing = built(unbuilt).missing
    assert "gds" in missing
    answer = feed(unbuilt, asked(limit=20, profile=WIDE))
    assert answer.missing == missing
    assert {item.source for item in answer.items} >= MINE
    assert {item.parts["fastrp"] for item in answer.items} == {0}
    assert feed(unbuilt, asked("tom")).items


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def altered(table: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The table with a little change of one number."""
    value = table[path[0]]
    if len(path) > 1:
        return {**table, path[0]: altered(value, path[1:])}
    if isinstance(value, bool):
        return {**table, path[0]: not value}
    return {
        **table,
        path[0]: (value - 1 if value > 1 else value + 1) if isinstance(value, int) else value * 0.999 or 0.001,
    }


def test_the_hash_of_a_profile_changes_with_any_weight_or_constant() -> None:
    table = DEFAULT.model_dump()
    numbers = [path for path, value in leaves(table) if isinstance(value, (int, float))]
    assert len(numbers) > 50
    hashes = [Profile(**altered(table, path)).hash for path in numbers]
    assert len({DEFAULT.hash, *hashes}) == len(numbers) + 1
    assert Profile(**{**table, "name": "other"}).hash == DEFAULT.hash
    assert Profile(**{**table, "sources": DEFAULT.sources[:3]}).hash != DEFAULT.hash


def test_an_answer_tells_the_hash_of_its_profile(unbuilt: Client) -> None:
    assert feed(unbuilt, asked()).profile_hash == DEFAULT.hash


@pytest.fixture
def mine(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file of profiles of my own."""

    def write(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_profile_of_my_own_stands_on_another_and_changes_a_few_values(mine: Callable[[str], Path]) -> None:
    path = mine(
        '[fresh]\nbase = "default"\nlimit = 3\nranking.weights.recency = 2\nranking.feedback.hide_reasons.dull = -5'
    )
    fresh = profile("fresh", path)
    assert fresh.ranking is not None
    assert (fresh.name, fresh.limit, fresh.ranking.weights.recency) == ("fresh", 3, 2)
    assert fresh.ranking.feedback.hide_reasons == {**ranking().feedback.hide_reasons, "dull": -5}
    assert fresh.ranking.weights.model_copy(update={"recency": ranking().weights.recency}) == ranking().weights
    assert fresh.hash != DEFAULT.hash
    assert profiles(path).keys() == {"default", "newest", "tutorial", "fresh"}
    assert profile("default", path) == DEFAULT


def test_a_profile_may_stand_on_one_of_the_same_file(mine: Callable[[str], Path]) -> None:
    path = mine('[one]\nbase = "default"\nlimit = 3\n[two]\nbase = "one"\nwindow_days = 5')
    two = profile("two", path)
    assert (two.limit, two.window_days) == (3, 5)


def test_a_feed_is_ranked_by_a_profile_of_my_own(unbuilt: Client, mine: Callable[[str], Path]) -> None:
    fresh = profile("fresh", mine('[fresh]\nbase = "default"\nlimit = 3\nranking.weights.recency = 0'))
    answer = feed(unbuilt, asked(profile=fresh))
    assert (answer.profile, answer.profile_hash, len(answer.items)) == ("fresh", fresh.hash, 3)
    assert {item.parts["recency"] for item in answer.items} == {0}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '[fresh]\nbase = "default"\nranking.weights.novelty = 1',
            r"Invalid ranking\.weights\.novelty of profile 'fresh'",
        ),
        ('[fresh]\nbase = "default"\ncolour = 1', "Invalid colour"),
        ('[fresh]\nbase = "default"\nranking.weights.lists = "much"', r"Invalid ranking\.weights\.lists"),
        (
            '[fresh]\nbase = "default"\nranking.smoothing.lists = 0',
            r"Invalid ranking\.smoothing\.lists of profile .* greater than 0",
        ),
        ('[fresh]\nbase = "default"\nranking.feedback.hide = 1', r"Invalid ranking\.feedback\.hide"),
        ('[fresh]\nbase = "default"\nranking.page.best = 1001', r"Invalid ranking\.page\.best"),
        ('[fresh]\nbase = "default"\nranking.never.recency = 1', r"Invalid ranking\.never\.recency"),
        (
            '[fresh]\nbase = "defualt"',
            "Unknown base 'defualt' of profile 'fresh' in .* Use one of: default, newest",
        ),
        ("[fresh]\nlimit = 3", "Invalid sources of profile 'fresh'"),
        ("limit = 3", r"mine\.toml is not a file of profiles"),
        ("[fresh", r"Cannot read profiles from .*mine\.toml"),
    ],
)
def test_a_wrong_file_of_profiles_is_an_error_that_names_what_is_wrong(
    mine: Callable[[str], Path], text: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        profiles(mine(text))


def test_a_file_of_profiles_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Cannot read profiles from .*nowhere\.toml"):
        profiles(tmp_path / "nowhere.toml")
