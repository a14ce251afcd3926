"""Why a post is in a feed, or what keeps it out."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph.client import Client
from graph.errors import NotFound, SettingsError
from graph.ranking.feed import ANY_AGE, feed, prepare
from graph.ranking.profiles import profile
from graph.ranking.why import Why
from graph.ranking.why import why as explain
from service.cli import app
from tests.little_network import (
    DAY,
    DEFAULT,
    LIVELY,
    NOW,
    Network,
    act,
    asked,
    built,
    changed,
    let_trend,
    lively,
    ranking,
    reason_of,
)
from tests.support import ask

pytestmark = pytest.mark.live


@pytest.fixture
def small(client: Client, tmp_path: Path) -> Client:
    """The lively network, and posts that nobody brings, that are mine, that are old, to come, or of no time."""
    network = lively()
    network.post("tim", "tim0", hashtags=["night"])
    network.post("me", "mine")
    network.post("ana", "old", days_ago=40.5)
    network.post("ana", "to come", days_ago=-1)
    network.post("ana", "timeless", days_ago=None)
    network.post("", "nobody's")
    network.load(client, tmp_path / "files")
    prepare(client, DEFAULT)
    return client


@pytest.fixture
def ready(small: Client) -> Client:
    """The same, with all that is built of it."""
    built(small)
    let_trend(small, "rex", "sue", "ted")
    return small


def why(client: Client, post: str, **details: Any) -> Why:
    return explain(client, asked(**details), post)


@pytest.mark.long
@pytest.mark.parametrize("way", ["unbuilt", "built"])
def test_a_post_of_the_feed_has_its_rank_and_all_that_the_feed_says(small: Client, way: str) -> None:
    if way == "built":
        built(small)
    for item in feed(small, asked()).items:
        said = why(small, item.post)
        assert said.kept_out == []
        assert said.item is not None
        if said.item.source == item.source:  # a draw may stand for another of its sources
            assert (said.item.reason.text, said.item.reason.path) == (reason_of(item), item.reason.path)
        assert said.item.parts == item.parts
        assert sum(said.item.parts.values()) == pytest.approx(said.item.score, abs=1e-9)
        text = f"{said.item.reason.text} It is number {said.rank} of {said.candidates} candidates"
        assert said.text.startswith(text)


def test_ranks_are_those_of_the_scores(ready: Client) -> None:
    items = feed(ready, asked(limit=30)).items
    ranks = {item.post: why(ready, item.post).rank or 0 for item in items}
    by_score = sorted(items, key=lambda item: (-item.score, item.post))
    assert [item.post for item in by_score] == sorted(ranks, key=lambda post: ranks[post])
    best = max(feed(ready, asked(limit=60)).items, key=lambda item: (item.score, item.post))
    assert ranks.get(best.post, 1) == 1
    assert sorted(ranks.values())[0] >= 1
    assert len({*ranks.values()}) == len(ranks)


def test_a_post_that_no_first_page_holds_has_its_rank_too(ready: Client) -> None:
    """It is looked for among many more candidates than a feed is drawn from."""
    few = changed(page={"best": 5, "pool": 20})
    items = feed(ready, asked(limit=60)).items
    said = {item.post: explain(ready, asked(profile=few), item.post) for item in items[::6]}
    assert all(found.item is not None for found in said.values())
    assert max(found.rank or 0 for found in said.values()) > 5
    for post, found in said.items():
        assert found.item is not None
        assert found.item.parts["lists"] == next(item.parts["lists"] for item in items if item.post == post)


def test_a_low_rank_says_which_part_costs_most(ready: Client) -> None:
    items = sorted(feed(ready, asked(limit=60)).items, key=lambda item: (-item.score, item.post))
    best, low = items[0], items[-1]
    costs = {part: low.parts[part] - best.parts[part] for part in best.parts}
    worst = min(costs, key=lambda part: costs[part])
    assert why(ready, low.post).text.endswith(f"; compared with the best, its weakest part is {worst}.")
    assert "weakest part" not in why(ready, best.post).text


def test_a_post_of_each_source_has_its_reason(ready: Client) -> None:
    for source in LIVELY:
        item = feed(ready, asked(source=source)).items[0]
        said = why(ready, item.post)
        assert said.item is not None
        alone = explain(ready, asked(source=source), item.post)
        assert alone.item is not None
        assert (alone.item.source, alone.item.reason) == (source, item.reason)
        # Alone, a source brings more; in the mix, a post that my hashtags bring alone may be one of the new ones
        priors = {**ranking().priors, "new_posts": ranking().priors["interests"]}
        assert priors[said.item.source] >= priors[source]


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "hide", "post": "ana0"}, "You hid it."),
    ({"kind": "mute", "person": "ana"}, "You muted its author."),
    ({"kind": "block", "person": "ana"}, "You blocked its author."),
    ({"kind": "block", "user": "ana", "person": "me"}, "Its author may not be shown to you."),
    ({"kind": "like", "post": "ana0"}, "You liked it already."),
]
"""Acts, and what is said of a post of ana's after each."""


