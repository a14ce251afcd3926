"""Lists of what trends: what is said of each post, pages of the same list, and what is left out for whom."""

from pathlib import Path
from typing import Any

import pytest

from graph.background.builder import build
from graph.client import Client
from graph.discovery import trending as pages
from graph.errors import Expired, NotFound, SettingsError
from graph.ranking.feed import feed
from tests.little_network import DEFAULT, NOW, Network, act, asked, built, reason_of
from tests.support import ask

pytestmark = pytest.mark.live
FANS = [f"fan{number}" for number in range(12)]


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Twenty days in which five fans like posts of the sea; of late, twelve like three of #fog, by three authors."""
    network = Network()
    for day in range(1, 20):
        network.post(f"ana{day % 2}", f"sea{day}", days_ago=day, hashtags=["sea"])
        for fan in FANS[:5]:
            network.like(fan, f"sea{day}", days_ago=day - 0.5)
    for number, author in enumerate(("ben", "cem", "dan")):
        network.post(author, f"fog{number}", days_ago=3, hashtags=["Fog"])
        for fan in FANS[: 12 - number]:
            network.like(fan, f"fog{number}", days_ago=0.1 + number / 10)
    network.follow("me", FANS[11], "dan")
    network.load(client, tmp_path)
    built(client)
    return client


def listed(client: Client, user: str = "me", **given: Any) -> dict[str, str]:
    return {item.post: item.text for item in pages.trending(client, user, **given).items}


def test_it_is_listed_with_what_is_unusual(ready: Client) -> None:
    fog = "Trending: 12 people liked posts with #Fog in two days; usually hardly anybody does."
    assert listed(ready) == {"fog0": fog, "fog1": fog, "fog2": fog}
    assert [*listed(ready)] == ["fog0", "fog1", "fog2"]
    page = pages.trending(ready, "")
    assert page.text == (
        "Counted: the two days up to 2024-05-31T21:36:00Z, beside those before; without likes between people who like "
        "each other's posts, and of who posts with the hashtag."
    )
    shown = feed(ready, asked(source="trending", window_days=7)).items
    assert {item.post: reason_of(item) for item in shown} == listed(ready)


def test_of_whom_i_follow(ready: Client) -> None:
    fog = "Trending: 12 people liked posts with #Fog in two days; usually hardly anybody does."
    assert listed(ready, followed=True) == {
        "fog0": f"{fog} Fan11, whom you follow, liked it.",
        "fog2": fog,  # by dan
    }
    act(ready, "unfollow", person=FANS[11])
    act(ready, "unfollow", person="dan")
    assert listed(ready, followed=True) == {}
    assert pages.trending(ready, "me", followed=True).text == "Nothing trends that people you follow posted or liked."


def test_a_page_goes_on_in_the_same_list_until_two_more_are_made(ready: Client) -> None:
    first = pages.trending(ready, "me", limit=1)
    assert first.cursor is not None
    act(ready, "like", "me", post="fog2")
    build(ready, DEFAULT, as_of=NOW, only=["trending"])
    second = pages.trending(ready, "me", limit=1, cursor=first.cursor)
    assert [item.post for item in (*first.items, *second.items)] == ["fog0", "fog1"]
    build(ready, DEFAULT, as_of=NOW, only=["trending"])
    with pytest.raises(Expired, match="cursor has expired"):
        pages.trending(ready, "me", cursor=first.cursor)
    assert len(ask(ready, "MATCH (list:TrendingList) RETURN list")) == 2


def test_what_the_post_lost_is_no_reason_any_more(ready: Client) -> None:
    ask(ready, "MATCH (:Post {id: 'fog0'})-[tagged:TAGGED]->() DELETE tagged")
    assert listed(ready)["fog0"] == "Trending: 12 likes."


def test_bad_input_has_a_clear_error(ready: Client) -> None:
    with pytest.raises(SettingsError, match="Invalid cursor 'next'"):
        pages.trending(ready, "me", cursor="next")
    with pytest.raises(SettingsError, match="Nobody is named whose followees count"):
        pages.trending(ready, "", followed=True)
    with pytest.raises(NotFound, match="nobody"):
        pages.trending(ready, "nobody")
    ask(ready, "MATCH (list:TrendingList) DETACH DELETE list")
    assert pages.trending(ready, "me").text == "Nothing has been built yet: run `graphfeed refresh`."


@pytest.mark.parametrize("value", ["many", -1, [1], None])
def test_values_written_by_hand_do_no_harm(ready: Client, value: object) -> None:
    ask(
        ready,
        "MATCH (list:TrendingList)-[row:TRENDING]->() "
        "SET row.now = $value, row.usual = $value, row.hashtag = $value, row.about = $value, list.asOf = $value",
        value=value,
    )
    assert [*listed(ready)] == ["fog0", "fog1", "fog2"]
    assert feed(ready, asked(source="trending", window_days=7)).items
