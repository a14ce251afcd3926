"""Headers of every response, which restrict what a browser does with it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import ids

FORCE_GRAPH_STYLES = " ".join(
    f"'sha256-{digest}'"
    for digest in (
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",  # of nothing: they are added before their texts
        "jtRRMYY2VbEXuBKbHvqM1/fPT8vazFrEooXdvwUK4y8=",
        "9xjtvxMT1ApHlgn9ohbh2FNfvK5Tqtzy94BjfXBeMSY=",
    )
)
"""The two style elements that force-graph adds, by the hashes of their texts, which change with its version."""
_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {FORCE_GRAPH_STYLES}; "
    "img-src {pictures}; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For the pages, whose files are our own."""
_OWN_PICTURES, _ALL_PICTURES = "'self' data:", "'self' https: data:"
"""Pictures of posts may be on other hosts, unless the settings forbid it."""
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""For pictures of the home: an SVG is a page of this origin, and may contain scripts."""


class SecureHeaders:
    """The outermost middleware: every answer has the headers, also those to preflights of CORS."""

    def __init__(self, app: ASGIApp, *, outside_pictures: bool = True) -> None:
        self.app = app
        self._policy = _POLICY.format(pictures=_ALL_PICTURES if outside_pictures else _OWN_PICTURES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _secure(MutableHeaders(scope=message), ids.mark_slashes(ids.origin_form(scope)), self._policy)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _secure(headers: MutableHeaders, path: str, policy: str) -> None:
    """Adds the headers of a response to a request for `path`, with the policy of the pages."""
    headers["Content-Security-Policy"] = _SANDBOX if path.startswith("/pictures/") else policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"  # for browsers that do not know frame-ancestors
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = _caching(path)


def _caching(path: str) -> str:
    if path.startswith("/static/vendor/"):  # the version is in the name
        return "public, max-age=31536000, immutable"
    return "no-cache" if path.startswith(("/static/", "/pictures/")) else "no-store"
