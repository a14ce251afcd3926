"""Packs: named lists of people to follow, whom they show, and who leaves them for good."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.client import Client
from graph.discovery import packs
from graph.errors import NotFound, SettingsError
from graph.settings import Settings
from loaders.forgetting import forget
from service.app import create_app
from tests.little_network import Network, act
from tests.support import ask, run_command, serving

pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Kim made a pack, `snow`, of ana, ben and cem; I follow ana."""
    network = Network()
    network.person("me", "kim", "ana", "ben", "cem", "dan", *(f"p{number}" for number in range(30)))
    network.follow("me", "ana")
    network.load(client, tmp_path)
    packs.put(client, "kim", "Snow", ["ana", "ben", "cem"], pack="snow")
    return client


def people(client: Client, user: str = "me", pack: str = "snow") -> list[str]:
    return [member.person for member in packs.one(client, pack, user).people]


def stored(client: Client) -> list[dict[str, object]]:
    return ask(
        client,
        "MATCH (maker)-[:MADE]->(pack:Pack) RETURN maker.id AS maker, pack.name AS name, "
        "COLLECT { MATCH (pack)-[:HAS]->(person) RETURN person.id ORDER BY person.id } AS people ORDER BY pack.id",
    )


def test_a_pack_is_made_listed_and_replaced(ready: Client) -> None:
    found = packs.one(ready, "snow", "me")
    assert (found.name, found.by, found.by_name) == ("Snow", "kim", "Kim")
    assert [(member.person, member.username, member.followed) for member in found.people] == [
        ("ana", "Ana", True),
        ("ben", "Ben", False),
        ("cem", "Cem", False),
    ]
    [row] = packs.listed(ready, "me")
    assert (row["pack"], row["name"], row["by"], row["people"]) == ("snow", "Snow", "kim", 3)
    assert packs.put(ready, "kim", "Snow and ice", ["ana", "dan"], pack="snow") == ("snow", False)
    assert packs.put(ready, "kim", "Snow and ice", ["ben", "ben"]) == ("snow", False)  # my pack of that name
    id, is_new = packs.put(ready, "kim", "Sea", ["dan"])
    assert is_new
    assert {str(row["name"]): row["people"] for row in stored(ready)} == {"Snow and ice": ["ben"], "Sea": ["dan"]}
    assert [row["pack"] for row in packs.listed(ready, by="me")] == []
    assert {row["pack"] for row in packs.listed(ready, by="kim")} == {"snow", id}
    assert len(packs.listed(ready, limit=1)) == 1


