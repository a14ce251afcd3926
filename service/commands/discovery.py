"""Commands that discover: search, similar, topics, trending, suggest, reach."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from graph import clock
from graph.client import Row
from graph.connect import connect
from graph.discovery import similar as likeness
from graph.discovery import suggestions
from graph.discovery import topics as hashtag_topics
from graph.discovery import trending as lists
from graph.discovery.reach import reach as reached
from graph.discovery.search import search as find
from graph.discovery.search_text import Kind
from graph.ranking.feed import Request
from graph.ranking.missing import explanation
from graph.settings import read_settings
from service.commands import console
from service.commands.opening import opened
from service.commands.options import AsOf, Json, Limit, ProfileName, Sensitive, User
from service.outputs import (
    ReachAnswer,
    RelatedHashtagsAnswer,
    SearchAnswer,
    SimilarPostsAnswer,
    SuggestionsAnswer,
    TopicsAnswer,
    TrendingAnswer,
)
from service.plain import cell

PEOPLE = {"user": "person", "username": "username", "fullName": "name", "why": "why"}
POSTS = {"post": "post", "author": "author", "likeCount": "likes", "caption": "caption"}
SIMILAR_POSTS = {"post": "post", "author": "author", "likeCount": "likes", "why": "why"}
SUGGESTED = {"person": "person", "name": "name", "why": "why"}
TRENDING = {"post": "post", "author": "author", "likes": "likes", "text": "why"}
HASHTAGS = {"display": "hashtag", "weight": "weight", "why": "why"}
TOPICS = {"name": "topic", "hashtags": "hashtags", "posts": "posts", "topic": "id"}
"""The columns of the tables."""
RESULTS = 10
"""Results without --limit."""


class Thing(StrEnum):
    POST = "post"
    HASHTAG = "hashtag"


For = Annotated[
    str, typer.Option("--for", metavar="USER", help="id of a person: ranks for them, and leaves out what they filter")
]


def search(
    text: Annotated[str, typer.Argument(help="a name or words; @ in front asks for people, # for posts")],
    user: For = "",
    kind: Annotated[Kind | None, typer.Option(help="only these; default: people and posts")] = None,
    limit: Limit = None,
    sensitive: Sensitive = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Find people by their names, and posts by the words of their captions; the last word may be a beginning."""
    request = _request(user, limit, sensitive, as_of)
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = find(client, text, request, kind)
    if as_json:
        console.print_json(SearchAnswer.model_validate({"text": text, "as_of": request.as_of, **vars(found)}))
        return
    if not found.people and not found.posts:
        console.say("Nothing found.")
    if found.people:
        _show(found.people, PEOPLE)
    if found.posts:
        _show(found.posts, POSTS)


def similar(
    thing: Annotated[Thing, typer.Argument(help="post or hashtag")],
    name: Annotated[str, typer.Argument(help="the id of the post, or the hashtag", show_default=False)],
    user: For = "",
    limit: Limit = None,
    sensitive: Sensitive = False,
    by: Annotated[likeness.By, typer.Option(help="of posts: likes, or what their pictures show")] = likeness.By.LIKES,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """List posts that are similar to a post, or hashtags that are related to a hashtag, each with what makes it so."""
    request = _request(user, limit, sensitive, as_of)
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        if thing is Thing.POST:
            rows = likeness.similar_posts(client, name, request, by)
            told = {"post": name, "as_of": request.as_of, "items": rows}
            _answer(SimilarPostsAnswer.model_validate(told), rows, SIMILAR_POSTS, as_json)
            return
        found = likeness.related_hashtags(client, name, request)
    about = {"hashtag": found.hashtag["name"], "display": found.hashtag["display"], "as_of": request.as_of}
    answer = RelatedHashtagsAnswer.model_validate({**about, "items": found.items, "missing": found.missing})
    rows = [{**row, "display": f"#{row['display']}", "weight": f"{row['weight']:.2f}"} for row in found.items]
    _answer(answer, rows, HASHTAGS, as_json)
    if not as_json:
        for code in found.missing:
            console.say(f"Missing: {explanation(code)}")


def topics(
    user: Annotated[
        str, typer.Option("--for", metavar="USER", help="id of a person: names no hashtag that they muted")
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=hashtag_topics.MAX_LISTED, help="maximum number of topics")
    ] = hashtag_topics.LISTED,
    as_json: Json = False,
) -> None:
    """List the topics: hashtags that belong together, named by the three most typical ones."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = hashtag_topics.topics(client, user, limit)
    if as_json:
        console.print_json(TopicsAnswer.model_validate(found))
        return
    console.show_rows(found.items, TOPICS, limit, "There are no topics.")
    for code in found.missing:
        console.say(f"Missing: {explanation(code)}")


def trending(
    user: Annotated[
        str, typer.Option("--for", metavar="USER", help="id of a person: leaves out what they filter")
    ] = "",
    followed: Annotated[
        bool, typer.Option("--followed", help="only posts by people whom USER follows, or that these liked")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="maximum number of posts")] = 10,
    cursor: Annotated[str | None, typer.Option(help="cursor of the next page")] = None,
    sensitive: Sensitive = False,
    as_json: Json = False,
) -> None:
    """List what trends: posts of hashtags, or within communities, that more people like than usual, and why."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        page = lists.trending(client, user, limit=limit, cursor=cursor, followed=followed, sensitive=sensitive)
    if as_json:
        console.print_json(TrendingAnswer.model_validate({"user": user, **vars(page)}))
        return
    rows = [
        {"post": item.post, "author": item.author or "", "likes": item.like_count, "text": item.text}
        for item in page.items
    ]
    console.show_rows(rows, TRENDING, len(rows), page.text)
    if page.items:
        console.say(page.text)
    if page.cursor:
        console.say(f"More: --cursor {page.cursor}")


