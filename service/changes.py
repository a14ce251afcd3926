"""Routes that change the graph, and the export of one person's data."""

import functools
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi import Request as HttpRequest
from fastapi.responses import StreamingResponse

from graph import entities, events
from graph.errors import GraphfeedError, SettingsError
from graph.ranking.effect import recorded_with_effect
from graph.ranking.feed import Request
from service import threads
from service.access import CallerParam, Route, needs
from service.dependencies import (
    Db,
    ForgottenHours,
    HideReasons,
    Metrics,
    Post,
    ProfileQuery,
    RatesParam,
    TrialsParam,
    User,
    WindowDays,
    chosen_profile,
    days,
    treatment_of,
)
from service.inputs import EventsIn, PersonIn, PostIn
from service.keys import Role
from service.middleware import BOOKMARK
from service.outputs import EffectAnswer, EventsAnswer, ForgottenAnswer, PutAnswer
from service.problems import WITH_BODY, Refusal, error_responses, status_of

BOOKMARK_HEADERS = {
    BOOKMARK: {
        "description": "send it with a later request to see this change on any server of a cluster",
        "schema": {"type": "string"},
    }
}
WRITE_RESPONSES = error_responses(
    *WITH_BODY, HTTPStatus.CONFLICT, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.INSUFFICIENT_STORAGE
)
PUT_RESPONSES = {
    **WRITE_RESPONSES,
    200: {"headers": BOOKMARK_HEADERS},
    201: {"model": PutAnswer, "description": "Created", "headers": BOOKMARK_HEADERS},
}
CHUNK_CHARACTERS = 1 << 16
"""Least size of a piece of an export, except the last."""

router = APIRouter(prefix="/v1", responses=WRITE_RESPONSES, tags=["changes"], route_class=Route)
WriteAccess, AdminAccess = needs(Role.WRITE), needs(Role.ADMIN)


async def _looks(
    http: HttpRequest,
    client: Db,
    trials: TrialsParam,
    rates: RatesParam,
    effect: Annotated[
        bool, Query(description="answer with what the events change of the next posts of their person, who must be one")
    ] = False,
    profile_name: ProfileQuery = None,
    window_days: WindowDays = None,
) -> Callable[[Collection[str]], Awaitable[Request]] | None:
    """Makes the request whose next posts are compared, from the people of the events; None without `effect`."""

    async def request_of(people: Collection[str]) -> Request:
        if len(people) != 1:
            raise SettingsError(
                "An effect is that of one person's events.", "Send each person's apart, or leave out effect."
            )
        [user] = people
        await rates.count_feed(user)
        chosen, _ = await chosen_profile(http, client, profile_name)
        request = Request(user, chosen, window_days=days(window_days))
        return request.trying(trials, await treatment_of(http, client, user, trials))

    return request_of if effect else None


Looks = Annotated[Callable[[Collection[str]], Awaitable[Request]] | None, Depends(_looks)]


@router.post(
    "/events",
    dependencies=[needs(Role.WRITE, tokens=True)],
    responses={200: {"headers": BOOKMARK_HEADERS}, **error_responses(HTTPStatus.GONE)},
)
async def record(
    client: Db,
    caller: CallerParam,
    metrics: Metrics,
    response: Response,
    hide_reasons: HideReasons,
    looks: Looks,
    body: Annotated[EventsIn, Body()],
) -> EventsAnswer:
    """Records one event, or a batch as a whole or not at all. An event that is sent again changes nothing."""
    batch = [event.as_event() for event in (body if isinstance(body, list) else [body])]
    for event in batch:
        caller.require_person(event.user)
    recording = functools.partial(events.record, client, batch, atomic=True, hide_reasons=hide_reasons)
    if looks is None:
        outcomes, change = await threads.run(recording), None
    else:
        request = await looks({event.user for event in batch})
        outcomes, change = await threads.run(recorded_with_effect, client, request, batch, recording)
    answer = EventsAnswer.of(outcomes)
    answer.effect = EffectAnswer.model_validate(change) if change else None
    metrics.count_events(batch, answer.results)
    if errors := [outcome.error for outcome in outcomes if outcome.error]:
        raise _refusal(answer, errors)
    _set_bookmark(client, response)
    return answer


