"""Topics: hashtags that belong together, with names, and ids that stay."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cypher
from graph import doctor, gds
from graph.background import topics as making
from graph.background.topics import MAX_HASHTAGS, MIN_HASHTAGS, TOPICS, matched, named, present, resolution
from graph.client import Client
from graph.discovery.topics import topics
from graph.errors import NotFound
from graph.hashtag_meaning import merges
from graph.network import interesting_topics, interests
from graph.ranking.feed import feed
from graph.settings import read_settings
from graph.validation import is_key
from loaders.forgetting import forget
from service.app import create_app
from tests.little_network import DAY, DEFAULT, NOW, Network, act, asked, built, reason_of
from tests.support import ask, run_command, serving

LISTS = ("tops",)
SEA, SNOW = "Sea, wave, beach", "snow, mountain, ski"

# ---- Ids that stay

members = st.dictionaries(st.integers(0, 30), st.integers(0, 5), max_size=30)
"""The number of the cluster of each hashtag."""


def clusters(of: Mapping[int, int]) -> list[list[int]]:
    return [sorted(each for each in of if of[each] == number) for number in sorted({*of.values()})]


def overlap(one: Collection[int], other: Collection[int]) -> int:
    return len({*one} & {*other})


@settings(max_examples=300, deadline=None)
@given(members, members)
def test_a_cluster_keeps_the_id_of_one_with_which_it_shares_most_of_either(
    before: dict[int, int], after: dict[int, int]
) -> None:
    old = {f"topic-{number}": each for number, each in enumerate(clusters(before), start=1)}
    new = clusters(after)
    ids = matched(new, old)
    kept = [id for id in ids if id]
    assert len({*kept}) == len(kept)
    for place, id in enumerate(ids):
        if id:
            assert 2 * overlap(new[place], old[id]) > min(len(new[place]), len(old[id]))
    for id in {*old} - {*kept}:  # nobody's: each that could have it has another with at least as much in common
        for place, each in enumerate(new):
            both = overlap(each, old[id])
            if 2 * both > min(len(each), len(old[id])):
                mine = ids[place]
                assert mine is not None
                assert overlap(each, old[mine]) >= both


@settings(max_examples=200, deadline=None)
@given(members, st.randoms(use_true_random=False))
def test_the_same_clusters_keep_their_ids_in_any_order(of: dict[int, int], random: Any) -> None:
    old = {f"topic-{number}": each for number, each in enumerate(clusters(of), start=1)}
    pairs = [*old.items()]
    random.shuffle(pairs)
    assert matched([each for _, each in pairs], old) == [id for id, _ in pairs]


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(0, 40), min_size=3), st.data())
def test_a_topic_of_which_most_stays_keeps_its_id(cluster: set[int], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(cluster)), max_size=(len(cluster) - 1) // 2))
    come = data.draw(st.sets(st.integers(100, 200), max_size=50))
    assert matched([cluster - gone | come], {"topic-7": cluster}) == ["topic-7"]


@settings(max_examples=200, deadline=None)
@given(members, members, st.integers(5, 9))
def test_a_new_topic_gets_an_id_that_none_ever_had(before: dict[int, int], after: dict[int, int], made: int) -> None:
    old = {f"topic-{number}": each for number, each in enumerate(clusters(before))}
    ids = named(clusters(after), old, made)
    assert len({*ids}) == len(ids)
    assert all(is_key(id) for id in ids)
    assert {*ids} - {*old} == {f"topic-{made + number}" for number in range(1, 1 + len({*ids} - {*old}))}


def test_more_hashtags_make_finer_topics_within_bounds() -> None:
    assert [resolution(count) for count in (0, 100, 150, 300, 20_000)] == [1, 1, 1.5, 3, 3]


def test_a_name_reads_as_many_hashtags_as_a_topic_has() -> None:
    text = (cypher.FOLDER / "fragments/topic_name.cypher").read_text()
    assert f"LIMIT {MAX_HASHTAGS}" in text
    assert f"LIMIT {MIN_HASHTAGS}" in text


# ---- Builds


def crowds(network: Network, prefix: str, hashtags: str) -> None:
    """Six people, of whom all use the first hashtag, five the second, and so on."""
    words = hashtags.split()
    for number in range(6):
        network.post(f"{prefix}{number}", f"{prefix}{number} 1", hashtags=words[: 6 - number], days_ago=2)


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Six people post about the sea, six about snow; I liked two posts of the sea and one of snow."""
    network = Network()
    crowds(network, "a", "Sea wave beach boat")
    crowds(network, "b", "snow mountain ski ice")
    network.post("cem", "both", hashtags=["sea", "wave"], days_ago=1)
    network.post("cem", "cold", hashtags=["snow", "ski"], days_ago=1)
    network.like("me", "a3 1", "a4 1", "b0 1", days_ago=1)
    network.load(client, tmp_path)
    built(client)
    return client


