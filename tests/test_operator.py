"""What the operator's page is told: requests by route, the builder, and where the posts of slates come from."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from graph import clock
from graph.client import Client
from graph.errors import SettingsError
from graph.ranking import stored_profiles
from graph.ranking.composition import MAX_PLACES, composition
from graph.ranking.feed import Request, feed
from graph.settings import Settings
from graph.tracing import Trace
from service.app import create_app
from service.telemetry import BUCKET_SECONDS, Telemetry
from tests.fake import Fake
from tests.guarded import KEYS, answering, bearer, keyed
from tests.little_network import DEFAULT, Network
from tests.prepared import BUILT, WITH_GDS, lag
from tests.support import ask, serving

FIGURES: dict[str, Any] = {
    **WITH_GDS,
    "build/state": [BUILT],
    "build/lag": [lag(posts=3, postsSince=1)],
    "build/stages": [{"stage": "lists", "seconds": 2.5, "endedAt": clock.now()}],
}


class _Route:
    path_format = "/v1/users/{user}/feed"


def observe(telemetry: Telemetry, status: int, seconds: float) -> None:
    scope = {"type": "http", "method": "GET", "route": _Route()}
    telemetry.observe_request(scope, status, seconds, Trace("r"))


def test_requests_are_counted_by_route_status_and_seconds() -> None:
    telemetry = Telemetry()
    for status, seconds in ((200, 0.004), (200, 0.2), (503, 31.0)):
        observe(telemetry, status, seconds)
    [found] = telemetry.requests()
    assert (found.method, found.route) == ("GET", "/v1/users/{user}/feed")
    assert found.statuses == {"200": 2, "503": 1}
    assert sorted(found.within) == [*BUCKET_SECONDS, float("inf")]
    assert (found.within[0.0025], found.within[0.005], found.within[0.25], found.within[30]) == (0, 1, 2, 2)
    assert found.within[float("inf")] == 3


def test_figures_have_requests_and_the_builder() -> None:
    with answering(keyed(), FIGURES) as service:
        admin = bearer(KEYS["admin"])
        service.get("/v1/nothing", headers=admin)
        answer = service.get("/v1/operator/figures", headers=admin)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["bounds"] == [*BUCKET_SECONDS]
        route = next(each for each in found["routes"] if each["route"] == "none")
        assert route["statuses"] == {"404": 1}
        assert len(route["within"]) == len(BUCKET_SECONDS) + 1
        assert route["within"][-1] == 1
        assert found["runsBuilder"]
        assert (found["state"]["generation"], found["state"]["stale"]) == (3, 3)
        assert [(stage["name"], stage["seconds"]) for stage in found["stages"]] == [("lists", 2.5)]
        assert found["problem"] is None


def test_figures_come_without_neo4j_too() -> None:
    app = keyed()
    with serving(app) as url, httpx.Client(base_url=url, timeout=30) as service:
        answer = service.get("/v1/operator/figures", headers=bearer(KEYS["admin"]))
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] is None
    assert answer.json()["problem"].startswith("Neo4j is not available")


@pytest.mark.parametrize("path", ["/v1/operator/figures", "/v1/operator/slates"])
@pytest.mark.parametrize(
    ("key", "status"), [(None, 401), ("unknown-0123456789abcdef", 401), ("read", 403), ("write", 403)]
)
def test_figures_are_for_admins(path: str, key: str | None, status: int) -> None:
    with answering(keyed()) as service:
        headers = bearer(KEYS.get(key, key)) if key else {}
        assert service.get(path, headers=headers).status_code == status


def test_slates_are_of_some_hours() -> None:
    with answering(keyed(), {"slates/composition": []}) as service:
        for hours, status in (("24", 200), ("0", 422), ("-1", 422), ("nan", 422), ("1e9", 422)):
            answer = service.get("/v1/operator/slates", params={"hours": hours}, headers=bearer(KEYS["admin"]))
            assert answer.status_code == status, hours
        assert service.get("/v1/operator/slates", headers=bearer(KEYS["admin"])).json() == {
            "slates": 0,
            "since": None,
            "parts": [],
        }


def test_parts_are_summed_by_source_and_steps() -> None:
    rows = [
        {"slates": 2, "oldest": 7, "source": source, "steps": steps, "posts": posts}
        for source, steps, posts in (("a", 1, 2), ("b", 2, 4), ("b", 3, 1), (None, 3, 1))
    ]
    fake = Fake({"slates/composition": rows})
    found = composition(fake, 24)
    assert (found.slates, found.since) == (2, 7)
    assert [(part.source, part.posts, part.followees, part.two_steps, part.farther) for part in found.parts] == [
        ("b", 5, 0, 4, 1),
        ("a", 2, 2, 0, 0),
        ("", 1, 0, 0, 1),
    ]


def test_profiles_are_those_of_files_and_of_tunings() -> None:
    fake = Fake({"profiles/names": [{"names": ["tuned-1"]}], "profiles/named": [{"text": None}]})
    found = stored_profiles.names(fake)
    assert found[-1] == "tuned-1"
    assert {"default", "newest", "tutorial"} <= {*found}
    with pytest.raises(SettingsError, match="Unknown profile"):
        stored_profiles.find(fake, "nope")


# --- with Neo4j


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ana, who follows ben; cem is of another community."""
    network = Network()
    for author in ("ana", "ben", "cem"):
        network.post(author, f"{author}1", f"{author}2")
    network.post("", "nobody's")
    for one, other in (("me", "ana"), ("ana", "ben"), ("ben", "me"), ("cem", "dan")):
        network.follow(one, other)
    network.load(client, tmp_path)
    ask(client, "MATCH (post:Post) SET post.takenAt = $at", at=clock.now() - 60_000)
    return client


