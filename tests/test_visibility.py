"""Posts and people for followers only: who follows sees them, and to others nothing tells of them."""

from pathlib import Path
from uuid import uuid4

import pytest

from graph import entities
from graph.background.renewal import renew_marked
from graph.client import Client
from graph.discovery import packs
from graph.discovery.cards import cards, person_card
from graph.discovery.reach import reach
from graph.discovery.search import search
from graph.discovery.similar import related_hashtags, similar_posts
from graph.discovery.suggestions import suggestions
from graph.discovery.topics import topics
from graph.discovery.tops import top_of_hashtag
from graph.discovery.trending import trending
from graph.errors import NotFound, SettingsError
from graph.events import Event, record
from graph.network import interesting_topics, interests
from graph.quality.training import read_training
from graph.ranking.bubble import bubble
from graph.ranking.feed import Request, feed, next_page, replay
from graph.ranking.whatif import whatif
from graph.ranking.why import why
from tests.little_network import DAY, DEFAULT, NOW, Network, asked, built, posts_of
from tests.support import ask, load, write_csv
from tests.test_filters import TUTORIAL

pytestmark = pytest.mark.live
SOURCES = (None, *DEFAULT.sources)
LISTS = ("lists", "trend", "tops", "trending")


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ana, who posts of the sea. You and I like, as five fans do, an old post of ben, which hers are like."""
    network = Network()
    network.post("ana", "sea1", "sea2", "sea3", hashtags=["sea"], days_ago=1, caption="A wave")
    network.post("ben", "old", days_ago=90, hashtags=["sea"])
    network.post("ben", "calm", days_ago=2, hashtags=["sea"])
    network.follow("me", "ana", "kim")
    network.follow("you", "kim", "fan0", "fan1", "ben")
    network.follow("kim", "ana")
    for person in ("me", "you", *(f"fan{number}" for number in range(5))):
        network.like(person, "old", days_ago=30)
    for person in ("kim", *(f"fan{number}" for number in range(5))):
        network.like(person, "sea1", "sea2", "calm", days_ago=0.5)
    network.load(client, tmp_path)
    packs.put(client, "ben", "Sea", ["ana", "kim"], pack="sea")
    packs.put(client, "ana", "Waves", ["ben", "kim"], pack="waves")
    built(client)
    return client


def hide_from_strangers(client: Client, *ids: str, visibility: str = "followers") -> None:
    for id in ids:
        ask(client, "MATCH (one:User|Post {id: $id}) SET one.visibility = $to", id=id, to=visibility)


def all_of(client: Client, user: str) -> str:
    """All that is said to a person, of every source, of the slates that they get, and of the tutorial's formula."""
    said = []
    for source in SOURCES:
        answer = feed(client, asked(user, source=source, window_days=float("inf"), limit=20), record=source is None)
        said.append(str((answer.items, answer.candidates)))
        if answer.slate:
            said.append(str(replay(client, user, answer.slate).items))
            ask(client, "MATCH (slate:Slate) SET slate.served = 0")
    said.append(str(feed(client, Request(user, TUTORIAL, as_of=NOW, limit=20)).items))
    said.append(str(trending(client, user, limit=50).items))
    said.append(str(top_of_hashtag(client, "sea", asked(user, window_days=float("inf"), limit=20))))
    said += [str(one) for one in suggestions(client, user, as_of=NOW).items]
    everything = asked(user, window_days=float("inf"), limit=20)
    said += [str(search(client, text, everything)) for text in ("ana", "wave")]
    said.append(str(similar_posts(client, "old", everything)))
    said.append(str(related_hashtags(client, "sea", everything).items))
    said += [str(cards(client, ("sea1", "sea2", "old", "calm"), everything)), *_person(client, "ana", everything)]
    said += [str(topics(client, user).items), str(interesting_topics(client, user, everything.profile, NOW))]
    said += [str(packs.one(client, row["pack"], user)) + str(row) for row in packs.listed(client, user)]
    said += [str(whatif(client, everything, post).changes) for post in ("calm", "old")]
    said.append(str(reach(client, user, NOW)))
    return "\n".join(said)


def _person(client: Client, id: str, request: Request) -> list[str]:
    """What is told of a person; nothing of one who may not be named."""
    try:
        return [str(person_card(client, id, request))]
    except NotFound:
        return []


