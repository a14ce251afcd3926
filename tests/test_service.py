"""The web service: its routes give what the command line gives, and its errors say the next step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.client import Client
from graph.settings import Settings
from service.app import create_app
from tests.support import load, serving, write_csv

pytestmark = pytest.mark.live


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


def test_network_and_interests(service: httpx.Client) -> None:
    network = service.get("/v1/users/me/network").json()
    assert network["rows"] == [{"srcId": "me", "dstId": "a/na", "srcName": "me", "dstName": "ana"}]
    interests = service.get("/v1/users/me/interests", params={"as_of": "2024-06-01"}).json()
    assert interests["hashtags"] == [{"hashtag": "sun", "display": "sun", "weight": 1, "liked": 1, "shown": 0}]


@pytest.mark.parametrize(
    ("path", "params", "status", "says"),
    [
        ("/v1/users/nobody/feed", {}, 404, "no person 'nobody'"),
        ("/v1/users/nobody/network", {}, 404, "no person 'nobody'"),
        ("/v1/users/me/feed", {"profile": "best"}, 422, "no profile 'best'"),
        ("/v1/users/me/feed", {"source": "best"}, 422, "no source 'best'"),
        ("/v1/users/me/feed", {"as_of": "soon"}, 422, "as_of is 'soon'"),
    ],
)
def test_an_error_is_a_problem_with_a_remedy(
    service: httpx.Client, path: str, params: dict[str, Any], status: int, says: str
) -> None:
    response = service.get(path, params=params)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert says in response.json()["detail"]
    assert response.json()["remedy"]


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"seed": -1}, {"window_days": "x"}])
def test_numbers_out_of_range_are_refused(service: httpx.Client, params: dict[str, Any]) -> None:
    assert service.get("/v1/users/me/feed", params=params).status_code == 422


def test_the_page_its_files_and_the_demos_pictures_are_served(service: httpx.Client) -> None:
    assert "<title>graphfeed</title>" in service.get("/").text
    for path in ("/static/page.js", "/static/page.css", "/pictures/sun-1.svg", "/health/live", "/docs"):
        assert service.get(path).status_code == 200, path
