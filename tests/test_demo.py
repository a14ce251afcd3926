"""The demo's network: loaded once, and made anew when it is half loaded or no longer of today."""

import pytest

from graph import clock
from graph.background.state import state
from graph.client import Client
from graph.progress import Silent
from graph.ranking.feed import Request, feed
from graph.settings import Settings
from loaders import demo
from tests.support import ask

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEOPLE", 150)


def made_anew(client: Client, settings: Settings) -> bool:
    """Run the demo's loading; whether it threw away what was there."""
    ask(client, "MERGE (:Canary)")
    demo.ensure(client, settings, Silent())
    return ask(client, "MATCH (canary:Canary) RETURN canary") == []


@pytest.mark.long
def test_a_demo_is_loaded_once_and_shows_a_feed_of_ten(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PEOPLE", 600)
    assert made_anew(client, settings)
    built = state(client)
    assert built is not None
    assert not made_anew(client, settings)
    assert state(client) == built  # nor is it built again
    answer = feed(client, Request(demo.PERSON))
    assert answer.missing == ()
    items = answer.items
    assert len(items) == 10
    for item in items:
        assert (demo.pictures(settings.home) / str(item.image_url).rsplit("/", 1)[1]).is_file()


@pytest.mark.long
def test_what_people_do_in_it_is_kept(client: Client, settings: Settings) -> None:
    demo.ensure(client, settings, Silent())
    ask(client, "MATCH (a:User {id: '42'}), (b:User {id: '7'}) CREATE (a)-[:MUTED]->(b)")
    assert not made_anew(client, settings)


HARMS = (
    "MATCH ()-[liked:LIKED]->() WITH liked LIMIT 10 DELETE liked",
    "MATCH (post:Post) WITH post LIMIT 1 DETACH DELETE post",
    "MATCH (node) WHERE NOT node:Schema AND NOT node:Canary DETACH DELETE node",
    "MATCH (post:Post) SET post.takenAt = post.takenAt - 90000000",
)


@pytest.mark.long
def test_a_half_loaded_or_old_demo_is_made_anew(client: Client, settings: Settings) -> None:
    demo.ensure(client, settings, Silent())
    for harm in HARMS:
        ask(client, harm)
        assert made_anew(client, settings), harm
        newest = ask(client, "MATCH (post:Post) RETURN max(post.takenAt) AS newest")[0]["newest"]
        assert clock.now() - newest < 3_600_000, harm


@pytest.mark.long
def test_a_demo_whose_loading_was_cut_off_is_made_anew(client: Client, settings: Settings) -> None:
    demo.ensure(client, settings, Silent())
    (settings.home / "demo.json").unlink()  # as it is from the first moment of a loading to its last
    assert made_anew(client, settings)
