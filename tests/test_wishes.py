"""What people want more or less of, dismiss, and mute until a time: felt at once, taken back whole, over at its end."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from graph import clock, events
from graph.client import Client
from graph.errors import SettingsError
from graph.events import Event, Outcome, record
from graph.network import interests
from graph.ranking.effect import next_places
from graph.ranking.feed import feed
from graph.ranking.pool import Place
from graph.settings import Settings
from service import keeping
from service.app import create_app
from service.cli import app
from tests.little_network import DAY, DEFAULT, NOW, Network, act, asked, reason_of
from tests.support import ask, load, serving, write_csv

AUTHORS = ("ana", "ben", "cem", "dan", "eva", "fay", "gus")
HASHTAGS = ("city", "sea", "snow")
Listed = tuple[str, str, int | None, list[str]]


def test_an_end_that_is_not_after_the_act_is_refused() -> None:
    for until in (NOW, NOW - DAY):
        with pytest.raises(SettingsError, match="is not after the time of the act, 2024-06-01T00:00:00Z"):
            events.check(Event("1", "more", "me", NOW, hashtag="snow", until=until))
    events.check(Event("1", "mute", "me", NOW, person="ana", until=NOW + 1))
    with pytest.raises(SettingsError, match="Event kind dismiss takes no until"):
        events.check(Event("1", "dismiss", "me", NOW, hashtag="snow", until=NOW + 1))


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow seven people, each with a post of the city, one of the sea and one of snow, as old as each other."""
    network = Network()
    network.follow("me", *AUTHORS)
    for hashtag in HASHTAGS:
        for author in AUTHORS:
            network.post(author, f"{author} {hashtag}", hashtags=[hashtag])
    network.post("old", "old snow", days_ago=300, hashtags=["snow"])
    network.like("me", "old snow")
    network.load(client, tmp_path)
    return client


pytestmark = pytest.mark.live


def following(client: Client, as_of: int = NOW) -> list[Place]:
    found = next_places(client, asked(as_of=as_of, limit=21))
    assert found is not None
    return found


def places_of(hashtag: str, found: list[Place]) -> list[int]:
    return [place for place, each in enumerate(found) if hashtag in each.hashtags]


def sent(client: Client, kind: str, at: int = NOW, **fields: Any) -> Outcome:
    [outcome] = record(client, [Event(uuid4().hex, kind, "me", at, **fields)])
    return outcome


def wishes(client: Client) -> list[tuple[str, str, int | None]]:
    rows = ask(
        client,
        "MATCH (:User {id: 'me'})-[want:WANTS]->(tag) RETURN tag.name AS tag, want.how AS how, want.until AS until",
    )
    return sorted((row["tag"], row["how"], row["until"]) for row in rows)


def test_more_rises_and_less_sinks_without_being_gone(ready: Client) -> None:
    before = following(ready)
    assert len(before) == 20
    act(ready, "more", hashtag="#Sea")
    assert places_of("sea", following(ready)) == [*range(7)]
    act(ready, "less", hashtag="sea")  # in place of more
    assert wishes(ready) == [("sea", "less", None)]
    after = following(ready)
    assert len(places_of("sea", after)) == 6  # the seventh is the 21st of all
    assert min(places_of("sea", after)) >= 13  # no author may be there twice in a row, so one of the sea comes earlier
    act(ready, "neither", hashtag="sea")
    assert following(ready) == before
    assert wishes(ready) == []


def test_more_is_the_reason_and_less_is_none(ready: Client) -> None:
    def reasons() -> dict[str, set[str]]:
        items = feed(ready, asked(source="interests", limit=30)).items
        return {
            text: {item.post for item in items if reason_of(item) == text} for text in {reason_of(i) for i in items}
        }

    snowy = {f"{author} snow" for author in AUTHORS}
    assert [*reasons()] == ["You liked a post with #snow."]
    act(ready, "more", hashtag="sea")
    assert reasons()["You want more of #sea."] == {f"{author} sea" for author in AUTHORS}
    for kind in ("less", "dismiss"):
        act(ready, kind, hashtag="snow")
        assert {*reasons()} == {"You want more of #sea."}
    act(ready, "neither", hashtag="snow")
    assert reasons()["You liked a post with #snow."] <= snowy


def test_a_wish_counts_until_its_end_and_is_deleted_after_it(ready: Client) -> None:
    before = following(ready)
    act(ready, "more", hashtag="sea", until=NOW + DAY)
    act(ready, "less", hashtag="never used", until=NOW + DAY)
    assert places_of("sea", following(ready)) == [*range(7)]
    last = following(ready, as_of=NOW + DAY)
    assert [place.post for place in last] == [place.post for place in before]
    act(ready, "less", hashtag="city")
    assert events.end(ready, NOW + DAY - 1) == 0
    assert events.end(ready, NOW + DAY) == 2
    assert wishes(ready) == [("city", "less", None)]
    assert ask(ready, "MATCH (tag:Hashtag {name: 'neverused'}) RETURN tag") == []
    assert events.end(ready, NOW + DAY) == 0