@pytest.mark.parametrize("hidden", ["sea1", "ana"])
def test_who_follows_sees_it_and_to_others_nothing_tells_of_it(ready: Client, hidden: str) -> None:
    assert "sea1" in all_of(ready, "me")
    assert "sea1" in all_of(ready, "you")
    hide_from_strangers(ready, hidden)
    assert "sea1" in all_of(ready, "me")
    assert "sea1" not in all_of(ready, "you")
    assert ("sea2" in all_of(ready, "you")) == (hidden == "sea1")
    assert "Ana" not in all_of(ready, "you") or hidden == "sea1"
    built(ready)
    assert "sea1" in all_of(ready, "me")
    assert "sea1" not in all_of(ready, "you")
    said = why(ready, asked("you"), "sea1").text
    expected = (
        "It is for followers of its author only." if hidden == "sea1" else "Its author is shown to followers only."
    )
    assert said == expected
    record(ready, [Event(uuid4().hex, "follow", "you", NOW - DAY, person="ana")])
    assert "sea1" in all_of(ready, "you")
    hide_from_strangers(ready, hidden, visibility="public")
    record(ready, [Event(uuid4().hex, "unfollow", "you", NOW, person="ana")])
    assert "sea1" in all_of(ready, "you")


def test_packs_of_and_with_who_is_for_followers_show_them_to_followers_alone(ready: Client) -> None:
    for user in ("me", "you", ""):
        assert [(row["pack"], row["people"]) for row in packs.listed(ready, user)] == [("waves", 2), ("sea", 2)]
    hide_from_strangers(ready, "ana")
    assert [(row["pack"], row["people"]) for row in packs.listed(ready, "me")] == [("waves", 2), ("sea", 2)]
    for user in ("you", ""):
        assert [(row["pack"], row["people"]) for row in packs.listed(ready, user)] == [("sea", 1)]
        assert [member.person for member in packs.one(ready, "sea", user).people] == ["kim"]
        with pytest.raises(NotFound):
            packs.one(ready, "waves", user)


def test_a_slate_that_is_there_already_shows_it_no_more(ready: Client) -> None:
    first = feed(ready, asked("you", limit=1, window_days=float("inf")), record=True)
    assert first.cursor is not None
    assert first.slate is not None
    there = {*posts_of(replay(ready, "you", first.slate))}
    assert {"sea1", "sea2"} <= there
    hide_from_strangers(ready, "sea1", "sea2")
    assert {*posts_of(replay(ready, "you", first.slate))} == there - {"sea1", "sea2"}
    assert "sea1" not in posts_of(next_page(ready, "you", first.cursor, limit=20))
    authors = {item.author for item in replay(ready, "you", first.slate).items}
    assert bubble(ready, "you", first.slate).authors == len(authors)


def test_what_not_everybody_may_be_shown_is_in_no_list_of_everybody(ready: Client, tmp_path: Path) -> None:
    def lists() -> set[str]:
        rows = ask(ready, "MATCH ()-[:SIMILAR|SIMILAR_NEW|TOP]->(post) RETURN DISTINCT post.id AS id")
        newest = "MATCH (list:TrendingList) WITH list ORDER BY list.builtAt DESC LIMIT 1 "
        rows += ask(ready, newest + "MATCH (list)-[:TRENDING]->(post) RETURN post.id AS id")
        rows += ask(ready, "MATCH (post)-[:SIMILAR|SIMILAR_NEW]->() RETURN DISTINCT post.id AS id")
        rows += ask(ready, "MATCH (post:Post) WHERE post.trend > 0 OR post.listedLikes > 0 RETURN post.id AS id")
        return {row["id"] for row in rows}

    def shares() -> dict[str, float]:
        rows = ask(ready, "MATCH (tag:Hashtag) RETURN tag.name AS name, tag.share AS share")
        return {row["name"]: row["share"] for row in rows}

    more = Network()
    more.post("cem", "snow1", "snow2", "snow3", "snow4", "snow5", hashtags=["snow"])
    more.load(ready, tmp_path / "more")
    built(ready, only=LISTS)
    assert {"sea1", "sea2"} <= lists()
    assert shares() == {"sea": 0.5, "snow": 0.5}
    hide_from_strangers(ready, "ana", "snow1")
    built(ready, only=LISTS)
    assert lists() & {"sea1", "sea2", "sea3", "snow1"} == set()
    assert "calm" in lists()
    assert shares() == pytest.approx({"sea": 2 / 6, "snow": 4 / 6})
    for person in ("a", "b", "c", "d"):
        ask(ready, "CREATE (:User {id: $id})", id=person)
    record(ready, [Event(uuid4().hex, "like", person, NOW, post="sea1") for person in ("a", "b", "c", "d")])
    assert ask(ready, "MATCH (post:Post {id: 'sea1'}) RETURN post.changedAt IS NOT NULL AS due") == [{"due": True}]
    renew_marked(ready)
    assert lists() & {"sea1", "sea2", "sea3", "snow1"} == {"sea1"}  # its number of likes alone
    assert ask(ready, "MATCH (post:Post {id: 'sea1'})-[arc:SIMILAR|SIMILAR_NEW]-() RETURN arc") == []
    hide_from_strangers(ready, "ana", "snow1", visibility="public")
    built(ready, only=LISTS)
    assert {"sea1", "sea2"} <= lists()


