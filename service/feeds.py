"""Routes that read: feeds and their reasons, slates, networks, interests, the top of a hashtag."""

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
    Post,
    ProfileOf,
    Seed,
    Sensitive,
    Source,
    Tells,
    Treatment,
    Tries,
    User,
    WindowDays,
    days,
)
from service.inputs import Preview
from service.keys import Role, needs
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
from service.problems import WITH_BODY, documented

router = APIRouter(prefix="/v1", dependencies=[Depends(needs(Role.READ))], responses=documented(), tags=["feeds"])


async def _request(
    user: User,
    chosen: ProfileOf,
    tries: Tries,
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
    return asked.trying(tries, treatment)


Asked = Annotated[Request, Depends(_request)]
WantsDebug = Annotated[bool, Query(description="also the profile's constants, and what was asked of Neo4j")]


@router.get("/users/{user}/feed", response_model=DebuggedFeedAnswer | FeedAnswer, responses=documented(HTTPStatus.GONE))
def feed(
    client: Db,
    tells: Tells,
    asked: Asked,
    cursor: Annotated[
        str | None, Query(description="of the page before; it fixes all else but the limit", max_length=200)
    ] = None,
    record: Annotated[
        bool | None,
        Query(
            description="false: a look, which writes nothing, counts as served nowhere and has no cursor; without it, "
            "true for every profile that has slates, which is each but the tutorial's"
        ),
    ] = None,
    served: Annotated[
        Served,
        Query(
            description="when what it returns counts as served: now, or later, once events of the kind impression tell "
            "how far it was seen; a slate's next pages are as its first"
        ),
    ] = "now",
    debug: WantsDebug = False,
) -> Response:
    """A person's feed, each post with its score, the score's parts and the reason. **It writes**: its slate is kept,
    what it returns counts as served, and its cursor leads to the next page. With `record=false` it only reads."""
    if cursor is not None:
        found = graph.ranking.feed.next_page(client, asked.user, cursor, limit=asked.limit, record=record is not False)
    else:
        recorded = asked.profile.ranking is not None or served == "later" if record is None else record
        found = graph.ranking.feed.feed(client, asked, record=recorded, served=served)
    if record is not False:
        tells.handed_out(found)
    return _answer(found, asked.profile if debug else None)


@router.post(
    "/users/{user}/feed/preview",
    response_model=DebuggedFeedAnswer | FeedAnswer,
    responses=documented(*WITH_BODY),
)
def preview(client: Db, asked: Asked, given: Annotated[Preview, Body()], debug: WantsDebug = False) -> Response:
    """What the feed would be with other weights of the profile's parts. A look: nothing is recorded."""
    other = asked.profile.weighing(given.weights)
    found = graph.ranking.feed.feed(client, replace(asked, profile=other))
    return _answer(found, other if debug else None)


@router.get("/users/{user}/posts/{post}/why")
def why(
    client: Db,
    user: User,
    post: Post,
    chosen: ProfileOf,
    tries: Tries,
    treatment: Treatment,
    as_of: AsOf,
    window_days: WindowDays = None,
) -> WhyAnswer:
    """Why a post is in a person's feed, or which filter or part keeps it out."""
    asked = Request(user, chosen, as_of=as_of, window_days=days(window_days)).trying(tries, treatment)
    answer = graph.ranking.why.why(client, asked, post)
    return WhyAnswer.model_validate({"user": user, **vars(answer)})


@router.get("/users/{user}/slates/{slate}", response_model=FeedAnswer, responses=documented(HTTPStatus.GONE))
def slate(
    client: Db,
    user: User,
    slate: Annotated[str, Path(description="as a feed tells it", max_length=100)],
    sensitive: Sensitive = False,
) -> Response:
    """The whole of a slate again in its order, but for what the person may not be shown any more."""
    return _answer(graph.ranking.feed.replay(client, user, slate, sensitive=sensitive))


@router.get("/users/{user}/network")
def network(
    client: Db,
    user: User,
    edges: networks.Edges = "all",
    label: Annotated[NetworkLabel, Query(description="how people are named: id for privacy")] = "username",
    limit: Annotated[int, Query(ge=1, le=50_000)] = 50_000,
) -> NetworkAnswer:
    """Whom a person follows, and, unless edges is mine, whom those follow."""
    return NetworkAnswer.of(user, networks.network(client, user, edges, limit), label)


@router.get("/users/{user}/interests")
def interests(
    client: Db,
    user: User,
    chosen: ProfileOf,
    as_of: AsOf,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> InterestsAnswer:
    """The hashtags of the posts that a person liked or is shown in, the dearest first."""
    rows = networks.interests(client, user, chosen, as_of, limit)
    return InterestsAnswer.model_validate({"user": user, "profile": chosen.name, "as_of": as_of, "hashtags": rows})


@router.get("/hashtags/{name}/top")
def top(
    client: Db,
    name: Hashtag,
    chosen: ProfileOf,
    as_of: AsOf,
    user: Annotated[str, Query(description="who asks: what is filtered for them is left out")] = "",
    limit: Limit = None,
    window_days: WindowDays = None,
    sensitive: Sensitive = False,
) -> TopAnswer:
    """The most liked posts with a hashtag."""
    asked = Request(user, chosen, limit=limit, as_of=as_of, window_days=days(window_days), sensitive=sensitive)
    found, rows = discovery.top_of_hashtag(client, name, asked)
    about = {"hashtag": found["name"], "display": found["display"], "as_of": as_of}
    return TopAnswer.model_validate({**about, "items": rows})


def _answer(found: Feed, debugged: Profile | None = None) -> Response:
    """A feed, made into JSON once. With a profile, also what it was made from."""
    answer = FeedAnswer.of(found)
    if debugged is not None:
        answer = DebuggedFeedAnswer(**vars(answer), debug=_debug(found, debugged))
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


def _debug(found: Feed, profile: Profile) -> Debug:
    trace = current()
    is_its = profile.hash == found.profile_hash  # a slate's page may be of another profile than is asked for
    calls = trace.calls if trace else []
    return Debug(
        candidates=found.candidates,
        statements=[
            StatementAnswer(statement=call.statement, ms=round(call.seconds * 1000, 2), rows=call.rows)
            for call in calls
        ],
        ranking=profile.ranking.model_dump(by_alias=True) if profile.ranking and is_its else None,
    )
