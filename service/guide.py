"""The tour of docs/browser.md as a guide of Neo4j Browser, which the service serves at /guide.

`python -m service.documents` writes static/guide.html without the statements, which are filled in when the
service starts.
"""

import re
from collections.abc import Iterator
from html import escape

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cypher import FOLDER

PATH = "/guide"
FILE = "guide.html"
TOUR = re.compile(r"<!-- tour -->\n(.*)<!-- end of the tour -->", re.DOTALL)
STEP = re.compile(r"^### (.+)\n", re.MULTILINE)
STATEMENT = re.compile(r"\[([\w/]+)\]\(\.\./cypher/\1\.cypher\)")
_CODE = re.compile(r"```\n(.*?)```", re.DOTALL)
_PLACE = re.compile(r"\{\{([\w/]+)\}\}")
_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}


def guide(document: str) -> str:
    """The tour of a document in Browser's HTML of guides: a slide for each step, with {{network/picture}} where that
    statement belongs."""
    found = TOUR.search(document)
    steps = STEP.split(found[1])[1:] if found else []
    slides = [_slide(title, body) for title, body in zip(steps[::2], steps[1::2], strict=True)]
    return (
        f'<article class="guide">\n<carousel class="deck container-fluid">\n{"".join(slides)}</carousel>\n</article>\n'
    )


def filled(html: str) -> str:
    """A guide with its statements, each of which a click puts into the editor."""
    return _PLACE.sub(lambda found: escape((FOLDER / f"{found[1]}.cypher").read_text(encoding="utf-8")), html)


def response(html: str, request: Request) -> Response:
    """The guide, for pages of any origin: it holds nothing but what is in the repository."""
    return Response("" if request.method == "OPTIONS" else html, media_type="text/html", headers=_HEADERS)


class Cors(CORSMiddleware):
    """CORS for all paths but the guide's, whose answers have their own headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handle = self.app if scope.get("path") == PATH else super().__call__
        await handle(scope, receive, send)


def _slide(title: str, body: str) -> str:
    return (
        f'<slide class="row-fluid">\n<div class="col-sm-12">\n<h3>{escape(title)}</h3>\n{"".join(_parts(body))}</div>\n'
        "</slide>\n"
    )


def _parts(body: str) -> Iterator[str]:
    for part in re.split(r"\n\n", body.strip()):
        if code := _CODE.fullmatch(part):
            yield _runnable(escape(code[1].strip()))
        elif not part.startswith("!["):  # a picture of what is beside the guide
            text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(STATEMENT.sub(r"\1", part), quote=False))
            yield f"<p>{text}</p>\n"
            yield from (_runnable(f"{{{{{name}}}}}") for name in STATEMENT.findall(part))


def _runnable(code: str) -> str:
    return f'<pre class="pre-scrollable code runnable">{code}</pre>\n'