def test_no_hashtag_date_or_count_is_of_what_strangers_may_not_see(ready: Client) -> None:
    ask(
        ready,
        "MATCH (you:User {id: 'you'}) CREATE (:User {id: 'eve'})-[:POSTED]->(post:Post {id: 'secret', takenAt: $at, "
        "visibility: 'followers'})-[:TAGGED]->(:Hashtag {name: 'hush', display: 'Hush'}), (post)-[:MENTIONS]->(you), "
        "(you)-[:LIKED]->(post)",
        at=NOW - 1,
    )
    assert "secret" not in str(interests(ready, "you", DEFAULT, as_of=NOW))
    ask(ready, "MATCH (:User {id: 'you'})-[tie:LIKED|FOLLOWS]->() DELETE tie")
    ask(ready, "MATCH (post:Post) WHERE post.id <> 'secret' DETACH DELETE post")
    answer = feed(ready, asked("you"))
    assert answer.why_empty is not None
    assert not any(told in answer.why_empty for told in ("2024-05-31", "may not be shown", "one post"))


def test_newer_posts_for_followers_do_not_push_out_what_all_may_see(ready: Client) -> None:
    ask(ready, "MATCH (build:Build) DETACH DELETE build")
    ask(
        ready,
        "MATCH (ana:User {id: 'ana'}) UNWIND range(1, 400) AS n "
        "CREATE (ana)-[:POSTED]->(:Post {id: 'secret' + n, takenAt: $at - n, visibility: 'followers'})",
        at=NOW,
    )
    ask(ready, "CREATE (:User {id: 'stranger'})")
    assert {"sea1", "calm"} <= {*posts_of(feed(ready, asked("stranger", limit=30)))}


def test_a_graph_with_some_can_be_evaluated(ready: Client) -> None:
    hide_from_strangers(ready, "sea1")
    record(ready, [Event(uuid4().hex, "forbid", "fan0", NOW, use="likes")])
    built(ready, only=("lists", "factors", "trend", "tops"))
    ask(ready, "MATCH (post:Post) SET post.likeCount = COUNT { (post)<-[:LIKED]-() }")
    assert read_training(ready, NOW, [], lambda done, total: None).likes.nnz


def test_a_post_of_nobody_for_followers_is_shown_to_nobody(ready: Client) -> None:
    ask(ready, "MATCH (:User)-[posted:POSTED]->(:Post {id: 'sea1'}) DELETE posted")
    assert "sea1" in all_of(ready, "me")
    hide_from_strangers(ready, "sea1")
    for user in ("me", "you"):
        assert "sea1" not in all_of(ready, user)


@pytest.mark.parametrize("value", ["Public", "nobody", 7, True, ["public"]])
def test_a_visibility_written_by_hand_opens_nothing(ready: Client, value: object) -> None:
    ask(ready, "MATCH (post:Post {id: 'sea1'}) SET post.visibility = $value", value=value)
    assert "sea1" not in all_of(ready, "you")
    assert "sea1" in all_of(ready, "me")


def test_it_is_put_and_imported(ready: Client, tmp_path: Path) -> None:
    entities.put_person(ready, "ana", entities.Person("ana", visibility="followers"))
    entities.put_post(ready, "calm", entities.Post("ben", NOW - DAY, visibility="followers"))
    found = ask(ready, "MATCH (one) WHERE one.visibility = 'followers' RETURN one.id AS id ORDER BY id")
    assert [row["id"] for row in found] == ["ana", "calm"]
    entities.put_person(ready, "ana", entities.Person("ana", visibility="public"))
    with pytest.raises(SettingsError, match=r"Unknown visibility 'secret'\. Use one of: public, followers"):
        entities.put_person(ready, "ana", entities.Person("ana", visibility="secret"))
    with pytest.raises(SettingsError, match="Unknown visibility 'secret'"):
        entities.put_post(ready, "calm", entities.Post("ben", visibility="secret"))
    folder = write_csv(
        tmp_path / "more", users=[{"id": "ana", "visibility": "secret"}, {"id": "ben", "visibility": ""}]
    )
    report = load(ready, folder)
    assert report.rejects is not None
    assert "visibility: 'secret' is not one of public, followers" in report.rejects.read_text()
