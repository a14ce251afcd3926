"""The web service: its routes give what the command line gives, and its errors say the next step."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

import cypher
from graph import clock, entities
from graph.background.builder import build
from graph.background.state import LEASE
from graph.client import Client, Row
from graph.errors import GdsMissing, GdsRefused, SettingsError, TookTooLong
from graph.health import health
from graph.leases import leased
from graph.ranking.missing import MISSING
from graph.ranking.profiles import profile
from graph.settings import Settings
from graph.tracing import Trace, traced
from service import operations
from service.app import create_app
from tests.support import ask, everything, load, serving, write_csv

pytestmark = pytest.mark.live


NUMBERS = count()


def event(kind: str, user: str = "me", **details: Any) -> dict[str, Any]:
    return {"id": f"e{next(NUMBERS)}", "kind": kind, "user": user, **details}


def put_posts(service: httpx.Client, number: int, **details: Any) -> None:
    """Posts p0, p1 … of whom I follow, each a day older than the one before; where I post them, I am their author."""
    author = "me" if "mentions" in details else "a/na"
    for place in range(number):
        told = {"author": author, "takenAt": f"2024-05-{30 - place:02}", **details}
        assert service.put(f"/v1/posts/p{place}", json=told).status_code == 201


@pytest.fixture
def service(client: Client, settings: Settings, tmp_path: Path) -> Iterator[httpx.Client]:
    write_csv(
        tmp_path / "files",
        users=[{"id": "me", "username": "me"}, {"id": "a/na", "username": "ana"}],
        follows=[{"follower": "me", "followee": "a/na"}],
        posts=[{"id": "a1", "author": "a/na", "taken_at": "2024-05-31"}],
        likes=[{"user": "me", "post": "a1"}],
        tags=[{"post": "a1", "hashtag": "sun"}],
    )
    load(client, tmp_path / "files")
    (settings.home / "pictures").mkdir(parents=True)
    (settings.home / "pictures" / "sun-1.svg").write_text("<svg/>")
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        yield service


def test_feed(service: httpx.Client) -> None:
    answer = service.get(
        "/v1/users/me/feed", params={"as_of": "2024-06-01", "source": "followees", "seed": 3, "profile": "tutorial"}
    ).json()
    assert (answer["user"], answer["profile"], answer["asOf"], answer["seed"]) == (
        "me",
        "tutorial",
        "2024-06-01T00:00:00Z",
        3,
    )
    assert [(item["post"], item["author"], item["takenAt"]) for item in answer["items"]] == [
        ("a1", "a/na", "2024-05-31T00:00:00Z")
    ]


def test_an_id_may_hold_a_slash(service: httpx.Client) -> None:
    assert service.get("/v1/users/a%2Fna/network").json() == {"user": "a/na", "rows": []}
    assert service.put("/v1/users/x%2ffeed", json={}).json() == {"id": "x/feed", "created": True}
    assert service.put("/v1/posts/b%2Fposts%2Fc", json={"author": "x/feed"}).status_code == 201
    assert service.get("/v1/users/me/posts/b%2Fposts%2Fc/why").json()["post"] == "b/posts/c"
    assert service.delete("/v1/users/x%2Ffeed").status_code == 200


def test_network_and_interests(service: httpx.Client) -> None:
    network = service.get("/v1/users/me/network").json()
    assert network["rows"] == [{"srcId": "me", "dstId": "a/na", "srcName": "me", "dstName": "ana"}]
    interests = service.get("/v1/users/me/interests", params={"as_of": "2024-06-01"}).json()
    [sun] = interests["hashtags"]
    assert {**sun, "examples": len(sun["examples"])} == {
        **{"hashtag": "sun", "display": "sun", "weight": 1, "liked": 1, "shown": 0, "looked": 0},
        **{"kind": "inferred", "wish": None, "until": None, "examples": 1, "topic": None},
    }


def test_people_are_named_by_id_for_privacy(service: httpx.Client) -> None:
    network = service.get("/v1/users/me/network", params={"label": "id", "edges": "mine"}).json()
    assert network["rows"] == [{"srcId": "me", "dstId": "a/na", "srcName": "me", "dstName": "a/na"}]


def test_pages_of_a_feed_do_not_repeat_and_a_replay_gives_the_slate_again(service: httpx.Client) -> None:
    put_posts(service, 12)
    page = service.get("/v1/users/me/feed", params={"as_of": "2024-06-01", "limit": 4}).json()
    shown = [item["post"] for item in page["items"]]
    slate = page["slate"]
    while page["cursor"]:
        page = service.get("/v1/users/me/feed", params={"cursor": page["cursor"]}).json()
        shown += [item["post"] for item in page["items"]]
    assert len(shown) == len(set(shown)) == 12
    assert [item["post"] for item in service.get(f"/v1/users/me/slates/{slate}").json()["items"]] == shown
    again = service.get("/v1/users/me/feed", params={"as_of": "2024-06-01"}).json()
    assert {item["post"] for item in again["items"]} <= {*shown}  # nothing else is left
    assert "news" in again["missing"]


def served(client: Client) -> list[int]:
    return [row["served"] for row in ask(client, "MATCH (slate:Slate) RETURN slate.served AS served")]


def test_a_look_writes_nothing_and_has_no_cursor(service: httpx.Client, client: Client) -> None:
    put_posts(service, 6)
    before = everything(client)
    asked: dict[str, Any] = {"as_of": "2024-06-01", "limit": 4}
    look = service.get("/v1/users/me/feed", params={**asked, "record": False}).json()
    assert (len(look["items"]), look["slate"], look["cursor"]) == (4, None, None)
    assert all("place" not in item for item in look["items"])
    page = service.get("/v1/users/me/feed", params=asked).json()
    assert [item["post"] for item in page["items"]] == [item["post"] for item in look["items"]]
    assert [item["place"] for item in page["items"]] == [1, 2, 3, 4]
    assert served(client) == [4]
    after = everything(client)
    next = service.get("/v1/users/me/feed", params={"cursor": page["cursor"], "record": False}).json()
    assert len(next["items"]) == 2
    assert everything(client) == after != before


def test_what_is_served_later_is_served_by_impressions(service: httpx.Client, client: Client) -> None:
    put_posts(service, 6)
    asked: dict[str, Any] = {"as_of": "2024-06-01", "limit": 2, "served": "later"}
    page = service.get("/v1/users/me/feed", params=asked).json()
    slate = page["slate"]
    page = service.get("/v1/users/me/feed", params={"cursor": page["cursor"]}).json()
    assert [item["place"] for item in page["items"]] == [3, 4]
    assert served(client) == [0]

    def impress(place: int, **other: Any) -> httpx.Response:
        return service.post("/v1/events", json=event("impression", **{"slate": slate, "place": place, **other}))

    assert impress(3).json()["results"][0]["status"] == "done"
    assert impress(2).json()["results"][0]["status"] == "unchanged"
    assert served(client) == [3]
    beyond = impress(5)
    assert (beyond.status_code, "its pages reach place 4" in beyond.json()["detail"]) == (422, True)
    unknown = impress(1, slate="none")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "me has no slate 'none'.")
    assert impress(1, user="a/na").status_code == 404
    left = service.get("/v1/users/me/feed", params={"as_of": "2024-06-01", "record": False}).json()["items"]
    assert len(left) == 3
    ask(client, "MATCH (slate:Slate) SET slate.expiresAt = 1")
    expired = impress(4)
    assert (expired.status_code, "has expired" in expired.json()["detail"]) == (410, True)
    assert served(client) == [3]


def test_what_has_no_slate_can_neither_be_recorded_nor_served_later(service: httpx.Client) -> None:
    refused: tuple[dict[str, Any], ...] = (
        {"profile": "tutorial", "record": True},
        {"profile": "tutorial", "served": "later"},
        {"record": False, "served": "later"},
        {"served": "never"},
    )
    for asked in refused:
        assert service.get("/v1/users/me/feed", params=asked).status_code == 422, asked
    assert service.get("/v1/users/me/feed", params={"profile": "tutorial", "record": False}).status_code == 200


def test_a_hide_for_a_reason_that_no_profile_knows_is_noted(service: httpx.Client) -> None:
    hide = event("hide", post="a1", reason="dull")
    [result] = service.post("/v1/events", json=hide).json()["results"]
    assert result["status"] == "done"
    assert "Unknown hide reason 'dull'" in result["note"]
    [result] = service.post("/v1/events", json=event("hide", post="a1", reason="spam")).json()["results"]
    assert "note" not in result


def test_the_document_lists_the_codes_of_what_is_missing(service: httpx.Client) -> None:
    shape = service.get("/openapi.json").json()["components"]["schemas"]["FeedAnswer"]["properties"]["missing"]
    assert shape["items"]["enum"] == [*MISSING]
    assert all(f"`{code}`: {sentence}" in shape["description"] for code, sentence in MISSING.items())


def test_a_slate_with_sensitive_posts_is_replayed_for_who_asks_for_these(service: httpx.Client) -> None:
    put_posts(service, 3, sensitive=True)
    asked: dict[str, Any] = {"as_of": "2024-06-01", "sensitive": True}
    page = service.get("/v1/users/me/feed", params=asked).json()
    assert len(page["items"]) == 3
    for sensitive, number in ((False, 0), (True, 3)):
        again = service.get(f"/v1/users/me/slates/{page['slate']}", params={"sensitive": sensitive})
        assert len(again.json()["items"]) == number


def test_a_preview_weighs_otherwise_and_records_nothing(service: httpx.Client, client: Client) -> None:
    put_posts(service, 6)
    before = everything(client)
    asked = {"as_of": "2024-06-01", "source": "followees"}
    look = service.post("/v1/users/me/feed/preview", params=asked, json={"weights": {}}).json()
    other = service.post("/v1/users/me/feed/preview", params=asked, json={"weights": {"recency": -1}}).json()
    assert everything(client) == before
    assert (look["slate"], look["cursor"]) == (None, None)
    assert [item["post"] for item in look["items"]] == [item["post"] for item in other["items"]][::-1]
    assert all(item["parts"]["recency"] >= 0 for item in other["items"])
    assert look["profileHash"] != other["profileHash"]


def test_debug_tells_what_a_feed_was_made_from(service: httpx.Client) -> None:
    put_posts(service, 3)
    plain = service.get("/v1/users/me/feed", params={"as_of": "2024-06-01"}).json()
    assert "debug" not in plain
    debug = service.get("/v1/users/me/feed", params={"as_of": "2024-06-10", "debug": True}).json()["debug"]
    assert debug["candidates"]["followees"] == 3
    assert debug["ranking"]["weights"]["recency"] == 1.0
    assert [call["statement"] for call in debug["statements"]][-2:] == ["feed/page", "slates/create"]
    assert all(call["ms"] > 0 for call in debug["statements"])


def test_why(service: httpx.Client) -> None:
    service.post("/v1/events", json={"id": "1", "kind": "hide", "user": "me", "post": "a1"})
    answer = service.get("/v1/users/me/posts/a1/why", params={"as_of": "2024-06-01"}).json()
    assert "You hid it." in answer["keptOut"]


def test_the_top_of_a_hashtag_is_filtered_for_who_asks(service: httpx.Client) -> None:
    put_posts(service, 4, hashtags=["Sea Side"])
    service.post("/v1/events", json=[event("like", post="p2"), event("like", post="p1"), event("hide", post="p0")])
    service.post("/v1/events", json=event("like", user="a/na", post="p1"))
    asked = {"as_of": "2024-06-01"}
    top = service.get("/v1/hashtags/%23SEA%20SIDE/top", params=asked).json()
    assert (top["hashtag"], top["display"]) == ("sea side", "Sea Side")
    assert [(item["post"], item["likeCount"]) for item in top["items"]] == [("p1", 2), ("p2", 1), ("p0", 0), ("p3", 0)]
    mine = service.get("/v1/hashtags/sea%20side/top", params={**asked, "user": "me"}).json()
    assert [item["post"] for item in mine["items"]] == ["p1", "p2", "p3"]
    service.post("/v1/events", json=event("mute", hashtag="sea side"))
    assert service.get("/v1/hashtags/sea%20side/top", params={**asked, "user": "me"}).json()["items"] == []


def test_ones_own_act_shows_in_ones_next_feed(service: httpx.Client) -> None:
    put_posts(service, 2)
    asked = {"as_of": "2024-06-01"}
    assert service.get("/v1/users/new/feed", params=asked).status_code == 404
    assert service.put("/v1/users/new", json={}).status_code == 201
    service.post("/v1/events", json=event("follow", user="new", person="a/na", at="2024-05-01"))
    items = service.post("/v1/users/new/feed/preview", params=asked, json={"weights": {}}).json()["items"]
    assert {item["reason"]["text"] for item in items if item["source"] == "followees"} == {"You follow ana."}
    service.post("/v1/events", json=event("like", user="new", post=items[0]["post"], at="2024-05-31"))
    left = service.get("/v1/users/new/feed", params=asked).json()["items"]
    assert items[0]["post"] not in [item["post"] for item in left]


def test_an_event_that_is_sent_again_changes_nothing(service: httpx.Client, client: Client) -> None:
    sent = event("unlike", post="a1")
    assert service.post("/v1/events", json=sent).json()["results"] == [
        {"id": sent["id"], "status": "done", "problem": None, "remedy": None}
    ]
    before = everything(client)
    assert service.post("/v1/events", json=[sent, sent]).json()["results"][0]["status"] == "replayed"
    assert everything(client) == before


def test_a_person_and_a_post_are_as_they_were_last_put(service: httpx.Client, client: Client) -> None:
    put = {"username": "cem", "fullName": "Cem C.", "optedOut": True}
    assert service.put("/v1/users/cem", json=put).json() == {"id": "cem", "created": True}
    assert service.put("/v1/users/cem", json={"username": "cem2"}).json() == {"id": "cem", "created": False}
    [cem] = ask(client, "MATCH (u:User {id: 'cem'}) RETURN properties(u) AS p")
    assert cem["p"].pop("affinityAt") > 0  # due, for they are new
    assert cem["p"] == {"id": "cem", "username": "cem2"}
    full = {"author": "cem", "takenAt": "2024-05-01T02:00:00+02:00", "caption": "x", "likeCount": 5, "sensitive": True}
    service.put("/v1/posts/new", json={**full, "hashtags": ["#One", "two"], "mentions": ["me", "a/na"]})
    service.post("/v1/events", json=event("like", post="new"))
    answer = service.put("/v1/posts/new", json={"author": "cem", "hashtags": ["one"], "mentions": ["me"]})
    assert (answer.status_code, answer.json()["created"]) == (200, False)
    [post] = ask(
        client,
        "MATCH (post:Post {id: 'new'}) RETURN properties(post) AS p, COLLECT {MATCH (post)-->(x) RETURN "
        "coalesce(x.display, x.id) ORDER BY 1} AS ties, COUNT {(:Hashtag {name: 'two'})} AS unused",
    )
    assert post["p"] == {"id": "new", "likeCount": 6, "givenLikeCount": 5, "commentCount": 0}
    assert (sorted(post["ties"]), post["unused"]) == (["One", "me"], 0)


def test_the_engine_knows_the_media_types_too(client: Client, service: httpx.Client) -> None:
    with pytest.raises(SettingsError, match=r"Unknown media type 'poem'\. Use one of: image, video, carousel\."):
        entities.put_post(client, "new", entities.Post("me", media_type="poem"))
    assert ask(client, "MATCH (post:Post {id: 'new'}) RETURN post") == []
    assert entities.put_post(client, "new", entities.Post("me", media_type="video"))


def test_who_and_what_is_deleted_is_gone_with_all_that_hangs_on_it(service: httpx.Client, client: Client) -> None:
    put_posts(service, 2)
    service.post("/v1/events", json=[event("like", post="p0"), event("hide", post="p1", reason="spam")])
    assert service.delete("/v1/posts/p0").status_code == 204
    assert service.delete("/v1/posts/p0").status_code == 404
    removed = service.delete("/v1/users/me").json()["removed"]
    assert (removed["users"], removed["follows"], removed["hides"]) == (1, 1, 1)
    assert ask(client, "MATCH (n) WHERE n.id IN ['p0', 'me'] RETURN n") == []


def test_an_export_holds_what_a_person_told_and_did_and_can_be_imported(
    service: httpx.Client, client: Client, tmp_path: Path
) -> None:
    put_posts(service, 2, hashtags=["sun"], mentions=["a/na"])
    kinds = [
        event("comment", post="p0", text="Lovely \u2603"),
        event("view", post="p1", dwellMs=5),
        event("pick", hashtag="x"),
    ]
    service.post("/v1/events", json=kinds)
    answer = service.get("/v1/users/me/export")
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row for row in rows if row["file"] == "likes"] == [{"file": "likes", "user": "me", "post": "a1"}]
    assert {row["file"] for row in rows} == {
        *("users", "posts", "follows", "likes", "comments", "tags", "mentions", "views", "interests")
    }
    before = everything(client)
    for row in rows:
        with (tmp_path / f"{row.pop('file')}.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")
    assert load(client, tmp_path).total.created == 0
    assert everything(client) == before


def test_a_bookmark_of_a_write_is_told_and_taken(service: httpx.Client) -> None:
    written = service.post("/v1/events", json=event("pick", hashtag="x"))
    bookmark = written.headers["graphfeed-bookmark"]
    read = service.get("/v1/users/me/interests", headers={"Graphfeed-Bookmark": bookmark})
    assert read.status_code == 200
    with ThreadPoolExecutor(16) as pool:
        picks = pool.map(lambda n: service.post("/v1/events", json=event("pick", hashtag=f"x{n}")), range(64))
    assert {len(pick.headers["graphfeed-bookmark"].split(",")) for pick in picks} == {1}


def test_the_id_of_a_request_is_told_and_names_its_transactions_and_its_line_in_the_log(
    service: httpx.Client, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "service.middleware")
    seen: list[Any] = []
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.is_set():
            rows = ask(client, "SHOW TRANSACTIONS YIELD metaData RETURN metaData")
            seen.extend(row["metaData"] for row in rows if row["metaData"].get("request"))

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        for number in range(30):
            answer = service.get("/v1/users/me/feed", headers={"X-Request-ID": f"mine-{number}"})
            assert answer.headers["x-request-id"] == f"mine-{number}"
        stopped.set()
        watching.result()
    assert any(data["request"].startswith("mine-") and data["query"].startswith("feed/") for data in seen)
    [line] = [record for record in caplog.records if vars(record).get("route") == "/v1/users/{user}/feed"][:1]
    assert (vars(line)["status"], vars(line)["statements"] > 0) == (200, True)
    assert len(service.get("/health/live", headers={"X-Request-ID": "a b"}).headers["x-request-id"]) == 32


def test_metrics_tell_of_stages_sources_and_what_was_shown(service: httpx.Client, client: Client) -> None:
    put_posts(service, 3)
    service.get("/v1/users/me/feed", params={"as_of": "2024-06-01"})
    service.post("/v1/events", json=event("pick", hashtag="x"))
    assert service.get("/v1/users/me/export").text
    text = service.get("/metrics").text
    told = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert told['graphfeed_candidates_total{source="followees"}'] == "3.0"
    shown = [count for name, count in told.items() if name.startswith("graphfeed_items_total{")]
    assert sum(map(float, shown)) == 3
    assert told['graphfeed_missing_total{what="build"}'] == "1.0"
    assert told['graphfeed_events_total{kind="pick",status="done"}'] == "1.0"
    assert told['graphfeed_request_seconds_count{method="GET",route="/v1/users/{user}/feed",status="200"}'] == "1.0"
    for name in ("feed/ranked", "events/claim", "events/pick", "person/rows"):
        assert float(told[f'graphfeed_statement_seconds_count{{statement="{name}"}}']) >= 1
    assert told["graphfeed_neo4j_up"] == told["graphfeed_gds_up"] == "1.0"
    assert float(told["graphfeed_building"]) == 0
    assert "graphfeed_generation" not in told  # nothing is built
    waiting = float(told["graphfeed_stale_people"])
    service.post("/v1/events", json=[event("follow", person="ben"), event("pick", hashtag="y")])
    service.request("ODD", "/v1/events")
    build(client, profile("default"))
    text = service.get("/metrics").text
    told = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(told["graphfeed_generation"]) == 1
    assert float(told["graphfeed_built_timestamp_seconds"]) > time.time() - 600
    for stage in ("reading", "lists", "affinity"):
        assert float(told[f'graphfeed_build_stage_seconds{{stage="{stage}"}}']) > 0
        assert 0 <= float(told[f'graphfeed_build_stage_age_seconds{{stage="{stage}"}}']) < 600
    assert float(told["graphfeed_stale_people"]) < waiting
    assert 'graphfeed_events_total{kind="pick",status="withheld"} 1.0' in text
    assert "ODD" not in text


def test_ready_tells_what_is_lacking(service: httpx.Client, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "READY_SECONDS", 0)

    def ready() -> Any:
        return service.get("/health/ready").json()

    first = ready()
    assert (first["status"], first["built"], first["generation"], first["building"]) == ("degraded", None, None, None)
    assert first["degraded"] == [
        "There is no build yet: feeds lack what is learned from likes. Run `graphfeed refresh`."
    ]
    assert first["gds"].startswith("2.")
    with leased(client, LEASE) as lost:
        told = {"stage": "lists", "done": 41, "total": 100, "left": 120.0}
        client.write("build/tell", {"lease": LEASE, "owner": lost.owner, "rows": told})
        assert ready()["building"] == {"stage": "lists", "forecast": "similar posts 41 %, about 2 min left"}
        assert ready()["degraded"] == [
            "There is no build yet; the first is being made: similar posts 41 %, about 2 min left."
        ]
    build(client, profile("default"))
    built = ready()
    assert (built["status"], built["degraded"], built["generation"]) == ("ok", [], 1)
    assert (built["stale"], built["lagSeconds"], built["building"]) == (0, 0, None)
    assert clock.now() - clock.parse(built["built"]) < 600_000
    ask(client, "MATCH (u:User {id: 'me'}) SET u.affinityAt = $at", at=clock.now() - 3_600_000)
    ask(client, "CREATE (:Post {id: 'grown', changedAt: $at})", at=clock.now())
    late = ready()
    assert (late["status"], late["stale"], late["lagSeconds"] > 3599) == ("degraded", 2, True)
    assert late["degraded"] == [f"2 people and posts wait for the builder, the oldest for {late['lagSeconds']:.0f} s."]
    ask(client, "MATCH (u:User) REMOVE u.affinityAt")
    ask(client, "MATCH (b:Build) SET b.builtAt = $at", at=clock.now() - 50 * 3_600_000)
    assert ready()["degraded"] == [
        "The last build is 50 hours old, but one is due every 24 h. Is a builder running? "
        "`graphfeed refresh` builds now."
    ]


def test_without_gds_nobody_waits_for_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    build(client, profile("default"))
    ask(client, "CREATE (:User {id: 'me', affinityAt: 0})")
    refused: list[type[GdsMissing]] = []
    read = Client.read

    def reading(self: Client, name: str, *rest: Any, **more: Any) -> Any:
        if name == "admin/gds_version":
            raise refused[-1]("It may not run.", "Let it.")
        return read(self, name, *rest, **more)

    monkeypatch.setattr(Client, "read", reading)
    for error, says in ((GdsMissing, "runs without the Graph Data Science library"), (GdsRefused, "may not run it")):
        refused.append(error)
        found = health(client)
        assert (found.gds, found.stale, found.lag_seconds) == (None, 0, 0)
        assert len(found.degraded) == 1
        assert says in found.degraded[0]


def test_forgetting_says_when_what_was_learned_goes(service: httpx.Client, client: Client) -> None:
    assert service.delete("/v1/users/me").json()["learned"] is None
    build(client, profile("default"))
    told = service.delete("/v1/users/a%2Fna").json()["learned"]
    assert told.startswith("The results learned from their likes are removed with the next build, by 20")


def test_the_page_its_files_and_the_demos_pictures_are_served(service: httpx.Client) -> None:
    assert "<title>graphfeed</title>" in service.get("/").text
    for path in ("/static/page.js", "/static/page.css", "/pictures/sun-1.svg", "/health/live", "/docs"):
        assert service.get(path).status_code == 200, path


ENDLESS = "UNWIND range(1, 1000000000000) AS x WITH x WHERE x < 0 AND $now <> 0 RETURN x AS post"


LONG_READS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a feed": ("feed/me", "GET", {"params": {}}),
    "a preview": ("feed/me", "POST", {"json": {"weights": {"recency": 3}}}),
    "the tutorial's": ("tutorial/mixed", "GET", {"params": {"profile": "tutorial"}}),
}


@pytest.mark.parametrize("what", LONG_READS)
def test_what_a_client_asked_for_is_ended_when_it_leaves(
    service: httpx.Client, client: Client, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """And a projection that was made for it is dropped."""
    long, method, given = LONG_READS[what]
    load = cypher.load

    def endless(name: str) -> cypher.Statement:
        statement = load(name)
        return replace(statement, text=ENDLESS, samples={"now": "0"}) if name == long else statement

    monkeypatch.setattr(cypher, "load", endless)
    path = f"/v1/users/me/feed{'/preview' if method == 'POST' else ''}"
    with pytest.raises(httpx.ReadTimeout):
        service.request(method, path, timeout=3, **given)
    monkeypatch.undo()
    wait_until(lambda: not running(client))
    projections = (
        "CALL gds.graph.list() YIELD graphName WHERE graphName STARTS WITH 'graphfeed-request-' RETURN graphName"
    )
    wait_until(lambda: not ask(client, projections))


def test_whoever_sends_another_s_id_ends_nothing_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    load = cypher.load
    endless = replace(load("people/ids"), text=ENDLESS, samples={"now": "0"})
    monkeypatch.setattr(cypher, "load", lambda name: endless if name == "people/ids" else load(name))
    mine, theirs = Trace("the same"), Trace("the same")

    def read() -> None:
        with traced(mine), pytest.raises(TookTooLong):
            client.read("people/ids", {"now": 0})

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        wait_until(lambda: bool(running(client)))
        client.end_request(theirs)
        assert running(client)
        client.end_request(mine)
        reading.result(10)
        wait_until(lambda: not running(client))


def running(client: Client) -> list[Row]:
    """What the server does for requests."""
    return ask(
        client, "SHOW TRANSACTIONS YIELD metaData WHERE metaData.request IS NOT NULL RETURN metaData.query AS query"
    )


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_statement_over_its_budget_is_an_error_that_names_the_limit(
    settings: Settings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never a shorter answer."""
    ask(client, "CREATE (:User {id: 'me'})")
    brief = settings.model_copy(update={"request_seconds": 0.5})
    with serving(create_app(brief)) as url, httpx.Client(base_url=url, timeout=60) as service:
        load = cypher.load
        slow = replace(load("tutorial/interests"), text=ENDLESS, samples={"now": "0"})
        monkeypatch.setattr("graph.client.PLANNING_MS", 500)
        monkeypatch.setattr(cypher, "load", lambda name: slow if name == "tutorial/interests" else load(name))
        answer = service.get("/v1/users/me/feed", params={"profile": "tutorial", "source": "interests"})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "A statement took longer than its budget of 1 s."
    assert "GRAPHFEED_REQUEST_SECONDS" in answer.json()["remedy"]