def found(client: Client, user: str = "") -> dict[str, str]:
    """The names of the topics by id."""
    return {row["topic"]: row["name"] for row in topics(client, user).items}


def stored(client: Client) -> list[list[Any]]:
    text = "MATCH (h:Hashtag)-[of:OF_TOPIC]->(t) RETURN t.id, h.name, of.place ORDER BY t.id, of.place"
    return [[*row.values()] for row in ask(client, text)]


@pytest.mark.live
def test_hashtags_of_the_same_people_are_a_topic_named_by_the_most_typical(ready: Client) -> None:
    rows = topics(ready).items
    assert {row["name"] for row in rows} == {"Sea, wave, beach", "snow, mountain, ski"}
    assert [(row["hashtags"], row["posts"]) for row in rows] == [(4, 7), (4, 7)]
    assert [row["topic"] for row in rows] == ["topic-1", "topic-2"]
    assert [place for _, _, place in stored(ready)] == [1, 2, 3, 4] * 2


@pytest.mark.live
def test_another_build_changes_nothing_and_ids_stay_while_most_does(ready: Client, tmp_path: Path) -> None:
    before = stored(ready)
    assert built(ready, only=LISTS).written.get("topics", 0) == 0
    assert stored(ready) == before
    more = Network()
    for number in range(4):
        more.post(f"a{number}", f"a{number} 2", hashtags=["sea", "surf"], days_ago=2)
    more.load(ready, tmp_path / "more")
    assert built(ready, only=LISTS).written["topics"] > 0
    assert {row["topic"]: row["hashtags"] for row in topics(ready).items} == {"topic-1": 5, "topic-2": 4}


@pytest.mark.live
def test_what_is_no_topic_any_more_is_deleted_and_its_id_is_of_no_other(ready: Client, tmp_path: Path) -> None:
    [snow] = [id for id, name in found(ready).items() if name == SNOW]
    ask(ready, "MATCH (p:Post)-[:TAGGED]->(h:Hashtag {name: 'snow'}) MATCH (p)-[tag:TAGGED]->() DELETE tag")
    act(ready, "less", topic=snow)
    built(ready, only=LISTS)
    assert [*found(ready).values()] == [SEA]
    assert {row["kind"] for row in interests(ready, "me", DEFAULT, NOW) if row["hashtag"] in SNOW} == {"less"}
    act(ready, "neither", topic=snow)  # also when it is no more
    assert {row["kind"] for row in interests(ready, "me", DEFAULT, NOW)} == {"inferred"}
    more = Network()
    crowds(more, "d", "dog puppy walk park")
    more.load(ready, tmp_path / "more")
    built(ready, only=LISTS)
    assert {*found(ready)} - {"topic-1", "topic-2"} == {"topic-3"}
    assert present(ready).made == 3


@pytest.mark.live
def test_an_id_that_a_wish_names_is_given_to_no_topic(ready: Client) -> None:
    act(ready, "less", topic="topic-2")
    ask(ready, "MATCH (build:Build) REMOVE build.topicsMade")  # as after an import, which brings wishes and no topics
    ask(ready, "MATCH (topic:Topic) DETACH DELETE topic")
    built(ready, only=LISTS)
    assert {*found(ready)} == {"topic-3", "topic-4"}
    assert {row["wish"] for row in interests(ready, "me", DEFAULT, NOW) if row["kind"] == "less"} == {"topic-2"}
    act(ready, "neither", topic="topic-2")
    assert {row["kind"] for row in interests(ready, "me", DEFAULT, NOW)} == {"inferred"}


@pytest.mark.live
def test_hashtags_of_sensitive_posts_are_of_no_topic(ready: Client) -> None:
    ask(ready, "MATCH (post:Post)-[:TAGGED]->(:Hashtag {name: 'sea'}) SET post.sensitive = true")
    built(ready, only=LISTS)
    assert [*found(ready).values()] == [SNOW]