def test_what_i_did_keeps_a_post_out_and_undoing_it_lets_it_in(small: Client) -> None:
    built(small)
    for event, sentence in FILTERS:
        act(small, **event)
        said = why(small, "ana0")
        assert (said.kept_out, said.text) == ([sentence], sentence)
        assert (said.rank, said.item) == (None, None)
        act(small, **{**event, "kind": f"un{event['kind']}"})
        said = why(small, "ana0")
        assert said.kept_out == []
        assert said.rank is not None
    act(small, "view", post="ana0")
    assert why(small, "ana0").kept_out == ["You have seen it."]


def test_a_muted_hashtag_keeps_a_post_out_and_is_named(small: Client) -> None:
    act(small, "mute", hashtag="#Sun")
    assert why(small, "ola0").kept_out == ["You muted #sun."]


def test_what_a_post_and_its_author_are_keeps_it_out(small: Client) -> None:
    assert why(small, "mine").kept_out == ["It is your own."]
    ask(small, "MATCH (post:Post {id: 'lea0'}) SET post.sensitive = true")
    ask(small, "MATCH (author:User) WHERE author.id IN ['ana', 'dan'] SET author.optedOut = true")
    assert why(small, "lea0").kept_out == ["It is sensitive, and you did not ask for sensitive posts."]
    assert why(small, "lea0", sensitive=True).kept_out == []
    assert why(small, "lea0", sensitive=True).rank is not None
    assert why(small, "dan0").kept_out == ["Its author is shown to followers only."]
    assert why(small, "ana0").kept_out == []


def test_what_was_served_is_kept_out_for_some_days(small: Client) -> None:
    [served] = feed(small, asked(limit=1), record=True).items
    said = why(small, served.post)
    assert (said.kept_out, said.item) == (["It was in your feed recently."], None)
    assert why(small, served.post, as_of=NOW + 8 * DAY).kept_out == []


def test_a_post_of_another_time_is_kept_out_and_its_time_is_named(small: Client) -> None:
    sentences = {
        "old": "It is from 2024-04-21, more than 30 days before 2024-06-01.",
        "to come": "It is from 2024-06-02T00:00:00Z, later than 2024-06-01T00:00:00Z.",
        "timeless": "It has no time.",
    }
    for post, sentence in sentences.items():
        said = why(small, post)
        assert (said.kept_out, said.text, said.item) == ([sentence], sentence, None)


def test_without_a_window_a_post_of_any_age_or_none_may_be_shown(small: Client) -> None:
    for post in ("old", "timeless"):
        said = why(small, post, window_days=ANY_AGE)
        assert said.kept_out == []
        assert said.item is not None
        assert said.item.parts["recency"] == 0


def test_an_old_post_is_in_a_longer_window(small: Client) -> None:
    assert why(small, "old", window_days=41).kept_out == []
    assert why(small, "old", window_days=41).rank is not None


def test_all_that_keeps_a_post_out_is_told(small: Client) -> None:
    act(small, "hide", post="old")
    act(small, "mute", person="ana")
    said = why(small, "old")
    assert said.text == "You hid it. You muted its author. It is from 2024-04-21, more than 30 days before 2024-06-01."


def test_a_post_that_only_a_long_feed_has_says_so(ready: Client) -> None:
    ask(ready, "MATCH (post:Post {id: 'sue0'})-[tie]-() WHERE type(tie) <> 'POSTED' DELETE tie")
    for post in ("tim0", "nobody's", "sue0"):
        said = why(ready, post)
        assert (said.kept_out, said.item is None) == ([], False)
        assert said.text.startswith(
            f"New, and open to everybody. It is number {said.rank} of {said.candidates} candidates of a feed so long "
            "that it is filled up with the newest posts"
        )
        assert post not in [item.post for item in feed(ready, asked()).items]
        assert post in [item.post for item in feed(ready, asked(limit=300)).items]
        assert " of a feed so long" not in why(ready, post, limit=300).text


def test_where_everybody_likes_the_same_three_a_post_of_a_long_feed_is_explained(client: Client) -> None:
    ask(
        client,
        "UNWIND range(0, 59) AS n CREATE (:User {id: 'u' + n, username: 'U' + n}) WITH count(*) AS all "
        "UNWIND range(0, 199) AS n MATCH (author:User {id: 'u' + (n % 60)}) "
        "CREATE (author)-[:POSTED]->(:Post {id: 'p' + n, takenAt: $now - n * 60000, likeCount: 0, commentCount: 0})",
        now=NOW - DAY,
    )
    ask(client, "MATCH (post:Post) WHERE post.id IN ['p0', 'p1', 'p2'] MATCH (u:User) CREATE (u)-[:LIKED]->(post)")
    built(client)
    shown = {item.post: reason_of(item) for item in feed(client, asked("u7", limit=300)).items}
    assert shown["p115"] == "New, and open to everybody."
    said = explain(client, asked("u7"), "p115")
    assert said.text.startswith(f"New, and open to everybody. It is number {said.rank} of {said.candidates} candidates")


