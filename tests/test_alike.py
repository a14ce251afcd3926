"""Posts that look alike: the arcs between their pictures, and what they bring."""

from pathlib import Path
from typing import Any

import pytest

from graph.background.looks import MAX_ARCS, OWN_COPIES, _arcs, due, renew
from graph.background.renewal import renew_marked
from graph.background.state import STAGES
from graph.client import Client
from graph.discovery.similar import By, similar_posts
from graph.errors import NotFound
from graph.ranking.feed import Request, feed, replay
from graph.ranking.person import unread_person
from graph.ranking.pool import Place, Pool, _without_copies
from graph.ranking.profiles import Ranking
from graph.ranking.why import why
from tests.little_network import NOW, Network, act, asked, built, changed, ranking, reason_of
from tests.pictures import MODEL, picture, put_pictures
from tests.support import ask, run_command

LISTS = ("lists",)


def near(**weights: float) -> list[dict[str, object]]:
    return [{"post": post, "weight": weight, "isOwn": post.startswith("own")} for post, weight in weights.items()]


def chosen(near: list[dict[str, object]]) -> list[str]:
    return list(_arcs({"post": "p", "model": MODEL, "near": near})["targets"])


def test_posts_of_others_come_first_but_for_copies() -> None:
    assert chosen(near(own1=0.8, a=0.6, b=0.7)) == ["b", "a", "own1"]
    many = near(**{f"a{number}": 0.6 for number in range(20)}, own1=0.99, own2=0.95, own3=0.93)
    assert len(chosen(many)) == MAX_ARCS
    assert {*chosen(many)} >= {"own1", "own2"}
    assert sum(post.startswith("own") for post in chosen(many)) == OWN_COPIES
    assert chosen(near(c=0.6, a=0.6, b=0.6)) == ["a", "b", "c"]


def arcs(client: Client) -> dict[str, dict[str, float]]:
    rows = ask(client, "MATCH (a)-[arc:SIMILAR_PICTURE]->(b) RETURN a.id AS a, b.id AS b, arc.weight AS weight")
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        assert row["b"] not in found.setdefault(row["a"], {})
        found[row["a"]][row["b"]] = row["weight"]
    return found


def place(post: str, score: float, **alike: float) -> Place:
    return Place(post, post, ("popular",), "popular", score, {}, ("sun",), None, None, alike=alike)


def pool(*places: Place) -> Pool:
    return _without_copies(Pool(unread_person(ranking()), [*places]))


def test_of_copies_the_best_stays_also_of_those_that_a_third_connects() -> None:
    found = pool(place("a", 3, x=0.97), place("b", 2, x=0.96), place("c", 1, a=0.95), place("d", 0, a=0.94))
    assert [each.post for each in found.places] == ["a", "d"]
    assert found.copies == {"b": "a", "c": "a"}


def test_places_that_look_alike_share_a_name_unless_the_profile_says_no() -> None:
    found = pool(place("a", 2, b=0.6, d=0.7), place("b", 1, a=0.6), place("c", 0))
    a, b, c = found.varied_by(ranking())
    assert {*a} & {*b} > {"sun"}
    assert c == ("sun",)
    assert found.varied_by(plain_of(ranking())) == [("sun",)] * 3
    rules = changed(mixing={"temperature": 0.1, "hashtag_decay": 1e-9, "floor": 0.0}).ranking
    assert rules is not None
    assert [each.post for each in found.mixed(rules, 3, 0, 10)] == ["a", "c", "b"]
    assert [each.post for each in found.mixed(plain_of(rules), 3, 0, 10)] == ["a", "b", "c"]


def plain_of(rules: Ranking) -> Ranking:
    return rules.model_copy(update={"mixing": rules.mixing.model_copy(update={"looks": False})})


pytestmark = pytest.mark.live
SEA, SNOW = (1, 0), (0, 1)


@pytest.fixture
def pictured(client: Client, tmp_path: Path) -> Client:
    """Ana and ben post the sea, cem snow; ana's sea2 is sea1 again."""
    network = Network()
    network.post("ana", "sea1", "sea2")
    network.post("ben", "sea3", "sea4")
    network.post("cem", "snow1", "snow2")
    network.person("me")
    network.load(client, tmp_path)
    put_pictures(client, {"sea1": picture(*SEA), "sea2": picture(*SEA, seed=1, cosine=0.99)})
    put_pictures(client, {f"sea{n}": picture(*SEA, seed=n, cosine=0.8) for n in (3, 4)})
    put_pictures(client, {"snow1": picture(*SNOW), "snow2": picture(*SNOW, seed=5, cosine=0.96)})
    return client