def test_a_mute_ends(ready: Client) -> None:
    before = following(ready)
    act(ready, "mute", hashtag="sea", until=NOW + DAY)
    act(ready, "mute", person="ana", until=NOW + 2 * DAY)
    assert {place.post for place in following(ready)} == {
        f"{author} {tag}" for author in AUTHORS[1:] for tag in ("city", "snow")
    }
    assert sent(ready, "mute", hashtag="sea", until=NOW + DAY).status == "unchanged"
    assert sent(ready, "mute", hashtag="sea").status == "done"  # for good
    assert events.end(ready, NOW + 3 * DAY) == 1
    assert {place.author for place in following(ready)} == {*AUTHORS}
    assert places_of("sea", following(ready)) == []
    act(ready, "unmute", hashtag="sea")
    assert following(ready) == before


def test_a_service_ends_what_is_over(ready: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(keeping, "CHORE_SECONDS", 0.1)
    now = clock.now()
    assert sent(ready, "mute", at=now, hashtag="sea", until=now + 1).status == "done"
    with serving(create_app(settings)):
        for _ in range(200):
            if not ask(ready, "MATCH ()-[mutes:MUTED]->() RETURN mutes"):
                return
            time.sleep(0.1)
    pytest.fail("The mute is still there.")


def test_what_is_already_so_changes_nothing(ready: Client) -> None:
    assert sent(ready, "neither", hashtag="sea").status == "unchanged"
    assert [sent(ready, "more", hashtag="sea").status for _ in range(2)] == ["done", "unchanged"]
    assert sent(ready, "more", hashtag="sea", until=NOW + 1).status == "done"
    assert sent(ready, "dismiss", hashtag="sea").status == "done"
    refused = sent(ready, "less", hashtag="sea", until=NOW)
    assert refused.status == "refused"
    assert wishes(ready) == [("sea", "none", None)]


def test_interests_are_one_list(ready: Client) -> None:
    act(ready, "pick", hashtag="city")
    act(ready, "more", hashtag="sea", until=NOW + DAY)
    act(ready, "less", hashtag="rain")

    def listed(as_of: int = NOW) -> list[Listed]:
        rows = interests(ready, "me", DEFAULT, as_of)
        return [(row["hashtag"], row["kind"], row["until"], row["examples"]) for row in rows]

    inferred: Listed = ("snow", "inferred", None, ["old snow"])
    chosen: list[Listed] = [("city", "picked", None, []), ("rain", "less", None, []), ("sea", "more", NOW + DAY, [])]
    assert listed() == [*chosen, inferred]
    assert listed(NOW + DAY) == [*chosen[:2], inferred]
    act(ready, "dismiss", hashtag="snow")
    act(ready, "mute", hashtag="rain")
    assert listed() == [("snow", "dismissed", None, ["old snow"]), chosen[0], chosen[2]]


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_say_what_they_changed(ready: Client) -> None:
    now = clock.now()
    ask(ready, "MATCH (post:Post) WHERE post.id <> 'old snow' SET post.takenAt = $at", at=now - DAY)

    def run(*args: str) -> str:
        done = CliRunner().invoke(app, args)
        assert done.exit_code == 0, done.output
        return done.output

    assert run("more", "me", "#sea", "--until", "2999-01-01").startswith("me wants more of #sea.\n")
    assert "moved up" in run("less", "me", "#city")
    assert run("dismiss", "me", "#snow").startswith("#snow is not an interest of me.\n")
    assert wishes(ready) == [("city", "less", None), ("sea", "more", clock.parse("2999-01-01")), ("snow", "none", None)]
    late = CliRunner().invoke(app, ["more", "me", "#sea", "--until", "2001-01-01"])
    assert (late.exit_code, "is not after the time of the act" in str(late.exception)) == (1, True)
    odd = CliRunner().invoke(app, ["more", "me", "#sea", "--until", "soon"])
    assert (odd.exit_code, "is not an ISO 8601 time" in odd.output) == (2, True)


def test_an_inferred_interest_counts_as_a_like_until_it_is_picked_or_dismissed(ready: Client, tmp_path: Path) -> None:
    given = [{"user": "ida", "hashtag": tag, "inferred": "true"} for tag in ("#sea", "#snow")]
    folder = write_csv(tmp_path / "topics", users=[{"id": "ida"}], interests=given)
    assert load(ready, folder).rejects is None
    weighed = {row["hashtag"]: (row["kind"], row["weight"]) for row in interests(ready, "ida", DEFAULT, NOW)}
    assert weighed == {"sea": ("inferred", 1), "snow": ("inferred", 1)}
    found = feed(ready, asked("ida", source="interests", limit=30)).items
    assert {reason_of(item) for item in found} == {"Among your topics is #sea.", "Among your topics is #snow."}
    act(ready, "pick", "ida", hashtag="sea")
    [outcome] = record(ready, [Event("again", "pick", "ida", NOW, hashtag="sea")])
    assert outcome.status == "unchanged"
    act(ready, "dismiss", "ida", hashtag="snow")
    assert load(ready, folder).rejects is None  # as a later export would say again
    listed = {row["hashtag"]: row["kind"] for row in interests(ready, "ida", DEFAULT, NOW)}
    assert listed == {"sea": "picked", "snow": "dismissed"}
    found = feed(ready, asked("ida", source="interests", limit=30)).items
    assert {reason_of(item) for item in found} == {"You picked #sea."}