def suggest(
    user: User,
    limit: Annotated[
        int, typer.Option(min=1, max=suggestions.MAX_LIMIT, help="maximum number of people")
    ] = suggestions.LIMIT,
    profile_name: ProfileName = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Suggest people to follow, with the reasons for each. `dismiss --person` takes one out for good."""
    now = clock.now() if as_of is None else as_of
    with console.Bars() as bars, opened(read_settings(), profile_name, bars) as (client, chosen):
        found = suggestions.suggestions(client, user, limit=limit, chosen=chosen, as_of=now)
    if as_json:
        console.print_json(SuggestionsAnswer.model_validate(found))
        return
    rows = [
        {
            "person": one.person,
            "name": one.username or one.full_name or "",
            "why": " ".join(reason.text for reason in one.reasons),
        }
        for one in found.items
    ]
    console.show_rows(rows, SUGGESTED, limit, found.why_empty or "")


def reach(
    user: User,
    limit: Annotated[int, typer.Option(min=1, max=100, help="maximum number of posts")] = RESULTS,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Tell how many people were shown a person's newest posts, and why; fewer than five are not told by number."""
    now = clock.now() if as_of is None else as_of
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = reached(client, user, now, limit)
    if as_json:
        console.print_json(ReachAnswer.model_validate({"user": user, **vars(found)}))
        return
    if found.shown_at is None:
        console.say("Nothing has been counted yet: run `graphfeed refresh`.")
        return
    rows = [
        {"post": item.post, "text": " ".join([item.text, *(cause.text for cause in item.causes)])}
        for item in found.items
    ]
    console.show_rows(rows, {"post": "post", "text": "shown to"}, len(rows), f"{user} has posted nothing.")
    if rows:
        console.say(f"Counted: the seven days up to {clock.shown(found.shown_at)}.")


def _request(user: str, limit: int | None, sensitive: bool, as_of: int | None) -> Request:
    now = clock.now() if as_of is None else as_of
    return Request(user, limit=RESULTS if limit is None else limit, as_of=now, sensitive=sensitive)


def _answer(
    answer: SimilarPostsAnswer | RelatedHashtagsAnswer, rows: list[Row], columns: dict[str, str], as_json: bool
) -> None:
    if as_json:
        console.print_json(answer)
    elif rows:
        _show(rows, columns)
    else:
        console.say("Nothing is similar to it that may be shown.")


def _show(rows: list[Row], columns: dict[str, str]) -> None:
    shown = [{key: "" if row[key] is None else cell(str(row[key])) for key in columns} for row in rows]
    console.show_rows(shown, columns, len(rows), "")


COMMANDS: dict[str, Callable[..., None]] = {
    "search": search,
    "similar": similar,
    "topics": topics,
    "trending": trending,
    "suggest": suggest,
    "reach": reach,
}
