"""Routes that read: feeds and their reasons, slates, networks, interests, filters."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query
from fastapi import Request as HttpRequest
from fastapi.responses import Response

import graph.ranking.bubble
import graph.ranking.feed
import graph.ranking.stored_profiles
import graph.ranking.whatif
import graph.ranking.why
from graph import drawing as drawings
from graph import network as networks
from graph.discovery.cards import MAX_CARDS
from graph.errors import NotFound, SettingsError
from graph.ranking.effect import NEXT
from graph.ranking.feed import Feed, Request, Served
from graph.ranking.in_words import in_words
from graph.ranking.own_filters import LISTED, MAX_LISTED, own_filters
from graph.ranking.profiles import Profile
from graph.tracing import current
from service.access import Route, needs
from service.dependencies import (
    AsOf,
    Closer,
    Db,
    Exclude,
    Lacks,
    Limit,
    Metrics,
    Post,
    ProfileParam,
    RatesParam,
    Seed,
    Sensitive,
    ServingProfile,
    Source,
    Treatment,
    TrialsParam,
    User,
    WindowDays,
    days,
    found_profile,
)
from service.inputs import Preview
from service.keys import Role
from service.middleware import ONLY_READS
from service.outputs import (
    BubbleAnswer,
    Debug,
    DebuggedFeedAnswer,
    DrawingAnswer,
    FeedAnswer,
    FiltersAnswer,
    InterestsAnswer,
    NetworkAnswer,
    NetworkLabel,
    ProfileAnswer,
    ProfilesAnswer,
    StatementAnswer,
    WhatIfAnswer,
    WhyAnswer,
    as_json,
)
from service.problems import WITH_BODY, error_responses

router = APIRouter(
    prefix="/v1",
    dependencies=[needs(Role.READ, tokens=True)],
    responses=error_responses(),
    tags=["feeds"],
    route_class=Route,
)


async def _request(
    user: User,
    chosen: ProfileParam,
    trials: TrialsParam,
    treatment: Treatment,
    as_of: AsOf,
    lacks: Lacks,
    source: Source = None,
    limit: Limit = None,
    window_days: WindowDays = None,
    seed: Seed = 0,
    sensitive: Sensitive = False,
    exclude: Exclude = None,
    closer: Closer = 0.0,
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
        closer=closer,
        lacks=lacks,
    )
    return asked.trying(trials, treatment)


FeedRequest = Annotated[Request, Depends(_request)]


async def _count(user: User, rates: RatesParam, http: HttpRequest) -> None:
    """Counts the first page of a feed: here and not in the route, so that a refusal waits for no thread."""
    if "cursor" not in http.query_params:
        await rates.count_feed(user)


ProfileName = Annotated[str, Path(description="name of the profile", examples=["default"], max_length=200)]
SlateId = Annotated[str, Path(description="the `slate` of a feed", max_length=100)]
WithDebug = Annotated[bool, Query(description="add the profile's constants and the statements that ran in Neo4j")]


@router.get(
    "/users/{user}/feed",
    response_model=DebuggedFeedAnswer | FeedAnswer,
    responses=error_responses(HTTPStatus.GONE),
    dependencies=[Depends(_count)],
)
def feed(
    client: Db,
    metrics: Metrics,
    http: HttpRequest,
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
            description="false: write nothing and count nothing as served; a first page then has no slate and no "
            "cursor; default: true for every profile that has slates (all but the tutorial's)"
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
    stored, the returned posts count as served, and `cursor` gets the next page. With `record=false` it only reads, as a
    HEAD does."""
    if http.scope.get(ONLY_READS):
        record, served = False, "now"
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
    dependencies=[Depends(_count)],
)
def preview(client: Db, request: FeedRequest, body: Annotated[Preview, Body()], debug: WithDebug = False) -> Response:
    """The feed with other weights for the parts of the score. Nothing is recorded."""
    other = request.profile.with_weights(body.weights)
    found = graph.ranking.feed.feed(client, replace(request, profile=other))
    return _answer(found, other if debug else None)


@router.get("/users/{user}/posts/{post}/why", response_model=WhyAnswer)
def why(
    client: Db,
    user: User,
    post: Post,
    chosen: ProfileParam,
    trials: TrialsParam,
    treatment: Treatment,
    as_of: AsOf,
    window_days: WindowDays = None,
) -> Response:
    """Why a post is in a person's feed, or which filter or part keeps it out."""
    asked = Request(user, chosen, as_of=as_of, window_days=days(window_days)).trying(trials, treatment)
    answer = graph.ranking.why.why(client, asked, post)
    return as_json(WhyAnswer.model_validate({"user": user, **vars(answer)}))


@router.get("/users/{user}/posts/{post}/whatif", response_model=WhatIfAnswer)
def whatif(
    client: Db,
    user: User,
    post: Post,
    chosen: ProfileParam,
    trials: TrialsParam,
    treatment: Treatment,
    as_of: AsOf,
    window_days: WindowDays = None,
    sensitive: Sensitive = False,
    limit: Annotated[int, Query(ge=1, le=100, description="the number of next posts")] = NEXT,
) -> Response:
    """Which single act of a person would take a post out of their next ones, or change its reason. Nothing is done."""
    asked = Request(user, chosen, as_of=as_of, window_days=days(window_days), sensitive=sensitive)
    answer = graph.ranking.whatif.whatif(client, asked.trying(trials, treatment), post, limit)
    return as_json(WhatIfAnswer.model_validate({"user": user, **vars(answer)}))