def test_a_build_makes_arcs_to_pictures_that_look_alike(pictured: Client) -> None:
    assert {*due(pictured)} == {"sea1", "sea2", "sea3", "sea4", "snow1", "snow2"}
    assert built(pictured, only=STAGES).written["looks"] == 6
    found = arcs(pictured)
    assert {post: {*others} for post, others in found.items()} == {
        "sea1": {"sea2", "sea3", "sea4"},
        "sea2": {"sea1", "sea3", "sea4"},
        "sea3": {"sea1", "sea2", "sea4"},
        "sea4": {"sea1", "sea2", "sea3"},
        "snow1": {"snow2"},
        "snow2": {"snow1"},
    }
    assert found["sea1"]["sea2"] == pytest.approx(0.99, abs=1e-3)
    assert found["sea1"]["sea3"] == pytest.approx(0.8, abs=1e-3)
    assert [*due(pictured)] == []
    ask(pictured, "MATCH (p:Post {id: 'sea2'}) SET p.visibility = 'followers', p.changedAt = 1")
    renew_marked(pictured)
    assert "sea2" not in arcs(pictured)
    ask(pictured, "MATCH (p:Post {id: 'sea2'}) SET p.visibility = 'public'")
    assert built(pictured, only=LISTS).written["looks"] == 1
    assert arcs(pictured) == found
    assert renew(pictured, ["sea1", "unknown"]) == 1
    assert arcs(pictured) == found


def test_a_new_picture_is_found_from_older_ones_at_once_and_each_keeps_the_nearest(pictured: Client) -> None:
    renew(pictured, [*due(pictured)])
    ask(
        pictured, "UNWIND range(1, 15) AS n CREATE (:Post {id: 'new' + n, takenAt: 1})<-[:POSTED]-(:User {id: 'u' + n})"
    )
    put_pictures(pictured, {f"new{n}": picture(*SEA, seed=10 + n, cosine=0.85 + n / 200) for n in range(1, 16)})
    assert renew(pictured, [f"new{n}" for n in range(1, 16)]) == 15
    found = arcs(pictured)
    assert {*found["sea1"]} == {"sea2", *(f"new{n}" for n in range(7, 16))}
    counts = {post: len(others) for post, others in found.items() if not post.startswith("snow")}
    assert {*counts.values()} == {MAX_ARCS}, counts


def test_pictures_of_other_models_are_not_compared(pictured: Client) -> None:
    renew(pictured, [*due(pictured)])
    put_pictures(pictured, {"snow1": picture(*SEA, seed=9, cosine=0.9)})
    assert [*due(pictured)] == ["snow1"]
    renew(pictured, [*due(pictured)])
    assert "snow2" not in arcs(pictured)
    assert {*arcs(pictured)["snow1"]} == {"sea1", "sea2", "sea3", "sea4"}
    put_pictures(pictured, {"sea3": picture(*SEA, seed=3, cosine=0.8)}, "other")
    assert [*due(pictured)] == ["sea3"]
    assert renew(pictured, [*due(pictured)]) == 1
    assert "sea3" not in arcs(pictured)
    assert all("sea3" not in others for others in arcs(pictured).values())
    assert [*due(pictured)] == []


@pytest.mark.parametrize(
    "hiding",
    [
        "MATCH (p:Post {id: 'sea1'}) SET p.visibility = 'followers'",
        "MATCH (u:User {id: 'ana'}) SET u.visibility = 'followers'",
        "MATCH (u:User {id: 'ana'}) SET u.optedOut = true",
        "MATCH (u:User {id: 'ana'}) SET u.notProfiled = true",
        "MATCH (p:Post {id: 'sea1'}) REMOVE p.picture, p.pictureModel",
    ],
)
def test_arcs_are_taken_back_from_who_is_not_for_everybody(pictured: Client, hiding: str) -> None:
    renew(pictured, [*due(pictured)])
    ask(pictured, hiding)
    assert "sea1" in {*due(pictured)}
    renew(pictured, [*due(pictured)])
    assert "sea1" not in arcs(pictured)
    assert all("sea1" not in others for others in arcs(pictured).values())
    assert {*arcs(pictured)} >= {"sea3", "sea4"}
    assert [*due(pictured)] == []


ODD = {
    "a text": "'picture'",
    "a number": "1",
    "texts": "[x IN range(1, 256) | 'x']",
    "not a number": "[x IN range(1, 256) | 0.0 / 0.0]",
    "nothing": "[x IN range(1, 256) | 0.0]",
    "endless": "[x IN range(1, 256) | 1e300]",
    "short": "[0.6, 0.8]",
}


