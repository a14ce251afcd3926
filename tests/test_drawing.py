"""A network to draw: who is in it, who follows whom, communities where there are too many, and how it is told."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from graph.client import Client, Row
from graph.drawing import CIRCLE, Drawing, drawing
from graph.errors import NotFound
from graph.settings import Settings
from service.app import create_app
from tests.fake import Fake
from tests.guarded import answering, app_of
from tests.little_drawing import ties_of
from tests.support import ask, serving

# --- from rows


def row(person: str, degree: int, *followed_by: int, **more: Any) -> Row:
    """A row of network/people."""
    plain = {"name": person, "community": None, "followers": 0, "followsMe": False, "isWhole": True}
    return {"person": person, "degree": degree, "followedBy": list(followed_by), **plain, **more}


ROWS = (
    row("me", 0, 1),
    row("ana", 1, 1, community=5, followers=9),
    row("ben", 1, community=7, followers=4),
    row("eva", 2, 0, 1, community=7, followers=5),
    row("kim", 2, 1),
)


def of_rows(rows: tuple[Row, ...] = ROWS, **asked: Any) -> Drawing:
    return drawing(Fake({"network/people": rows}), "me", **asked)


def test_follows_are_places_of_people() -> None:
    found = of_rows()
    assert [one["person"] for one in found.people] == ["me", "ana", "ben", "eva", "kim"]
    assert found.follows == [[1, 2], [3], [0, 1, 3, 4]]
    assert (found.people_in_all, found.is_whole, found.communities) == (5, True, ())


def test_of_too_many_people_communities_come_with_the_follows_between_them() -> None:
    found = of_rows(limit=3)
    assert (found.people, found.follows, found.people_in_all) == ((), (), 5)
    assert [(one["community"], one["name"], one["people"], one["followees"]) for one in found.communities] == [
        (7, "eva", 2, 1),
        (None, "me", 2, 0),
        (5, "ana", 1, 1),
    ]
    assert found.ties == [(0, 1, 3), (0, 2, 2), (1, 2, 1)]


def test_a_community_opens_with_the_person_in_it() -> None:
    found = of_rows(limit=3, community=7)
    assert [one["person"] for one in found.people] == ["me", "ben", "eva"]
    assert found.follows == [[1], [0, 2]]
    assert [one["person"] for one in of_rows(community="none").people] == ["me", "kim"]


def test_whoever_is_called_so_is_found_among_too_many_people() -> None:
    assert [one["person"] for one in of_rows(limit=3, name=" EV").people] == ["me", "eva"]
    assert [one["person"] for one in of_rows(limit=3, name="kim").people] == ["me", "kim"]
    assert [one["person"] for one in of_rows(limit=3, name="nobody").people] == ["me"]


def test_where_no_community_is_known_the_first_people_are_drawn() -> None:
    found = of_rows(tuple({**one, "community": None} for one in ROWS), limit=2)
    assert ([one["person"] for one in found.people], found.follows) == (["me", "ana"], [[1], []])
    assert found.people_in_all == 5


def test_what_is_false_or_unknown_is_left_out_of_the_answer() -> None:
    rows = [row("me", 0), row("ana", 1, community=5, followsMe=True)]
    with answering(app_of(), {"network/people": rows}) as service:
        answer = service.get("/v1/users/me/network/drawing").json()
        bad = [
            service.get("/v1/users/me/network/drawing", params=params).status_code
            for params in ({"limit": 0}, {"limit": 3_001}, {"edges": "some"}, {"community": "x"})
        ]
    plain = {"followers": 0}
    assert answer == {
        **{"user": "me", "peopleInAll": 2, "isWhole": True, "communities": [], "ties": [], "follows": [[1], []]},
        "people": [
            {"person": "me", "name": "me", "degree": 0, **plain},
            {"person": "ana", "name": "ana", "degree": 1, "community": 5, "followsMe": True, **plain},
        ],
    }
    assert bad == [422] * 4


# --- from a graph

GRAPH = """
CREATE (me:User {id: 'me', username: 'me'}), (far:User {id: 'far'})
CREATE (ana:User {id: 'ana', username: 'Ana', community: 5})
CREATE (ben:User {id: 'ben', community: 7}), (eva:User {id: 'eva', fullName: 'Eva', community: 7})
CREATE (muted:User {id: 'muted'}), (blocked:User {id: 'blocked'}), (blocker:User {id: 'blocker'})
CREATE (gone:User {id: 'gone', optedOut: true}), (closed:User {id: 'closed', visibility: 'followers'})
CREATE (friend:User {id: 'friend', visibility: 'followers'})
CREATE (:User {id: 'stranger'})-[:FOLLOWS]->(me), (far)<-[:FOLLOWS]-(eva)
CREATE (me)-[:MUTED]->(muted), (me)-[:BLOCKED]->(blocked), (blocker)-[:BLOCKED]->(me)
CREATE (ben)-[:FOLLOWS]->(me)
FOREACH (one IN [ana, ben, muted, blocked, friend] | CREATE (me)-[:FOLLOWS]->(one))
FOREACH (one IN [ben, eva, muted, blocked, blocker, gone, closed, friend] | CREATE (ana)-[:FOLLOWS]->(one))
"""


@pytest.fixture
def graph(client: Client) -> Client:
    ask(client, GRAPH)
    return client


def names(found: Drawing) -> list[str]:
    return [one["person"] for one in found.people]


@pytest.mark.live
def test_who_is_filtered_is_not_drawn(graph: Client) -> None:
    found = drawing(graph, "me")
    assert names(found) == ["me", "ana", "ben", "friend", "eva"]
    assert ties_of(found) == {
        *(("me", one) for one in ("ana", "ben", "friend")),
        *(("ana", one) for one in ("ben", "eva", "friend")),
        ("ben", "me"),
    }
    assert [
        (one["name"], one["degree"], one["community"], one["followers"], one["followsMe"]) for one in found.people
    ] == [
        ("me", 0, None, 2, False),
        ("Ana", 1, 5, 1, False),
        ("ben", 1, 7, 2, True),
        ("friend", 1, None, 2, False),
        ("Eva", 2, 7, 1, False),
    ]
    assert names(drawing(graph, "me", "mine")) == ["me", "ana", "ben", "friend"]


@pytest.mark.live
def test_of_somebody_alone_there_is_one_and_of_nobody_an_error(graph: Client) -> None:
    assert names(drawing(graph, "far")) == ["far"]
    with pytest.raises(NotFound, match="nobody"):
        drawing(graph, "nobody")


@pytest.mark.live
def test_what_was_not_read_is_told(graph: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawing(graph, "me").is_whole
    for bound in CIRCLE:
        with monkeypatch.context() as patched:
            patched.setitem(CIRCLE, bound, 2)
            assert not drawing(graph, "me").is_whole, bound
    monkeypatch.setitem(CIRCLE, "follows", 2)
    assert drawing(graph, "me", "mine").is_whole


@pytest.fixture
def service(graph: Client, settings: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        yield service


@pytest.mark.live
def test_too_many_people_are_communities_which_open(service: httpx.Client) -> None:
    path = "/v1/users/me/network/drawing"
    answer = service.get(path, params={"limit": 3}).json()
    assert [one["community"] for one in answer["communities"]] == [7, None, 5]
    assert answer["people"] == []
    opened = service.get(path, params={"limit": 3, "community": 7}).json()
    assert [one["person"] for one in opened["people"]] == ["me", "ben", "eva"]
    assert service.get("/v1/users/nobody/network/drawing").status_code == 404
    service.post("/v1/events", json={"id": "e1", "kind": "mute", "user": "me", "person": "ana"})
    assert [one["person"] for one in service.get(path).json()["people"]] == ["me", "ben", "friend"]
