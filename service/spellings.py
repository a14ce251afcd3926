"""Routes of merged hashtags: which spellings are one, and for administrators to merge and undo."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import Response as PlainResponse

from graph.client import Client
from graph.hashtag_meaning import merges
from service.access import Route, needs
from service.changes import BOOKMARK_HEADERS, WRITE_RESPONSES
from service.dependencies import Db, Hashtag
from service.inputs import MergeIn
from service.keys import Role
from service.middleware import BOOKMARK
from service.outputs import MergeAnswer, MergesAnswer, as_json
from service.problems import error_responses

router = APIRouter(prefix="/v1", tags=["hashtags"], route_class=Route)
AdminAccess = needs(Role.ADMIN)
RESPONSES = {**WRITE_RESPONSES, 200: {"headers": BOOKMARK_HEADERS}}


@router.get("/hashtags", response_model=MergesAnswer, dependencies=[needs(Role.READ)], responses=error_responses())
def listed(
    client: Db,
    hashtag: Annotated[str, Query(description="only those of one hashtag")] = "",
    undone: Annotated[bool, Query(description="the merges that were undone, instead")] = False,
    limit: Annotated[int, Query(ge=1, le=merges.MAX_LISTED, description="maximum number")] = merges.LISTED,
) -> PlainResponse:
    """The spellings that were merged with other hashtags, the latest first."""
    return as_json(MergesAnswer.model_validate({"items": merges.listed(client, hashtag, undone=undone, limit=limit)}))


@router.post("/hashtags/{name}/merge", dependencies=[AdminAccess], responses=RESPONSES)
def merge(client: Db, response: Response, name: Hashtag, body: Annotated[MergeIn, Body()]) -> MergeAnswer:
    """Makes a hashtag a variant of another: its posts, mutes and interests are the other's."""
    return _told(client, response, merges.merge(client, name, body.variant_of))


@router.post("/hashtags/{name}/unmerge", dependencies=[AdminAccess], responses=RESPONSES)
def unmerge(client: Db, response: Response, name: Hashtag) -> MergeAnswer:
    """Undoes the merge of a variant for good: its posts, mutes and interests are its own again."""
    return _told(client, response, merges.undo(client, name))


def _told(client: Client, response: Response, found: merges.Merge) -> MergeAnswer:
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
    return MergeAnswer.model_validate(found)
