"""What one client may take: of connections, of time, of memory, of threads; and what its answers let a browser do."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from graph.errors import Unreachable
from service import bodies, connections, threads
from tests.guarded import KEYS, answering, app_of, bearer, connected, keyed, received
from tests.prepared import interest
from tests.support import serving

LIVE = b'{"status":"ok"}'
JSON = {"Content-Type": "application/json"}
HEAD = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times that a test can wait for."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.5)
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.5)


def head_of(method: str, path: str, length: int) -> bytes:
    """The head of a request whose body is yet to come."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def is_live(connection: socket.socket) -> bool:
    """Whether a request for /health/live is answered on it."""
    connection.sendall(HEAD + b"\r\n")
    answer = b""
    while not answer.endswith(LIVE):
        if not (part := connection.recv(4096)):
            return False
        answer += part
    return answer.startswith(b"HTTP/1.1 200")


def seconds_until_closed(connection: socket.socket, piece: bytes = b"") -> float:
    """How long the service keeps a connection on which a piece is sent now and then."""
    began = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() - began < 10:
        try:
            if piece:
                connection.sendall(piece)
            if not connection.recv(1 << 16):
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    return time.monotonic() - began


# --- connections


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD], ids=["nothing", "half a line", "half a head"])
def test_a_head_that_never_ends_is_not_waited_for(sent: bytes) -> None:
    with answering(app_of()) as service, connected(service) as connection:
        connection.sendall(sent)
        piece = b"X: x\r\n" if sent == HEAD else b""
        assert 0.3 < seconds_until_closed(connection, piece) < 3


@pytest.mark.usefixtures("brief")
def test_a_connection_is_used_again_however_long_it_lives() -> None:
    with answering(app_of()) as service, connected(service) as connection:
        for _ in range(4):
            assert is_live(connection)
            time.sleep(0.25)
        connection.sendall(HEAD + b"\r\n" + HEAD + b"\r\n" + HEAD)  # two at once, and a half
        assert received(connection).count(b"HTTP/1.1 200") == 2


@pytest.mark.usefixtures("brief")
def test_a_body_that_was_refused_is_not_waited_for() -> None:
    head = head_of("POST", "/v1/events", 3900000)
    with answering(keyed()) as service, connected(service) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")
        assert 0.3 < seconds_until_closed(connection, b"x" * 1000) < 3


@pytest.mark.usefixtures("brief")
def test_a_body_that_never_ends_is_answered_and_its_connection_closed() -> None:
    head = head_of("PUT", "/v1/users/me", 3900000)
    with answering(app_of()) as service, connected(service) as connection:
        connection.sendall(head + b"{")
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")
        assert seconds_until_closed(connection, b" ") < 3


def test_a_client_that_sends_its_body_all_the_same_reads_why_it_was_refused() -> None:
    with answering(keyed()) as service:
        for _ in range(2):  # on the same connection
            assert service.post("/v1/events", content=b" " * 3_000_000, headers=JSON).status_code == 401


@pytest.mark.usefixtures("brief")
def test_a_client_that_reads_nothing_is_left() -> None:
    ended = threading.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * (1 << 20), "more_body": True})
            if (await _left(receive)) == "http.disconnect":
                break
        ended.set()

    with serving(endless) as url, httpx.Client(base_url=url) as service, connected(service) as connection:  # type: ignore[arg-type]  # any application
        connection.sendall(HEAD + b"\r\n")
        assert ended.wait(10)


