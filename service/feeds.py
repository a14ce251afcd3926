"""Routes that read: feeds and their reasons, slates, networks, interests, top posts of a hashtag."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from fastapi.responses import Response

import graph.ranking.feed
import graph.ranking.why
from graph import discovery
from graph import network as networks
from graph.ranking.feed import Feed, Request, Served
from graph.ranking.profiles import Profile
from graph.tracing import current
from service.dependencies import (
    AsOf,
    Db,
    Exclude,
    Hashtag,
    Limit,
    Metrics,
    Post,
    ProfileParam,
    Seed,
    Sensitive,
    Source,
    Treatment,
    TrialsParam,
    User,
    WindowDays,
    days,
)
from service.inputs import Preview
from service.keys import Role, require_role
from service.outputs import (
    Debug,
    DebuggedFeedAnswer,
    FeedAnswer,
    InterestsAnswer,
    NetworkAnswer,
    NetworkLabel,
    StatementAnswer,
    TopAnswer,
    WhyAnswer,
)
from service.problems import WITH_BODY, error_responses

router = APIRouter(
    prefix="/v1", dependencies=[Depends(require_role(Role.READ))], responses=error_responses(), tags=["feeds"]
)


async def _request(
    user: User,
    chosen: ProfileParam,
    trials: TrialsParam,
    treatment: Treatment,
    as_of: AsOf,
    source: Source = None,
    limit: Limit = None,
    window_days: WindowDays = None,
    seed: Seed = 0,
    sensitive: Sensitive = False,
    exclude: Exclude = None,
) -> Request:
    asked = Request(
        user=user,
        profile=chosen,
        source=source,
        limit=limit,
        as_of=as_of,
        window_days=days(window_days),
        seed=seed,
        sensitive=sensitive,
        exclude=tuple(exclude or ()),
    )
    return asked.trying(trials, treatment)


FeedRequest = Annotated[Request, Depends(_request)]
WithDebug = Annotated[bool, Query(description="add the profile's constants and the statements that ran in Neo4j")]


@router.get(
    "/users/{user}/feed", response_model=DebuggedFeedAnswer | FeedAnswer, responses=error_responses(HTTPStatus.GONE)
)
def feed(
    client: Db,
    metrics: Metrics,
    request: FeedRequest,
    cursor: Annotated[
        str | None,
        Query(
            description="cursor of the previous page; of the other parameters of the feed, only limit applies",
            max_length=200,
        ),
    ] = None,
    record: Annotated[
        bool | None,
        Query(
            description="false: write nothing, count nothing as served and return no cursor; default: true for every "
            "profile that has slates (all but the tutorial's)"
        ),
    ] = None,
    served: Annotated[
        Served,
        Query(
            description="when the returned posts count as served: now, or later, once events of the kind impression "
            "say how far they were seen; the next pages of a slate follow its first"
        ),
    ] = "now",
    debug: WithDebug = False,
) -> Response:
    """A person's feed: each post with its score, the parts of the score and the reason. **It writes**: the slate is
    stored, the returned posts count as served, and `cursor` gets the next page. With `record=false` it only reads."""
    if cursor is not None:
        found = graph.ranking.feed.next_page(
            client, request.user, cursor, limit=request.limit, record=record is not False
        )
    else:
        recorded = request.profile.ranking is not None or served == "later" if record is None else record
        found = graph.ranking.feed.feed(client, request, record=recorded, served=served)
    if record is not False:
        metrics.count_feed(found)
    return _answer(found, request.profile if debug else None)


@router.post(
    "/users/{user}/feed/preview",
    response_model=DebuggedFeedAnswer | FeedAnswer,
    responses=error_responses(*WITH_BODY),
)
def preview(client: Db, request: FeedRequest, body: Annotated[Preview, Body()], debug: WithDebug = False) -> Response:
    """The feed with other weights for the parts of the score. Nothing is recorded."""
    other = request.profile.with_weights(body.weights)
    found = graph.ranking.feed.feed(client, replace(request, profile=other))
    return _answer(found, other if debug else None)


@router.get("/users/{user}/posts/{post}/why")
def why(
    client: Db,
    user: User,
    post: Post,
    chosen: ProfileParam,
    trials: TrialsParam,
    treatment: Treatment,
    as_of: AsOf,
    window_days: WindowDays = None,
) -> WhyAnswer:
    """Why a post is in a person's feed, or which filter or part keeps it out."""
    asked = Request(user, chosen, as_of=as_of, window_days=days(window_days)).trying(trials, treatment)
    answer = graph.ranking.why.why(client, asked, post)
    return WhyAnswer.model_validate({"user": user, **vars(answer)})


@router.get("/users/{user}/slates/{slate}", response_model=FeedAnswer, responses=error_responses(HTTPStatus.GONE))
def slate(
    client: Db,
    user: User,
    slate: Annotated[str, Path(description="the `slate` of a feed", max_length=100)],
    sensitive: Sensitive = False,
) -> Response:
    """A whole slate again, in its order, without posts that the person may no longer see."""
    return _answer(graph.ranking.feed.replay(client, user, slate, sensitive=sensitive))


@router.get("/users/{user}/network")
def network(
    client: Db,
    user: User,
    edges: networks.Edges = "all",
    label: Annotated[NetworkLabel, Query(description="how people are named; id for privacy")] = "username",
    limit: Annotated[int, Query(ge=1, le=50_000)] = 50_000,
) -> NetworkAnswer:
    """Whom a person follows and, unless `edges` is `mine`, whom those follow."""
    return NetworkAnswer.of(user, networks.network(client, user, edges, limit), label)


@router.get("/users/{user}/interests")
def interests(
    client: Db,
    user: User,
    chosen: ProfileParam,
    as_of: AsOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> InterestsAnswer:
    """The hashtags of posts that a person liked or is shown in, by descending weight."""
    rows = networks.interests(client, user, chosen, as_of, limit)
    return InterestsAnswer.model_validate({"user": user, "profile": chosen.name, "as_of": as_of, "hashtags": rows})


@router.get("/hashtags/{name}/top")
def top(
    client: Db,
    name: Hashtag,
    chosen: ProfileParam,
    as_of: AsOf,
    user: Annotated[str, Query(description="id of a person: leaves out what is filtered for them")] = "",
    limit: Limit = None,
    window_days: WindowDays = None,
    sensitive: Sensitive = False,
) -> TopAnswer:
    """The most liked posts with a hashtag."""
    request = Request(user, chosen, limit=limit, as_of=as_of, window_days=days(window_days), sensitive=sensitive)
    found, rows = discovery.top_of_hashtag(client, name, request)
    about = {"hashtag": found["name"], "display": found["display"], "as_of": as_of}
    return TopAnswer.model_validate({**about, "items": rows})


def _answer(found: Feed, debug_profile: Profile | None = None) -> Response:
    """A feed as a JSON response; with `debug_profile`, which is that of the request, also how it was made."""
    answer = FeedAnswer.of(found)
    if debug_profile is not None:
        answer = DebuggedFeedAnswer(**vars(answer), debug=_debug(found, debug_profile))
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


def _debug(found: Feed, profile: Profile) -> Debug:
    trace = current()
    is_same = profile.hash == found.profile_hash  # a slate may have been made with another profile
    calls = trace.calls if trace else []
    return Debug(
        candidates=found.candidates,
        statements=[
            StatementAnswer(statement=call.statement, ms=round(call.seconds * 1000, 2), rows=call.rows)
            for call in calls
        ],
        ranking=profile.ranking.model_dump(by_alias=True) if profile.ranking and is_same else None,
    )