def test_what_no_source_brings_is_said_with_what_ties_the_person_to_it(ready: Client) -> None:
    """It is for followers only, so that it is not even among the newest; 50 posts of an author are read."""
    ask(
        ready,
        "MATCH (ana:User {id: 'ana'}) SET ana.visibility = 'followers' WITH ana UNWIND range(1, 2000) AS n "
        "CREATE (ana)-[:POSTED]->(:Post {id: 'same' + n, takenAt: $at, likeCount: 0, commentCount: 0})",
        at=NOW - 3 * DAY,
    )
    found = {post: why(ready, post) for post in ("same1", "same700", "same2000")}
    [post, said] = next((post, said) for post, said in found.items() if said.rank is None)
    but = "but it is not among the posts that your feed's sources bring: they bring only some of such posts."
    assert said.text == f"You follow its author, {but}"
    ask(
        ready,
        "MATCH (post:Post {id: $post}), (me:User {id: 'me'}) CREATE (post)-[:TAGGED]->(fog:Hashtag {name: 'fog'}), "
        "(me)-[:WANTS {how: 'more', at: $at}]->(fog) "
        "WITH fog UNWIND range(1, 1500) AS n CREATE (:Post {id: 'fog' + n, takenAt: $at})-[:TAGGED]->(fog)",
        post=post,
        at=NOW - DAY,
    )
    assert why(ready, post).text == f"You follow its author, and it has #fog, which you picked or want more of, {but}"
    ask(ready, "MATCH (:User {id: 'me'})-[want:WANTS]->() SET want.until = $until", until=NOW - 1)
    assert why(ready, post).text == f"You follow its author, {but}"


def test_of_one_source_alone_it_is_said_that_it_does_not_bring_a_post(ready: Client) -> None:
    assert why(ready, "lea0", source="followees").text == (
        'It is not among the posts that the source "people I follow" brings.'
    )


def test_a_popular_post_of_a_first_feed_says_so(ready: Client) -> None:
    ask(ready, "CREATE (:User {id: 'new'})")
    for post, text in {"lea0": "Popular: 3 likes.", "rex0": "Trending: 2 likes."}.items():
        said = explain(ready, asked("new"), post)
        assert said.item is not None
        assert said.item.reason.text == text


def test_asking_why_changes_nothing(small: Client) -> None:
    before = feed(small, asked())
    assert why(small, before.items[0].post) == why(small, before.items[0].post)
    assert feed(small, asked()) == before


def test_what_the_graph_does_not_know_is_an_error(small: Client) -> None:
    with pytest.raises(NotFound, match="no post 'nothing'"):
        why(small, "nothing")
    with pytest.raises(NotFound, match="no person 'nobody'"):
        why(small, "ana0", user="nobody")
    with pytest.raises(SettingsError, match="tutorial"):
        why(small, "ana0", profile=profile("tutorial"))


@pytest.mark.usefixtures("cli_environment")
def test_the_command_line_says_it_in_a_sentence_with_the_parts_below(small: Client) -> None:
    lines = command("ana0").splitlines()
    assert lines[0].startswith("You follow Ana. It is number ")
    assert [line.split()[0] for line in lines[1:]] == ["part", *ranking().weights.model_dump(), "score"]
    act(small, "mute", person="ana")
    assert command("ana0") == "You muted its author.\n"
    answer = json.loads(command("ana0", "--json"))
    assert (answer["user"], answer["post"], answer["text"]) == ("me", "ana0", "You muted its author.")
    assert (answer["keptOut"], answer["item"]) == (["You muted its author."], None)
    found = json.loads(command("lea0", "--json"))
    assert found["rank"] <= found["candidates"]
    assert found["item"]["reason"]["cypher"].startswith("// Draws the path of a reason")


def command(post: str, *options: str) -> str:
    """What `graphfeed why` prints of a post for me now."""
    result = CliRunner().invoke(app, ["why", "me", post, "--as-of", "2024-06-01", *options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_why_has_a_clock(small: Client) -> None:
    assert why(small, "ana0", as_of=NOW - 10 * DAY).kept_out[0].endswith(", later than 2024-05-22T00:00:00Z.")


def test_a_post_by_nobody_can_be_explained(small: Client, tmp_path: Path) -> None:
    network = Network()
    for peer in ("jan", "kim", "lou"):
        network.like(peer, "nobody's")
    network.load(small, tmp_path / "likes")
    built(small)
    said = why(small, "nobody's")
    assert said.item is not None
    assert (said.item.author, said.item.source) == (None, "similar_posts")
    assert said.item.reason.text.startswith("Because you liked ")
    assert said.item.parts["never"] == 0
    smoothing = ranking().smoothing
    weight = ranking().weights.rate
    assert said.item.parts["rate"] == pytest.approx(weight * math.log(smoothing.rate_likes / smoothing.rate_posts))