@pytest.mark.parametrize(
    ("name", "members", "error", "message"),
    [
        ("", ["ana"], SettingsError, "has 0 letters"),
        ("   ", ["ana"], SettingsError, "has 0 letters"),
        ("x" * 200, ["ana"], SettingsError, "has 200 letters"),
        ("nul\x00", ["ana"], SettingsError, "NUL"),
        ("Sea", [f"p{number}" for number in range(26)], SettingsError, "has 26 people"),
        ("Sea", [], SettingsError, "has 0 people"),
        ("Sea", ["ana", "nobody"], NotFound, "no person 'nobody'"),
        ("Sea", ["ana", "dan"], SettingsError, "dan may not be shown to kim"),
        ("Sea", ["ana", ""], SettingsError, "id is empty"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_stored(
    ready: Client, name: str, members: list[str], error: type[Exception], message: str
) -> None:
    act(ready, "block", "dan", person="kim")
    before = stored(ready)
    with pytest.raises(error, match=message):
        packs.put(ready, "kim", name, members)
    with pytest.raises(error, match=message):
        packs.put(ready, "kim", name, members, pack="snow")
    assert stored(ready) == before


def test_twenty_five_are_not_too_many(ready: Client) -> None:
    members = [f"p{number}" for number in range(25)]
    assert packs.put(ready, "kim", "x" * 100, [*members, "p0"]) is not None


def test_others_packs_and_names_that_are_taken_are_refused(ready: Client) -> None:
    with pytest.raises(SettingsError, match="another person's"):
        packs.put(ready, "me", "Mine", ["ana"], pack="snow")
    packs.put(ready, "kim", "Sea", ["ana"], pack="sea")
    with pytest.raises(SettingsError, match="another pack of that name"):
        packs.put(ready, "kim", "Snow", ["ana"], pack="sea")
    with pytest.raises(NotFound, match="me has no pack 'snow'"):
        packs.remove(ready, "me", "snow")
    with pytest.raises(NotFound, match="no person 'nobody'"):
        packs.put(ready, "nobody", "Snow", ["ana"])


def test_there_is_a_most_packs_of_a_person(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MAX_PACKS", 2)
    packs.put(ready, "kim", "Sea", ["ana"])
    with pytest.raises(SettingsError, match="has 2 packs already"):
        packs.put(ready, "kim", "Sky", ["ana"])
    packs.put(ready, "kim", "Sea", ["ben"])


def test_a_pack_that_very_many_left_is_kept_beside_the_others_that_were_deleted(ready: Client) -> None:
    packs.leave(ready, "ben", "snow")
    packs.remove(ready, "kim", "snow")
    packs.put(ready, "kim", "Sea", ["cem"], pack="sea")
    ask(
        ready,
        "MATCH (sea:Pack {id: 'sea'}) UNWIND range(0, 1000) AS n CREATE (:User {id: 'former ' + n})-[:LEFT]->(sea)",
    )
    packs.remove(ready, "kim", "sea")
    kept = ask(ready, "MATCH (:User {id: 'kim'})-[:MADE]->(pack) RETURN COUNT { (pack)<-[:LEFT]-() } AS n ORDER BY n")
    assert kept == [{"n": 1}, {"n": 1001}]
    for person in ("ben", "former 7"):
        with pytest.raises(SettingsError, match=f"{person} left the pack for good"):
            packs.put(ready, "kim", "Fog", ["dan", person])


@pytest.mark.parametrize("again", ["replaced", "under another name", "made anew", "made anew under another name"])
def test_who_leaves_is_out_for_good(ready: Client, again: str) -> None:
    assert packs.leave(ready, "ben", "snow")
    assert not packs.leave(ready, "ben", "snow")
    assert people(ready) == ["ana", "cem"]
    if again.startswith("made anew"):
        packs.remove(ready, "kim", "snow")
        assert packs.listed(ready) == []
        with pytest.raises(NotFound):
            packs.remove(ready, "kim", "snow")
    name = "Ice" if again.endswith("another name") else "Snow"
    for pack in ("snow", None if again != "under another name" else "snow"):
        with pytest.raises(SettingsError, match="ben left the pack for good"):
            packs.put(ready, "kim", name, ["ana", "ben"], pack=pack)
    assert packs.put(ready, "kim", name, ["ana"], pack="snow") == ("snow", again.startswith("made anew"))
    assert people(ready) == ["ana"]
    if again == "under another name":
        with pytest.raises(SettingsError, match="ben left the pack for good"):
            packs.put(ready, "kim", "Snow", ["ben"])
        packs.put(ready, "kim", "Sea", ["ben"], pack="sea")  # another pack
        packs.put(ready, "kim", "Sea", ["ana", "ben"], pack="sea")


def test_a_deleted_pack_frees_its_name_and_its_id(ready: Client) -> None:
    packs.put(ready, "kim", "Ice", ["ana", "ben"], pack="ice")
    packs.leave(ready, "ben", "snow")
    packs.leave(ready, "cem", "snow")
    packs.remove(ready, "kim", "snow")
    assert packs.put(ready, "kim", "Snow", ["ana"], pack="white") == ("white", True)
    assert packs.put(ready, "me", "Mine", ["ana", "ben"], pack="snow") == ("snow", True)
    packs.leave(ready, "ana", "white")  # the last one
    id, is_new = packs.put(ready, "kim", "Snow", ["dan"])
    assert is_new
    for pack in ("white", id):
        packs.remove(ready, "kim", pack)
    packs.put(ready, "kim", "Ice", ["ana", "ben"], pack="ice")  # who is in it stays
    for person in ("ana", "ben", "cem"):
        with pytest.raises(SettingsError, match=f"{person} left the pack for good"):
            packs.put(ready, "kim", "Fog", ["dan", person])
    packs.put(ready, "kim", "Fog", ["dan"])
    empty = "MATCH (pack:Pack) WHERE NOT EXISTS { (pack)-[:HAS]->() } "
    kept = ask(ready, empty + "RETURN COUNT { (pack)<-[:LEFT]-() } AS n")
    assert kept == [{"n": 3}]
    assert {row["name"] for row in packs.listed(ready)} == {"Ice", "Fog", "Mine"}


def test_of_two_who_make_a_pack_at_the_same_time_one_is_refused(ready: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    both, refuse = threading.Barrier(2, timeout=10), packs._refuse

    def once_both_have_looked(*about: Any) -> None:
        with suppress(threading.BrokenBarrierError):  # a transaction that is tried again waits for nobody
            both.wait()
        refuse(*about)

    def put(user: str) -> str:
        try:
            return packs.put(ready, user, "Sea", ["ana" if user == "kim" else "ben"], pack="sea")[0]
        except SettingsError as error:
            return str(error)

    monkeypatch.setattr(packs, "_refuse", once_both_have_looked)
    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(put, ("me", "kim")))
    assert outcomes == ["The pack 'sea' is another person's. Use another id.", "sea"]
    [sea] = [row for row in stored(ready) if row["name"] == "Sea"]
    assert sea["people"] == [{"kim": "ana", "me": "ben"}[str(sea["maker"])]]


def test_who_is_not_in_it_cannot_leave(ready: Client) -> None:
    with pytest.raises(NotFound, match="dan is in no pack 'snow'"):
        packs.leave(ready, "dan", "snow")
    with pytest.raises(NotFound, match="is in no pack"):
        packs.leave(ready, "ben", "nothing")


@pytest.mark.parametrize("how", ["mute", "block", "blocked", "opted out", "followers"])
@pytest.mark.parametrize("whom", ["ben", "kim"])
def test_who_may_not_be_shown_is_in_no_pack_and_makes_none(ready: Client, how: str, whom: str) -> None:
    if how == "blocked":
        act(ready, "block", whom, person="me")
    elif how in ("mute", "block"):
        act(ready, how, "me", person=whom)
    else:
        name, value = ("optedOut", True) if how == "opted out" else ("visibility", "followers")
        ask(ready, f"MATCH (one:User {{id: $id}}) SET one.{name} = $value", id=whom, value=value)
    if whom == "kim":
        assert packs.listed(ready, "me") == []
        with pytest.raises(NotFound, match="no pack 'snow' that me may be shown"):
            packs.one(ready, "snow", "me")
    else:
        assert people(ready) == ["ana", "cem"]
        assert [row["people"] for row in packs.listed(ready, "me")] == [2]
        assert people(ready, "ben") == ["ana", "ben", "cem"]  # to themselves
    is_closed = how in ("opted out", "followers")
    if is_closed and whom == "ben":
        assert people(ready, "") == ["ana", "cem"]
    if is_closed:
        act(ready, "follow", "me", person=whom)
        assert people(ready) == ["ana", "ben", "cem"]


def test_a_pack_of_which_nobody_may_be_shown_is_not_listed(ready: Client) -> None:
    packs.put(ready, "kim", "Snow", ["ben"], pack="snow")
    act(ready, "block", "ben", person="me")
    assert packs.listed(ready, "me") == []
    assert [row["people"] for row in packs.listed(ready)] == [1]


def test_to_follow_a_pack_follows_whom_i_may_see_and_do_not_follow(ready: Client) -> None:
    packs.put(ready, "kim", "Snow", ["ana", "ben", "cem", "dan", "me"], pack="snow")
    act(ready, "block", "cem", person="me")
    followed = packs.follow(ready, "me", "snow")
    assert [(person, outcome.status) for person, outcome in followed] == [("ben", "done"), ("dan", "done")]
    rows = ask(ready, "MATCH (:User {id: 'me'})-[f:FOLLOWS]->(one) RETURN one.id AS id, f.since > 0 AS at ORDER BY id")
    assert [(row["id"], row["at"]) for row in rows] == [("ana", None), ("ben", True), ("dan", True)]
    assert packs.follow(ready, "me", "snow") == []


def test_who_is_forgotten_is_in_no_pack_and_leaves_none(ready: Client) -> None:
    packs.put(ready, "ben", "Mine", ["ana", "kim"], pack="bens")
    packs.leave(ready, "ana", "bens")
    forget(ready, "ben")
    assert stored(ready) == [{"maker": "kim", "name": "Snow", "people": ["ana", "cem"]}]
    forget(ready, "kim")
    assert ask(ready, "MATCH (pack:Pack) RETURN pack") == []


def test_values_that_somebody_wrote_by_hand_do_no_harm(ready: Client) -> None:
    ask(ready, "MATCH (pack:Pack) SET pack.name = 7")
    ask(
        ready, "MATCH (pack:Pack) CREATE (pack)-[:HAS]->(:User), (pack)-[:HAS]->(:User {id: 5}), (pack)-[:HAS]->(:Post)"
    )
    ask(ready, "CREATE (:Pack {id: 'x', at: 'then'}), (:Pack {at: 1, name: 'y'})")
    ask(ready, "MATCH (kim:User {id: 'kim'}) CREATE (kim)-[:MADE]->(:Pack {id: 5, at: 1})-[:HAS]->(kim)")
    assert people(ready) == ["ana", "ben", "cem"]
    assert [row["name"] for row in packs.listed(ready)] == ["7"]


@pytest.mark.usefixtures("cli_environment")
def test_by_commands(ready: Client) -> None:
    made = run_command("pack", "me", "Friends", "ben", "cem")
    assert made.endswith(": 2 people, new.\n")
    id = made.split()[1].rstrip(":")
    assert run_command("pack", "me", "Friends", "cem") == f"Pack {id}: 1 people, replaced.\n"
    assert "Friends" in run_command("packs", "--by", "me")
    assert [row["pack"] for row in json.loads(run_command("packs", "--by", "me", "--json"))["items"]] == [id]
    assert "Cem" in run_command("packs", id)
    assert run_command("follow-pack", "dan", id) == "dan follows cem.\n"
    assert run_command("follow-pack", "dan", id) == "dan follows nobody new.\n"
    assert run_command("leave", "cem", id) == f"cem left the pack {id}.\n"
    assert run_command("packs", "--by", "me") == "No packs.\n"
    run_command("pack", "me", "Friends", "ben")
    assert run_command("unpack", "me", id) == f"me has no pack {id} any more.\n"


@pytest.fixture
def service(ready: Client, settings: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as made:
        yield made


def test_by_routes(service: httpx.Client) -> None:
    body = {"name": "Friends", "people": ["ben", "cem"]}
    assert service.put("/v1/users/me/packs/f", json=body).status_code == 201
    assert service.put("/v1/users/me/packs/f", json=body).json() == {"id": "f", "created": False}
    assert service.put("/v1/users/me/packs/f", json={**body, "people": ["nobody"]}).status_code == 404
    assert service.put("/v1/users/me/packs/f", json={**body, "name": ""}).status_code == 422
    found = service.get("/v1/packs", params={"user": "dan"}).json()["items"]
    assert [(row["pack"], row["people"]) for row in found] == [("f", 2), ("snow", 3)]
    assert [row["pack"] for row in service.get("/v1/packs", params={"by": "kim"}).json()["items"]] == ["snow"]
    assert service.post("/v1/users/ben/packs/f/leave", json={}).json() == {"pack": "f", "changed": True}
    assert [one["person"] for one in service.get("/v1/packs/f", params={"user": "dan"}).json()["people"]] == ["cem"]
    assert service.post("/v1/users/dan/packs/f/follow", json={}).json() == {"pack": "f", "followed": ["cem"]}
    assert service.delete("/v1/users/me/packs/f").status_code == 204
    assert service.delete("/v1/users/me/packs/f").status_code == 404
    assert service.get("/v1/packs/f").status_code == 404
    assert service.get("/v1/packs", params={"user": "nobody"}).status_code == 404
