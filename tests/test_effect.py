"""What an act changes of the posts that come next, as it is told beside the act."""

import random
import re
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner

from graph import clock
from graph.client import Client
from graph.events import Event, record
from graph.ranking.effect import NEXT, Effect, effect, next_places, recorded_with_effect
from graph.ranking.feed import ANY_AGE, Request
from graph.ranking.pool import Place
from graph.ranking.profiles import profile
from graph.settings import Settings
from service.app import create_app
from service.cli import app
from tests import random_graphs
from tests.little_network import DEFAULT, NOW, asked, built, lively
from tests.support import ask, serving


def event(kind: str, user: str = "me", **target: Any) -> Event:
    return Event(uuid4().hex, kind, user, NOW, **target)


def acted(client: Client, *events: Event, **details: Any) -> Effect:
    _, found = recorded_with_effect(client, asked(events[0].user, **details), events, partial(record, client, events))
    assert found is not None
    return found


def following(client: Client, request: Request | None = None) -> list[str]:
    """The posts that come next."""
    found = next_places(client, request or asked())
    assert found is not None
    return [place.post for place in found]


# Sentences


def places(text: str, author: str = "ana", hashtags: tuple[str, ...] = ()) -> list[Place]:
    """A place for each letter."""
    return [Place(post, author, ("popular",), "popular", 0.0, {}, hashtags, None, None) for post in text]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("abc", "abc", "None of your next 3 posts changed."),
        ("", "", "There is no post to be shown next."),
        ("", "ab", "There was no post to be shown next; 2 came."),
        ("abc", "bcd", "1 of your next 3 posts left. 1 came."),
        ("a", "", "1 of your next 1 post left."),
        ("abcd", "dabe", "1 of your next 4 posts left. 1 came, 1 moved up and 2 moved down."),
        ("ab", "ba", "Of your next 2 posts, none left; 1 moved up and 1 moved down."),
    ],
)
def test_it_is_told_in_a_sentence(before: str, after: str, text: str) -> None:
    assert effect(places(before), places(after)).text == text


@pytest.mark.parametrize(
    ("act", "common"),
    [
        (event("mute", hashtag="#Golden Hour"), ": all of #Golden Hour."),
        (event("mute", hashtag="snow"), "."),
        (event("block", person="ana"), ": all theirs."),
        (event("hide", post="a"), ", one of them the post itself."),
        (event("hide", post="c"), "."),
    ],
)
def test_what_left_has_in_common_is_named(act: Event, common: str) -> None:
    before = places("ab", hashtags=("golden hour",)) + places("c", author="ben")
    assert effect(before, before[2:], [act]).text == f"2 of your next 3 posts left{common}"
    assert effect(before, before[2:], [act, act]).text == "2 of your next 3 posts left."


def test_of_what_left_that_may_be_a_part() -> None:
    before = places("ab") + places("c", author="ben")
    assert effect(before, [], [event("mute", person="ben")]).text == ("3 of your next 3 posts left, 1 of them theirs.")


def test_a_post_that_left_alone_is_the_one_of_the_act() -> None:
    assert effect(places("ab"), places("b"), [event("hide", post="a")]).text == (
        "1 of your next 2 posts left: the post itself."
    )


# The graph


@pytest.fixture
def graph(client: Client, tmp_path: Any) -> Client:
    lively().load(client, tmp_path)
    built(client)
    return client


@pytest.mark.live
def test_a_muted_hashtag_takes_its_posts_out_of_what_comes_next_and_leaves_the_others_in_their_order(
    graph: Client,
) -> None:
    before = following(graph)
    assert len(before) == NEXT
    foggy = [before[place] for place in (2, 7, 11)]
    ask(graph, "CREATE (fog:Hashtag {name: 'fog'}) WITH fog MATCH (post:Post) WHERE post.id IN $foggy "
        "CREATE (post)-[:TAGGED]->(fog)", foggy=foggy)  # fmt: skip
    found = acted(graph, event("mute", hashtag="Fog"))
    assert {*foggy} <= {*found.left}  # the rules of mixing may let others go, too
    assert len(found.came) == len(found.left)
    assert re.match(r"\d+ of your next 20 posts left(: all|, 3 of them) of #Fog\. ", found.text)
    assert {*following(graph)} == {*before, *found.came} - {*found.left}