def test_odd_pictures_have_no_arcs_and_disturb_no_build(pictured: Client) -> None:
    for id, value in ODD.items():
        ask(
            pictured,
            f"CREATE (:Post {{id: $id, takenAt: 1, picture: {value}, pictureModel: $model}})",
            id=id,
            model=MODEL,
        )
    ask(pictured, "MATCH (p:Post {id: 'snow1'}) SET p.pictureModel = 7")
    ask(pictured, "MATCH (p:Post {id: 'snow2'}) SET p.looksModel = [1, 2]")
    renew(pictured, [*due(pictured)])
    assert {*arcs(pictured)} == {"sea1", "sea2", "sea3", "sea4"}


def test_hundreds_of_equal_pictures_have_ten_arcs_each(client: Client) -> None:
    ask(client, "UNWIND range(1, 400) AS n CREATE (:User {id: 'u' + n})-[:POSTED]->(:Post {id: 'p' + n, takenAt: 1})")
    put_pictures(client, {f"p{n}": picture(*SEA) for n in range(1, 401)})
    assert renew(client, [*due(client)]) == 400
    assert {len(others) for others in arcs(client).values()} == {MAX_ARCS}
    assert all(weight == pytest.approx(1, abs=1e-6) for others in arcs(client).values() for weight in others.values())


def said(client: Client, post: str, user: str = "", **given: Any) -> list[tuple[str, str]]:
    request = Request(user, as_of=NOW, **given)
    return [(row["post"], row["why"]) for row in similar_posts(client, post, request, By.PICTURE)]


def test_similar_posts_by_picture_say_how_near_they_are(pictured: Client) -> None:
    assert said(pictured, "sea1") == []
    renew(pictured, [*due(pictured)])
    assert said(pictured, "sea1") == [
        ("sea2", "It is nearly the same picture: 99 %."),
        ("sea3", "It looks alike: 80 %."),
        ("sea4", "It looks alike: 80 %."),
    ]
    assert [post for post, _ in said(pictured, "sea1", limit=1)] == ["sea2"]
    ask(pictured, "MATCH (me:User {id: 'me'}), (ben:User {id: 'ben'}) CREATE (me)-[:MUTED]->(ben)")
    assert [post for post, _ in said(pictured, "sea1", "me")] == ["sea2"]
    ask(pictured, "MATCH (:Post {id: 'sea1'})-[arc:SIMILAR_PICTURE]->({id: 'sea2'}) SET arc.weight = 'near'")
    ask(pictured, "MATCH (:Post {id: 'sea1'})-[arc:SIMILAR_PICTURE]->({id: 'sea3'}) SET arc.weight = 0.0 / 0.0")
    assert [post for post, _ in said(pictured, "sea1")] == ["sea4"]
    with pytest.raises(NotFound):
        said(pictured, "unknown")


@pytest.mark.usefixtures("cli_environment")
def test_the_command_and_the_route_list_them(pictured: Client) -> None:
    renew(pictured, [*due(pictured)])
    shown = run_command("similar", "post", "snow1", "--by", "picture")
    assert "snow2" in shown
    assert "It is nearly the same picture: 96 %." in shown
    assert "sea" not in shown


@pytest.fixture
def liking(pictured: Client) -> Client:
    """I like sea1 of ana; built, and compared."""
    act(pictured, "like", post="sea1")
    built(pictured, only=STAGES)
    return pictured


def brought(client: Client, **details: Any) -> dict[str, str]:
    """What the source brings me, and why."""
    answer = feed(client, asked(source="looks_alike", window_days=float("inf"), **details))
    return {item.post: reason_of(item) for item in answer.items}


def test_the_source_brings_what_looks_like_my_likes_and_says_so(liking: Client) -> None:
    said = "It looks like Ana's photo of 31 May that you liked."
    assert brought(liking) == {"sea2": said, "sea3": said, "sea4": said}
    item = feed(liking, asked(source="looks_alike")).items[0]
    assert [(node["type"], node["id"]) for node in item.reason.path][1:] == [
        ("LIKED", "sea1"),
        ("SIMILAR_PICTURE", item.post),
    ]
    assert {link.id for link in item.reason.links} == {"sea1"}
    assert brought(liking, exclude=("sea3",)) == {"sea2": said, "sea4": said}
    act(liking, "unlike", post="sea1")
    assert brought(liking) == {}


@pytest.mark.parametrize(
    ("kind", "given", "left"),
    [
        ("mute", {"person": "ben"}, {"sea2"}),
        ("block", {"person": "ben"}, {"sea2"}),
        ("hide", {"post": "sea3"}, {"sea2", "sea4"}),
        ("like", {"post": "sea3"}, {"sea2", "sea4"}),
        ("unlearn", {"post": "sea1"}, set()),
        ("reset", {}, set()),
    ],
)
def test_it_respects_what_i_filter_and_take_back(
    liking: Client, kind: str, given: dict[str, Any], left: set[str]
) -> None:
    act(liking, kind, **given)
    assert {*brought(liking)} == left


