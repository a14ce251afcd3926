"""Traces: a span for each request and one for each statement below it, and nothing that names a person."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from graph.errors import SettingsError, Unreachable
from service import spans
from service.middleware import RequestMiddleware
from tests.guarded import KEYS, answering, app_of, bearer, keyed
from tests.prepared import interest

FOUND = [interest("sun")]


def slowly(params: Any) -> Any:
    time.sleep(0.05)
    return FOUND


@pytest.fixture
def kept() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def service(kept: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A service whose spans are kept in memory."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(spans, "provider", lambda: provider)
    failing = Unreachable("Neo4j does not answer.", "Start it.")
    answers: dict[str, Any] = {
        "interests/hashtags": slowly,
        "interests/topics": [],
        "network/rows": failing,
        "explain/surroundings": [],
        "events/claim": lambda params: [{"id": row["id"]} for row in params["rows"]],
        "events/lock": [{"kind": "person", "id": "me"}, {"kind": "person", "id": "ana"}],
        "events/follow": [{"changed": True}],
        "person/rows": [{"file": "blocks", "row": {"user": "me", "blocked": "ben", "at": None}}] * 2,
    }
    with answering(keyed(traces=True), answers) as service:
        service.headers = bearer(KEYS["read"])
        yield service


def finished(kept: InMemorySpanExporter, number: int) -> list[ReadableSpan]:
    """The spans that have ended: the answer may come before them."""
    until = time.monotonic() + 5
    while len(kept.get_finished_spans()) < number and time.monotonic() < until:
        time.sleep(0.01)
    return list(kept.get_finished_spans())


def test_a_request_and_each_of_its_statements_are_spans(service: httpx.Client, kept: InMemorySpanExporter) -> None:
    answer = service.get("/v1/users/secret-person/interests", params={"limit": 7})
    assert answer.status_code == 200
    statement, _, request = finished(kept, 3)
    assert request.name == "GET /v1/users/{user}/interests"
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/users/{user}/interests",
        "http.response.status_code": 200,
        "graphfeed.request": answer.headers["x-request-id"],
    }
    assert statement.name == "interests/hashtags"
    assert statement.attributes == {"db.system.name": "neo4j", "db.response.returned_rows": 1}
    assert statement.parent is not None
    assert request.context is not None
    assert statement.parent.span_id == request.context.span_id
    for one in (statement, request):
        assert one.start_time is not None
        assert one.end_time is not None
        assert 0.05e9 <= one.end_time - one.start_time < 5e9
    assert statement.start_time is not None
    assert statement.end_time is not None
    assert request.start_time is not None
    assert request.end_time is not None
    assert request.start_time <= statement.start_time <= statement.end_time <= request.end_time
    assert "secret-person" not in "".join(one.to_json() for one in (statement, request))


def test_statements_of_a_transaction_and_a_stream_are_spans(service: httpx.Client, kept: InMemorySpanExporter) -> None:
    event = {"id": "e-1", "kind": "follow", "user": "me", "person": "ana"}
    assert service.post("/v1/events", json=event, headers=bearer(KEYS["write"])).status_code == 200
    found = finished(kept, 4)
    assert [one.name for one in found] == ["events/claim", "events/lock", "events/follow", "POST /v1/events"]
    kept.clear()
    assert service.get("/v1/users/me/export", headers=bearer(KEYS["admin"])).status_code == 200
    stream, request = finished(kept, 2)
    assert (stream.name, request.name) == ("person/rows", "GET /v1/users/{user}/export")
    assert stream.attributes == {"db.system.name": "neo4j", "db.response.returned_rows": 2}


def test_the_callers_span_is_its_parent(service: httpx.Client, kept: InMemorySpanExporter) -> None:
    sent = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "baggage": "user=secret-person"}
    service.get("/v1/users/secret-person/interests", headers=sent)
    request = finished(kept, 3)[-1]
    assert request.context is not None
    assert request.parent is not None
    assert (f"{request.context.trace_id:032x}", f"{request.parent.span_id:016x}") == ("a" * 32, "b" * 16)
    assert "secret-person" not in request.to_json()


def test_spans_hold_nothing_that_a_client_made_up(service: httpx.Client, kept: InMemorySpanExporter) -> None:
    path, sent = "/v1/users/me/interests", {"X-Request-ID": "secret-person"}
    for method, name in (("HEAD", "HEAD"), ("SECRET", "other")):
        kept.clear()
        answer = service.request(method, path, headers=sent)
        assert answer.headers["x-request-id"] == "secret-person"
        request = next(one for one in finished(kept, 3 if method == "HEAD" else 1)[::-1])
        assert request.name.split()[0] == (request.attributes or {})["http.request.method"] == name
        assert "secret" not in request.to_json().lower()


def test_what_fails_and_what_is_refused_are_spans_too(service: httpx.Client, kept: InMemorySpanExporter) -> None:
    assert service.get("/v1/users/me/network").status_code == 503
    assert service.get("/v1/users/me/network", headers={"Authorization": "x"}).status_code == 401
    assert service.get("/v1/secret-person").status_code == 404
    found = [one for one in finished(kept, 4) if one.name.startswith("GET")]
    assert [one.status.status_code for one in found] == [StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET]
    assert [one.name for one in found][1:] == ["GET none", "GET none"]


def test_without_the_extra_or_the_setting_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of()
    with answering(app, {"interests/hashtags": FOUND, "interests/topics": []}) as service:
        assert service.get("/v1/users/me/interests").status_code == 200
    [middleware] = [each for each in app.user_middleware if each.cls is RequestMiddleware]  # type: ignore[comparison-overlap]
    assert len(middleware.kwargs["observers"]) == 1  # type: ignore[arg-type]
    monkeypatch.delitem(sys.modules, "service.spans")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"OpenTelemetry is not installed.*graphfeed\[otel\]"):
        app_of(traces=True)
