"""Routes that change the graph, and the one that gives all that a person told and did."""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response
from fastapi.responses import StreamingResponse

from graph import entities, events
from graph.errors import GraphfeedError
from loaders.exporter import export_person
from loaders.forgetting import forget, forget_post, learned
from service.dependencies import BuildHours, Db, HideReasons, Post, Tells, User
from service.inputs import EventsIn, PersonIn, PostIn
from service.keys import Role, needs
from service.middleware import BOOKMARK
from service.outputs import EventsAnswer, ForgottenAnswer, PutAnswer
from service.problems import WITH_BODY, Refusal, documented, status_of

HEADERS = {
    BOOKMARK: {
        "description": "give it back to see this change on any server of a cluster",
        "schema": {"type": "string"},
    }
}
WRITTEN = documented(*WITH_BODY, HTTPStatus.CONFLICT, HTTPStatus.METHOD_NOT_ALLOWED)
PUT = {**WRITTEN, 200: {"headers": HEADERS}, 201: {"model": PutAnswer, "description": "It is new.", "headers": HEADERS}}

router = APIRouter(prefix="/v1", responses=WRITTEN, tags=["changes"])
Writes, Rules = Depends(needs(Role.WRITE)), Depends(needs(Role.ADMIN))


@router.post("/events", dependencies=[Writes], responses={200: {"headers": HEADERS}, **documented(HTTPStatus.GONE)})
def record(
    client: Db, tells: Tells, response: Response, known: HideReasons, given: Annotated[EventsIn, Body()]
) -> EventsAnswer:
    """Record what people do: one event or a batch, whole or not at all. An event that is sent again changes nothing."""
    batch = [event.as_event() for event in (given if isinstance(given, list) else [given])]
    outcomes = events.record(client, batch, atomic=True, hide_reasons=known)
    answer = EventsAnswer.of(outcomes)
    tells.recorded(batch, answer.results)
    if errors := [outcome.error for outcome in outcomes if outcome.error]:
        raise _refusal(answer, errors)
    _tell_bookmark(client, response)
    return answer


@router.put("/users/{user}", dependencies=[Writes], responses=PUT)
def put_user(client: Db, response: Response, user: User, given: Annotated[PersonIn, Body()]) -> PutAnswer:
    """Have a person in the graph, as told here alone. What they do and post stays."""
    created = entities.put_person(client, user, entities.Person(**given.model_dump()))
    return _put(client, response, user, created)


@router.put("/posts/{post}", dependencies=[Writes], responses=PUT)
def put_post(client: Db, response: Response, post: Post, given: Annotated[PostIn, Body()]) -> PutAnswer:
    """Have a post in the graph, as told here alone, hashtags and mentions too. It keeps its author and its likes."""
    created = entities.put_post(client, post, entities.Post(**given.model_dump()))
    return _put(client, response, post, created)


@router.delete("/users/{user}", dependencies=[Rules], responses={200: {"headers": HEADERS}})
def delete_user(client: Db, response: Response, build_hours: BuildHours, user: User) -> ForgottenAnswer:
    """Forget a person, with all that is theirs. What was learned from their likes goes with the next build."""
    removed = forget(client, user)
    _tell_bookmark(client, response)
    return ForgottenAnswer(user=user, removed=removed, learned=learned(client, build_hours))


@router.delete("/posts/{post}", dependencies=[Rules], status_code=204, responses={204: {"headers": HEADERS}})
def delete_post(client: Db, response: Response, post: Post) -> None:
    """Remove a post, with all that hangs on it."""
    forget_post(client, post)
    _tell_bookmark(client, response)


@router.get(
    "/users/{user}/export",
    dependencies=[Rules],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
)
def export(client: Db, user: User) -> StreamingResponse:
    """All that a person told and did, a line of JSON for each: the rows of the import's files, each with its `file`."""
    rows = export_person(client, user)

    def lines() -> Iterator[str]:
        for row in rows:
            yield json.dumps(row, ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def _refusal(answer: EventsAnswer, errors: Sequence[GraphfeedError]) -> Refusal:
    """Of a batch, which tells what came of each event; of one event alone, its own error."""
    results = answer.model_dump(by_alias=True)["results"]
    if len(results) == 1:
        return Refusal(status_of(errors[0]), errors[0].problem, errors[0].remedy, results=results)
    detail = f"{len(errors)} of {len(results)} events are refused, so none is recorded: {errors[0].problem}"
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors[0].remedy, results=results)


def _put(client: Db, response: Response, id: str, created: bool) -> PutAnswer:
    response.status_code = HTTPStatus.CREATED if created else HTTPStatus.OK
    _tell_bookmark(client, response)
    return PutAnswer(id=id, created=created)


def _tell_bookmark(client: Db, response: Response) -> None:
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
