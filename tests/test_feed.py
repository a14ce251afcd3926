"""The default feed: what it mixes, what acts change, the first day, what it can do without, and its profiles."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

import cypher
from graph.client import Client, Row
from graph.errors import GdsMissing, SettingsError, TookTooLong
from graph.ranking.feed import Item, feed, next_page, replay
from graph.ranking.profiles import Profile, profile, profiles
from tests.little_network import (
    DAY,
    DEFAULT,
    NOW,
    SOURCES,
    Network,
    act,
    asked,
    lively,
    posts_of,
    ranking,
    refreshed,
)
from tests.support import ask, calls_of, everything

pytestmark = pytest.mark.live
LIVE_CALLS = ["affinity/shared", "affinity/walk", "candidates/authors"]
LIVE_CALLS += [f"candidates/{source}" for source in SOURCES if source != "followees"]
ALL = 100
"""As a limit: the whole pool, which is smaller."""


@pytest.fixture
def live(client: Client, tmp_path: Path) -> Client:
    """The lively network, of which nothing is stored."""
    lively().load(client, tmp_path)
    return client


@pytest.fixture
def stored(live: Client) -> Client:
    """The lively network, with what a refresh stores for me."""
    assert refreshed(live, ["me"]).missing == ()
    return live


@pytest.fixture(params=["live", "stored"])
def either(live: Client, request: pytest.FixtureRequest) -> Client:
    """The lively network, without and with what a refresh stores."""
    if request.param == "stored":
        refreshed(live, ["me"])
    return live


def scores(client: Client, **details: Any) -> dict[str, float]:
    """The score of each post that may be shown to me."""
    return {item.post: item.score for item in feed(client, asked(limit=ALL, **details)).items}


def parts(client: Client, part: str, **details: Any) -> dict[str, float]:
    """A part of the score of each post that may be shown to me."""
    return {item.post: item.parts[part] for item in feed(client, asked(limit=ALL, **details)).items}


def test_the_same_graph_clock_seed_and_profile_give_the_same_look(either: Client) -> None:
    first = feed(either, asked(limit=ALL))
    assert feed(either, asked(limit=ALL)) == first
    other = feed(either, asked(limit=ALL, seed=1))
    assert posts_of(other) != posts_of(first)
    assert {*posts_of(other)} == {*posts_of(first)}


def test_no_author_comes_twice_in_a_row_while_others_are_left(live: Client) -> None:
    for seed in range(3):
        authors = [item.author for item in feed(live, asked(limit=ALL, seed=seed)).items]
        assert len(authors) > 50
        for place, (before, after) in enumerate(pairwise(authors)):
            assert before != after or {*authors[place:]} == {before}


def test_each_source_is_on_each_page_where_it_has_candidates(either: Client) -> None:
    for seed in range(3):
        slate = str(feed(either, asked(seed=seed, as_of=NOW - seed), record=True).slate)
        sources = [item.source for item in replay(either, "me", slate).items]
        assert {*sources[:10]} == {*SOURCES}
        for start in range(10, len(sources) - 10, 10):
            assert {*sources[start : start + 10]} == {*sources[start:]}


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


def test_every_draw_has_its_probability(live: Client) -> None:
    items = feed(live, asked(limit=ALL)).items
    assert all(0 < float(item.probability or 0) <= 1 for item in items)
    assert items[-1].probability == 1


def test_a_warm_feed_is_two_bolt_calls_whatever_its_length(stored: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    for limit in (1, 10, 25):
        assert len(feed(stored, asked(limit=limit)).items) == limit
    assert calls == ["feed/ranked", "feed/page"] * 3


def test_the_bolt_calls_of_slates_are_counted(stored: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    first = feed(stored, asked(), record=True)
    assert calls == ["feed/ranked", "feed/page", "slates/create"]
    calls.clear()
    next_page(stored, "me", str(first.cursor))
    assert calls == ["feed/page"]
    calls.clear()
    next_page(stored, "me", str(first.cursor), record=True)
    assert calls == ["feed/page", "slates/serve"]
    calls.clear()
    replay(stored, "me", str(first.slate))
    assert calls == ["feed/page"]


def test_the_bolt_calls_of_a_feed_with_nothing_stored_are_counted(
    live: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = calls_of(monkeypatch)
    answer = feed(live, asked())
    assert sorted(calls) == sorted(["feed/ranked", *LIVE_CALLS, "feed/ranked", "feed/page"])
    assert answer.missing == ("stored candidates",)
    calls.clear()
    feed(live, asked(limit=50))  # more than twice as many as there are
    assert calls[-4:] == ["feed/ranked", "candidates/popular", "feed/ranked", "feed/page"]
    assert len(calls) == len(LIVE_CALLS) + 5


def test_posts_of_a_new_followee_show_at_once(stored: Client) -> None:
    def lea_by_source(source: str) -> dict[str, str]:
        items = feed(stored, asked(limit=20, source=source)).items
        return {item.post: item.reason.text for item in items if item.author == "lea"}

    assert lea_by_source("followees") == {}
    act(stored, "follow", person="lea")
    followed = {f"lea{number}": "You follow Lea." for number in range(4)}
    assert lea_by_source("followees") == followed
    mixed = lea_by_source("mixed")
    assert mixed
    assert mixed.items() <= followed.items()
    act(stored, "unfollow", person="lea")
    assert lea_by_source("followees") == {}


def test_what_i_liked_or_saw_is_gone_from_the_next_first_page(stored: Client) -> None:
    acts = {
        "ana0": "like",
        "ben0": "view",
        "gus0": "like",
        "dan0": "view",
        "lea0": "like",
        "max0": "view",
        "ola0": "like",
    }
    assert acts.keys() <= scores(stored).keys()
    for post, kind in acts.items():
        act(stored, kind, post=post)
    assert not acts.keys() & scores(stored).keys()


FILTERING: dict[str, tuple[dict[str, Any], Callable[[str], bool]]] = {
    "hide a post": ({"kind": "hide", "post": "lea1"}, lambda post: post == "lea1"),
    "mute a person": ({"kind": "mute", "person": "gus"}, lambda post: post.startswith("gus")),
    "mute a hashtag": ({"kind": "mute", "hashtag": "#Sun"}, lambda post: post[:3] in ("ola", "pia", "quo")),
    "block a person": ({"kind": "block", "person": "dan"}, lambda post: post.startswith("dan")),
    "be blocked": ({"kind": "block", "user": "ana", "person": "me"}, lambda post: post.startswith("ana")),
}
"""Acts, and what is gone after each."""


@pytest.mark.parametrize("name", FILTERING)
def test_what_i_do_not_want_is_gone_from_every_page_and_from_the_replay(stored: Client, name: str) -> None:
    event, is_gone = FILTERING[name]
    first = feed(stored, asked(limit=1), record=True)
    slate = posts_of(replay(stored, "me", str(first.slate)))
    kept = [post for post in slate if not is_gone(post)]
    assert len(kept) < len(slate)
    act(stored, **event)
    rest = next_page(stored, "me", str(first.cursor), limit=ALL)
    assert posts_of(rest) == [post for post in kept if post != slate[0]]
    assert posts_of(replay(stored, "me", str(first.slate))) == kept
    assert not any(map(is_gone, scores(stored)))
    assert [place for place in rest.items if is_gone(place.post) or is_mentioned(place, event)] == []


def is_mentioned(item: Item, event: Mapping[str, Any]) -> bool:
    """Whether a reason names whom I muted or blocked, or who blocked me."""
    ids = {node["id"] for node in item.reason.path[1:]}
    other = event.get("user") or event.get("person")
    return other in ids or (other is not None and other.capitalize() in item.reason.text)


def test_a_hide_lowers_what_is_of_the_same_author_or_hashtags_and_fades(live: Client) -> None:
    ask(
        live,
        "MERGE (dog:Hashtag {name: 'dog'}) WITH dog MATCH (post:Post) WHERE post.id IN ['lea0', 'lea1', 'nia0'] "
        "CREATE (post)-[:TAGGED]->(dog)",
    )
    feedback = ranking().feedback
    fading = {days: -feedback.hide * 0.5 ** (days / feedback.hide_half_life_days) for days in (0, 14, 56)}

    def scores_by_day() -> dict[int, dict[str, float]]:
        return {days: scores(live, as_of=NOW + days * DAY, window_days=100) for days in fading}

    before = scores_by_day()
    act(live, "hide", post="lea0")
    for days, after in scores_by_day().items():
        assert "lea0" not in after
        shared = {"lea1": 2, "lea2": 1, "nia0": 1, "nia1": 0, "ana1": 0}
        for post, count in shared.items():
            lowered = ranking().weights.feedback * math.log(1 + count * fading[days])
            assert before[days][post] - after[post] == pytest.approx(lowered, abs=1e-9)
    act(live, "unhide", post="lea0")
    assert scores_by_day() == before


def test_the_reason_of_a_hide_tells_how_much_it_lowers(live: Client) -> None:
    reasons = {"ana": "spam", "ben": "seen_too_often", "cem": "not_interested", "lea": "I said so", "max": None}
    for author, reason in reasons.items():
        act(live, "hide", post=f"{author}0", reason=reason)
    found, feedback = parts(live, "feedback"), ranking().feedback
    assert found["nia1"] == 0
    for author, reason in reasons.items():
        weight = feedback.hide_reasons.get(str(reason), feedback.hide)
        assert weight < 0
        assert found[f"{author}1"] == pytest.approx(-ranking().weights.feedback * math.log(1 - weight))


def test_several_hides_lower_more_than_one(live: Client) -> None:
    feedback = ranking().feedback
    act(live, "hide", post="ana0")
    act(live, "hide", post="ana1", at=NOW - round(feedback.hide_half_life_days * DAY))
    found = parts(live, "feedback", source="followees")
    assert found["ana2"] == pytest.approx(-ranking().weights.feedback * math.log(1 - 1.5 * feedback.hide))
    assert found["ben0"] == 0


def test_what_i_do_on_a_post_raises_its_author_after_a_refresh(live: Client) -> None:
    acts: dict[str, dict[str, dict[str, Any]]] = {
        "ana": {"like": {}},
        "ben": {"comment": {"text": "Lovely"}},
        "cem": {"view": {"dwell_ms": 10_000}},
        "lea": {"view": {"dwell_ms": 9_999}},
        "gus": {"like": {}, "comment": {}, "view": {"dwell_ms": 60_000}},
        "max": {},
    }
    before = parts(live, "history")
    for author, mine in acts.items():
        for kind, given in mine.items():
            act(live, kind, post=f"{author}0", **given)
    refreshed(live, ["me"])
    after, feedback, smoothing = parts(live, "history"), ranking().feedback, ranking().smoothing
    weights = {"ana": feedback.like, "ben": feedback.comment, "cem": feedback.view, "lea": 0, "max": 0}
    weights["gus"] = feedback.like + feedback.comment + feedback.view
    for author, weight in weights.items():
        raised = math.log(weight + smoothing.history) - math.log(smoothing.history)
        post = f"{author}1"
        assert after[post] - before[post] == pytest.approx(ranking().weights.history * raised), author


def test_taking_a_like_back_restores_each_score(live: Client) -> None:
    before = scores(live)
    act(live, "like", post="ana0")
    assert scores(live)["ana1"] > before["ana1"]
    act(live, "unlike", post="ana0")
    assert scores(live) == before


@pytest.fixture
def newcomer(stored: Client) -> Client:
    """The lively network, and somebody who joined after the refresh: no projection and no list knows them."""
    ask(stored, "CREATE (:User {id: 'new', username: 'New'})")
    return stored


def test_the_first_feed_of_somebody_without_ties_is_popular_and_diverse(newcomer: Client) -> None:
    answer = feed(newcomer, asked("new"))
    assert len(answer.items) == DEFAULT.limit
    assert answer.missing == ("stored candidates",)
    assert len({item.author for item in answer.items}) > DEFAULT.limit / 2
    for item in answer.items:
        likes = {0: "New, and open to everybody.", 2: "Popular now: 2 likes."}
        assert (item.source, item.reason.text) == ("popular", likes[item.like_count])
        assert [(node["id"], node["type"]) for node in item.reason.path] == [("new", None), (item.post, None)]
    by_score = sorted(feed(newcomer, asked("new", limit=ALL)).items, key=lambda item: -item.score)
    assert by_score[0].like_count == 2


def test_three_picked_hashtags_are_a_feed_at_once(newcomer: Client, tmp_path: Path) -> None:
    network = Network()
    for hashtag in ("sea", "sky"):
        for number in range(3):
            network.post(f"{hashtag} author {number}", f"{hashtag}{number}", days_ago=number, hashtags=[hashtag])
    network.load(newcomer, tmp_path / "hashtags")
    for hashtag in ("#Sun", "#sea", "#SKY"):
        act(newcomer, "pick", "new", hashtag=hashtag)
    items = feed(newcomer, asked("new")).items
    reasons = {item.reason.text for item in items if item.source == "interests"}
    assert reasons == {f"It is about #{name}, one of your interests." for name in ("sun", "sea", "sky")}
    assert len({item.author for item in items}) > DEFAULT.limit / 2
    assert feed(newcomer, asked("new", source="interests")).items[0].reason.path[1]["type"] == "INTERESTED_IN"


def test_three_followed_accounts_are_a_feed_at_once(newcomer: Client) -> None:
    for person in ("ana", "ben", "cem"):
        act(newcomer, "follow", "new", person=person)
    items = feed(newcomer, asked("new", limit=ALL)).items
    reasons = {item.reason.text for item in items}
    assert reasons > {"You follow Ana.", "You follow Ben.", "You follow Cem.", "Ana, whom you follow, follows Dan."}
    assert "Ana and 1 other, whom you follow, liked this." in reasons
    first = Counter(item.source for item in items[:10])
    assert first.keys() >= {"followees", "friends_of_friends", "liked_by_followees"}


def test_a_person_without_ties_is_refreshed_like_others(newcomer: Client) -> None:
    assert refreshed(newcomer, ["new"]).people == 1
    assert len(feed(newcomer, asked("new")).items) == DEFAULT.limit


def slowed(
    monkeypatch: pytest.MonkeyPatch, *names: str, where: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> None:
    """Have these statements, where the parameters are such, take longer than the budget that they are given."""
    read = Client.read

    def slow(
        self: Client, name: str, vocabulary: Mapping[str, Any] | None = None, *, budget_ms: int | None = None
    ) -> list[Row]:
        if budget_ms is not None and name in names and where(vocabulary or {}):
            raise TookTooLong("It took too long.", "Wait.")
        return read(self, name, vocabulary, budget_ms=budget_ms)

    monkeypatch.setattr(Client, "read", slow)


def test_a_slow_source_is_left_out_and_named(live: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for slow in SOURCES[1:]:
        with monkeypatch.context() as patch:
            slowed(patch, f"candidates/{slow}")
            answer = feed(live, asked(limit=20))
        assert {*answer.missing} == {"stored candidates", slow}
        assert {item.source for item in answer.items} == {*SOURCES} - {slow}


def test_a_slow_walk_is_left_out_and_named(live: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for slow in ("affinity/shared", "affinity/walk", "candidates/authors"):
        with monkeypatch.context() as patch:
            slowed(patch, slow)
            answer = feed(live, asked())
        assert {*answer.missing} == {"stored candidates", "who is near"}
        assert len(answer.items) == DEFAULT.limit


def test_slow_followees_are_left_out_and_named(stored: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch, "feed/ranked", where=lambda words: words["newest"] > 0)
    answer = feed(stored, asked(limit=20))
    assert answer.missing == ("followees",)
    assert {item.source for item in answer.items} == {*SOURCES} - {"followees"}


def test_where_everything_is_slow_there_is_still_an_answer(stored: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch, *cypher.names())
    answer = feed(stored, asked())
    assert {*answer.missing} >= {*SOURCES}
    assert {item.source for item in answer.items} == {"popular"}
    assert len(answer.items) == DEFAULT.limit


def test_a_source_that_really_takes_long_is_cut_off(live: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    load = cypher.load

    def endless(name: str) -> cypher.Statement:
        statement = load(name)
        if name != "candidates/interests":
            return statement
        return replace(statement, text="UNWIND range(1, 1000000000000) AS x WITH x WHERE x < 0 RETURN x")

    monkeypatch.setattr(cypher, "load", endless)
    began = time.monotonic()
    answer = feed(live, asked(limit=20))
    assert time.monotonic() - began < 30  # the server looks for what is overdue every two seconds, and is busy
    assert {*answer.missing} == {"stored candidates", "interests"}
    assert {item.source for item in answer.items} == {*SOURCES} - {"interests"}


def test_without_gds_people_are_refreshed_by_a_walk(live: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> NoReturn:
        raise GdsMissing("There is no GDS.", "Install it.")

    monkeypatch.setattr("graph.refresher.affinity", missing)
    assert refreshed(live).missing == ("gds",)
    answer = feed(live, asked(limit=20))
    assert answer.missing == ("gds",)
    assert {item.source for item in answer.items} == {*SOURCES}
    assert feed(live, asked("zoe")).items


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def changed(table: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The table with a little change of one number."""
    value = table[path[0]]
    if len(path) > 1:
        return {**table, path[0]: changed(value, path[1:])}
    return {**table, path[0]: value + 1 if isinstance(value, int) else value * 0.999}


