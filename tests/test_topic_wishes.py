"""Wishes about topics: more or less of all hashtags that belong together, and what was said of one of them stays."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from graph import clock, events
from graph.client import Client
from graph.errors import NotFound
from graph.events import Event, Outcome, record
from graph.hashtag_meaning import merges
from graph.ranking.effect import next_places
from graph.ranking.feed import feed
from graph.ranking.pool import Place
from graph.ranking.whatif import whatif
from service.cli import app
from tests.costs import Costs, profiled
from tests.little_network import DAY, NOW, Network, act, asked, reason_of
from tests.support import ask

AUTHORS = ("ana", "ben", "cem", "dan", "eva", "fay", "gus")
HASHTAGS = ("city", "sea", "beach", "snow")
COAST = ("sea", "beach")

pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow seven people, each with a post with each of four hashtags, two of which are the topic `coast`."""
    network = Network()
    network.follow("me", *AUTHORS)
    for hashtag in HASHTAGS:
        for author in AUTHORS:
            network.post(author, f"{author} {hashtag}", hashtags=[hashtag])
    network.post("old", "old sea", days_ago=300, hashtags=["sea"])
    network.like("me", "old sea")
    network.load(client, tmp_path)
    make_topic(client, "coast", COAST)
    return client


def make_topic(client: Client, id: str, names: tuple[str, ...] | list[str]) -> None:
    """A topic of these hashtags alone, the most typical one first."""
    ask(client, "MATCH (topic:Topic {id: $id}) DETACH DELETE topic", id=id)
    ask(
        client,
        "CREATE (topic:Topic {id: $id, hashtags: size($names), posts: 1}) "
        "WITH topic UNWIND range(0, size($names) - 1) AS place "
        "MERGE (tag:Hashtag {name: $names[place]}) ON CREATE SET tag.display = $names[place] "
        "CREATE (tag)-[:OF_TOPIC {place: place + 1}]->(topic)",
        id=id,
        names=list(names),
    )


def sent(client: Client, kind: str, at: int = NOW, **fields: Any) -> Outcome:
    [outcome] = record(client, [Event(uuid4().hex, kind, "me", at, **fields)])
    return outcome


def wishes(client: Client) -> dict[str, tuple[str, str | None]]:
    """What I want of each hashtag, and the topic of that wish."""
    rows = ask(client, "MATCH (:User {id: 'me'})-[want:WANTS]->(tag) RETURN tag.name AS tag, want {.*} AS want")
    return {row["tag"]: (row["want"]["how"], row["want"].get("topic")) for row in rows}


def following(client: Client) -> list[Place]:
    found = next_places(client, asked(limit=28))
    assert found is not None
    return found


def places_of(names: tuple[str, ...], found: list[Place]) -> list[int]:
    return [place for place, each in enumerate(found) if {*names} & {*each.hashtags}]


def reasons(client: Client) -> Mapping[str, set[str]]:
    items = feed(client, asked(source="interests", limit=40)).items
    return {text: {i.post for i in items if reason_of(i) == text} for text in {reason_of(i) for i in items}}


def test_all_posts_of_a_topic_rise_and_sink_and_neither_takes_it_back(ready: Client) -> None:
    before = following(ready)
    act(ready, "more", topic="coast")
    assert places_of(COAST, following(ready))[:13] == [*range(13)]  # no author may be there twice in a row
    act(ready, "less", topic="coast")  # in place of more
    assert wishes(ready) == dict.fromkeys(COAST, ("less", "coast"))
    after = following(ready)
    assert min(places_of(COAST, after)) >= 12
    act(ready, "neither", topic="coast")
    assert wishes(ready) == {}
    assert following(ready) == before


def test_the_reason_of_a_post_that_a_topic_brought_is_true(ready: Client) -> None:
    assert [*reasons(ready)] == ["You liked a post with #sea."]
    act(ready, "more", topic="coast")
    assert reasons(ready) == {
        f"You want more of #{name}.": {f"{author} {name}" for author in AUTHORS} for name in COAST
    }
    act(ready, "dismiss", topic="coast")
    assert reasons(ready) == {}
    act(ready, "neither", topic="coast")
    assert [*reasons(ready)] == ["You liked a post with #sea."]