@pytest.mark.live
@pytest.mark.parametrize("what", ["heap", "procedures", "related"])
def test_where_topics_cannot_be_made_those_of_before_stay(
    ready: Client, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "heap":
        monkeypatch.setattr(making, "HEAP_SHARE", 1e-9)
    else:
        name = "TOPIC_PROCEDURES" if what == "procedures" else "RELATED_PROCEDURES"
        monkeypatch.setattr(gds, name, ("gds.noSuchProcedure.stream",))
    before = stored(ready)
    assert TOPICS in built(ready, only=LISTS).missing
    assert stored(ready) == before
    ask(ready, "MATCH (t:Topic) DETACH DELETE t")
    assert TOPICS in topics(ready).missing
    monkeypatch.undo()
    assert built(ready, only=LISTS).missing.count(TOPICS) == 0
    assert len(stored(ready)) == len(before)


@pytest.mark.live
def test_posts_for_followers_and_of_who_opted_out_make_no_topic(ready: Client) -> None:
    ask(ready, "MATCH (u:User) WHERE u.id STARTS WITH 'a' SET u.visibility = 'followers'")
    ask(ready, "MATCH (u:User {id: 'b0'}) SET u.optedOut = true")
    built(ready, only=LISTS)
    assert [*found(ready).values()] == [SNOW]
    assert topics(ready).items[0]["posts"] == 6


@pytest.mark.live
def test_before_a_build_there_are_none_and_it_is_told(client: Client) -> None:
    ask(client, "CREATE (:User {id: 'me'})")
    assert (topics(client, "me").items, topics(client).missing) == ([], ("build",))
    with pytest.raises(NotFound, match="no person 'nobody'"):
        topics(client, "nobody")


@pytest.mark.live
def test_variants_and_hashtags_that_nobody_uses_are_of_no_topic(ready: Client) -> None:
    merges.merge(ready, "wave", "sea")
    assert found(ready)["topic-1"] == "Sea, beach, boat"
    for number in range(6):
        forget(ready, f"a{number}")
    assert {name for _, name, _ in stored(ready)} == {"sea", "snow", "mountain", "ski", "ice"}


@pytest.mark.live
def test_the_doctor_finds_a_hashtag_of_two_topics_and_a_build_corrects_it(ready: Client) -> None:
    assert [one.ok for one in doctor.examine_data(ready)] == [True]
    ask(ready, "MATCH (h:Hashtag {name: 'sea'}), (t:Topic {id: 'topic-2'}) CREATE (h)-[:OF_TOPIC {place: '1'}]->(t)")
    [odd] = doctor.examine_data(ready)
    assert "1 hashtags are of several topics, or of one at no place, such as 'sea'." in odd.text
    assert len(topics(ready).items) == 2
    built(ready, only=LISTS)
    assert [one.ok for one in doctor.examine_data(ready)] == [True]


# ---- What people read


@pytest.mark.live
def test_a_name_tells_no_hashtag_that_i_muted(ready: Client) -> None:
    act(ready, "mute", hashtag="wave")
    assert found(ready, "me")["topic-1"] == "Sea, beach, boat"
    assert found(ready, "cem")["topic-1"] == found(ready)["topic-1"] == SEA
    for name in ("sea", "beach", "boat"):
        act(ready, "mute", hashtag=name)
    assert [*found(ready, "me").values()] == [SNOW]
    assert {row["topic"] for row in interesting_topics(ready, "me", DEFAULT, NOW)} == {"topic-2"}


@pytest.mark.live
def test_interests_tell_the_topic_of_each_hashtag_and_how_much_i_like_each(ready: Client) -> None:
    rows = {row["hashtag"]: row["topic"] for row in interests(ready, "me", DEFAULT, NOW)}
    assert rows["beach"] == {"id": "topic-1", "name": SEA}
    assert rows["ice"] == {"id": "topic-2", "name": SNOW}
    sea, snow = interesting_topics(ready, "me", DEFAULT, NOW)
    nothing = {"how": None, "until": None}
    assert sea == {"topic": "topic-1", "name": SEA, "weight": 2, "liked": 2, "examples": ["a3 1", "a4 1"], **nothing}
    assert snow == {"topic": "topic-2", "name": SNOW, "weight": 1, "liked": 1, "examples": ["b0 1"], **nothing}
    act(ready, "pick", hashtag="ski")
    act(ready, "less", hashtag="sea")
    act(ready, "less", hashtag="wave")
    weights = [(row["topic"], row["weight"], row["liked"]) for row in interesting_topics(ready, "me", DEFAULT, NOW)]
    assert weights == [("topic-2", 2, 1), ("topic-1", 1, 1)]  # #beach is of one of the two posts
    act(ready, "dismiss", hashtag="beach")
    assert [row["topic"] for row in interesting_topics(ready, "me", DEFAULT, NOW)] == ["topic-2"]
    assert interesting_topics(ready, "nobody", DEFAULT, NOW) == []
    assert interesting_topics(ready, "cem", DEFAULT, NOW) == []


@pytest.mark.live
def test_what_i_said_of_a_topic_is_told(ready: Client) -> None:
    act(ready, "less", topic="topic-1", until=NOW + DAY)
    sea, snow = sorted(interesting_topics(ready, "me", DEFAULT, NOW), key=lambda row: str(row["topic"]))
    assert (sea["how"], sea["until"], sea["weight"], sea["examples"]) == ("less", NOW + DAY, 0, [])
    assert (snow["how"], snow["weight"]) == (None, 1)
    listed = interests(ready, "me", DEFAULT, NOW)
    weights = [row["weight"] for row in listed]
    assert weights == sorted(weights, reverse=True)  # by what I liked: of its hashtags I said nothing by itself
    assert {row["kind"] for row in listed if row["topic"]["id"] == "topic-1"} == {"less"}
    act(ready, "dismiss", topic="topic-1")
    assert [row["how"] for row in interesting_topics(ready, "me", DEFAULT, NOW)] == ["dismissed", None]
    [first] = interesting_topics(ready, "me", DEFAULT, NOW, limit=1)
    assert first["how"] == "dismissed"  # however many others they like


def reasons(client: Client, source: str = "interests") -> dict[str, str]:
    items = feed(client, asked(source=source, limit=40)).items
    assert all(link.text in item.reason.text for item in items for link in item.reason.links)
    return {item.post: reason_of(item) for item in items}


@pytest.mark.live
def test_a_reason_names_the_topic_where_several_hashtags_are_of_it(ready: Client) -> None:
    assert reasons(ready)["both"] == f"You liked posts about {SEA}."
    assert reasons(ready)["cold"] == "You liked a post with #ski."  # one post alone
    act(ready, "mute", hashtag="beach")
    assert reasons(ready)["both"] == "You liked posts about Sea, wave, boat."
    act(ready, "unmute", hashtag="beach")
    ask(ready, "MATCH (:Hashtag {name: 'wave'})-[of:OF_TOPIC]->() DELETE of")
    assert reasons(ready)["both"] == "You liked posts with #wave."
    act(ready, "pick", hashtag="wave")
    built(ready, only=LISTS)
    assert reasons(ready)["both"] == "You picked #wave."


@pytest.mark.live
@pytest.mark.usefixtures("cli_environment")
def test_commands_and_routes_list_topics(ready: Client) -> None:
    listed = json.loads(run_command("topics", "--for", "me", "--json"))
    assert listed["items"][0] == {"topic": "topic-1", "name": SEA, "hashtags": 4, "posts": 7}
    table = run_command("topics", "--limit", "1")
    assert SEA in table
    assert SNOW not in table
    shown = run_command("interests", "me", "--as-of", "2024-06-01")
    assert f"{SEA}" in shown
    answer = json.loads(run_command("interests", "me", "--as-of", "2024-06-01", "--json"))
    assert [one["topic"] for one in answer["topics"]] == ["topic-1", "topic-2"]
    given = ready.address
    settings = read_settings(uri=given.uri, user=given.user, password=given.password)
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        assert service.get("/v1/topics").json() == listed
        assert service.get("/v1/topics", params={"user": "nobody"}).status_code == 404
        mine = service.get("/v1/users/me/interests", params={"as_of": "2024-06-01"}).json()
        assert mine["topics"] == answer["topics"]
        assert {one["hashtag"]: one["topic"] for one in mine["hashtags"]}["beach"] == {"id": "topic-1", "name": SEA}
