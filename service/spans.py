"""Spans of OpenTelemetry: one for each request, and below it one for each of its statements.

They are made when the request has been answered, from its trace, so that nothing below the service knows of them. They
hold the route and the name of the Cypher file, never a path, a parameter or anything else that names a person. The
extra `otel` installs the packages; the standard `OTEL_` variables say where the spans go.
"""

import time
from http import HTTPStatus

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import Scope

from graph.tracing import Trace
from service.telemetry import sent_method

NANO = 1_000_000_000


def provider() -> TracerProvider:
    """Returns a provider that sends spans by OTLP over HTTP, to the address in OTEL_EXPORTER_OTLP_ENDPOINT."""
    resource = Resource({SERVICE_NAME: "graphfeed"}).merge(OTELResourceDetector().detect())
    found = TracerProvider(resource=resource)
    found.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return found


class Spans:
    """Makes the spans of requests."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("graphfeed")

    def observe(self, scope: Scope, status: int, seconds: float, trace: Trace) -> None:
        """Makes the spans of a request that has been answered, below the one that its `traceparent` header names."""
        ends, ended = time.time_ns(), time.perf_counter()
        method, route = sent_method(scope), getattr(scope.get("route"), "path_format", "none")
        headers = Headers(scope=scope)
        given = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        span = self._tracer.start_span(
            f"{method} {route}",
            context=TraceContextTextMapPropagator().extract(given),
            kind=SpanKind.SERVER,
            start_time=ends - round(seconds * NANO),
            attributes={
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": status,
                "graphfeed.request": trace.key,  # a client may have sent any id, such as a person's
            },
        )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_status(Status(StatusCode.ERROR))
        within = set_span_in_context(span)
        for call in trace.calls:
            began = ends - round((ended - call.began) * NANO)
            statement = self._tracer.start_span(
                call.statement,
                context=within,
                kind=SpanKind.CLIENT,
                start_time=began,
                attributes={"db.system.name": "neo4j", "db.response.returned_rows": call.rows},
            )
            statement.end(began + round(call.seconds * NANO))
        span.end(ends)

    def close(self) -> None:
        """Sends what is not sent yet, and ends."""
        self._provider.shutdown()
