"""Routes that discover: search, what is similar, topics, what is liked most, what trends, whom to follow."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

import graph.discovery.reach
import graph.discovery.topics
import graph.discovery.trending
from graph.discovery import cards, similar, suggestions, tops
from graph.discovery.search import search as find
from graph.discovery.search_text import MAX_CHARACTERS, Kind
from graph.ranking.feed import Request
from service.access import CallerParam, Route, needs
from service.dependencies import (
    AsOf,
    Db,
    Hashtag,
    Limit,
    Post,
    ProfileParam,
    RestoreSlashes,
    Sensitive,
    User,
    WindowDays,
    days,
)
from service.keys import Role
from service.outputs import (
    CardsAnswer,
    PersonCardAnswer,
    ReachAnswer,
    RelatedHashtagsAnswer,
    SearchAnswer,
    SimilarPostsAnswer,
    SuggestionsAnswer,
    TopAnswer,
    TopicsAnswer,
    TrendingAnswer,
    as_json,
)
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


@router.get("/topics", response_model=TopicsAnswer)
def topics(
    client: Db,
    user: Annotated[str, Depends(_own)],
    limit: Annotated[
        int, Query(ge=1, le=graph.discovery.topics.MAX_LISTED, description="maximum number of topics")
    ] = graph.discovery.topics.LISTED,
) -> Response:
    """Topics: hashtags that belong together, named by the three most typical ones."""
    return as_json(TopicsAnswer.model_validate(graph.discovery.topics.topics(client, user, limit)))


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


Found = Annotated[int, Query(ge=1, le=100, description="maximum number of results")]


@router.get("/search", response_model=SearchAnswer)
def search(
    client: Db,
    q: Annotated[
        str,
        Query(
            description=f"a name or words, at most {MAX_CHARACTERS} characters; with @ in front people, with # posts",
            min_length=1,
            examples=["ana"],
        ),
    ],
    as_of: AsOf,
    user: Annotated[str, Depends(_own)],
    kind: Annotated[Kind | None, Query(description="people or posts; default: both")] = None,
    limit: Found = 10,
    sensitive: Sensitive = False,
) -> Response:
    """People by their names and posts by the words of their captions, as a person types."""
    found = find(client, q, Request(user, limit=limit, as_of=as_of, sensitive=sensitive), kind)
    return as_json(SearchAnswer.model_validate({"text": q, "as_of": as_of, **vars(found)}))


@router.get("/posts", response_model=CardsAnswer)
def post_cards(
    client: Db,
    post: Annotated[list[str], Query(description="ids of posts", min_length=1, max_length=cards.MAX_CARDS)],
    user: Annotated[str, Depends(_own)],
    sensitive: Sensitive = False,
) -> Response:
    """What a page shows of posts: author, caption, hashtags, and whether the person liked or saved them."""
    rows = cards.cards(client, post, Request(user, sensitive=sensitive))
    return as_json(CardsAnswer.model_validate({"user": user, "items": rows}))


@router.get("/people/{person}", response_model=PersonCardAnswer)
def person_card(
    client: Db,
    caller: CallerParam,
    person: Annotated[str, RestoreSlashes, Path(description="the person's id", examples=["7"])],
    user: Annotated[str, Query(description="id of the person who looks", min_length=1)],
    limit: Found = 10,
    sensitive: Sensitive = False,
) -> Response:
    """A person as another one may see them: how many follow them, what the other does with them, their newest posts."""
    caller.require_person(user)
    found = cards.person_card(client, person, Request(user, limit=limit, sensitive=sensitive))
    return as_json(PersonCardAnswer.model_validate(found))


@router.get("/posts/{post}/similar", response_model=SimilarPostsAnswer)
def similar_posts(
    client: Db,
    post: Post,
    as_of: AsOf,
    user: Annotated[str, Depends(_own)],
    limit: Found = 10,
    sensitive: Sensitive = False,
    by: Annotated[similar.By, Query(description="likes, or what the pictures show")] = similar.By.LIKES,
) -> Response:
    """Posts that the same people like, or, of a new post, that have the same rare hashtags; or that look alike."""
    rows = similar.similar_posts(client, post, Request(user, limit=limit, as_of=as_of, sensitive=sensitive), by)
    return as_json(SimilarPostsAnswer.model_validate({"post": post, "as_of": as_of, "items": rows}))


@router.get("/hashtags/{name}/similar", response_model=RelatedHashtagsAnswer)
def similar_hashtags(
    client: Db,
    name: Hashtag,
    as_of: AsOf,
    user: Annotated[str, Depends(_own)],
    limit: Found = 10,
    sensitive: Sensitive = False,
) -> Response:
    """Hashtags that the same people use or like, and emoji for it."""
    found = similar.related_hashtags(client, name, Request(user, limit=limit, as_of=as_of, sensitive=sensitive))
    about = {"hashtag": found.hashtag["name"], "display": found.hashtag["display"], "as_of": as_of}
    return as_json(RelatedHashtagsAnswer.model_validate({**about, "items": found.items, "missing": found.missing}))


@router.get("/users/{user}/reach", response_model=ReachAnswer)
def reach(client: Db, caller: CallerParam, user: User, as_of: AsOf, limit: Found = 10) -> Response:
    """How many people were shown a person's newest posts, and why, as the last build counted."""
    caller.require_person(user)
    found = graph.discovery.reach.reach(client, user, as_of, limit)
    return as_json(ReachAnswer.model_validate({"user": user, **vars(found)}))
