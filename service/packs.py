"""Routes of packs: named lists of people to follow."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from fastapi.responses import Response as PlainResponse

from graph.discovery import packs
from service.access import CallerParam, Route, needs
from service.changes import BOOKMARK_HEADERS, PUT_RESPONSES, WRITE_RESPONSES
from service.dependencies import Db, RestoreSlashes, User
from service.inputs import PackIn
from service.keys import Role
from service.middleware import BOOKMARK
from service.outputs import FollowedAnswer, LeftAnswer, PackAnswer, PacksAnswer, PutAnswer, as_json
from service.problems import error_responses

router = APIRouter(prefix="/v1", tags=["packs"], route_class=Route)
ReadAccess, WriteAccess = needs(Role.READ, tokens=True), needs(Role.WRITE, tokens=True)
Pack = Annotated[str, RestoreSlashes, Path(description="the pack's id", examples=["snow-1"])]


async def _viewer(
    caller: CallerParam,
    user: Annotated[
        str | None, Query(description="id of a person: leaves out what is filtered for them", min_length=1)
    ] = None,
) -> str:
    caller.require_person(user or "")
    return user or ""


Viewer = Annotated[str, Depends(_viewer)]


@router.get("/packs", response_model=PacksAnswer, dependencies=[ReadAccess], responses=error_responses())
def listed(
    client: Db,
    user: Viewer,
    by: Annotated[str | None, Query(description="id of who made them", min_length=1)] = None,
    limit: Annotated[int, Query(ge=1, le=packs.MAX_LIMIT, description="maximum number of packs")] = packs.LIMIT,
) -> PlainResponse:
    """Packs of people, the newest first."""
    return as_json(PacksAnswer.model_validate({"items": packs.listed(client, user, by=by, limit=limit)}))


@router.get("/packs/{pack}", response_model=PackAnswer, dependencies=[ReadAccess], responses=error_responses())
def one(client: Db, pack: Pack, user: Viewer) -> PlainResponse:
    """A pack with its people."""
    return as_json(PackAnswer.model_validate(packs.one(client, pack, user)))


@router.put("/users/{user}/packs/{pack}", dependencies=[WriteAccess], responses={**WRITE_RESPONSES, **PUT_RESPONSES})
def put(client: Db, response: Response, user: User, pack: Pack, body: Annotated[PackIn, Body()]) -> PutAnswer:
    """Creates or replaces a pack of a person's. Who left it is not put into it again."""
    id, created = packs.put(client, user, body.name, body.people, pack=pack)
    response.status_code = HTTPStatus.CREATED if created else HTTPStatus.OK
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
    return PutAnswer(id=id, created=created)


@router.delete(
    "/users/{user}/packs/{pack}",
    dependencies=[WriteAccess],
    status_code=204,
    responses={**WRITE_RESPONSES, 204: {"headers": BOOKMARK_HEADERS}},
)
def delete(client: Db, response: Response, user: User, pack: Pack) -> None:
    """Deletes a pack of a person's."""
    packs.remove(client, user, pack)
    response.headers[BOOKMARK] = ",".join(client.bookmarks())


@router.post(
    "/users/{user}/packs/{pack}/leave",
    dependencies=[WriteAccess],
    responses={**WRITE_RESPONSES, 200: {"headers": BOOKMARK_HEADERS}},
)
def leave(client: Db, response: Response, user: User, pack: Pack) -> LeftAnswer:
    """Takes a person out of a pack for good."""
    changed = packs.leave(client, user, pack)
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
    return LeftAnswer(pack=pack, changed=changed)


@router.post(
    "/users/{user}/packs/{pack}/follow",
    dependencies=[WriteAccess],
    responses={**WRITE_RESPONSES, 200: {"headers": BOOKMARK_HEADERS}},
)
def follow(client: Db, response: Response, user: User, pack: Pack) -> FollowedAnswer:
    """Follows everybody in a pack whom the person may be shown and does not follow yet."""
    followed = [person for person, outcome in packs.follow(client, user, pack) if not outcome.error]
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
    return FollowedAnswer(pack=pack, followed=followed)
