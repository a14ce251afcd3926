"""The bubble of a slate, and the dial that moves it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graph import clock
from graph.client import Client
from graph.errors import Expired, NotFound, SettingsError
from graph.ranking.bubble import bubble, bubble_of_posts, of_authors
from graph.ranking.experiments import Experiment, Trials
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from service.cli import app
from tests.little_network import DEFAULT, NOW, Network, asked, built, let_trend, lively
from tests.support import ask


def row(author: str | None, posts: int, steps: int, community: int | None = None) -> dict[str, Any]:
    return {"author": author, "posts": posts, "steps": steps, "community": community}


def test_shares_are_of_posts_and_evenness_of_authors() -> None:
    found = of_authors("s", [row("a", 2, 1, 7), row("b", 1, 2, 7), row(None, 1, 3)])
    assert (found.posts, found.followees, found.two_steps, found.farther) == (4, 0.5, 0.25, 0.25)
    assert (found.authors, found.communities) == (2, 1)
    assert found.evenness == pytest.approx(0.75)  # of 2 of 4, and twice 1 of 4: 1.5 bits of 2
    assert found.text == (
        "Of 4 posts, 50% by people you follow, 25% by people they follow, and 25% from farther away. They are by 2 "
        "authors of one community; evenness 0.75."
    )


@pytest.mark.parametrize(
    ("rows", "evenness"),
    [([], 1.0), ([row("a", 1, 1)], 1.0), ([row("a", 9, 1)], 0.0), ([row("a", 1, 1), row(None, 5, 3)], 1.0)],
)
def test_evenness_is_1_for_an_author_each_and_0_for_one_of_all(rows: list[dict[str, Any]], evenness: float) -> None:
    assert of_authors("s", rows).evenness == pytest.approx(evenness)
    assert of_authors("s", rows).communities is None


@pytest.mark.parametrize(
    ("closer", "name", "problem"),
    [(1.5, "default", "closer is 1.5"), (0.5, "tutorial", "does not rank by near"), (-1, "newest", "does not rank by")],
)
def test_a_dial_that_cannot_be_turned_says_so(closer: float, name: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        Request("me", profile(name), closer=closer).check()


def test_who_turns_the_dial_is_in_no_experiment() -> None:
    for share in (0.0, 1.0):  # of the control, too
        trials = Trials(Experiment("all", "newest", share))
        plain = Request("me", DEFAULT).trying(trials, profile("newest"))
        assert (plain.profile.name, plain.trials) == ("newest" if share else "default", trials)
        turned = Request("me", DEFAULT, closer=1).trying(trials, profile("newest"))
        assert (turned.profile.name, turned.trials.experiment) == ("default", None)


pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ana, who follows ben; cem is of another community, and everybody's posts are new."""
    network = Network()
    for author in ("ana", "ben", "cem"):
        network.post(author, f"{author}1", f"{author}2")
    network.post("", "nobody's")
    for one, other in (("me", "ana"), ("ana", "ben"), ("ben", "me"), ("cem", "dan"), ("dan", "eva"), ("eva", "cem")):
        network.follow(one, other)
    network.load(client, tmp_path)
    return client


def slate_of(client: Client, **details: Any) -> str:
    return str(feed(client, asked(**details), record=True, served="later").slate)


def test_authors_are_told_by_steps_and_communities(ready: Client) -> None:
    before = bubble(ready, "me", slate_of(ready))
    assert before.communities is None
    assert (before.posts, before.authors) == (7, 3)
    assert (before.followees, before.two_steps) == (2 / 7, 2 / 7)
    assert before.farther == pytest.approx(3 / 7)
    assert "3 authors; evenness" in before.text
    built(ready)
    assert bubble(ready, "me", slate_of(ready)).communities == 2
    [row] = ask(
        ready, "MATCH (one:User) WHERE one.id IN ['me', 'ana', 'ben'] RETURN count(DISTINCT one.community) AS n"
    )
    assert row["n"] == 1


def test_two_steps_are_found_among_many_follows(ready: Client) -> None:
    ask(
        ready,
        "MATCH (me:User {id: 'me'}), (cem:User {id: 'cem'}) UNWIND range(1, 400) AS i "
        "CREATE (me)-[:FOLLOWS]->(one:User {id: 'one' + i}) "
        "FOREACH (_ IN CASE WHEN i IN [1, 400] THEN [1] ELSE [] END | CREATE (one)-[:FOLLOWS]->(cem))",
    )
    found = bubble(ready, "me", slate_of(ready))
    assert found.two_steps == 4 / 7


def test_the_slate_must_be_mine_and_not_too_old(ready: Client) -> None:
    slate = slate_of(ready)
    with pytest.raises(NotFound, match="you has no slate"):
        bubble(ready, "you", slate)
    ask(ready, "MATCH (slate:Slate) SET slate.expiresAt = 0")
    with pytest.raises(Expired):
        bubble(ready, "me", slate)


def test_posts_that_are_named_have_the_bubble_that_their_slate_has(ready: Client) -> None:
    found = feed(ready, asked(), record=True, served="later")
    posts = [item.post for item in found.items]
    of_slate = bubble(ready, "me", str(found.slate))
    assert bubble_of_posts(ready, [*posts, posts[0], "unknown"], asked()) == replace(of_slate, slate=None)
    assert bubble_of_posts(ready, ["unknown"], asked()).text == "There is no post."
    ask(ready, "MATCH (:User {id: 'cem'})-[:POSTED]->(post) SET post.visibility = 'followers'")
    assert bubble_of_posts(ready, posts, asked()).authors == 2
    with pytest.raises(NotFound, match="no person 'stranger'"):
        bubble_of_posts(ready, posts, Request("stranger", DEFAULT))


def test_people_without_follows_have_no_communities_and_are_built_all_the_same(client: Client, tmp_path: Path) -> None:
    network = Network()
    network.post("ana", "one", "two")
    network.like("me", "one")
    network.load(client, tmp_path)
    assert "gds" not in built(client).missing
    assert ask(client, "MATCH (user:User) WHERE user.community IS NOT NULL RETURN user") == []


def test_the_dial_moves_the_meter(client: Client, tmp_path: Path) -> None:
    lively().load(client, tmp_path)
    built(client)
    let_trend(client, "rex", "sue", "ted")
    found = [bubble(client, "me", slate_of(client, closer=closer)) for closer in (-1, -0.5, 0, 0.5, 1)]
    near, far = [one.followees for one in found], [one.farther for one in found]
    assert near == sorted(near)
    assert far == sorted(far, reverse=True)
    assert near[0] < near[-1]
    turned = feed(client, asked(closer=1))
    assert turned.items[0].parts["followed"] >= 4


@pytest.mark.usefixtures("cli_environment")
def test_the_command_tells_it(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) SET post.takenAt = $at", at=clock.now())
    slate = str(feed(ready, Request("me", DEFAULT), record=True).slate)
    done = CliRunner().invoke(app, ["bubble", "me", slate])
    assert done.stdout.startswith("Of 7 posts, 29% by people you follow"), done.output
    turned = CliRunner().invoke(app, ["feed", "me", "--closer", "2"])
    assert turned.exit_code == 2
    assert clock.now() > NOW