@pytest.mark.live
def test_an_act_on_something_unrelated_changes_nothing_and_says_so(graph: Client) -> None:
    ask(graph, "CREATE (:User {id: 'loner'})")
    for act in (event("mute", person="loner"), event("mute", hashtag="fog"), event("view", post="old uma")):
        assert acted(graph, act) == Effect("None of your next 20 posts changed.", NEXT)


@pytest.mark.live
def test_an_act_that_was_done_before_changes_nothing(graph: Client) -> None:
    post = following(graph)[3]
    assert post in acted(graph, event("hide", post=post)).left
    assert acted(graph, event("hide", post=post)) == Effect("None of your next 20 posts changed.", NEXT)


@pytest.mark.live
def test_what_a_profile_does_not_rank_and_whom_nobody_knows_has_no_effect_and_is_recorded(graph: Client) -> None:
    for request, status in ((asked(profile=profile("tutorial")), "done"), (asked("nobody"), "refused")):
        events = [event("hide", request.user, post="xia1")]
        [outcome], found = recorded_with_effect(graph, request, events, partial(record, graph, events))
        assert (outcome.status, found) == (status, None)


@pytest.mark.live
@pytest.mark.parametrize("seed", range(8))
def test_the_effect_that_is_told_is_that_of_the_act(client: Client, seed: int) -> None:
    random_graphs.make(client, seed)
    rng = random.Random(seed)
    kinds = {
        "like": {"post": random_graphs.POSTS},
        "unlike": {"post": random_graphs.POSTS},
        "hide": {"post": random_graphs.POSTS},
        "follow": {"person": random_graphs.PEOPLE},
        "mute": {"hashtag": random_graphs.HASHTAGS},
        "block": {"person": random_graphs.PEOPLE},
        "pick": {"hashtag": random_graphs.HASHTAGS},
    }
    for kind, targets in kinds.items():
        [(target, ids)] = targets.items()
        user = rng.choice(random_graphs.PEOPLE)
        act = event(kind, user, **{target: rng.choice([id for id in ids if id != user])})
        request = asked(user, window_days=ANY_AGE, sensitive=True)
        was = following(client, request)
        found = acted(client, act, window_days=ANY_AGE, sensitive=True)
        now = following(client, request)
        stayed = [post for post in was if post not in found.left]
        assert [post for post in now if post not in found.came] == sorted(stayed, key=now.index)
        assert {*now} == {*stayed, *found.came}
        order = sorted(stayed, key=now.index)
        assert {*found.up, *found.down} == {post for place, post in enumerate(stayed) if order[place] != post}
        assert (was == now) == (found == Effect(found.text, len(was)))


# The service and the commands


@pytest.mark.live
def test_the_service_answers_with_the_effect_for_one_person(graph: Client, settings: Settings) -> None:
    ask(graph, "MATCH (post:Post) SET post.takenAt = post.takenAt + $shift", shift=clock.now() - NOW)

    def body(user: str, **target: str) -> dict[str, str]:
        return {"id": uuid4().hex, "kind": "mute", "user": user, **target}

    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        told = service.post("/v1/events?effect=true", json=body("me", person="ben")).json()
        without = service.post("/v1/events", json=body("me", person="xia")).json()
        two = service.post("/v1/events?effect=true", json=[body("me", person="yan"), body("ana", person="yan")])
    assert [result["status"] for result in told["results"]] == ["done"]
    assert re.match(r"\d+ of your next 20 posts left(: all|, \d+ of them) theirs\.", told["effect"]["text"])
    assert "effect" not in without
    assert two.status_code == 422
    assert two.json()["detail"] == "An effect is that of one person's events."
    assert ask(graph, "MATCH (:User {id: 'ana'})-[muted:MUTED]->() RETURN muted") == []


@pytest.mark.live
@pytest.mark.usefixtures("cli_environment")
def test_a_command_tells_what_it_changed(graph: Client) -> None:
    ask(graph, "MATCH (post:Post) SET post.takenAt = post.takenAt + $shift", shift=clock.now() - NOW)
    post = following(graph, Request("me", DEFAULT))[0]
    run = CliRunner().invoke
    assert f" of your next {NEXT} posts left" in run(app, ["hide", "me", post]).stdout
    done = run(app, ["unhide", "me", post, "--json", "--window-days", "none"]).stdout
    assert '"came": [' in done
