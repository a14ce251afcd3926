"""What if: the acts that would take a post out of what comes next, tried out and taken back."""

import random
import shlex
from typing import Any
from uuid import uuid4

import pytest

from graph import schema
from graph.client import Client
from graph.errors import NotFound, SettingsError
from graph.events import Event, record
from graph.ranking.effect import next_places
from graph.ranking.feed import ANY_AGE, Request
from graph.ranking.profiles import profile
from graph.ranking.whatif import Change, WhatIf, whatif
from tests import random_graphs
from tests.little_network import DEFAULT, NOW, Network, act, asked, built
from tests.support import calls_of, everything, run_command

pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Any) -> Client:
    """I follow ana, who posts of the sea, and like an old post of hers; ben, of whom I know nothing, is popular."""
    network = Network()
    network.post("ana", "sea1", "sea2", hashtags=["Sea"], days_ago=1)
    network.post("ana", "old", hashtags=["Sea"], days_ago=40)
    network.post("ben", "hit", days_ago=2, like_count=50)
    network.follow("me", "ana")
    network.like("me", "old", days_ago=20)
    for fan in range(6):
        network.like(f"fan{fan}", "old", "sea1", "hit", days_ago=1.5)
    network.load(client, tmp_path)
    built(client)
    return client


def told(client: Client, post: str, request: Request | None = None, count: int = 20) -> WhatIf:
    return whatif(client, request or asked(window_days=7), post, count)


def test_what_leads_to_a_post_and_what_bars_it_is_tried(ready: Client) -> None:
    before = everything(ready)
    found = told(ready, "sea2")
    assert (found.rank, found.of) == (1, 3)
    texts = [change.text for change in found.changes]
    assert "Mute Ana: it leaves your next 3 posts with 1 other." in texts
    assert "Mute #Sea: it leaves your next 3 posts with 1 other." in texts
    assert {change.kind for change in found.changes} == {"unfollow", "mute"}
    assert found.text == f"It is number 1 of your next 3 posts. {found.reason}"
    sizes = [(change.kind == "mute", change.others) for change in found.changes]
    assert sizes == sorted(sizes)  # to take a tie back is less than to mute
    assert everything(ready) == before


def test_an_act_that_changes_the_reason_alone_is_told_too(ready: Client) -> None:
    found = told(ready, "hit")
    assert found.reason is not None
    assert found.reason.startswith("Because you liked Ana's photo of 22 April")
    assert [change.text for change in found.changes] == [
        "Unlike post old of Ana: it stays where it is, and its reason is: Popular: 50 likes.",
        "Mute Ben: it leaves your next 3 posts.",
    ]


def test_what_is_not_among_the_next_posts_says_so(ready: Client) -> None:
    found = told(ready, "old")
    assert (found.rank, found.changes) == (None, [])
    assert found.text.startswith("It is not among your next 3 posts. You liked it")
    act(ready, "follow", "ana", person="me")
    assert told(ready, "sea1", asked("ana")).text == "It is not among your next posts. It is your own."


def test_a_post_that_comes_later_is_looked_for_among_all_that_are_ranked(ready: Client) -> None:
    found = told(ready, "hit", count=1)
    assert found == told(ready, "hit", count=60)
    assert found.rank is not None
    assert found.changes != []


def test_who_forbids_profiling_is_told_of_their_own_feed(ready: Client) -> None:
    act(ready, "forbid", use="profiling")
    found = told(ready, "sea1")
    assert found.rank is not None
    assert "Unfollow Ana: it leaves your next 2 posts with 1 other." in [change.text for change in found.changes]


def test_whether_a_post_is_there_takes_a_look_at_it_alone(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = calls_of(monkeypatch)
    told(ready, "sea1")
    assert "explain/why" not in calls


@pytest.mark.usefixtures("cli_environment")
def test_the_command_of_each_act_is_printed_and_does_it(ready: Client) -> None:
    details = ("--as-of", "2024-06-01", "--window-days", "7")
    first, heading, *lines = run_command("whatif", "me", "hit", *details).splitlines()
    assert first.startswith("It is number ")
    assert heading.split() == ["graphfeed", "…", "what", "it", "would", "do"]
    commands = [line.split("  ")[0] for line in lines]
    assert commands == ["unlike me old", "mute me ben"]
    assert "mute me '#sea'" in run_command("whatif", "me", "sea1", *details)
    for command in commands:
        run_command(*shlex.split(command))
    assert told(ready, "hit").rank is None


def test_bad_input_has_a_clear_error(ready: Client) -> None:
    with pytest.raises(NotFound, match="no post 'nothing'"):
        told(ready, "nothing")
    with pytest.raises(NotFound, match="nobody"):
        told(ready, "sea1", asked("nobody"))
    with pytest.raises(SettingsError, match="tutorial"):
        told(ready, "sea1", asked(profile=profile("tutorial")))


@pytest.mark.parametrize("seed", range(4))
def test_to_do_it_really_does_so(client: Client, seed: int) -> None:
    random_graphs.make(client, seed)
    rng = random.Random(seed)
    tried: list[tuple[Request, str, Change]] = []
    for user in rng.sample(random_graphs.PEOPLE, 3):
        request = Request(user, DEFAULT, as_of=NOW, window_days=ANY_AGE, sensitive=True)
        for place in (next_places(client, request, 5) or [])[:3]:
            tried += [(request, place.post, change) for change in whatif(client, request, place.post, 5).changes]
    assert len(tried) > 5
    for _, _, change in tried:  # how many others leave is told though the post stays
        leave = {0: "", 1: " 1 other leaves."}.get(change.others, f" {change.others} others leave.")
        assert change.rank is None or change.text.endswith(f"{change.reason}{leave}")
    for request, post, change in rng.sample(tried, 6):
        client.run_in_transactions("admin/wipe")
        schema.ensure(client)
        random_graphs.make(client, seed)
        target = {"person": change.person, "post": change.post, "hashtag": change.hashtag}
        done = Event(uuid4().hex, change.kind, request.user, NOW, **target)  # type: ignore[arg-type]
        assert [outcome.status for outcome in record(client, [done])] == ["done"]
        after = whatif(client, request, post, 5)
        is_left = after.rank is None or after.rank > 5
        there = (None, None) if is_left else (after.rank, after.reason)
        assert there == (change.rank, change.reason), change