@router.put("/users/{user}", dependencies=[WriteAccess], responses=PUT_RESPONSES)
def put_user(client: Db, response: Response, user: User, body: Annotated[PersonIn, Body()]) -> PutAnswer:
    """Creates or replaces a person. Fields that are left out are removed; posts and acts stay."""
    created = entities.put_person(client, user, entities.Person(**body.model_dump()))
    return _put(client, response, user, created)


@router.put("/posts/{post}", dependencies=[WriteAccess], responses=PUT_RESPONSES)
def put_post(client: Db, response: Response, post: Post, body: Annotated[PostIn, Body()]) -> PutAnswer:
    """Creates or replaces a post with its hashtags and mentions. Fields that are left out are removed, except counts.
    The author and the likes stay."""
    created = entities.put_post(client, post, entities.Post(**body.model_dump()))
    return _put(client, response, post, created)


@router.delete("/users/{user}", dependencies=[AdminAccess], responses={200: {"headers": BOOKMARK_HEADERS}})
def delete_user(client: Db, response: Response, hours: ForgottenHours, user: User) -> ForgottenAnswer:
    """Deletes a person and all their data. What was learned from their likes is gone with the next build."""
    from loaders.forgetting import forget, learned  # slow to import, which would be at each start of a worker

    removed = forget(client, user)
    _set_bookmark(client, response)
    return ForgottenAnswer(user=user, removed=removed, learned=learned(client, hours))


@router.delete(
    "/posts/{post}", dependencies=[AdminAccess], status_code=204, responses={204: {"headers": BOOKMARK_HEADERS}}
)
def delete_post(client: Db, response: Response, post: Post) -> None:
    """Deletes a post with everything attached to it."""
    from loaders.forgetting import forget_post

    forget_post(client, post)
    _set_bookmark(client, response)


@router.get(
    "/users/{user}/export",
    dependencies=[AdminAccess],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
)
def export(client: Db, user: User) -> StreamingResponse:
    """Exports a person's own data as JSON Lines: rows of the import format, each with its `file`."""
    from loaders.exporter import export_person

    chunks = _chunks(export_person(client, user))
    return StreamingResponse(threads.stepwise(chunks), media_type="application/x-ndjson")


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """JSON Lines in pieces of some kilobytes: each piece is a hop between threads, which takes longer than a row."""
    encode, lines, size = json.JSONEncoder(ensure_ascii=False).encode, list[str](), 0
    for row in rows:
        lines.append(encode(row))
        size += len(lines[-1])
        if size >= CHUNK_CHARACTERS:
            yield "\n".join(lines) + "\n"
            lines, size = [], 0
    if lines:
        yield "\n".join(lines) + "\n"


def _refusal(answer: EventsAnswer, errors: Sequence[GraphfeedError]) -> Refusal:
    """The error of a refused batch, with the result of each event; for a single event, the event's own error."""
    results = answer.model_dump(by_alias=True)["results"]
    if len(results) == 1:
        return Refusal(status_of(errors[0]), errors[0].problem, errors[0].remedy, results=results)
    detail = f"{len(errors)} of {len(results)} events are refused, so none is recorded: {errors[0].problem}"
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors[0].remedy, results=results)


def _put(client: Db, response: Response, id: str, created: bool) -> PutAnswer:
    response.status_code = HTTPStatus.CREATED if created else HTTPStatus.OK
    _set_bookmark(client, response)
    return PutAnswer(id=id, created=created)


def _set_bookmark(client: Db, response: Response) -> None:
    response.headers[BOOKMARK] = ",".join(client.bookmarks())
