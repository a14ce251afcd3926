"""What is similar to a post, and which hashtags are related: who makes them so, and who is named and counted."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import gds, hashtag_names
from graph.background import related as relating
from graph.background import tastes
from graph.background.arrays import read
from graph.background.related import MAX_ARCS, Bounds, related
from graph.client import Client
from graph.discovery import similar
from graph.discovery.similar import RelatedHashtags, related_hashtags, similar_posts
from graph.errors import NotFound, SettingsError
from graph.hashtag_meaning.dictionary import is_installed
from loaders.forgetting import forget
from tests.little_network import DAY, NOW, Network, act, asked, built, sea_and_snow
from tests.support import ask, run_command

pytestmark = pytest.mark.live
LISTS = ("lists", "trend", "tops")
LISTS_FIRST = ("lists", "factors", "vectors", "trend", "tops")
"""Of a first build."""


def reasons(client: Client, post: str, user: str = "", **details: Any) -> dict[str, str]:
    """The sentence of each similar post, in their order."""
    return {row["post"]: row["why"] for row in similar_posts(client, post, asked(user, **details))}


# --- posts


@pytest.fixture
def liked(client: Client, tmp_path: Path) -> Client:
    """Five fans of the sea like all three posts of ana, five of snow all of ben; I follow two of the first."""
    network = sea_and_snow()
    network.follow("me", "ana0", "ana1")
    network.person("you")
    network.load(client, tmp_path)
    built(client)
    return client


def test_posts_that_the_same_people_like_are_similar_and_those_whom_i_follow_are_named(liked: Client) -> None:
    both = "5 people liked both, Ana0 among them."
    assert reasons(liked, "ana1", "me") == {"ana2": both, "old ana": both}
    assert reasons(liked, "ana1", "you") == dict.fromkeys(("ana2", "old ana"), "5 people liked both.")
    assert reasons(liked, "ana1") == reasons(liked, "ana1", "you")
    assert [*reasons(liked, "ana1", limit=1)] == [*reasons(liked, "ana1")][:1]


@pytest.mark.parametrize(
    ("acts", "told"),
    [
        ([("forbid", "ana0", {"use": "likes"})], "4 people liked both, Ana1 among them."),
        ([("mute", "me", {"person": "ana0"})], "4 people liked both, Ana1 among them."),
        ([("block", "ana0", {"person": "me"})], "4 people liked both, Ana1 among them."),
        ([("unlearn", "me", {"person": "ana0"})], "4 people liked both, Ana1 among them."),
        ([("unlike", "ana0", {"post": "ana2"})], "4 people liked both, Ana1 among them."),
        ([("unfollow", "me", {"person": f"ana{n}"}) for n in (0, 1)], "5 people liked both."),
        ([("block", "me", {"person": f"ana{n}"}) for n in range(1, 5)], "Ana0, whom you follow, liked both."),
        ([("block", "me", {"person": f"ana{n}"}) for n in range(4)], "1 person liked both."),
        ([("block", "me", {"person": f"ana{n}"}) for n in range(5)], "The same people like both."),
        ([("like", "me", {"post": "ana2"}), ("like", "me", {"post": "ana1"})], "5 people liked both, Ana0 among them."),
    ],
)
def test_only_who_counts_is_counted_and_only_who_may_be_named_is_named(
    liked: Client, acts: list[tuple[str, str, dict[str, str]]], told: str
) -> None:
    for kind, user, target in acts:
        act(liked, kind, user, NOW, **target)
    assert reasons(liked, "ana1", "me")["ana2"] == told


def test_strangers_for_followers_only_and_opted_out_are_not_counted(liked: Client) -> None:
    ask(liked, "MATCH (x:User {id: 'ana3'}), (y:User {id: 'ana4'}) SET x.visibility = 'followers', y.optedOut = true")
    assert reasons(liked, "ana1", "you")["ana2"] == "3 people liked both."


def test_a_number_of_which_not_all_was_read_is_a_lower_bound(liked: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(liked, "MATCH (p:Post {id: 'ana2'}) UNWIND range(1, 20) AS n CREATE (:User {id: 'x' + n})-[:LIKED]->(p)")
    assert reasons(liked, "ana1")["ana2"] == "5 people liked both."
    monkeypatch.setitem(similar.BOUNDS, "likers", 24)
    assert reasons(liked, "ana1")["ana2"].startswith("At least ")


@pytest.mark.parametrize(
    "done",
    [
        {"kind": "mute", "person": "ana"},
        {"kind": "block", "person": "ana"},
        {"kind": "hide", "post": "ana2"},
        {"kind": "mute", "hashtag": "sea"},
    ],
)
def test_filtered_posts_are_left_out(liked: Client, done: dict[str, str]) -> None:
    ask(liked, "MATCH (p:Post {id: 'ana1'})<-[posted:POSTED]-() DELETE posted")
    about = {**done}
    act(liked, about.pop("kind"), "me", NOW, **about)
    assert "ana2" not in reasons(liked, "ana1", "me")
    assert "ana2" in reasons(liked, "ana1", "you")


def test_nothing_is_told_of_a_post_that_i_may_not_be_shown(liked: Client) -> None:
    act(liked, "block", "ana", person="me")
    for user, post in (("me", "ana1"), ("you", "nope"), ("", "nope")):
        with pytest.raises(NotFound, match="no post"):
            reasons(liked, post, user)
    ask(liked, "MATCH (p:Post {id: 'ben1'}) SET p.visibility = 'followers'")
    with pytest.raises(NotFound):
        reasons(liked, "ben1")
    assert reasons(liked, "ben1", "ben") == {}  # my own: what is similar to it is mine, too
    with pytest.raises(NotFound):
        reasons(liked, "ana1", as_of=NOW - 50 * DAY)
    with pytest.raises(NotFound, match="no person 'nobody'"):
        reasons(liked, "ana1", "nobody")


@pytest.fixture
def tagged(client: Client, tmp_path: Path) -> Client:
    """A new post has #fjord, which two others have, #sea, which twenty have, and #all."""
    network = Network()
    network.post("ana", "new", hashtags=["fjord", "Sea", "all"], days_ago=0.1)
    network.post("ben", "fjord1", hashtags=["fjord", "all"], days_ago=3)
    network.post("cem", "fjord2", hashtags=["Fjord", "sea", "all"], days_ago=5)
    for number in range(20):
        network.post("dan", f"sea{number:02}", hashtags=["sea", "all"], days_ago=number + 1)
    network.post("dan", *(f"x{number}" for number in range(20)), hashtags=["all"])
    network.person("me")
    network.load(client, tmp_path)
    return client