def test_a_slate_names_no_liked_post_of_who_is_muted_since(liking: Client) -> None:
    answer = feed(liking, asked(source="looks_alike", window_days=float("inf")), record=True)
    act(liking, "mute", person="ana")
    assert answer.slate is not None
    again = replay(liking, "me", answer.slate)
    assert {item.post for item in again.items} == {"sea3", "sea4"}
    assert not any("Ana" in item.reason.text or "looks" in item.reason.text for item in again.items)


def test_nearly_the_same_picture_is_in_a_slate_once_and_why_tells(liking: Client) -> None:
    put_pictures(liking, {"sea4": picture(*SEA, seed=3, cosine=0.8)})
    renew(liking, ["sea4"])
    found = {item.post for item in feed(liking, asked(window_days=float("inf"))).items}
    assert len(found & {"sea3", "sea4"}) == 1
    left, shown = ("sea4", "sea3") if "sea3" in found else ("sea3", "sea4")
    assert "snow1" not in found or "snow2" not in found
    said = why(liking, asked(window_days=float("inf")), left)
    assert said.text.startswith(f"Its picture is nearly the same as that of post {shown}, ")
    assert said.rank is None
    assert why(liking, asked(window_days=float("inf")), shown).rank is not None
    ask(liking, "MATCH ()-[arc:SIMILAR_PICTURE]->() SET arc.weight = 0.7")
    assert {item.post for item in feed(liking, asked(window_days=float("inf"))).items} >= {"sea3", "sea4"}


def test_a_copy_of_what_i_hid_is_not_shown_and_why_tells(liking: Client) -> None:
    put_pictures(liking, {"sea4": picture(*SEA, seed=3, cosine=0.8)})
    renew(liking, ["sea4"])
    hidden, copy = "sea3", "sea4"
    ask(liking, "MATCH (me:User {id: 'me'}), (post:Post {id: $post}) CREATE (me)-[:HID {at: 1}]->(post)", post=hidden)
    found = {item.post for item in feed(liking, asked(window_days=float("inf"))).items}
    assert found.isdisjoint({hidden, copy})
    said = why(liking, asked(window_days=float("inf")), copy)
    assert said.kept_out == [f"You hid post {hidden}, whose picture is nearly the same."]
    nothing = feed(liking, asked(window_days=float("inf"), exclude=("sea2", "snow1", "snow2"))).why_empty
    assert nothing is not None
    assert "1 has nearly the same picture as one that you hid, you hid 1" in nothing
    ask(liking, "MATCH (:Post {id: $copy})-[arc:SIMILAR_PICTURE]->() SET arc.weight = 0.7", copy=copy)
    assert copy in {item.post for item in feed(liking, asked(window_days=float("inf"))).items}


def test_a_hundred_copies_are_one_post(client: Client) -> None:
    ask(client, "CREATE (:User {id: 'me'})")
    ask(
        client,
        "MATCH (me:User {id: 'me'}) UNWIND range(1, 100) AS n "
        "CREATE (me)-[:FOLLOWS {since: 1}]->(:User {id: 'u' + n})-[:POSTED]->(:Post {id: 'p' + n, takenAt: $now - n})",
        now=NOW,
    )
    put_pictures(client, {f"p{n}": picture(*SEA) for n in range(1, 101)})
    renew(client, [*due(client)])
    assert len(feed(client, asked(limit=50)).items) == 1


ODD_WEIGHTS = ["'near'", "0.0 / 0.0", "1.0 / 0.0", "-1", "[0.9]", "null"]


@pytest.mark.parametrize("weight", ODD_WEIGHTS)
def test_odd_weights_bring_what_they_can_and_no_error(liking: Client, weight: str) -> None:
    ask(liking, f"MATCH ()-[arc:SIMILAR_PICTURE]->() SET arc.weight = {weight}")
    assert {*brought(liking)} <= {"sea2", "sea3", "sea4"}
    for post in ("sea2", "sea3"):
        assert why(liking, asked(window_days=float("inf")), post).text
        assert said(liking, post, "me") is not None


def test_a_post_that_very_many_look_like_is_read_by_its_few_arcs(liking: Client) -> None:
    ask(
        liking,
        "MATCH (sea:Post {id: 'sea3'}) UNWIND range(1, 20000) AS n "
        "CREATE (:Post {id: 'many' + n})-[:SIMILAR_PICTURE {weight: 0.9}]->(sea)",
    )
    assert "sea3" in brought(liking)
    put_pictures(liking, {"sea3": picture(*SEA, seed=3, cosine=0.8)})
    assert renew(liking, ["sea3"]) == 1
    assert len(ask(liking, "MATCH (:Post {id: 'sea3'})-[arc:SIMILAR_PICTURE]-() RETURN arc")) <= 2 * MAX_ARCS