def test_what_is_said_of_a_hashtag_by_itself_stays(ready: Client) -> None:
    act(ready, "less", hashtag="sea")
    act(ready, "more", topic="coast")
    assert wishes(ready) == {"sea": ("less", None), "beach": ("more", "coast")}
    assert sent(ready, "more", topic="coast").status == "unchanged"
    act(ready, "more", hashtag="beach")  # the same, but by itself
    assert wishes(ready) == {"sea": ("less", None), "beach": ("more", None)}
    assert sent(ready, "neither", topic="coast").status == "unchanged"
    act(ready, "neither", hashtag="beach")
    act(ready, "more", topic="coast")
    act(ready, "neither", topic="coast")
    assert wishes(ready) == {"sea": ("less", None)}


def test_what_was_said_of_a_hashtag_does_not_stay_where_it_counts_no_more(ready: Client) -> None:
    act(ready, "less", hashtag="sea", until=NOW + DAY)
    assert sent(ready, "more", NOW + DAY, topic="coast").status == "done"
    assert wishes(ready) == dict.fromkeys(COAST, ("more", "coast"))
    act(ready, "less", hashtag="beach")
    assert sent(ready, "reset", NOW + DAY).status == "done"
    assert sent(ready, "more", NOW + 2 * DAY, topic="coast").status == "done"  # said again since the reset
    assert wishes(ready) == dict.fromkeys(COAST, ("more", "coast"))
    assert sent(ready, "more", NOW + 3 * DAY, topic="coast").status == "unchanged"


def test_a_wish_of_a_topic_ends(ready: Client) -> None:
    before = following(ready)
    act(ready, "more", topic="coast", until=NOW + DAY)
    assert sent(ready, "more", topic="coast", until=NOW + DAY).status == "unchanged"
    assert sent(ready, "more", topic="coast", until=NOW + 2 * DAY).status == "done"
    assert events.end(ready, NOW + 2 * DAY - 1) == 0
    assert events.end(ready, NOW + 2 * DAY) == 2
    assert following(ready) == before


def test_a_wish_follows_a_topic_when_it_is_said_again(ready: Client) -> None:
    act(ready, "more", topic="coast")
    make_topic(ready, "coast", ("beach", "city"))
    act(ready, "less", topic="coast")
    assert wishes(ready) == dict.fromkeys(("beach", "city"), ("less", "coast"))
    make_topic(ready, "town", ("city", "snow"))
    act(ready, "more", topic="town")  # of another topic, in its place
    assert wishes(ready) == {"beach": ("less", "coast"), "city": ("more", "town"), "snow": ("more", "town")}
    ask(ready, "MATCH (topic:Topic) DETACH DELETE topic")
    act(ready, "neither", topic="coast")
    act(ready, "neither", topic="town")
    assert wishes(ready) == {}


def test_the_most_typical_hashtags_of_a_large_topic_are_wished_for(ready: Client) -> None:
    names = [f"t{number}" for number in range(120)]
    make_topic(ready, "large", names)
    act(ready, "less", topic="large")
    assert {*wishes(ready)} == {*names[:100]}
    ask(ready, "MATCH (tag:Hashtag) WHERE tag.name STARTS WITH 't' SET tag.odd = 1")
    act(ready, "neither", topic="large")
    assert ask(ready, "MATCH (tag:Hashtag) WHERE tag.odd = 1 RETURN count(*) AS count") == [{"count": 20}]


def test_an_unknown_topic_is_refused(ready: Client) -> None:
    outcome = sent(ready, "less", topic="nowhere")
    assert (outcome.problem, outcome.remedy) == (
        "The graph has no topic 'nowhere'.",
        "List the topics: `graphfeed topics`.",
    )
    assert isinstance(outcome.error, NotFound)
    assert sent(ready, "neither", topic="nowhere").status == "unchanged"
    assert "after --topic" in str(sent(ready, "more", post="coast").remedy)


def test_a_topic_with_a_variant_is_wished_for_by_the_hashtag_that_this_belongs_to(ready: Client) -> None:
    merges.merge(ready, "beach", "sea")
    act(ready, "less", topic="coast")
    assert wishes(ready) == {"sea": ("less", "coast")}
    merges.undo(ready, "beach")
    assert wishes(ready) == dict.fromkeys(COAST, ("less", "coast"))
    act(ready, "neither", topic="coast")
    assert wishes(ready) == {}


