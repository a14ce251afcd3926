"""Suggestions of people: who is suggested and why, who never is, and what is told of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from graph import events
from graph.client import Client
from graph.discovery import suggestions as module
from graph.discovery.suggestions import Suggestion, suggestions
from graph.errors import NotFound, SettingsError
from graph.ranking.profiles import profile
from graph.settings import Settings
from service.app import create_app
from tests.little_network import DAY, NOW, Network, act, built
from tests.support import ask, run_command, serving

pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ana, ben and cem, who all follow dan; ana alone follows eva. I liked four posts of fay, and gus follows
    me; hal liked what I liked, and follows ben. All of them post."""
    network = Network()
    for person in ("me", "ana", "ben", "cem", "dan", "eva", "gus", "hal"):
        network.post(person, f"{person}1", days_ago=10)
    network.post("fay", "fay1", "fay2", "fay3", "fay4", days_ago=10)
    network.follow("me", "ana", "ben", "cem", days_ago=50)
    for via in ("ana", "ben", "cem"):
        network.follow(via, "dan", days_ago=40)
    network.follow("ana", "eva", "me", days_ago=40)
    network.follow("gus", "me", days_ago=30)
    network.follow("hal", "ben", days_ago=30)
    network.like("me", "fay1", "fay2", "fay3", "fay4", days_ago=20)
    network.like("hal", "fay1", "fay2", "fay3", days_ago=20)
    network.load(client, tmp_path)
    built(client)
    return client


def found(client: Client, user: str = "me", **details: object) -> dict[str, list[str]]:
    """The reasons of each person who is suggested, in order."""
    items = suggestions(client, user, **{"as_of": NOW, **details}).items  # type: ignore[arg-type]
    return {one.person: texts(one) for one in items}


def texts(one: Suggestion) -> list[str]:
    return [reason.text for reason in one.reasons]


def test_people_are_suggested_with_the_reasons_that_hold(ready: Client) -> None:
    assert found(ready) == {
        "gus": ["Follows you."],
        "dan": ["Followed by Ben, Cem and 1 more whom you follow."],
        "fay": ["You liked 4 of their posts."],
        "eva": ["Followed by Ana, whom you follow."],
        "hal": ["Likes what you like: you both liked 3 posts.", "Follows 1 person whom you follow."],
    }


def test_as_many_as_are_wanted_and_the_same_twice(ready: Client) -> None:
    assert [*found(ready, limit=2)] == ["gus", "dan"]
    assert suggestions(ready, "me", as_of=NOW) == suggestions(ready, "me", as_of=NOW)


def test_without_stored_affinity_two_steps_stand_in(ready: Client) -> None:
    ask(ready, "MATCH ()-[near:AFFINITY]->() DELETE near")
    answer = suggestions(ready, "me", as_of=NOW)
    assert {one.person for one in answer.items} == {"gus", "fay", "dan", "eva"}
    assert answer.missing == ("affinity",)
    assert suggestions(ready, "dan", as_of=NOW - 60 * DAY).why_empty == (
        "dan follows nobody and liked nothing yet: follow somebody first."
    )


@pytest.mark.parametrize("person", ["gus", "fay", "dan", "eva", "hal"])
@pytest.mark.parametrize("how", ["follow", "mute", "block", "dismiss", "blocked", "opted out", "followers"])
def test_who_is_filtered_followed_or_dismissed_is_never_suggested(ready: Client, person: str, how: str) -> None:
    if how == "blocked":
        act(ready, "block", person, person="me")
    elif how in ("opted out", "followers"):
        name, value = ("optedOut", True) if how == "opted out" else ("visibility", "followers")
        ask(ready, f"MATCH (one:User {{id: $id}}) SET one.{name} = $value", id=person, value=value)
    else:
        act(ready, how, person=person)
    assert {*found(ready)} == {"gus", "fay", "dan", "eva", "hal"} - {person}


@pytest.mark.parametrize("how", ["dismissed", "muted", "blocked", "blocks", "opted out", "followers"])
def test_any_number_of_people_who_are_left_out_push_out_nobody(ready: Client, how: str) -> None:
    """They all follow me and are followed by my followees, so each of them would come before dan and eva."""
    number = 1_000
    ask(
        ready,
        "MATCH (me:User {id: 'me'}), (via:User) WHERE via.id IN ['ana', 'ben', 'cem'] WITH me, collect(via) AS vias "
        "UNWIND range(1, $number) AS n CREATE (one:User {id: 'x' + n})-[:FOLLOWS]->(me) "
        "FOREACH (via IN vias | CREATE (via)-[:FOLLOWS]->(one))",
        number=number,
    )
    assert "dan" not in found(ready, limit=100)
    many = "MATCH (me:User {id: 'me'}), (one:User) WHERE one.id STARTS WITH 'x' "
    done = {
        "dismissed": "CREATE (me)-[:DISMISSED]->(one)",
        "muted": "CREATE (me)-[:MUTED]->(one)",
        "blocked": "CREATE (me)-[:BLOCKED]->(one)",
        "blocks": "CREATE (me)<-[:BLOCKED]-(one)",
        "opted out": "SET one.optedOut = true",
        "followers": "SET one.visibility = 'followers'",
    }
    ask(ready, many + done[how])
    assert {*found(ready)} >= {"gus", "dan", "fay", "eva"}


