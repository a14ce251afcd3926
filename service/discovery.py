"""Routes that discover: the most liked posts of a hashtag, what trends, whom to follow."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

import graph.discovery.trending
from graph.discovery import suggestions, tops
from graph.ranking.feed import Request
from service.access import CallerParam, Route, needs
from service.dependencies import AsOf, Db, Hashtag, Limit, ProfileParam, Sensitive, User, WindowDays, days
from service.keys import Role
from service.outputs import SuggestionsAnswer, TopAnswer, TrendingAnswer, as_json
from service.problems import error_responses

router = APIRouter(
    prefix="/v1",
    dependencies=[needs(Role.READ, tokens=True)],
    responses=error_responses(),
    tags=["discovery"],
    route_class=Route,
)


async def _own(
    caller: CallerParam,
    user: Annotated[
        str | None, Query(description="id of a person: leaves out what is filtered for them", min_length=1)
    ] = None,
) -> str:
    caller.require_person(user or "")
    return user or ""


@router.get("/hashtags/{name}/top", response_model=TopAnswer)
def top(
    client: Db,
    name: Hashtag,
    chosen: ProfileParam,
    as_of: AsOf,
    user: Annotated[str, Depends(_own)],
    limit: Limit = None,
    window_days: WindowDays = None,
    sensitive: Sensitive = False,
) -> Response:
    """The most liked posts with a hashtag."""
    request = Request(user, chosen, limit=limit, as_of=as_of, window_days=days(window_days), sensitive=sensitive)
    found, rows = tops.top_of_hashtag(client, name, request)
    about = {"hashtag": found["name"], "display": found["display"], "as_of": as_of}
    return as_json(TopAnswer.model_validate({**about, "items": rows}))


@router.get("/trending", response_model=TrendingAnswer, responses=error_responses(HTTPStatus.GONE))
def trending(
    client: Db,
    user: Annotated[str, Depends(_own)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    cursor: Annotated[str | None, Query(description="cursor of the previous page", max_length=200)] = None,
    followed: Annotated[
        bool, Query(description="only posts by people whom the person follows, or that these liked")
    ] = False,
    sensitive: Sensitive = False,
) -> Response:
    """What trends: posts of hashtags, or within communities, that more people like than usual, and why."""
    page = graph.discovery.trending.trending(
        client, user, limit=limit, cursor=cursor, followed=followed, sensitive=sensitive
    )
    return as_json(TrendingAnswer.model_validate({"user": user, **vars(page)}))


@router.get("/users/{user}/suggestions", response_model=SuggestionsAnswer)
def suggested(
    client: Db,
    caller: CallerParam,
    user: User,
    chosen: ProfileParam,
    as_of: AsOf,
    limit: Annotated[
        int, Query(ge=1, le=suggestions.MAX_LIMIT, description="maximum number of people")
    ] = suggestions.LIMIT,
) -> Response:
    """People to follow, with the reasons for each."""
    caller.require_person(user)
    found = suggestions.suggestions(client, user, limit=limit, chosen=chosen, as_of=as_of)
    return as_json(SuggestionsAnswer.model_validate(found))
