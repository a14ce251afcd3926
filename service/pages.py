"""The pages, their files, the documentation of the API, and the guide of Neo4j Browser: read once, so that they are
answered from memory. A path that is not among the names of these files is not found, whatever it climbs to."""

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from service import guide

FOLDER = Path(__file__).with_name("static")
PAGES = {"/": "index.html", "/docs": "docs.html", "/operator": "operator.html"}
_ROOT, _OWN_PICTURES = b'<html lang="en">', b'<html lang="en" data-pictures="own">'
"""The element that tells a page that it may show pictures of this service alone."""


def install(app: FastAPI, home: Path, *, outside_pictures: bool = True) -> None:
    """Adds the routes of the pages, and the pictures that the demo wrote into its home."""
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    if not outside_pictures:
        files |= {name: files[name].replace(_ROOT, _OWN_PICTURES, 1) for name in PAGES.values()}

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            raise HTTPException(404)
        return _file(name, files[name])

    async def page(request: Request) -> Response:
        name = PAGES[request.url.path]
        return _file(name, files[name])

    async def tour(request: Request) -> Response:
        return guide.response(the_guide, request)

    the_guide = guide.filled(files[guide.FILE].decode())
    app.add_route(guide.PATH, tour, methods=["GET", "OPTIONS"], include_in_schema=False)
    for path in PAGES:
        app.add_route(path, page, include_in_schema=False)
    app.add_route("/static/{name:path}", static, include_in_schema=False)
    pictures = home / "pictures"
    if pictures.is_dir():
        app.mount("/pictures", StaticFiles(directory=pictures), name="pictures")


def _file(name: str, content: bytes) -> Response:
    return Response(content, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