def test_a_merge_meanwhile_leaves_no_wish_with_a_variant(ready: Client) -> None:
    with ThreadPoolExecutor(1) as other:
        merging = other.submit(merges.merge, ready, "beach", "sea")
        while not merging.done():
            assert {sent(ready, kind, topic="coast").error for kind in ("more", "neither", "less")} == {None}
        assert merging.result().variant_of == "sea"
    assert wishes(ready) == {"sea": ("less", "coast")}


def test_of_two_spellings_what_was_said_of_one_by_itself_stays(ready: Client) -> None:
    for first, other in (("beach", "sea"), ("sea", "beach")):
        make_topic(ready, "coast", ("sea",))
        assert sent(ready, "less", NOW, hashtag="beach").status == "done"
        assert sent(ready, "more", NOW + 1, topic="coast").status == "done"
        merges.merge(ready, first, other)
        assert wishes(ready) == {other: ("less", None)}
        merges.undo(ready, first)
        ask(ready, "MATCH ()-[want:WANTS]->() DELETE want")
        ask(ready, "MATCH ()-[undone:NOT_VARIANT_OF]->() DELETE undone")
    make_topic(ready, "coast", ("sea",))
    assert sent(ready, "less", NOW, hashtag="beach").status == "done"
    assert sent(ready, "reset", NOW + 1).status == "done"
    assert sent(ready, "more", NOW + 2, topic="coast").status == "done"
    merges.merge(ready, "beach", "sea")
    assert wishes(ready) == {"sea": ("more", "coast")}


def test_topics_crowd_out_nothing_that_was_said_of_a_hashtag(ready: Client) -> None:
    for topic in "ab":
        make_topic(ready, topic, [f"{topic}{number}" for number in range(100)])
        act(ready, "more", topic=topic)
    for name in ("snow", "city"):
        act(ready, "more", hashtag=name)
    act(ready, "pick", hashtag="beach")
    brought = reasons(ready)
    for name in ("snow", "city"):
        assert brought[f"You want more of #{name}."] == {f"{author} {name}" for author in AUTHORS}
    assert "You picked #beach." in brought
    assert "You liked a post with #sea." in brought


def test_a_feed_costs_little_more_with_wishes_about_large_topics(ready: Client) -> None:
    costs = Costs()
    with profiled(costs):
        for case in ("none", "one", "three"):
            for topic in {"one": "a", "three": "bc"}.get(case, ""):
                make_topic(ready, topic, [f"{topic}{number}" for number in range(100)])
                act(ready, "more", topic=topic)
            costs.case = case
            assert feed(ready, asked()).items
    hits = {case: costs.by_case["feed/ranked", case].hits for case in ("none", "one", "three")}
    assert hits["three"] < hits["none"] + 3 * 2_500, hits


def test_what_a_single_act_would_do_is_told_where_a_topic_is_wished_for(ready: Client) -> None:
    act(ready, "more", topic="coast")
    first = following(ready)[0].post
    told = whatif(ready, asked(source="interests"), first)
    [neither] = [change for change in told.changes if change.kind == "neither"]
    assert neither.hashtag in COAST
    assert neither.text.startswith(f"No longer want more or less of #{neither.hashtag}: ")
    assert wishes(ready) == dict.fromkeys(COAST, ("more", "coast"))


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_take_topics(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) WHERE post.id <> 'old sea' SET post.takenAt = $at", at=clock.now() - DAY)

    def run(*args: str) -> str:
        done = CliRunner().invoke(app, args)
        assert done.exit_code == 0, done.output
        return done.output

    assert run("less", "me", "coast", "--topic", "--until", "2999-01-01").startswith("me wants less of topic coast.\n")
    assert wishes(ready) == dict.fromkeys(COAST, ("less", "coast"))
    assert "moved" in run("more", "me", "--topic", "coast")
    assert run("dismiss", "me", "coast", "--topic").startswith("topic coast is not an interest of me.\n")
    said = "me wants neither more nor less of topic coast."
    assert run("neither", "me", "coast", "--topic").startswith(f"{said}\n")
    assert run("neither", "me", "coast", "--topic").startswith(f"{said} Nothing changed.\n")
    both = CliRunner().invoke(app, ["neither", "me", "coast", "--topic", "--person"])
    assert (both.exit_code, "give one of --topic and --person" in both.output) == (2, True)