def test_a_new_post_has_those_with_its_rare_hashtags(tagged: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(similar.BOUNDS, "rare", 30)
    found = reasons(tagged, "new", limit=4)
    assert found == {
        "fjord2": "Both have #fjord and #Sea.",
        "fjord1": "Both have #fjord.",
        "sea00": "Both have #Sea.",
        "sea01": "Both have #Sea.",
    }
    assert not [post for post in reasons(tagged, "new", limit=100) if post.startswith("x")]  # #all is not rare
    act(tagged, "mute", hashtag="fjord")
    assert [*reasons(tagged, "new", "me", limit=1)] == ["sea00"]
    ask(tagged, "MATCH (p:Post {id: 'fjord1'}) SET p.visibility = 'followers'")
    assert "fjord1" not in reasons(tagged, "new", limit=100)


def test_posts_with_hundreds_of_hashtags_or_none_and_of_nobody_are_no_trouble(tagged: Client) -> None:
    ask(
        tagged,
        "MATCH (p:Post {id: 'new'}), (q:Post {id: 'sea05'})<-[posted:POSTED]-() DELETE posted WITH p, q "
        "UNWIND range(1, 400) AS n CREATE (h:Hashtag {name: 't' + n}) CREATE (p)-[:TAGGED]->(h)<-[:TAGGED]-(q)",
    )
    ask(
        tagged,
        "CREATE (:Post {id: 'bare'}), (p:Post {id: 'odd', takenAt: 'ever', likeCount: 'many'}) "
        "WITH p MATCH (h:Hashtag {name: 'fjord'}) SET h.display = ['F'] "
        "CREATE (p)-[:TAGGED]->(h), (p)-[:TAGGED]->(:Hashtag {name: 7})",
    )
    assert next(iter(reasons(tagged, "new"))) == "sea05"
    assert reasons(tagged, "bare") == {}
    assert reasons(tagged, "fjord1")["odd"] == "Both have #fjord."


# --- hashtags


def uses(network: Network, hashtags: str, *people: str, days_ago: float = 2) -> None:
    """Each posts once with all of these hashtags."""
    for person in people:
        network.post(person, f"{person} of {hashtags}", hashtags=hashtags.split(), days_ago=days_ago)


def crowd(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


@pytest.fixture
def used(client: Client, tmp_path: Path) -> Client:
    """Snow is used with cold by six, with ski by two; #all is on all posts; one account has #spam and #snow on 50."""
    network = Network()
    uses(network, "snow cold all", *crowd("a", 6))
    uses(network, "snow all", *crowd("b", 2))
    uses(network, "ski snow all", *crowd("c", 2))
    uses(network, "ski all", "d0", "d1")
    uses(network, "sea Жара all", *crowd("e", 4))
    uses(network, "sea 海 all", *crowd("f", 3))
    uses(network, "spam", "g0", "g1")
    network.post("bot", *(f"bot{number}" for number in range(50)), hashtags=["spam", "snow", "all"])
    network.post("", "orphan1", "orphan2", "orphan3", hashtags=["spam", "sea"])
    network.person("me")
    network.load(client, tmp_path)
    built(client, only=LISTS_FIRST)
    return client


def names(found: RelatedHashtags) -> list[str]:
    return [row["hashtag"] for row in found.items]


def of(client: Client, hashtag: str, user: str = "", **details: Any) -> RelatedHashtags:
    return related_hashtags(client, hashtag, asked(user, **details))


def test_hashtags_that_the_same_people_use_are_related_however_many_posts_one_has(used: Client) -> None:
    found = of(used, "#Snow")
    assert names(found) == ["all", "cold", "ski"]
    assert [row["weight"] for row in found.items] == pytest.approx([11 / 20, 6 / 11, 2 / 13])
    assert found.items[1]["why"] == "6 people use both, as in posts a0 of snow cold all and a1 of snow cold all."
    assert names(of(used, "spam")) == []
    assert names(of(used, "海")) == ["sea", "all"]
    assert names(of(used, "жара"))[0] == "sea"
    assert [row["display"] for row in of(used, "sea").items] == ["Жара", "海", "all"]
    assert of(used, "spam").missing == ()


def why(client: Client, hashtag: str, other: str, user: str = "", **details: Any) -> str:
    """The sentence of a related hashtag; '' if it is not among them."""
    return next((row["why"] for row in of(client, hashtag, user, **details).items if row["hashtag"] == other), "")


def test_what_i_filter_is_not_related_and_not_counted(used: Client) -> None:
    act(used, "mute", person="a0")
    assert why(used, "snow", "cold", "me").startswith("5 people use both, as in posts a1 of")
    act(used, "block", "a1", person="me")
    assert why(used, "snow", "cold", "me").startswith("4 people use both, as in posts a2 of")
    assert why(used, "snow", "cold").startswith("6 people use both")
    act(used, "mute", hashtag="cold")
    assert names(of(used, "snow", "me")) == ["all", "ski"]
    assert why(used, "snow", "all", "me").startswith("5 people use both")  # others only in posts with #cold
    assert names(of(used, "snow", "me", limit=1)) == ["all"]


def test_posts_for_followers_count_for_nobody(used: Client) -> None:
    act(used, "follow", person="a0")
    ask(
        used,
        "MATCH (p:Post {id: 'a0 of snow cold all'}), (x:User {id: 'a1'}) "
        "SET p.visibility = 'followers', x.visibility = 'followers'",
    )
    for user in ("me", ""):
        assert why(used, "snow", "cold", user).startswith("4 people use both, as in posts a2 of")
    ask(used, "MATCH (x:User) WHERE x.id STARTS WITH 'c' SET x.visibility = 'followers'")
    assert names(of(used, "snow")) == ["all", "cold"]  # nobody is left who uses ski, too
    built(used, only=LISTS)
    weights = {row["hashtag"]: row["weight"] for row in of(used, "snow").items}
    assert weights == pytest.approx({"all": 7 / 16, "cold": 4 / 7})


def test_what_is_later_does_not_count(used: Client) -> None:
    assert of(used, "snow", as_of=NOW - 30 * DAY).items == []
    built(used, as_of=NOW - 30 * DAY, only=LISTS)
    assert of(used, "snow").items == []


def test_a_build_replaces_what_changed_and_nothing_else(used: Client) -> None:
    arcs = "MATCH (:Hashtag)-[arc:RELATED_TO]->() RETURN elementId(arc) AS id ORDER BY id"
    before = ask(used, arcs)
    assert built(used, only=LISTS).written.get("related", 0) == 0
    assert ask(used, arcs) == before
    ask(used, "MATCH (:Hashtag {name: 'cold'})<-[tag:TAGGED]-() DELETE tag")
    assert names(of(used, "snow")) == ["all", "ski"]
    assert built(used, only=LISTS).written["related"] > 0
    assert ask(used, "MATCH (:Hashtag {name: 'cold'})-[arc:RELATED_TO]-() RETURN arc") == []


def test_a_merged_or_forgotten_hashtag_leaves_no_arc(used: Client) -> None:
    ask(
        used,
        "MATCH (h:Hashtag {name: 'cold'}) SET h.name = 'COLD' "
        "CREATE (:Hashtag {name: 'cold'})<-[:TAGGED]-(:Post {id: 'q'})",
    )
    hashtag_names.renew(used)
    assert names(of(used, "snow")) == ["all", "ski"]
    assert names(of(used, "cold")) == []
    built(used, only=LISTS)
    assert names(of(used, "cold"))[0] == "snow"
    for person in (*crowd("e", 4), *crowd("f", 3)):
        forget(used, person)
    with pytest.raises(NotFound, match="no hashtag '海'"):
        of(used, "海")
    assert ask(used, "MATCH ()-[arc:RELATED_TO]-(h) WHERE h.name IN ['海', 'жара'] RETURN arc") == []


def test_hashtags_written_by_hand_do_no_harm(used: Client) -> None:
    ask(
        used,
        "MATCH (h:Hashtag {name: 'snow'}) CREATE (h)-[:RELATED_TO {weight: 'much'}]->(:Hashtag {name: 7}) "
        "CREATE (h)-[:RELATED_TO]->(:Hashtag) CREATE (h)-[:RELATED_TO {weight: 9, by: 7}]->(h)",
    )
    ask(
        used,
        "UNWIND range(1, 4) AS n "
        "CREATE (:User {id: n})-[:POSTED]->(:Post {takenAt: 'ever'})-[:TAGGED]->(:Hashtag {name: ['x' + n]})",
    )
    ask(used, "MATCH (h:Hashtag {name: 'cold'}) SET h.display = ['C']")
    assert names(of(used, "snow")) == ["all", "cold", "ski"]
    built(used, only=LISTS)
    assert [row["display"] for row in of(used, "snow").items] == ["all", "cold", "ski"]


def test_what_is_compared_is_bounded(used: Client) -> None:
    network = read(used, NOW, NOW * 2)
    assert related(used, network).weights.nnz > related(used, network, bounds=Bounds(hashtags=3)).weights.nnz > 0
    assert related(used, network, bounds=Bounds(uses=10)).weights.nnz == 0
    assert related(used, network, bounds=Bounds(posts=8)).missing == ()
    first, again = related(used, network), related(used, network)
    assert (first.weights != again.weights).nnz == 0
    assert max(first.weights.getnnz(axis=1)) <= MAX_ARCS


def test_where_the_heap_is_too_small_those_of_before_stay_and_it_is_noted(
    used: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relating, "HEAP_SHARE", 1e-9)
    assert "related" in built(used, only=LISTS).missing
    assert names(of(used, "snow")) == ["all", "cold", "ski"]
    ask(used, "MATCH ()-[arc:RELATED_TO]->() DELETE arc")
    assert of(used, "snow").missing == ("related",)
    monkeypatch.undo()
    assert "related" not in built(used, only=LISTS).missing
    assert of(used, "snow").items


def test_without_the_procedures_the_rest_is_built(used: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gds, "RELATED_PROCEDURES", ("gds.noSuchProcedure.stream",))
    assert "related" in built(used, only=LISTS).missing
    assert names(of(used, "snow")) == ["all", "cold", "ski"]


# --- hashtags that the same people like, and emoji


@pytest.fixture
def tasted(client: Client, tmp_path: Path) -> Client:
    """Nobody uses two hashtags. Five people like posts of nature and mountain, five of city and food, and all of love;
    🏔, 😀 and #face are three people's."""
    network = Network()
    for hashtag in ("nature", "mountain", "city", "food", "love", "🏔", "😀", "face"):
        for person in crowd(f"by {hashtag} ", 3):
            network.post(person, f"{person} of {hashtag}", hashtags=[hashtag], days_ago=2)
    for fans, liked in (("a", "nature mountain love"), ("b", "city food love")):
        for fan in crowd(fans, 5):
            for taste in liked.split():
                network.like(fan, *(f"{person} of {taste}" for person in crowd(f"by {taste} ", 3)), days_ago=1)
    network.person("me")
    network.load(client, tmp_path)
    built(client, only=LISTS_FIRST)
    return client


def test_people_relate_hashtags_that_nobody_uses_together_by_what_they_like(tasted: Client) -> None:
    assert {name: names(of(tasted, name)) for name in ("nature", "city", "love", "🏔")} == {
        "nature": ["mountain"],
        "city": ["food"],
        "love": [],  # everybody likes it
        "🏔": [],
    }
    assert why(tasted, "nature", "mountain", "me") == "5 people like posts of both."
    act(tasted, "mute", person="a0")
    act(tasted, "block", "a1", person="me")
    act(tasted, "unlearn", person="a2")
    assert why(tasted, "nature", "mountain", "me") == "2 people like posts of both."
    act(tasted, "forbid", "a3", use="likes")
    assert why(tasted, "nature", "mountain", "me") == "1 person likes posts of both."
    assert why(tasted, "nature", "mountain") == "4 people like posts of both."
    for person in crowd("by mountain ", 3):
        act(tasted, "mute", person=person)
    assert names(of(tasted, "nature", "me")) == []
    act(tasted, "mute", hashtag="food")
    assert names(of(tasted, "city", "me")) == []


@pytest.mark.parametrize(
    "done",
    [
        "MATCH (x:User) WHERE x.id IN ['a0', 'a1', 'a2'] SET x.likesForSelf = true",
        "MATCH (x:User) WHERE x.id IN ['a0', 'a1', 'a2'] SET x.optedOut = true",
        "MATCH (x:User) WHERE x.id IN ['a0', 'a1', 'a2'] SET x.visibility = 'followers'",
        "MATCH (x:User) WHERE x.id STARTS WITH 'by mountain' SET x.optedOut = true",
        "MATCH (p:Post) WHERE p.id STARTS WITH 'by mountain' SET p.visibility = 'followers'",
        "MATCH (:User {id: 'a0'})-[like:LIKED]->() SET like.at = 9000000000000 "
        "WITH DISTINCT 1 AS one MATCH (x:User)-[like:LIKED]->() WHERE x.id IN ['a1', 'a2'] DELETE like",
    ],
)
def test_likes_that_do_not_count_relate_nothing(tasted: Client, done: str) -> None:
    ask(tasted, done)
    built(tasted, only=LISTS)
    assert "mountain" not in names(of(tasted, "nature"))
    assert names(of(tasted, "city"))[0] == "food"


def test_likes_of_which_not_all_were_read_are_a_lower_bound(tasted: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(similar.BOUNDS, "fans", 4)
    assert why(tasted, "nature", "mountain").startswith("At least ")
    for fan in crowd("a", 5):
        act(tasted, "mute", person=fan)
    assert why(tasted, "nature", "mountain", "me") == "The same people like posts of both."


@pytest.mark.skipif(not is_installed(), reason="needs the extra nlp")
def test_an_emoji_is_related_to_the_hashtags_of_its_name(tasted: Client) -> None:
    assert "🏔" not in names(of(tasted, "mountain"))
    built(tasted, only=LISTS, languages=["en"])
    assert why(tasted, "🏔", "mountain") == why(tasted, "mountain", "🏔") == "🏔 is an emoji for mountain."
    [row] = of(tasted, "🏔").items
    assert (row["weight"], row["examples"]) == (pytest.approx(1 / 3), [])
    assert names(of(tasted, "face")) == []  # it is in the names of too many
    built(tasted, only=LISTS)
    assert names(of(tasted, "🏔")) == []
    built(tasted, only=LISTS, languages=["en"])
    for person in crowd("by 🏔 ", 3):
        act(tasted, "block", person=person)
    assert "🏔" not in names(of(tasted, "mountain", "me"))


def test_where_the_heap_is_too_small_for_likes_use_alone_relates(used: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for fans, author in (("a", "e"), ("b", "c")):
        ask(
            used,
            "MATCH (x:User), (p:Post) WHERE x.id STARTS WITH $fans AND p.id STARTS WITH $author "
            "CREATE (x)-[:LIKED]->(p)",
            fans=fans,
            author=author,
        )
    monkeypatch.setattr(tastes, "PARAM_BYTES", 1e15)
    assert "related_by_likes" in built(used, only=LISTS).missing
    assert of(used, "snow").items
    monkeypatch.undo()
    assert "related_by_likes" not in built(used, only=LISTS).missing


def test_weights_are_those_of_a_slow_form(client: Client, tmp_path: Path) -> None:
    """Of a random network, by the formulas of the documents, in numpy."""
    random = np.random.default_rng(3)
    network, posts = Network(), 60
    tags = random.random((posts, 8)) < 0.3
    for post in range(posts):
        hashtags = [f"t{tag}" for tag in np.flatnonzero(tags[post])]
        network.post(f"by{post % 12}", f"p{post}", hashtags=hashtags)
    likes = random.random((30, posts)) < 0.2
    for fan in range(30):
        network.like(f"u{fan}", *(f"p{post}" for post in np.flatnonzero(likes[fan])))
    network.load(client, tmp_path)
    built(client, only=LISTS_FIRST)

    users = np.array([tags[author::12].any(axis=0) for author in range(12)])
    both, either = users.T.astype(int) @ users, (users[:, :, None] | users[:, None]).sum(axis=0)
    used = np.where(both >= 2, both / either, 0.0)
    tagged, number = likes.astype(float) @ tags, likes.sum(axis=1, keepdims=True)
    usual = tagged.sum(axis=0) / number.sum()
    liked = np.log(np.maximum((tagged + 20 * usual) / ((number + 20) * usual), 1.0))
    lengths = np.linalg.norm(liked, axis=0)
    cosine = liked.T @ liked / np.outer(lengths, lengths)
    cosine[cosine < 0.15] = 0.0
    expected = 1 - (1 - used) * (1 - cosine)
    rows = ask(
        client, "MATCH (h:Hashtag)-[arc:RELATED_TO]->(o) RETURN h.name AS one, o.name AS other, arc.weight AS weight"
    )
    found = {(row["one"], row["other"]): row["weight"] for row in rows}
    for one in range(8):
        for other in set(range(8)) - {one}:
            assert found.get((f"t{one}", f"t{other}"), 0.0) == pytest.approx(expected[one, other], abs=1e-6)


def test_before_a_build_there_are_none_and_it_is_told(client: Client) -> None:
    ask(client, "CREATE (:Hashtag {name: 'sun'}), (:User {id: 'me'})")
    assert (of(client, "#Sun", "me").items, of(client, "sun").missing) == ([], ("build",))
    with pytest.raises(NotFound, match="no person 'nobody'"):
        of(client, "sun", "nobody")
    with pytest.raises(NotFound, match="no hashtag 'nope'"):
        of(client, "nope")
    with pytest.raises(SettingsError, match="holds no hashtag"):
        of(client, "#")


@pytest.mark.usefixtures("cli_environment")
def test_the_command_tells_what_makes_them_similar(liked: Client) -> None:
    assert "5 people liked both, Ana0 among them." in run_command("similar", "post", "ana1", "--for", "me")
    told = run_command("similar", "hashtag", "sea")
    assert "Nothing is similar" in told