@router.get("/users/{user}/slates/{slate}", response_model=FeedAnswer, responses=error_responses(HTTPStatus.GONE))
def slate(
    client: Db,
    user: User,
    slate: SlateId,
    sensitive: Sensitive = False,
) -> Response:
    """A whole slate again, in its order, without posts that the person may no longer see."""
    return _answer(graph.ranking.feed.replay(client, user, slate, sensitive=sensitive))


@router.get(
    "/users/{user}/slates/{slate}/bubble", response_model=BubbleAnswer, responses=error_responses(HTTPStatus.GONE)
)
def bubble(client: Db, user: User, slate: SlateId) -> Response:
    """How far from the person the posts of a slate come, from how many communities, and how even their authors are."""
    return as_json(BubbleAnswer.of(user, graph.ranking.bubble.bubble(client, user, slate)))


@router.get("/users/{user}/bubble", response_model=BubbleAnswer)
def bubble_of_posts(
    client: Db,
    user: User,
    post: Annotated[list[str], Query(description="ids of posts, as of a preview", min_length=1, max_length=MAX_CARDS)],
) -> Response:
    """How far from the person some posts come, from how many communities, and how even their authors are."""
    return as_json(BubbleAnswer.of(user, graph.ranking.bubble.bubble_of_posts(client, post, Request(user))))


@router.get("/users/{user}/network", response_model=NetworkAnswer)
def network(
    client: Db,
    user: User,
    edges: networks.Edges = "all",
    label: Annotated[NetworkLabel, Query(description="how people are named; id for privacy")] = "username",
    limit: Annotated[int, Query(ge=1, le=50_000)] = 50_000,
) -> Response:
    """Whom a person follows and, unless `edges` is `mine`, whom those follow."""
    return as_json(NetworkAnswer.of(user, networks.network(client, user, edges, limit), label))


@router.get("/users/{user}/network/drawing", response_model=DrawingAnswer)
def drawing(
    client: Db,
    user: User,
    edges: networks.Edges = "all",
    limit: Annotated[
        int, Query(ge=1, le=drawings.MAX_DRAWN, description="maximum number of people; of more, communities come")
    ] = drawings.MAX_DRAWN,
    community: Annotated[
        drawings.Community | None, Query(description="only people of this community; none for those without one")
    ] = None,
    name: Annotated[
        str | None, Query(description="only people whose name has this in it, or with this id", max_length=200)
    ] = None,
) -> Response:
    """A person's network to draw: people and who follows whom, or its communities and the follows between them."""
    found = drawings.drawing(client, user, edges, limit, community, name)
    return as_json(DrawingAnswer.model_validate({"user": user, **vars(found)}))


@router.get("/users/{user}/interests", response_model=InterestsAnswer)
def interests(
    client: Db,
    user: User,
    chosen: ProfileParam,
    as_of: AsOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Hashtags that a person chose, each with its end, then those of posts that they liked or are shown in, and the
    topics of all these."""
    rows = networks.interests(client, user, chosen, as_of, limit)
    topics = networks.interesting_topics(client, user, chosen, as_of) if rows else []
    about = {"user": user, "profile": chosen.name, "as_of": as_of}
    return as_json(InterestsAnswer.model_validate({**about, "hashtags": rows, "topics": topics}))


@router.get("/users/{user}/filters", response_model=FiltersAnswer)
def filters(
    client: Db,
    user: User,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED, description="maximum number of each kind")] = LISTED,
) -> Response:
    """What a person muted, whom they blocked, and what they hid, each the latest first."""
    return as_json(FiltersAnswer.model_validate({"user": user, **vars(own_filters(client, user, limit))}))


@router.get("/profiles", response_model=ProfilesAnswer)
def profiles(client: Db, serving: ServingProfile) -> Response:
    """The names of the profiles that feeds can be ranked by: those of files, then those that tunings stored."""
    return as_json(
        ProfilesAnswer(serving=serving.name, names=graph.ranking.stored_profiles.names(client, serving.more))
    )


async def _named(client: Db, http: HttpRequest, profile: ProfileName) -> Profile:
    try:
        return await found_profile(http, client, profile)
    except SettingsError as error:
        raise NotFound(error.problem, error.remedy) from None


@router.get("/profiles/{profile}", response_model=ProfileAnswer)
def profile_in_words(found: Annotated[Profile, Depends(_named)]) -> Response:
    """A profile in plain words: what its feeds are ranked by, and how much each thing counts."""
    return as_json(ProfileAnswer.model_validate(in_words(found)))


def _answer(found: Feed, debug_profile: Profile | None = None) -> Response:
    """A feed as a JSON response; with `debug_profile`, which is that of the request, also how it was made."""
    answer = FeedAnswer.of(found)
    if debug_profile is not None:
        answer = DebuggedFeedAnswer(**vars(answer), debug=_debug(found, debug_profile))
    return as_json(answer)


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