@pytest.mark.usefixtures("brief")
def test_a_client_that_does_not_read_even_a_small_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()
    begin, end = connections.Connection.connection_made, connections.Connection.connection_lost

    def beginning(self: connections.Connection, transport: asyncio.Transport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        begin(self, transport)

    def ending(self: connections.Connection, error: Exception | None) -> None:
        end(self, error)
        gone.set()

    monkeypatch.setattr(connections.Connection, "connection_made", beginning)
    monkeypatch.setattr(connections.Connection, "connection_lost", ending)
    rows = [interest("x" * 100)] * 120
    with answering(app_of(), {"interests/hashtags": rows}) as service, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect((service.base_url.host, service.base_url.port))
        reader.sendall(b"GET /v1/users/me/interests HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert gone.wait(5)


async def _left(receive: Receive) -> str:
    try:
        async with asyncio.timeout(0.001):
            message = await receive()
    except TimeoutError:
        return ""
    kind: str = message["type"]
    return kind


def test_of_too_many_connections_the_one_that_waits_longest_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    with answering(app_of()) as service:
        addresses = [connected(service) for _ in range(3)]
        held = [each.__enter__() for each in addresses]
        for connection in held:  # so that all are there, in their order
            assert is_live(connection)
        with connected(service) as another:
            assert is_live(another)
        assert seconds_until_closed(held[0]) < 1
        assert is_live(held[1])
        for each in addresses:
            each.__exit__(None, None, None)


def test_where_all_connections_have_a_request_a_new_one_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 1)
    go = threading.Event()
    answers: dict[str, Any] = {"interests/hashtags": lambda params: go.wait(10) and [], "explain/surroundings": []}
    with answering(app_of(), answers) as service, connected(service) as first:
        first.sendall(b"GET /v1/users/me/interests HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(0.3)
        with connected(service) as second:
            answer = received(second)
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"Retry-After: 5" in answer
        go.set()
        assert first.recv(4096).startswith(b"HTTP/1.1 404")


def test_bodies_of_all_together_take_so_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_BYTES_IN_FLIGHT", 250_000)
    head = head_of("PUT", "/v1/users/me", 200000)
    with answering(app_of()) as service:
        with connected(service) as slow:
            slow.sendall(head + b" " * 199_999)
            time.sleep(0.3)
            answer = service.put("/v1/users/me", content=b" " * 100_000, headers=JSON)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        time.sleep(0.3)  # and what has left holds nothing
        assert (
            service.put("/v1/users/me", content=b" " * 100_000, headers=JSON).status_code == 400
        )  # blanks are no JSON


def test_one_caller_s_bodies_leave_room_for_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_CALLER_BYTES_IN_FLIGHT", 250_000)
    head = head_of("PUT", "/v1/users/me", 200000)
    mine, theirs = (bearer(KEYS[role]) for role in ("write", "admin"))
    mark = f"Authorization: {mine['Authorization']}\r\n\r\n".encode()
    with answering(keyed()) as service, connected(service) as slow:
        slow.sendall(head.removesuffix(b"\r\n") + mark + b" " * 199_999)
        time.sleep(0.3)
        answer = service.put("/v1/users/me", content=b" " * 100_000, headers=JSON | mine)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "This key or token" in answer.json()["detail"]
        assert service.put("/v1/users/me", content=b" " * 100_000, headers=JSON | theirs).status_code == 400


# --- threads


@pytest.mark.parametrize(("path", "is_ended"), [("/v1/users/me/interests", True), ("/health/ready", False)])
def test_only_who_was_let_in_ends_statements_by_leaving(path: str, is_ended: bool) -> None:
    app, begun, ended = app_of(), threading.Event(), threading.Event()

    def long(params: Any) -> Any:
        begun.set()
        ended.wait(1)
        return Unreachable("Neo4j does not answer.", "Start it.")

    def ending(params: Any) -> Any:
        ended.set()
        return []

    answers = {name: long for name in ("interests/hashtags", "build/state")}
    with answering(app, {**answers, "admin/end_request": ending}) as service, connected(service) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-ID: r1\r\n\r\n".encode())
        assert begun.wait(10)
        connection.close()
        assert ended.wait(0.8) is is_ended


def test_however_many_ask_whether_it_is_ready_one_read_answers_them() -> None:
    begun, go = threading.Semaphore(0), threading.Event()

    def frozen(params: Any) -> Any:
        begun.release()
        go.wait(10)
        return Unreachable("Neo4j does not answer.", "Start it.")

    with answering(app_of(), {"build/state": frozen}) as service, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(service.get, "/health/ready") for _ in range(8)]
        assert begun.acquire(timeout=10)
        assert not begun.acquire(timeout=0.5)
        go.set()
        answers = [each.result() for each in asked]
        assert {answer.status_code for answer in answers} == {503}
        assert len({answer.json()["request"] for answer in answers}) == 8
        assert not begun.acquire(timeout=0)


@pytest.mark.long
def test_while_all_threads_wait_for_neo4j_the_rest_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "WAITING_THREADS", 3)
    go, waiting = threading.Event(), threading.Semaphore(0)

    def frozen(params: Any) -> Any:
        waiting.release()
        go.wait(20)
        return []

    statements = ("interests/hashtags", "explain/surroundings", "build/state", "export/users")
    with answering(keyed(), dict.fromkeys(statements, frozen)) as service:
        asks = [threading.Thread(target=_ask, args=(service, "/v1/users/me/interests")) for _ in range(6)]
        for ask in asks:
            ask.start()
        for _ in range(3):
            assert waiting.acquire(timeout=5)
        began = time.monotonic()
        for path, status in {
            "/": 200,
            "/docs": 200,
            "/openapi.json": 200,
            "/static/page.js": 200,
            "/static/none": 404,
            "/static/vendor/force-graph-1.52.0.min.js": 200,
            "/static/vendor/../page.js": 200,  # as clients resolve it
            "/static/vendor/..%2f..%2fpages.py": 404,
            "/static/..%2fpages.py": 404,
            "/static/vendor": 404,
            "/health/live": 200,
            "/v1/users/me/feed": 401,
            "/v1/nothing": 401,
        }.items():
            assert service.get(path).status_code == status, path
        assert service.get("/v1/users/me/export", headers=bearer(KEYS["read"])).status_code == 403
        assert service.get("/v1/nothing", headers=bearer(KEYS["read"])).status_code == 404
        assert time.monotonic() - began < 3
        assert not waiting.acquire(timeout=0.1)
        go.set()
        for ask in asks:
            ask.join()


