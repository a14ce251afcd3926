"""Who may ask for what, before anything of a request's body is read: keys, tokens, rates, pages of other sites."""

import inspect
import time
from http import HTTPStatus
from typing import Any

import httpx
import jwt
import pytest
from fastapi import Response
from limits import WindowStats
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from graph import clock
from graph.errors import SettingsError
from graph.settings import read_settings
from service import changes, feeds, granting, operations, operator
from service.access import Access, Needs, Route
from service.middleware import BOOKMARK
from service.rates import WORKERS_VARIABLE
from service.tokens import Grant, Tokens
from tests.guarded import KEYS, SECRET, answering, app_of, bearer, connected, keyed
from tests.prepared import NOT_BUILT, interest

OPEN = {"/health/live", "/health/ready"}
NOBODY: dict[str, Any] = {"interests/hashtags": [], "explain/surroundings": []}


def post_head(length: int, *headers: str) -> bytes:
    lines = ["POST /v1/events HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def test_no_read_leaves_its_answer_to_the_event_loop() -> None:
    for route in feeds.router.routes:
        assert isinstance(route, Route)
        assert inspect.signature(route.endpoint).return_annotation is Response, route.path
        assert route.response_model is not None


def test_each_route_of_the_api_checks_its_role_before_its_body() -> None:
    routes = [route for part in (feeds, changes, granting, operations, operator) for route in part.router.routes]
    assert len(routes) > 15
    for route in routes:
        assert isinstance(route, Route)
        has = any(isinstance(each.dependency, Needs) for each in route.dependencies)
        assert has != (route.path in OPEN), route.path


@pytest.mark.parametrize(
    ("key", "status"),
    [(None, 401), ("unknown-0123456789abcdef", 401), (KEYS["read"], 403)],
    ids=["none", "wrong", "low"],
)
def test_who_has_no_key_or_a_low_one_is_refused_before_a_body_comes(key: str | None, status: int) -> None:
    sent = ["Content-Type: application/json", *([f"Authorization: Bearer {key}"] if key else [])]
    with answering(keyed()) as service, connected(service) as connection:
        connection.sendall(post_head(3_900_000, *sent))
        assert connection.recv(4096).startswith(f"HTTP/1.1 {status}".encode())


def test_who_has_no_key_is_told_so_whatever_else_is_wrong() -> None:
    with answering(keyed()) as service:
        for more in (
            {"content": b'{"id": ', "headers": {"Content-Type": "application/json"}},
            {"content": b"x", "headers": {"Content-Type": "text/plain"}},
            {"content": b"x" * (5 << 20)},
            {"json": {}, "headers": {BOOKMARK: "x"}},
        ):
            answer = service.post("/v1/events", **more)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert service.get("/v1/nothing").status_code == 401


# --- tokens


def token(service: httpx.Client, user: str = "me", can: str = "read", seconds: int = 60) -> dict[str, Any]:
    body = {"user": user, "can": can, "seconds": seconds}
    answer = service.post("/v1/tokens", json=body, headers=bearer(KEYS["admin"]))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


EVENT = {"id": "e", "kind": "pick", "user": "me", "hashtag": "sun"}
OTHERS = {"id": "f", "kind": "pick", "user": "ana", "hashtag": "sun"}
ASKS: list[tuple[str, str, dict[str, Any], str]] = [
    ("GET", "/v1/users/me/interests", {}, "read act"),
    ("GET", "/v1/users/ana/interests", {}, ""),
    ("GET", "/v1/users/m%2Fe/interests", {}, ""),
    ("GET", "/v1/users/me/filters", {}, "read act"),
    ("GET", "/v1/users/ana/filters", {}, ""),
    ("GET", "/v1/users/ana/feed", {}, ""),
    ("POST", "/v1/users/ana/feed/preview", {"json": {"weights": {}}}, ""),
    ("GET", "/v1/users/ana/posts/a1/why", {}, ""),
    ("GET", "/v1/users/ana/slates/x", {}, ""),
    ("GET", "/v1/users/ana/network", {}, ""),
    ("GET", "/v1/users/me/bubble", {"params": {"post": "a1"}}, "read act"),
    ("GET", "/v1/users/ana/bubble", {"params": {"post": "a1"}}, ""),
    ("GET", "/v1/users/ana/network/drawing", {}, ""),
    ("GET", "/v1/users/me/network/drawing", {}, "read act"),
    ("GET", "/v1/hashtags/sun/top", {}, ""),
    ("GET", "/v1/hashtags/sun/top", {"params": {"user": "ana"}}, ""),
    ("GET", "/v1/hashtags/sun/top", {"params": {"user": "me"}}, "read act"),
    *(
        ("GET", path, {"params": {**more, **about}}, may)
        for path, more in (
            ("/v1/search", {"q": "ana"}),
            ("/v1/posts/a1/similar", {}),
            ("/v1/hashtags/sun/similar", {}),
            ("/v1/topics", {}),
            ("/v1/posts", {"post": "a1"}),
        )
        for about, may in (({}, ""), ({"user": "ana"}, ""), ({"user": "me"}, "read act"))
    ),
    ("GET", "/v1/people/ana", {"params": {"user": "ana"}}, ""),
    ("GET", "/v1/people/ana", {"params": {"user": "me"}}, "read act"),
    ("POST", "/v1/events", {"json": EVENT}, "act"),
    ("POST", "/v1/events", {"json": OTHERS}, ""),
    ("POST", "/v1/events", {"json": [EVENT, OTHERS]}, ""),
    ("PUT", "/v1/users/me", {"json": {}}, ""),
    ("PUT", "/v1/posts/new", {"json": {"author": "me"}}, ""),
    ("DELETE", "/v1/users/me", {}, ""),
    ("DELETE", "/v1/posts/a1", {}, ""),
    ("GET", "/v1/users/me/export", {}, ""),
    ("POST", "/v1/tokens", {"json": {"user": "me"}}, ""),
    ("GET", "/metrics", {}, ""),
    ("GET", "/v1/operator/figures", {}, ""),
    ("GET", "/v1/operator/slates", {}, ""),
    ("GET", "/v1/profiles", {}, "read act"),
]


@pytest.fixture(scope="module")
def service() -> Any:
    answers: dict[str, Any] = {
        "interests/hashtags": [interest("sun")],
        "interests/topics": [],
        "person/filters": [],
        "discovery/topics": [],
        "network/people": [],
        "discovery/cards": [],
        "discovery/person": [],
        "build/state": [NOT_BUILT],
        "profiles/names": [{"names": []}],
        "discovery/top_of_hashtag": [],
        "discovery/people": [],
        "discovery/posts": [],
        "discovery/spellings": [],
        "discovery/post": [],
        "discovery/related_hashtags": [],
        "discovery/hashtag": [],
        "explain/surroundings": [],
    }
    with answering(keyed(requests_per_minute=0), answers) as service:
        yield service


@pytest.mark.parametrize("can", ["read", "act"])
@pytest.mark.parametrize(("method", "path", "more", "may"), ASKS, ids=lambda value: str(value)[:40])
def test_a_token_lets_one_person_read_or_act_and_nothing_else(
    service: httpx.Client, method: str, path: str, more: dict[str, Any], may: str, can: str
) -> None:
    given = token(service, can=can)
    answer = service.request(method, path, headers=bearer(given["token"]), **more)
    assert (answer.status_code == 403) == (can not in may.split()), answer.text
    assert answer.status_code != 401


def test_a_token_says_who_it_is_for_and_when_it_ends(service: httpx.Client) -> None:
    made = token(service, seconds=3600)
    assert (made["user"], made["can"]) == ("me", "read")
    assert abs(clock.parse(made["expiresAt"]) - clock.now() - 3_600_000) < 60_000
    claims = jwt.decode(made["token"], SECRET, algorithms=["HS256"])
    assert {name: claims[name] for name in ("sub", "can", "iss")} == {"sub": "me", "can": "read", "iss": "graphfeed"}


def forged(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode({"iss": "graphfeed", "sub": "me", "can": "read", "exp": 2**40, **claims}, secret, algorithm)


BAD_TOKENS = {
    "ended": forged({"exp": 1}),
    "of another secret": forged({}, "f" * 32),
    "of another issuer": forged({"iss": "other"}),
    "of another algorithm": forged({}, "f" * 64, "HS512"),
    "without a signature": jwt.encode({"iss": "graphfeed", "sub": "me", "can": "read", "exp": 2**40}, "", "none"),
    "that allows other things": forged({"can": "admin"}),
    "that never ends": jwt.encode({"iss": "graphfeed", "sub": "me", "can": "read"}, SECRET, "HS256"),
    "of nobody": jwt.encode({"iss": "graphfeed", "can": "read", "exp": 2**40}, SECRET, "HS256"),
    "no token": "a.b.c",
}


def test_a_token_of_a_machine_whose_clock_is_ahead_is_taken() -> None:
    assert Tokens(SECRET).read(forged({"iat": clock.now() // 1000 + 60})) == Grant("me", "read")


@pytest.mark.parametrize("what", BAD_TOKENS)
def test_a_token_that_is_not_ours_lets_nobody_in(service: httpx.Client, what: str) -> None:
    answer = service.get("/v1/users/me/interests", headers=bearer(BAD_TOKENS[what]))
    assert answer.status_code == 401
    assert ("has expired" in answer.json()["detail"]) == (what == "ended")


def test_a_secret_that_is_taken_away_takes_its_tokens_with_it() -> None:
    old, new = "o" * 32, "n" * 32
    made, _ = Tokens(old).sign(Grant("me", "act"), 60)
    both = Tokens(f"{new}, {old}")
    assert both.read(made) == Grant("me", "act")
    again, _ = both.sign(Grant("me", "read"), 60)
    assert Tokens(new).read(again) == Grant("me", "read")
    with pytest.raises(Exception, match="unknown API key or token"):
        Tokens(new).read(made)


def test_a_short_secret_is_refused_and_not_told_and_without_one_no_token_is_made() -> None:
    with pytest.raises(SettingsError, match="shorter than 32") as raised:
        Tokens("a-secret")
    assert "a-secret" not in str(raised.value)
    with answering(app_of()) as service:
        answer = service.post("/v1/tokens", json={"user": "me"})
        assert (answer.status_code, "GRAPHFEED_TOKEN_SECRET" in answer.json()["remedy"]) == (422, True)


@pytest.mark.parametrize(
    "body",
    [{}, {"user": ""}, {"user": "me", "seconds": 0}, {"user": "me", "seconds": 2**40}, {"user": "me", "can": "x"}],
)
def test_a_token_that_cannot_be_made(service: httpx.Client, body: dict[str, Any]) -> None:
    assert service.post("/v1/tokens", json=body, headers=bearer(KEYS["admin"])).status_code == 422


# --- rates


@pytest.fixture
def within_a_minute() -> None:
    """What is counted is weighed anew when a minute of the clock begins: waits for that if it is near."""
    if (left := 60 - time.time() % 60) < 8:
        time.sleep(left + 0.1)


@pytest.mark.usefixtures("within_a_minute")
def test_a_key_has_so_many_requests_a_minute_and_another_key_its_own() -> None:
    app = keyed(requests_per_minute=5)
    with answering(app, NOBODY) as service:
        statuses = [service.get("/v1/users/me/interests", headers=bearer(KEYS["read"])).status_code for _ in range(8)]
        assert statuses == [404] * 5 + [429] * 3
        answer = service.get("/v1/users/me/interests", headers=bearer(KEYS["read"]))
        assert 1 < int(answer.headers["retry-after"]) <= 61
        assert "GRAPHFEED_REQUESTS_PER_MINUTE" in answer.json()["remedy"]
        for can in ("read", "act"):  # tokens of a person are counted together
            mine = bearer(Tokens(SECRET).sign(Grant("me", "act" if can == "act" else "read"), 60)[0])
            codes = [service.get("/v1/users/me/interests", headers=mine).status_code for _ in range(3)]
            assert codes == ([404] * 3 if can == "read" else [404, 404, 429])
        assert service.get("/health/live").status_code == 200
        app.state.client.is_away = True
        service_metrics = service.get("/metrics", headers=bearer(KEYS["admin"])).text
        assert 'graphfeed_rate_refusals_total{of="key"} 5.0' in service_metrics
        assert 'status="429"' in service_metrics


@pytest.mark.usefixtures("within_a_minute")
def test_who_waits_as_told_is_not_refused_again_for_a_fraction_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    async def window(*_: object) -> WindowStats:
        return WindowStats(reset_time=time.time() + 0.5, remaining=0)

    monkeypatch.setattr(SlidingWindowCounterRateLimiter, "get_window_stats", window)
    with answering(keyed(requests_per_minute=1), NOBODY) as service:
        answers = [service.get("/v1/users/me/interests", headers=bearer(KEYS["read"])) for _ in range(2)]
    assert answers[1].headers["retry-after"] == "2"


@pytest.mark.usefixtures("within_a_minute")
def test_a_person_begins_so_many_feeds_a_minute_whoever_asks() -> None:
    answers: dict[str, Any] = {"feed/me": [], "explain/surroundings": []}
    with answering(keyed(feeds_per_minute=3), answers) as service:

        def asked(user: str, role: str, **params: Any) -> int:
            return service.get(f"/v1/users/{user}/feed", params=params, headers=bearer(KEYS[role])).status_code

        assert [asked("me", role) for role in ("read", "write", "admin", "read")] == [404, 404, 404, 429]
        preview = service.post("/v1/users/me/feed/preview", json={"weights": {}}, headers=bearer(KEYS["read"]))
        assert (preview.status_code, "retry-after" in preview.headers) == (429, True)
        assert asked("ana", "read") == 404
        assert asked("me", "read", cursor="x") == 422  # a page is not counted


@pytest.mark.usefixtures("within_a_minute")
def test_each_worker_counts_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKERS_VARIABLE, "4")
    with answering(keyed(requests_per_minute=10), NOBODY) as service:
        statuses = [service.get("/v1/users/me/interests", headers=bearer(KEYS["read"])).status_code for _ in range(4)]
        assert statuses == [404] * 3 + [429]


def test_nothing_is_counted_without_keys_or_with_a_rate_of_0() -> None:
    for app in (app_of(requests_per_minute=1, feeds_per_minute=1), keyed(requests_per_minute=0, feeds_per_minute=0)):
        with answering(app, {**NOBODY, "feed/me": []}) as service:
            for _ in range(3):
                for path in ("interests", "feed"):
                    assert service.get(f"/v1/users/me/{path}", headers=bearer(KEYS["read"])).status_code == 404


# --- pages of other sites


FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:3000"},
]
PROXIED: list[dict[str, str]] = [
    {"Forwarded": "for=10.0.0.1"},
    {"X-Forwarded-For": "10.0.0.1"},
    {"X-Forwarded-Host": "photos.example"},
    {"Via": "1.1 proxy"},
    {"Host": "photos.example"},
    {"Host": "[::1"},
    {"Host": "localhost.evil.example"},
    {"Host": "localhost#x"},
    {"Host": ""},
]


@pytest.mark.parametrize("headers", FOREIGN + PROXIED, ids=lambda value: "-".join(value.values()))
def test_without_keys_other_sites_and_proxies_are_refused(headers: dict[str, str]) -> None:
    with answering(app_of(cors_origins="https://app.example"), NOBODY) as service:
        for method, path in (("GET", "/v1/users/me/feed"), ("DELETE", "/v1/users/me"), ("GET", "/metrics")):
            answer = service.request(method, path, headers=headers)
            assert (answer.status_code, answer.json()["status"]) == (403, 403), answer.text
        assert service.get("/health/live", headers=headers).status_code == 200
    with answering(keyed(), NOBODY) as service:
        asked = service.get("/v1/users/me/interests", headers={**headers, **bearer(KEYS["read"])})
        assert asked.status_code == 404


def test_without_keys_ones_own_page_and_named_origins_are_answered() -> None:
    with answering(app_of(cors_origins="https://app.example"), NOBODY) as service:
        mine = str(service.base_url).rstrip("/")
        for headers in (
            {},
            {"Sec-Fetch-Site": "same-origin", "Origin": mine},
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example"},
        ):
            assert service.get("/v1/users/me/interests", headers=headers).status_code == HTTPStatus.NOT_FOUND, headers


def test_any_origin_may_only_be_allowed_with_keys() -> None:
    for any_origin in ("*", "null"):
        with pytest.raises(SettingsError, match=r"may not be \* or null"):
            app_of(cors_origins=f"https://app.example, {any_origin}")
        keyed(cors_origins=any_origin)


def test_the_settings_are_checked_at_the_start() -> None:
    for given in ({"api_keys": "read:short"}, {"token_secret": "short"}):
        with pytest.raises(SettingsError):
            Access(read_settings(**given))