def test_the_hash_of_a_profile_changes_with_any_weight_or_constant() -> None:
    table = DEFAULT.model_dump()
    numbers = [path for path, value in leaves(table) if isinstance(value, (int, float))]
    assert len(numbers) > 50
    hashes = [Profile(**changed(table, path)).hash for path in numbers]
    assert len({DEFAULT.hash, *hashes}) == len(numbers) + 1
    assert Profile(**{**table, "name": "other"}).hash == DEFAULT.hash
    assert Profile(**{**table, "sources": DEFAULT.sources[:3]}).hash != DEFAULT.hash


def test_an_answer_tells_the_hash_of_its_profile(live: Client) -> None:
    assert feed(live, asked()).profile_hash == DEFAULT.hash


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
    assert profiles(path).keys() == {"default", "tutorial", "fresh"}
    assert profile("default", path) == DEFAULT


def test_a_profile_may_stand_on_one_of_the_same_file(mine: Callable[[str], Path]) -> None:
    path = mine('[one]\nbase = "default"\nlimit = 3\n[two]\nbase = "one"\nwindow_days = 5')
    two = profile("two", path)
    assert (two.limit, two.window_days) == (3, 5)


def test_a_feed_is_ranked_by_a_profile_of_my_own(live: Client, mine: Callable[[str], Path]) -> None:
    fresh = profile("fresh", mine('[fresh]\nbase = "default"\nlimit = 3\nranking.weights.recency = 0'))
    answer = feed(live, asked(profile=fresh))
    assert (answer.profile, answer.profile_hash, len(answer.items)) == ("fresh", fresh.hash, 3)
    assert {item.parts["recency"] for item in answer.items} == {0}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[fresh]\nbase = "default"\nranking.weights.novelty = 1', r"'fresh' .* wrong ranking\.weights\.novelty"),
        ('[fresh]\nbase = "default"\ncolour = 1', "wrong colour"),
        ('[fresh]\nbase = "default"\nranking.weights.taste = "much"', r"wrong ranking\.weights\.taste"),
        (
            '[fresh]\nbase = "default"\nranking.smoothing.taste = 0',
            r"wrong ranking\.smoothing\.taste: .* greater than 0",
        ),
        ('[fresh]\nbase = "default"\nranking.feedback.hide = 1', r"wrong ranking\.feedback\.hide"),
        ('[fresh]\nbase = "default"\nranking.slate.size = 301', r"wrong ranking\.slate\.size"),
        ('[fresh]\nbase = "defualt"', "stands on 'defualt', which there is not.* Use one of: default, tutorial"),
        ("[fresh]\nlimit = 3", "'fresh' .* wrong sources"),
        ("limit = 3", r"mine\.toml is no file of profiles"),
        ("[fresh", r"mine\.toml cannot be read"),
    ],
)
def test_a_wrong_file_of_profiles_is_an_error_that_names_what_is_wrong(
    mine: Callable[[str], Path], text: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        profiles(mine(text))


def test_a_file_of_profiles_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        profiles(tmp_path / "nowhere.toml")
