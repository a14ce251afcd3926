"""Whatever the service is sent: bad input has a clear error and stores nothing; who has no key is not let in."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from graph import clock
from graph.client import Address, Client
from graph.errors import GraphfeedError, ServerError, SettingsError
from graph.settings import Settings, read_settings
from service.app import create_app
from service.bodies import MAX_BODY_BYTES
from service.keys import Keys
from service.serving import require_settings, serve
from tests.support import ask, everything, load, serving, write_csv

pytestmark = pytest.mark.live
KEYS = {role: f"{role}-0123456789abcdef" for role in ("read", "write", "admin")}


@pytest.fixture
def small(client: Client, tmp_path: Path) -> Client:
    write_csv(
        tmp_path / "files",
        users=[{"id": "me"}, {"id": "ana"}, {"id": "ben"}],
        follows=[{"follower": "me", "followee": "ana"}],
        posts=[{"id": f"a{n}", "author": "ana", "taken_at": f"2024-05-{n + 10}"} for n in range(9)],
        tags=[{"post": "a1", "hashtag": "sun"}],
    )
    load(client, tmp_path / "files")
    return client


@pytest.fixture(scope="module")
def settings_of_module(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return read_settings(uri=address.uri, password=address.password, home=home)


@pytest.fixture(scope="module")
def running(settings_of_module: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings_of_module)) as url, httpx.Client(base_url=url, timeout=60) as service:
        yield service


@pytest.fixture
def service(small: Client, running: httpx.Client) -> httpx.Client:
    """A service without keys, on the small graph."""
    return running


@pytest.fixture(scope="module")
def running_guarded(settings_of_module: Settings) -> Iterator[httpx.Client]:
    keys = SecretStr(",".join(f"{role}:{key}" for role, key in KEYS.items()))
    given = settings_of_module.model_copy(update={"api_keys": keys, "cors_origins": "https://app.example"})
    with serving(create_app(given)) as url, httpx.Client(base_url=url, timeout=60) as service:
        yield service


@pytest.fixture
def guarded(small: Client, running_guarded: httpx.Client) -> httpx.Client:
    """A service with keys, which pages of one other origin may call."""
    return running_guarded


def an_event(**changes: Any) -> dict[str, Any]:
    given = {"id": "e", "kind": "like", "user": "me", "post": "a1", **changes}
    return {name: value for name, value in given.items() if value is not ...}


GOOD = an_event(id="good")
LONG = "x" * 8192
BAD_EVENTS: list[tuple[Any, int, str]] = [
    (an_event(user=42), 422, "user"),
    (an_event(post=["a1"]), 422, "post"),
    (an_event(id=...), 422, "id"),
    (an_event(user=...), 422, "user"),
    (an_event(post=...), 422, "needs a post"),
    (an_event(id=""), 422, "id"),
    (an_event(user=""), 422, "user"),
    (an_event(id=" e"), 422, "trailing blanks"),
    (an_event(id=LONG), 422, "too large to index"),
    (an_event(post=LONG), 422, "too large to index"),
    (an_event(user="nobody"), 404, "no person 'nobody'"),
    (an_event(post="none"), 404, "no post 'none'"),
    (an_event(kind="loves"), 422, "kind"),
    (an_event(at="soon"), 422, "at"),
    (an_event(at=1717200000), 422, "at"),
    (an_event(at="0000-01-01"), 422, "at"),
    (an_event(kind="view", dwellMs=-1), 422, "dwellMs"),
    (an_event(kind="view", dwellMs=2**63), 422, "dwellMs"),
    (an_event(kind="view", dwellMs="900"), 422, "dwellMs"),
    (an_event(kind="follow", post=..., person="me"), 422, "Nobody can follow themselves"),
    (an_event(person="ana"), 422, "takes no person"),
    (an_event(kind="pick", post=..., hashtag="##"), 422, "holds no hashtag"),
    (an_event(kind="comment", text="\0"), 422, "NUL"),
    (an_event(kind="comment", text="\ud800"), 422, "text"),
    (an_event(mood="good"), 422, "mood"),
    ([GOOD, an_event(post="none")], 422, "1 of 2 events are refused, so none is recorded"),
    ([GOOD, an_event(kind="loves")], 422, "1.kind"),
    ([GOOD, 7], 422, "batch"),
    ([], 422, "batch"),
    ([GOOD] * 1001, 422, "1000"),
    (7, 422, "body"),
    (None, 422, "body"),
    ("like", 422, "body"),
]


@pytest.mark.parametrize(("body", "status", "says"), BAD_EVENTS, ids=lambda value: str(value)[:60])
def test_a_bad_event_has_a_clear_error_and_nothing_is_stored(
    service: httpx.Client, small: Client, body: Any, status: int, says: str
) -> None:
    before = everything(small)
    response = service.post("/v1/events", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert_problem(response, status, says)
    assert everything(small) == before


def assert_problem(response: httpx.Response, status: int, says: str) -> None:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert says in json.dumps(problem), problem
    assert (problem["status"], problem["request"]) == (status, response.headers["x-request-id"])
    assert problem["type"].startswith("urn:graphfeed:problem:")
    assert problem["detail"]
    assert problem["remedy"]


JSON = {"Content-Type": "application/json"}
BAD_REQUESTS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/v1/events", {"content": b'{"id": ', "headers": JSON}, 400, "is not valid JSON"),
    ("POST", "/v1/events", {"content": b"\xff\xfe", "headers": JSON}, 400, ""),
    ("POST", "/v1/events", {"content": b"[" * 100_000, "headers": JSON}, 400, ""),
    ("POST", "/v1/events", {"data": {"id": "e"}}, 415, "content type is not JSON"),
    ("POST", "/v1/events", {"content": json.dumps(GOOD)}, 415, "content type is not JSON"),
    ("POST", "/v1/events", {"content": b"x" * (20 << 20), "headers": JSON}, 413, "larger than 4 MB"),
    ("POST", "/v1/events", {"json": GOOD, "headers": {"Graphfeed-Bookmark": "a b"}}, 422, "not a valid bookmark"),
    ("POST", "/v1/events", {"json": GOOD, "headers": {"Graphfeed-Bookmark": "never"}}, 422, "not a valid bookmark"),
    *(
        ("GET", "/v1/users/me/feed", {"headers": {"Graphfeed-Bookmark": bookmark}}, 422, "not a valid bookmark")
        for bookmark in ("x", "ab", "1", "=", "FB:x", "FB:kcwQ", "FB:" + "x" * 150)
    ),
    ("POST", "/v1/tokens", {"json": {}}, 422, "user"),
    ("POST", "/v1/tokens", {"json": {"user": "me"}}, 422, "GRAPHFEED_TOKEN_SECRET"),
    ("POST", "/v1/tokens", {"json": {"user": " me"}}, 422, "trailing blanks"),
    ("POST", "/v1/tokens", {"json": {"user": "me", "can": "admin"}}, 422, "can"),
    ("POST", "/v1/tokens", {"json": {"user": "me", "seconds": 10**9}}, 422, "seconds"),
    ("POST", "/v1/tokens", {"json": {"user": "me", "seconds": "60"}}, 422, "seconds"),
    ("GET", "/v1/tokens", {}, 405, "Method Not Allowed"),
    ("GET", "/v1/users/me/feed", {"params": {"limit": -1}}, 422, "limit"),
    ("GET", "/v1/users/me/feed", {"params": {"limit": 10**30}}, 422, "limit"),
    ("GET", "/v1/users/me/feed", {"params": {"seed": 2**64}}, 422, "seed"),
    ("GET", "/v1/users/me/feed", {"params": {"window_days": "nan"}}, 422, "window_days"),
    ("GET", "/v1/users/me/feed", {"params": {"as_of": "soon"}}, 422, "as_of 'soon' is not an ISO 8601 time"),
    ("GET", "/v1/users/me/feed", {"params": {"as_of": "10000-01-01"}}, 422, "as_of"),
    ("GET", "/v1/users/me/feed", {"params": {"profile": "best"}}, 422, "Unknown profile 'best'"),
    ("GET", "/v1/users/me/feed", {"params": {"source": "best"}}, 422, "Unknown source 'best'"),
    ("GET", "/v1/users/me/feed", {"params": {"exclude": ["x"] * 1001}}, 422, "exclude"),
    ("GET", "/v1/users/me/feed", {"params": {"cursor": "x"}}, 422, "Invalid cursor"),
    ("GET", f"/v1/users/{LONG}/feed", {}, 404, "no person"),
    ("GET", "/v1/users/%00/feed", {}, 404, "no person"),
    ("GET", "/v1/users//feed", {}, 404, "Not Found"),
    ("GET", "/v1/users/nobody/interests", {}, 404, "no person 'nobody'"),
    ("GET", "/v1/users/nobody/export", {}, 404, "no person 'nobody'"),
    ("GET", "/v1/users/me/posts/none/why", {}, 404, "no post 'none'"),
    ("GET", "/v1/users/me/slates/none", {}, 404, "no slate 'none'"),
    ("GET", "/v1/hashtags/none/top", {}, 404, "no hashtag 'none'"),
    ("GET", "/v1/hashtags/%23/top", {}, 422, "holds no hashtag"),
    ("GET", "/v1/hashtags/sun/top", {"params": {"user": "nobody"}}, 404, "no person 'nobody'"),
    ("GET", "/metrics/", {}, 404, "Not Found"),
    ("GET", "/v1/nothing", {}, 404, "Not Found"),
    ("PATCH", "/v1/users/me", {}, 405, "Method Not Allowed"),
    ("PUT", "/v1/users/me/feed", {"json": {}}, 405, "Method Not Allowed"),
    ("PUT", "/v1/users/me/posts/a1", {"json": {}}, 404, "Not Found"),
    ("PUT", "/v1/users/me/slates/1", {"json": {}}, 405, "Method Not Allowed"),
    ("PUT", f"/v1/users/{LONG}", {"json": {}}, 422, "too large to index"),
    ("PUT", "/v1/users/", {"json": {}}, 404, "Not Found"),
    ("PUT", "/v1/users/%20", {"json": {}}, 422, "is empty"),
    ("PUT", "/v1/users/new", {"json": {"username": 7}}, 422, "username"),
    ("PUT", "/v1/users/new", {"json": {"name": "x"}}, 422, "name"),
    ("PUT", "/v1/users/new", {"json": {"username": "\0"}}, 422, "NUL"),
    ("PUT", "/v1/posts/new", {"json": {}}, 422, "author"),
    ("PUT", "/v1/posts/new", {"json": {"author": "nobody"}}, 404, "no person 'nobody'"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "mentions": ["nobody"]}}, 404, "no person 'nobody'"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "hashtags": ["#"]}}, 422, "holds no hashtag"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "takenAt": "noon"}}, 422, "takenAt"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "mediaType": "poem"}}, 422, "mediaType"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "likeCount": -1}}, 422, "likeCount"),
    ("PUT", "/v1/posts/new", {"json": {"author": "ana", "likeCount": 2**53 + 1}}, 422, "likeCount"),
    ("PUT", "/v1/posts/a1", {"json": {"author": "ben"}}, 422, "already has the author 'ana'"),
    ("DELETE", "/v1/users/nobody", {}, 404, "no person 'nobody'"),
    ("DELETE", "/v1/posts/none", {}, 404, "no post 'none'"),
    ("POST", "/v1/users/me/feed/preview", {"json": {"weights": {"charm": 1}}}, 422, "Unknown feature 'charm'"),
    ("POST", "/v1/users/me/feed/preview", {"json": {"weights": {"taste": 1e9}}}, 422, "taste"),
    ("POST", "/v1/users/me/feed/preview", {"json": {"weights": {"taste": "1"}}}, 422, "taste"),
]


@pytest.mark.parametrize(("method", "path", "more", "status", "says"), BAD_REQUESTS, ids=lambda value: str(value)[:50])
def test_a_bad_request_has_a_clear_error_and_nothing_is_stored(
    service: httpx.Client, small: Client, method: str, path: str, more: dict[str, Any], status: int, says: str
) -> None:
    before = everything(small)
    assert_problem(service.request(method, path, **more), status, says)
    assert everything(small) == before


def test_a_half_good_batch_tells_of_each(service: httpx.Client, small: Client) -> None:
    results = service.post("/v1/events", json=[GOOD, an_event(post="none")]).json()["results"]
    assert [(result["id"], result["status"]) for result in results] == [("good", "withheld"), ("e", "refused")]
    assert "no post 'none'" in results[1]["problem"]
    assert results[1]["remedy"]
    assert service.post("/v1/events", json=GOOD).json()["results"][0]["status"] == "done"


def test_the_cursor_of_another_and_one_that_has_expired(service: httpx.Client, small: Client) -> None:
    cursor = service.get("/v1/users/me/feed", params={"as_of": "2024-05-20", "limit": 2}).json()["cursor"]
    assert cursor
    assert_problem(service.get("/v1/users/ben/feed", params={"cursor": cursor}), 404, "no slate")
    ask(small, "MATCH (slate:Slate) SET slate.expiresAt = $now", now=clock.now() - 1)
    assert_problem(service.get("/v1/users/me/feed", params={"cursor": cursor}), 410, "has expired")


# --- keys


def test_each_role_may_do_what_the_one_before_it_may(guarded: httpx.Client) -> None:
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/v1/users/me/feed", {}),
        ("POST", "/v1/events", {"json": GOOD}),
        ("GET", "/v1/users/me/export", {}),
    ]
    expected = {"none": [401, 401, 401], "read": [200, 403, 403], "write": [200, 200, 403], "admin": [200, 200, 200]}
    for role, statuses in expected.items():
        headers = {"Authorization": f"Bearer {KEYS.get(role, 'unknown-0123456789')}"}
        found = [guarded.request(method, path, headers=headers, **more) for method, path, more in requests]
        assert [response.status_code for response in found] == statuses, role


def test_who_sends_no_key_is_told_how(guarded: httpx.Client) -> None:
    for path in ("/v1/users/me/feed", "/metrics"):
        response = guarded.get(path)
        assert_problem(response, 401, "Authorization: Bearer")
        assert response.headers["www-authenticate"] == "Bearer"
    assert guarded.get("/health/live").status_code == guarded.get("/health/ready").status_code == 200


@pytest.mark.parametrize("text", ["secret-0123456789abcdef", "owner:secret-0123456789abcdef", "read:secret", "read:"])
def test_keys_in_a_wrong_form_are_refused_and_not_told(text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Keys(text)
    assert "secret" not in str(raised.value)


def test_without_keys_the_service_listens_on_loopback_alone() -> None:
    require_settings(read_settings(), "127.0.0.1")
    require_settings(read_settings(api_keys="read:0123456789abcdef"), "0.0.0.0")
    with pytest.raises(SettingsError, match="only on loopback"):
        require_settings(read_settings(), "0.0.0.0")


def test_without_keys_a_page_that_calls_this_machine_by_another_name_is_refused(service: httpx.Client) -> None:
    assert_problem(
        service.get("/v1/users/me/feed", headers={"Host": "evil.example"}), 403, "only requests from its own machine"
    )


def test_pages_of_a_named_origin_may_call(guarded: httpx.Client) -> None:
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    allowed = guarded.options("/v1/users/me/feed", headers={"Origin": "https://app.example", **asks})
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    refused = guarded.options("/v1/users/me/feed", headers={"Origin": "https://evil.example", **asks})
    assert "access-control-allow-origin" not in refused.headers
    sent = {"Origin": "https://app.example", "Authorization": f"Bearer {KEYS['write']}"}
    problem = guarded.post("/v1/events", content=b"x" * (MAX_BODY_BYTES + 1), headers=sent)
    assert (problem.status_code, problem.headers["access-control-allow-origin"]) == (413, "https://app.example")


def test_no_secret_is_logged(guarded: httpx.Client, address: Address, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    guarded.get("/v1/users/me/feed", headers={"Authorization": f"Bearer {KEYS['read']}"})
    guarded.get("/v1/users/me/feed", headers={"Authorization": "Bearer wrong-0123456789abcdef"})
    told = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith(("service", "graph")))
    assert "answered" in told
    for secret in (*KEYS.values(), "wrong-0123456789abcdef", address.password):
        assert secret not in told


def test_an_address_with_a_password_is_refused_and_not_told() -> None:
    with pytest.raises(GraphfeedError) as raised:
        Client(Address("bolt://neo4j:secret@127.0.0.1:7687"))
    assert "secret" not in str(raised.value)


def test_the_service_takes_no_port_but_the_one_it_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServerError, match="is in use"):
        serve(read_settings(), "127.0.0.1", taken.getsockname()[1], 1)


def test_a_body_without_a_length_is_read_until_it_is_too_large(service: httpx.Client) -> None:
    pieces = (b" " * (1 << 20) for _ in range(20))
    assert_problem(service.post("/v1/events", content=pieces, headers=JSON), 413, "larger than 4 MB")


def test_a_body_of_the_largest_size_is_looked_at(service: httpx.Client) -> None:
    body = json.dumps(an_event(kind="comment", text="")).encode()
    padded = body[:-2] + b"x" * (MAX_BODY_BYTES - len(body)) + body[-2:]
    response = service.post("/v1/events", content=padded, headers=JSON)
    assert (len(padded), response.status_code) == (MAX_BODY_BYTES, 200)


@pytest.mark.parametrize("path", ["%EE%80%80", "a%EE%80%80b", "%FF", "%C3"])
def test_a_path_that_names_no_id_is_refused(service: httpx.Client, path: str) -> None:
    answer = service.get(f"/v1/users/{path}/network")
    assert answer.status_code == 400
    assert "U+E000" in answer.json()["detail"]
