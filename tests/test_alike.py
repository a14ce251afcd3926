"""Posts that look alike: the arcs between their pictures, and what they bring."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import schema
from graph.background.looks import MAX_ARCS, OWN_COPIES, _arcs, due, renew
from graph.background.renewal import renew_marked
from graph.background.state import STAGES
from graph.client import Client
from graph.discovery.similar import By, similar_posts
from graph.errors import NotFound
from graph.pictures import SAME_COSINE, SIZE, Picture, cosines, to_bytes
from graph.ranking.batch import ranked_lists
from graph.ranking.feed import Request, feed, replay
from graph.ranking.filters import FILTERS
from graph.ranking.hidden import read_hidden
from graph.ranking.person import unread_person
from graph.ranking.pool import Place, Pool
from graph.ranking.profiles import Ranking, profile
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


def turned(cosine: float, model: str = MODEL) -> Picture:
    """A picture at a cosine to that of the sea, towards snow."""
    return Picture(model, to_bytes(picture(cosine, (1 - cosine**2) ** 0.5)))


def pool(hidden: Mapping[str, Picture] = {}, /, **pictures: Picture | None) -> Pool:
    """The pool of posts with these pictures, the best first, for who hid some."""
    places = [
        Place(post, post, ("popular",), "popular", -rank, {}, ("sun",), None, None, picture=picture)
        for rank, (post, picture) in enumerate(pictures.items())
    ]
    return Pool(unread_person(ranking()), places).without_copies(hidden)


def test_of_copies_the_best_stays_and_copies_of_a_copy_are_none() -> None:
    found = pool(a=turned(1), b=turned(0.97), c=turned(0.96), d=turned(0.9), e=turned(1), f=turned(1, "other"), g=None)
    assert [each.post for each in found.places] == ["a", "d", "f", "g"]
    assert found.copies == {"b": "a", "c": "a", "e": "a"}


def test_copies_of_what_somebody_hid_are_left_out_and_the_nearest_is_named() -> None:
    hidden = {"near": turned(0.97), "nearest": turned(0.99), "other": turned(1, "other")}
    found = pool(hidden, a=turned(1), b=turned(0.8), c=None, d=Picture(MODEL, "no vector"), e=Picture(MODEL, "AAAA"))
    assert found.hidden_copies == {"a": "nearest"}
    assert [each.post for each in found.places] == ["b", "c", "d", "e"]


@given(st.lists(st.sampled_from([-1.0, -0.99, -0.9, 0.9, 0.96, 0.98, 1.0]), max_size=12))
def test_no_two_of_a_pool_are_copies_and_each_that_is_left_out_is_one_of_a_better_place(shown: list[float]) -> None:
    pictures = {f"p{number:02}": turned(cosine) for number, cosine in enumerate(shown)}
    found = pool(**pictures)
    kept = [each.post for each in found.places]
    near = cosines([pictures[post] for post in kept], [pictures[post] for post in kept])
    assert (near >= SAME_COSINE).sum() == len(kept)
    for post, better in found.copies.items():
        assert better < post
        assert better in kept
        assert cosines([pictures[post]], [pictures[better]])[0, 0] >= SAME_COSINE
    assert sorted([*kept, *found.copies]) == [*pictures]


def test_bytes_keep_cosines() -> None:
    random = np.random.default_rng(0)
    near = random.normal(size=(20, 1, SIZE)) + random.normal(size=(20, 5, SIZE)) * [[0], [0.1], [0.2], [0.3], [1]]
    whole = near.reshape(-1, SIZE) / np.linalg.norm(near, axis=2).reshape(-1, 1)
    rounded = [Picture(MODEL, to_bytes(vector)) for vector in whole]
    assert np.abs(cosines(rounded, rounded) - whole @ whole.T).max() < 0.003


def test_places_that_look_alike_share_a_name_unless_the_profile_says_no() -> None:
    found = pool(a=turned(1), b=turned(0.8), c=turned(0.3), d=turned(-1))
    a, b, c, d = found.varied_by(ranking())
    assert {*a} & {*b} > {"sun"}
    assert {*b} & {*c} > {"sun"}
    assert {*a} & {*c} == {"sun"}
    assert d == ("sun",)
    assert pool(a=None, b=None).varied_by(ranking()) == [("sun",)] * 2
    rules = changed(mixing={"temperature": 0.1, "hashtag_decay": 1e-9, "floor": 0.0}).ranking
    assert rules is not None
    assert [each.post for each in found.mixed(rules, 4, 0, 10)] == ["a", "c", "d", "b"]
    assert [each.post for each in found.mixed(plain_of(rules), 4, 0, 10)] == ["a", "b", "c", "d"]


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
    ask(liking, "MATCH (post:Post) REMOVE post.pictureBytes")
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
    assert "you hid 1, you liked 1, and 1 has nearly the same picture as one that you hid" in nothing
    ask(liking, "MATCH (post:Post {id: $copy}) REMOVE post.pictureBytes", copy=copy)
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


@pytest.mark.parametrize(("authors", "each"), [(1, 8), (1, 25), (5, 5), (30, 2)])
def test_of_many_copies_one_is_shown_and_none_after_it_is_hidden(client: Client, authors: int, each: int) -> None:
    ask(client, "CREATE (:User {id: 'me'}) CREATE (:User {id: 'other'})-[:POSTED]->(:Post {id: 'snow', takenAt: 1})")
    ask(
        client,
        "MATCH (me:User {id: 'me'}) UNWIND range(1, $authors) AS n "
        "CREATE (me)-[:FOLLOWS {since: 1}]->(author:User {id: 'u' + n}) WITH author, n UNWIND range(1, $each) AS m "
        "CREATE (author)-[:POSTED]->(:Post {id: n + '-' + m, takenAt: $now - n - m})",
        now=NOW,
        authors=authors,
        each=each,
    )
    copies = [f"{n}-{m}" for n in range(1, authors + 1) for m in range(1, each + 1)]
    put_pictures(client, {post: picture(*SEA, seed=n, cosine=0.99) for n, post in enumerate(copies)})
    put_pictures(client, {"snow": picture(*SNOW)})
    [shown] = in_feed(client) - {"snow"}
    act(client, "hide", post=shown)
    assert in_feed(client) == {"snow"}
    act(client, "unhide", post=shown)
    assert len(in_feed(client)) == 2


def in_feed(client: Client) -> set[str]:
    return {item.post for item in feed(client, asked(limit=50, window_days=float("inf"))).items}


def test_a_feed_is_filled_up_with_other_pictures_where_copies_take_its_places(client: Client) -> None:
    ask(
        client,
        "CREATE (me:User {id: 'me'}), (ana:User {id: 'ana'}), (ben:User {id: 'ben'}), (me)-[:FOLLOWS]->(ana) "
        "WITH ana, ben UNWIND range(1, 50) AS n CREATE (ana)-[:POSTED]->(:Post {id: 'copy' + n, takenAt: $now - n}), "
        "(ben)-[:POSTED]->(:Post {id: 'other' + n, takenAt: $now - n})",
        now=NOW,
    )
    put_pictures(client, {f"copy{n}": picture(*SEA) for n in range(1, 51)})
    assert len(in_feed(client)) == 50


MEME = """
CREATE (me:User {id: 'me'}), (other:User {id: 'other'})-[:POSTED]->(hidden:Post {id: 'meme', takenAt: $now - 1})
WITH me UNWIND range(1, $accounts) AS n
CREATE (me)-[:FOLLOWS {since: 1}]->(u:User {id: 'u' + n})-[:POSTED]->(:Post {id: 'older' + n, takenAt: $now - 9000 - n})
WITH u, n UNWIND range(1, $each) AS m CREATE (u)-[:POSTED]->(:Post {id: n + '-' + m, takenAt: $now - 100 * m - n})
"""
"""People whom I follow have posted the same picture many times, and each another post before."""
ONE_SOURCE = {"source": "followees"}
NEWEST = {"profile": profile("newest")}


@pytest.mark.parametrize("hides", [True, False])
@pytest.mark.parametrize(("accounts", "each"), [(30, 10), (60, 2), (12, 20)])
@pytest.mark.parametrize("details", [{}, ONE_SOURCE, NEWEST], ids=["mixed", "followees", "newest"])
def test_however_many_copies_are_newer_a_page_has_what_lies_behind_them(
    client: Client, accounts: int, each: int, details: dict[str, Any], *, hides: bool
) -> None:
    ask(client, MEME, now=NOW, accounts=accounts, each=each)
    copies = [f"{n}-{m}" for n in range(1, accounts + 1) for m in range(1, each + 1)]
    put_pictures(client, dict.fromkeys(["meme", *copies], picture(*SEA)))
    if hides:
        act(client, "hide", post="meme")
    found = [item.post for item in feed(client, asked(**details)).items]
    assert len(found) == 10
    assert len([post for post in found if not post.startswith("older")]) <= (0 if hides else 1)


def test_a_list_of_a_batch_is_as_long_as_it_may_be_where_copies_are_among_its_posts(client: Client) -> None:
    ask(client, MEME, now=NOW, accounts=4, each=10)
    shown = {f"{n}-{m}": picture(*[0.0] * m, 1.0) for n in range(1, 5) for m in range(1, 11)}
    put_pictures(client, shown)
    [list_of_me] = ranked_lists(client, ["me"], asked(), 10)
    assert len(list_of_me.items) == 10
    assert len({post.split("-")[-1] for post, _ in list_of_me.items}) == 10


def test_a_copy_takes_the_place_of_a_post_that_an_experiment_holds_out() -> None:
    bringing = {"a": ("popular",), "b": ("followees",), "c": ("popular", "followees")}
    places = [
        Place(post, post, sources, sources[0], -rank, {"prior": 0.0}, (), None, None, picture=turned(1))
        for rank, (post, sources) in enumerate(bringing.items())
    ]
    found = Pool(unread_person(ranking()), places).without_copies({})
    assert ([each.post for each in found.places], found.copies) == (["a"], {"b": "a", "c": "a"})
    without = found.without("popular", {"a", "c"}, ranking())
    assert ([each.post for each in without.places], without.copies) == (["b"], {"c": "b"})


CLOSING = (
    "MATCH (p:Post {id: 'sea3'}) SET p.visibility = 'followers'",
    "MATCH (u:User {id: 'ben'}) SET u.visibility = 'followers'",
    "MATCH (u:User {id: 'ben'}) SET u.optedOut = true",
    "MATCH (u:User {id: 'ben'}), (me:User {id: 'me'}) CREATE (u)-[:BLOCKED]->(me)",
)


@pytest.mark.parametrize("closing", CLOSING)
def test_why_tells_nothing_of_what_a_post_holds_that_one_may_not_see(liking: Client, closing: str) -> None:
    ask(
        liking,
        "MATCH (sea:Post {id: 'sea3'}), (me:User {id: 'me'}) SET sea.words = ' golden ', sea.sensitive = true, "
        "me.mutedWords = ['golden'] CREATE (me)-[:MUTED]->(:Hashtag {name: 'x'})<-[:TAGGED]-(sea)",
    )
    put_pictures(liking, {"sea4": picture(*SEA, seed=3, cosine=0.8)})
    act(liking, "hide", post="sea4")
    open_to_me = why(liking, asked(), "sea3").kept_out
    assert len(open_to_me) == 4
    ask(liking, closing)
    [only] = why(liking, asked(), "sea3").kept_out
    assert only in FILTERS["closed"].causes.values()


CLOSED = (
    "MATCH (p:Post {id: 'sea2'}) SET p.visibility = 'followers'",
    "MATCH (u:User {id: 'ben'}) SET u.visibility = 'followers'",
    "MATCH (u:User {id: 'ben'}) SET u.optedOut = true",
)


@pytest.mark.parametrize("closing", CLOSED)
@pytest.mark.parametrize("hidden", ["sea1", "sea2"])
def test_copies_of_whom_i_follow_are_copies_whoever_else_may_see_them(
    client: Client, tmp_path: Path, closing: str, hidden: str
) -> None:
    network = Network()
    network.post("ana", "sea1")
    network.post("ben", "sea2")
    network.follow("me", "ana", "ben")
    network.load(client, tmp_path)
    ask(client, closing)
    assert in_feed(client) == {"sea1", "sea2"}
    put_pictures(client, {"sea1": picture(*SEA), "sea2": picture(*SEA, seed=1, cosine=0.99)})
    assert len(in_feed(client)) == 1
    act(client, "hide", post=hidden)
    assert in_feed(client) == set()
    [copy] = {"sea1", "sea2"} - {hidden}
    kept_out = why(client, asked(window_days=float("inf")), copy).kept_out
    assert kept_out == [f"You hid post {hidden}, whose picture is nearly the same."]


def test_the_pictures_that_somebody_hid_last_count(client: Client, tmp_path: Path) -> None:
    network = Network()
    network.post("ana", *(f"hidden{n}" for n in range(3)), *(f"copy{n}" for n in range(3)))
    network.follow("me", "ana")
    network.load(client, tmp_path)
    for n in range(3):
        put_pictures(client, {f"{name}{n}": picture(*[0.0] * n, 1.0) for name in ("hidden", "copy")})
        ask(client, "MATCH (me:User {id: 'me'}), (p:Post {id: 'hidden' + $n}) CREATE (me)-[:HID {at: $n}]->(p)", n=n)
    bounds = ranking().bounds.model_copy(update={"hides": 2})
    assert [*read_hidden(client, "me", bounds)] == ["hidden2", "hidden1"]
    assert in_feed(client) == set()


def test_an_upgrade_gives_vectors_their_bytes(pictured: Client) -> None:
    stored = "MATCH (p:Post) WHERE p.picture IS NOT NULL RETURN p.id AS post, p.pictureBytes AS numbers ORDER BY post"
    expected = ask(pictured, stored)
    ask(pictured, "MATCH (p:Post) REMOVE p.pictureBytes")
    for id, value in ODD.items():
        ask(pictured, f"CREATE (:Post {{id: 'odd ' + $id, picture: {value}, pictureModel: 'odd'}})", id=id)
    ask(pictured, "MATCH (schema:Schema) SET schema.version = 13")
    ask(pictured, "MATCH (p:Post {id: 'sea2'}) SET p.pictureBytes = 'of another picture'")
    schema.ensure(pictured)
    given = [row for row in ask(pictured, stored) if row["numbers"] is not None]
    assert given == expected


ODD_BYTES = ["'sea'", "''", "0.0 / 0.0", "[1, 2]", "true"]


@pytest.mark.parametrize("numbers", ODD_BYTES)
def test_odd_bytes_bring_what_they_can_and_no_error(liking: Client, numbers: str) -> None:
    ask(liking, f"MATCH (post:Post) WHERE post.id <> 'sea1' SET post.pictureBytes = {numbers}")
    assert in_feed(liking)
    act(liking, "hide", post="sea3")
    assert why(liking, asked(window_days=float("inf")), "sea4").text
    assert in_feed(liking) >= {"sea2", "sea4"}


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