@pytest.mark.live
def test_the_composition_of_slates_is_the_sum_of_their_bubbles(ready: Client) -> None:
    assert composition(ready, 24).slates == 0
    steps: dict[int, int] = dict.fromkeys((1, 2, 3), 0)
    sources: dict[str, int] = {}
    for user in ("me", "cem"):
        answer = feed(ready, Request(user, DEFAULT, limit=MAX_PLACES), record=True)
        for item in answer.items:
            sources[item.source] = sources.get(item.source, 0) + 1
        for row in ready.read("slates/bubble", {"me": user, "slate": answer.slate, "posts": None}):
            steps[row["steps"]] += row["posts"]
    found = composition(ready, 24)
    assert found.slates == 2
    assert {part.source: part.posts for part in found.parts} == sources
    for place, field in ((1, "followees"), (2, "two_steps"), (3, "farther")):
        assert sum(getattr(part, field) for part in found.parts) == steps[place]
    assert steps[1]
    assert steps[2]
    assert steps[3]


@pytest.mark.live
def test_only_what_was_handed_out_of_slates_of_that_time_counts(ready: Client) -> None:
    answer = feed(ready, Request("me", DEFAULT, limit=2), record=True, served="later")
    assert sum(part.posts for part in composition(ready, 24).parts) == len(answer.items) == 2
    ask(ready, "MATCH (slate:Slate) SET slate.asOf = $at", at=clock.now() - 2 * clock.DAY_MS)
    assert composition(ready, 24).parts == ()
    assert composition(ready, 72).slates == 1
    ask(ready, "MATCH (slate:Slate) SET slate.authors = null, slate.sources = null")  # of a slate that is odd
    assert [part.source for part in composition(ready, 72).parts] == [""]


@pytest.mark.live
def test_figures_move_with_requests(ready: Client, settings: Settings) -> None:
    keys = SecretStr(",".join(f"{role}:{key}" for role, key in KEYS.items()))
    app = create_app(settings.model_copy(update={"api_keys": keys}))
    with serving(app) as url, httpx.Client(base_url=url, timeout=60, headers=bearer(KEYS["admin"])) as service:

        def counts() -> dict[str, int]:
            routes = service.get("/v1/operator/figures").json()["routes"]
            return {route["route"]: route["within"][-1] for route in routes if route["method"] == "GET"}

        assert "/v1/users/{user}/feed" not in counts()
        for record in ("true", "false"):
            service.get("/v1/users/me/feed", params={"record": record}).raise_for_status()
        assert counts()["/v1/users/{user}/feed"] == 2
        found = service.get("/v1/operator/slates").json()
        assert found["slates"] == 1
        assert service.get("/v1/profiles").json()["serving"] == "default"
