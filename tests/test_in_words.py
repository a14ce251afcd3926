"""Profiles in plain words, and the profile that learns nothing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph.client import Client
from graph.ranking.feed import ANY_AGE, feed
from graph.ranking.in_words import PHRASES, Weighed, in_words
from graph.ranking.profiles import FEATURES, profile, profiles
from graph.ranking.weights import person_weights
from service.cli import app
from tests.little_network import DAY, NOW, Network, act, asked, built

NEWEST = profile("newest")


def test_every_feature_has_a_phrase() -> None:
    assert (*PHRASES,) == FEATURES


def test_the_weights_are_those_of_people_who_like_little_and_much() -> None:
    default = profile("default")
    assert default.ranking is not None
    told = {each.name: each for each in in_words(default).weighed}
    few, some, many = (person_weights(default.ranking, likes) for likes in (10, 100, 1_000))
    for name in FEATURES:
        weights = (some.known[name], few.known[name], many.known[name], some.never[name])
        assert told[name] == Weighed(name, PHRASES[name], *(round(weight, 3) for weight in weights))


@pytest.mark.parametrize("name", [*profiles()])
def test_what_does_not_count_is_not_told(name: str) -> None:
    told = in_words(profile(name))
    assert all(any((each.weight, each.few_likes, each.many_likes, each.new_author)) for each in told.weighed)
    assert [source.name for source in told.sources] == [*profile(name).sources]
    assert all(sentence.endswith(".") for sentence in told.text)
    assert bool(told.hides) == any("A hide counts" in sentence for sentence in told.text)


def test_the_words_follow_the_constants() -> None:
    changed = NEWEST.model_copy(update={"window_days": 3})
    assert in_words(changed).text[0] == "A feed has posts of the last 3 days, unless another window is asked for."
    assert [each.name for each in in_words(NEWEST).weighed] == ["recency"]
    assert "product of four things" in in_words(profile("tutorial")).text[0]


def test_a_command_tells_them() -> None:
    told = CliRunner().invoke(app, ["profile", "newest"], env={"COLUMNS": "200"})
    assert told.stdout.startswith("A feed has posts of the last 30 days")
    assert "the newest posts of people you follow" in told.stdout
    assert "tutorial" in str(CliRunner().invoke(app, ["profile", "tutorial", "--json"]).stdout)


@pytest.mark.live
def test_newest_shows_followees_posts_by_their_time_whatever_was_learned(client: Client, tmp_path: Path) -> None:
    network = Network()
    network.follow("me", "ana", "ben")
    for number in range(1, 13):
        network.post("ana" if number % 3 else "ben", f"p{number:02}", days_ago=number / 2, like_count=number)
    network.post("ben", "old", days_ago=4_000)
    network.post("eve", "stranger", days_ago=0.1, like_count=999)
    network.like("me", "p12", days_ago=0.1)
    network.like("eve", *(f"p{number:02}" for number in range(6, 12)))
    network.load(client, tmp_path)
    built(client)
    act(client, "hide", post="p03")
    expected = [f"p{number:02}" for number in range(1, 12) if number != 3]
    answer = feed(client, asked(profile=NEWEST, limit=50))
    assert [item.post for item in answer.items] == expected
    assert answer.items[0].reason.text == "You follow Ana."
    of_any_age = feed(client, asked(profile=NEWEST, limit=50, window_days=ANY_AGE))
    assert [item.post for item in of_any_age.items] == [*expected, "old"]
    before = feed(client, asked(profile=NEWEST, limit=50, as_of=NOW - 3 * DAY))
    assert [item.post for item in before.items][:6] == [post for post in expected if post >= "p06"]
    pages = [feed(client, asked(profile=NEWEST, limit=4), record=True) for _ in range(2)]
    assert [item.post for page in pages for item in page.items] == expected[:8]