def test_who_is_dismissed_is_not_muted_and_comes_back_when_it_is_taken_back(ready: Client) -> None:
    before = found(ready)
    act(ready, "dismiss", person="dan")
    assert ask(
        ready, "MATCH (:User {id: 'me'})-[dismissed:DISMISSED]->(one) RETURN one.id AS id, dismissed.at AS at"
    ) == [{"id": "dan", "at": NOW}]
    assert "dan" not in found(ready)
    assert not ask(ready, "MATCH (:User {id: 'me'})-[muted:MUTED]->() RETURN muted")
    [again] = events.record(ready, [events.Event("again", "dismiss", "me", NOW + 1, person="dan")])
    assert again.status == "unchanged"
    act(ready, "neither", person="dan")
    assert found(ready) == before


@pytest.mark.parametrize("how", ["mute", "block", "blocked"])
def test_a_followee_who_may_not_be_named_is_not_counted_either(ready: Client, how: str) -> None:
    if how == "blocked":
        act(ready, "block", "ben", person="me")
    else:
        act(ready, how, person="ben")
    suggested = found(ready)
    assert suggested["dan"] == ["Followed by Cem and Ana, whom you follow."]
    assert suggested["hal"] == ["Likes what you like: you both liked 3 posts."]


def test_likes_of_hidden_or_sensitive_posts_are_not_counted(ready: Client) -> None:
    act(ready, "hide", post="fay1")
    ask(ready, "MATCH (post:Post {id: 'fay3'}) SET post.sensitive = true")
    suggested = found(ready)
    assert suggested["fay"] == ["You liked 2 of their posts."]
    assert suggested["hal"] == ["Follows 1 person whom you follow."]


def test_what_is_not_learned_from_is_no_reason(ready: Client) -> None:
    act(ready, "unlearn", post="fay1")
    assert found(ready)["fay"] == ["You liked 3 of their posts."]
    act(ready, "unlearn", person="hal")
    assert found(ready)["hal"] == ["Follows 1 person whom you follow."]
    act(ready, "reset", at=NOW - DAY)
    assert {*found(ready)} == {"gus", "dan", "eva"}  # affinity is due, as it may be of before


def test_who_keeps_their_likes_to_themselves_is_not_said_to_like_what_i_like(ready: Client) -> None:
    act(ready, "forbid", "hal", use="likes")
    assert found(ready)["hal"] == ["Follows 1 person whom you follow."]


def test_who_forbids_profiling_has_what_follows_alone_say(ready: Client) -> None:
    act(ready, "forbid", use="profiling")
    expected = {
        "dan": ["Followed by Ben, Cem and 1 more whom you follow."],
        "eva": ["Followed by Ana, whom you follow."],
    }
    assert found(ready) == expected
    assert [one.score for one in suggestions(ready, "me", as_of=NOW).items] == [3, 1]
    act(ready, "allow", use="profiling")
    assert found(ready, chosen=profile("newest")) == expected


def test_nothing_of_after_the_clock_counts(ready: Client) -> None:
    assert {*found(ready, as_of=NOW - 25 * DAY)} >= {"gus", "dan", "eva"}
    past = found(ready, as_of=NOW - 35 * DAY)
    assert past["dan"] == ["Followed by Ben, Cem and 1 more whom you follow."]
    assert "Follows you." not in past.get("gus", [])
    assert "dan" not in found(ready, as_of=NOW - 60 * DAY)


@pytest.mark.parametrize("what", ["post", "like", "comment"])
def test_who_was_active_long_ago_only_is_left_out(ready: Client, what: str) -> None:
    ask(ready, "MATCH (:User {id: 'dan'})-[:POSTED]->(post) SET post.takenAt = $at", at=NOW - 91 * DAY)
    assert "dan" not in found(ready)
    if what == "post":
        ask(ready, "MATCH (:User {id: 'dan'})-[:POSTED]->(post) SET post.takenAt = $at", at=NOW - 89 * DAY)
    else:
        given = {"comment": {"text": "so good"}, "like": {}}[what]
        act(ready, what, "dan", NOW - DAY, post="fay1", **given)
    assert "dan" in found(ready)


def test_without_times_everybody_counts_as_active(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) SET post.takenAt = null")
    ask(ready, "MATCH ()-[act:LIKED]->() SET act.at = null")
    assert {*found(ready)} == {"gus", "fay", "dan", "eva", "hal"}


def test_who_has_no_post_comes_after_all_who_have(ready: Client) -> None:
    ask(ready, "MATCH (:User {id: 'gus'})-[:POSTED]->(post) DETACH DELETE post")
    assert [*found(ready)][-1] == "gus"
    assert "gus" not in found(ready, limit=4)