def _ask(service: httpx.Client, path: str) -> None:
    service.get(path, headers=bearer(KEYS["read"]))


# --- headers and forms of requests


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("home")
    (home / "pictures").mkdir()
    (home / "pictures" / "sun.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    answers: dict[str, Any] = {"interests/hashtags": [], "explain/surroundings": []}
    with answering(app_of(home=home), answers) as service:
        yield service


PATHS = (
    "/",
    "/docs",
    "/operator",
    "/static/page.js",
    "/static/vendor/uPlot-1.6.32.min.css",
    "/pictures/sun.svg",
    "/openapi.json",
    "/health/live",
    "/v1/users/me/interests",
    "/x",
)


@pytest.mark.parametrize("path", PATHS)
def test_each_answer_tells_browsers_what_they_may_do(service: httpx.Client, path: str) -> None:
    headers = service.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self'" in policy or "sandbox" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    kept = {"/static/vendor/": "public, max-age=31536000, immutable", "/static/": "no-cache", "/pictures/": "no-cache"}
    assert headers["cache-control"] == next((how for start, how in kept.items() if path.startswith(start)), "no-store")
    assert ("sandbox" in policy) == path.startswith("/pictures")


def test_the_answer_to_a_preflight_has_them_too() -> None:
    asks = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    with answering(app_of(cors_origins="https://app.example")) as service:
        answer = service.options("/v1/users/me/feed", headers=asks)
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")


def test_the_pages_run_nothing_but_files_of_this_service(service: httpx.Client) -> None:
    for path in ("/", "/docs", "/operator"):
        page = service.get(path).text
        assert "<script>" not in page
        assert "style=" not in page
        named = [part.split('"')[0] for name in ("src=", "href=") for part in page.split(f'{name}"')[1:]]
        assert named
        for address in named:
            assert address == "data:," or address.startswith("/")
            if address.startswith("/static"):
                assert service.get(address).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/vendor/../../pages.py",
        "/static/..%2fpages.py",
        "/static//etc/passwd",
        "/static/vendor",
        "/static/vendor/",
    ],
)
def test_no_address_leads_out_of_the_files_of_the_pages(service: httpx.Client, target: str) -> None:
    with connected(service) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert received(connection).split()[1] == b"404"


def test_a_setting_forbids_pictures_of_other_hosts(service: httpx.Client) -> None:
    def pictures(service: httpx.Client, path: str) -> str:
        return service.get(path).headers["content-security-policy"].split("img-src ")[1].split(";")[0]

    for path in ("/", "/operator", "/v1/nothing"):
        assert pictures(service, path) == "'self' https: data:"
    assert "data-pictures" not in service.get("/").text
    with answering(app_of(outside_pictures=False)) as own:
        for path in ("/", "/operator", "/docs"):
            assert pictures(own, path) == "'self' data:"
            assert '<html lang="en" data-pictures="own">' in own.get(path).text


@pytest.mark.parametrize("path", PATHS)
def test_head_is_answered_as_get_without_a_body(service: httpx.Client, path: str) -> None:
    get, head = service.get(path), service.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
    assert head.headers["content-length"] == get.headers["content-length"]


def test_a_whole_address_is_taken_for_its_path(service: httpx.Client) -> None:
    def status(target: str, host: str = "127.0.0.1") -> bytes:
        with connected(service) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return received(connection).split()[1]

    assert status("http://127.0.0.1/health/live") == b"200"
    assert status("http://localhost:80/v1/users/me/interests?limit=3") == b"404"  # no such person
    assert status("HTTP://127.0.0.1") == b"200"
    assert status("http://evil.example/v1/users/me/interests") == b"403"
    with connected(service) as connection:
        connection.sendall(b"GET http://127.0.0.1/pictures/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"sandbox" in received(connection)
    assert status("/v1/users/me/interests", host="evil.example") == b"403"


@pytest.mark.parametrize(
    "path", ["/metrics/", "/health/live/", "/docs/", "/v1/users/me/interests/", "/static/", "/static"]
)
def test_no_address_leads_to_another(service: httpx.Client, path: str) -> None:
    answer = service.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