def test_a_count_that_not_all_was_read_for_says_so(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BREADTH", {**module.BREADTH, "likes": 3, "both": 2, "followees": 2})
    suggested = found(ready)
    assert suggested["fay"] == ["You liked at least 3 of their posts."]
    [dan] = [one for one in suggestions(ready, "me", as_of=NOW).items if one.person == "dan"]
    assert dan.reasons[0].at_least
    assert "more" not in dan.reasons[0].text  # two are named, and no number is told


def test_a_followee_who_follows_very_many_spoils_no_count(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BREADTH", {**module.BREADTH, "followeesOf": 2})
    [dan] = [one for one in suggestions(ready, "me", as_of=NOW).items if one.person == "dan"]
    assert texts(dan) == ["Followed by Ben, Cem and 1 more whom you follow."]
    monkeypatch.setattr(module, "BREADTH", {**module.BREADTH, "followeesOf": 2, "followersOf": 0})
    [dan] = [one for one in suggestions(ready, "me", as_of=NOW).items if one.person == "dan"]
    assert dan.reasons[0].at_least


def test_where_nobody_follows_anybody_likes_suggest(client: Client, tmp_path: Path) -> None:
    network = Network()
    network.post("ana", "ana1", "ana2", days_ago=None)
    network.post("ben", "ben1", days_ago=None)
    network.like("me", "ana1", "ana2", "ben1")
    network.load(client, tmp_path)
    assert found(client) == {"ana": ["You liked 2 of their posts."], "ben": ["You liked 1 of their posts."]}


def test_who_follows_everybody_has_nobody_left(ready: Client) -> None:
    ask(ready, "MATCH (me:User {id: 'me'}), (other:User) WHERE other <> me MERGE (me)-[:FOLLOWS]->(other)")
    answer = suggestions(ready, "me", as_of=NOW)
    assert (answer.items, answer.why_empty is not None) == ([], True)


def test_values_that_somebody_wrote_by_hand_do_no_harm(ready: Client) -> None:
    ask(ready, "MATCH (one:User {id: 'ben'}) SET one.username = 7")
    ask(ready, "MATCH (one:User {id: 'cem'}) SET one.username = [1, 2]")
    ask(ready, "MATCH (:User {id: 'ana'})-[follows:FOLLOWS]->(:User {id: 'eva'}) SET follows.since = 'long ago'")
    ask(ready, "MATCH (:User {id: 'me'})-[near:AFFINITY]->() SET near.score = 'very'")
    ask(ready, "MATCH (:User {id: 'fay'})-[:POSTED]->(post) SET post.takenAt = 'May'")
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) CREATE (me)-[:FOLLOWS]->(me), (me)-[:FOLLOWS]->(:User), (me)-[:DISMISSED]->(me)",
    )
    for twice in (("me", "ana"), ("ana", "dan")):
        ask(ready, "MATCH (a:User {id: $ids[0]}), (b:User {id: $ids[1]}) CREATE (a)-[:FOLLOWS]->(b)", ids=twice)
    ask(ready, "MATCH (ana:User {id: 'ana'}), (p:Post {id: 'fay1'}) CREATE (ana)-[:FOLLOWS]->(p)")
    ask(ready, "MATCH (ana:User {id: 'ana'}) CREATE (ana)-[:FOLLOWS]->(:User {id: 5})")
    suggested = found(ready)
    assert {*suggested} == {"gus", "fay", "dan", "eva", "hal"}
    assert suggested["dan"][0].endswith("and 1 more whom you follow.")


def test_who_is_unknown_and_bad_limits_are_errors(ready: Client) -> None:
    with pytest.raises(NotFound, match="no person 'nobody'"):
        suggestions(ready, "nobody", as_of=NOW)
    with pytest.raises(SettingsError, match="limit is 0"):
        suggestions(ready, "me", limit=0, as_of=NOW)


@pytest.mark.usefixtures("cli_environment")
def test_by_the_command_and_taken_out_by_another(ready: Client) -> None:
    shown = run_command("suggest", "me", "--as-of", "2024-06-01", "--limit", "2")
    assert "Follows you." in shown
    assert "Followed by Ben, Cem and 1 more whom you follow." in shown
    assert run_command("dismiss", "me", "gus", "--person").startswith("gus is not suggested to me.")
    answer = json.loads(run_command("suggest", "me", "--as-of", "2024-06-01", "--json"))
    assert [item["person"] for item in answer["items"]] == ["dan", "fay", "eva", "hal"]
    assert answer["items"][1]["reasons"] == [
        {"reason": "liked", "text": "You liked 4 of their posts.", "count": 4, "atLeast": False}
    ]
    assert run_command("neither", "me", "gus", "--person").startswith("me does not dismiss gus.")


@pytest.fixture
def service(ready: Client, settings: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as made:
        yield made


def test_by_the_route(service: httpx.Client) -> None:
    answer = service.get("/v1/users/me/suggestions", params={"as_of": "2024-06-01", "limit": 3})
    assert answer.status_code == 200
    assert [item["person"] for item in answer.json()["items"]] == ["gus", "dan", "fay"]
    assert service.get("/v1/users/nobody/suggestions").status_code == 404
    assert service.get("/v1/users/me/suggestions", params={"limit": 101}).status_code == 422
