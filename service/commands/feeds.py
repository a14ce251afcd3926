"""Commands that rank, and what is about feeds: replay, bubble, filters, why, whatif, profile."""

import json
import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from graph import clock
from graph.background.state import state
from graph.client import Client, Row
from graph.connect import connect
from graph.errors import SettingsError
from graph.events import KINDS
from graph.ranking import stored_profiles
from graph.ranking.batch import everybody, ranked_lists
from graph.ranking.bubble import bubble as measure
from graph.ranking.effect import NEXT
from graph.ranking.feed import Feed, Request, next_page
from graph.ranking.feed import feed as rank
from graph.ranking.feed import replay as rank_again
from graph.ranking.in_words import in_words
from graph.ranking.missing import explanation
from graph.ranking.own_filters import LISTED, own_filters
from graph.ranking.profiles import Profile
from graph.ranking.whatif import TARGETS, Change
from graph.ranking.whatif import whatif as change
from graph.ranking.why import why as explain
from graph.settings import Settings, read_settings
from service.commands import console
from service.commands.build import make, show
from service.commands.files import replacing, require_folder
from service.commands.opening import opened
from service.commands.options import AsOf, Json, Limit, Post, ProfileName, Sensitive, Serving, Slate, User, WindowDays
from service.outputs import BubbleAnswer, FeedAnswer, FiltersAnswer, ProfileAnswer, WhatIfAnswer, WhyAnswer
from service.plain import cell

BRINGS = {"name": "source", "text": "brings", "posts": "at most"}
"""The columns of the table of sources."""
WEIGHED = {
    "name": "weighed",
    "text": "what it is",
    "weight": "weight",
    "few_likes": "10 likes",
    "many_likes": "1,000 likes",
    "new_author": "new author",
}
"""The columns of the table of features."""


def feed(
    user: User,
    profile_name: ProfileName = None,
    source: Annotated[str | None, typer.Option(help="one source, or mixed; default: the profile's")] = None,
    limit: Limit = None,
    as_of: AsOf = None,
    window_days: WindowDays = None,
    seed: Annotated[
        int, typer.Option(min=0, help="seed of the random draw; the same seed and time give the same feed")
    ] = 0,
    sensitive: Sensitive = False,
    closer: Annotated[
        float,
        typer.Option(min=-1, max=1, help="from -1, posts from far away, to 1, posts of people near to the person"),
    ] = 0.0,
    record: Annotated[
        bool, typer.Option("--record", help="store the slate, and count the shown posts as served")
    ] = False,
    served: Annotated[
        Serving, typer.Option(help="with --record; later: posts count as served once `graphfeed impression` says so")
    ] = Serving.NOW,
    cursor: Annotated[str | None, typer.Option(help="cursor of the next page of a recorded feed")] = None,
    as_json: Json = False,
) -> None:
    """Print a person's feed, with the reason for each post. It changes nothing without --record."""
    request = Request(
        user=user,
        source=source,
        limit=limit,
        as_of=clock.now() if as_of is None else as_of,
        window_days=window_days,
        seed=seed,
        sensitive=sensitive,
        closer=closer,
        waits=True,
    )

    def check(chosen: Profile) -> None:
        replace(request, profile=chosen).check()

    with console.Bars() as bars, opened(read_settings(), profile_name, bars, check) as (client, chosen):
        if cursor is None:
            answer = rank(client, replace(request, profile=chosen), record=record, served=served.value)
        else:
            answer = next_page(client, user, cursor, limit=limit, record=record)
    _show(answer, as_json)


def replay(user: User, slate: Slate, sensitive: Sensitive = False, as_json: Json = False) -> None:
    """Print a whole recorded slate in its order, without posts that the person may no longer see."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        answer = rank_again(client, user, slate, sensitive=sensitive)
    _show(answer, as_json)


def bubble(user: User, slate: Slate, as_json: Json = False) -> None:
    """Measure how far from a person the posts of a recorded slate come, and how even their authors are."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = measure(client, user, slate)
    if as_json:
        console.print_json(BubbleAnswer.of(user, found))
    else:
        console.say(found.text)


def filters(user: User, limit: Limit = None, as_json: Json = False) -> None:
    """List what a person muted, whom they blocked, and what they hid: unmute, unblock and unhide take it back."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = own_filters(client, user, limit or LISTED)
    if as_json:
        console.print_json(FiltersAnswer.model_validate({"user": user, **vars(found)}))
        return
    rows = [
        {
            **_kept_out(row),
            "kind": kind,
            "since": console.shown_time(row["at"]),
            "until": console.shown_time(row.get("until")),
        }
        for kind, kept in (("muted", found.muted), ("blocked", found.blocked), ("hid", found.hidden))
        for row in kept
    ]
    columns = ("kind", "what", "name", "since", "until", "reason")
    console.show_rows(rows, {name: name for name in columns}, len(rows), f"{user} muted, blocked and hid nothing.")
    if any(len(kept) == (limit or LISTED) for kept in vars(found).values()):
        console.note(f"No more than {limit or LISTED} of each kind are listed: --limit lists more.")


def _kept_out(row: Row) -> Row:
    """What a row of own_filters is about, as its command takes it, its name, and the reason of a hide."""
    what = row.get("person") or row.get("post") or row.get("word") or f"#{row['hashtag']}"
    name = row.get("username") or row.get("fullName") or row.get("display") or ("a word" if row.get("word") else "")
    return {"what": what, "name": name, "reason": row.get("reason") or ""}


def why(
    user: User,
    post: Post,
    profile_name: ProfileName = None,
    as_of: AsOf = None,
    window_days: WindowDays = None,
    as_json: Json = False,
) -> None:
    """Explain why a post is in a person's feed, or which filter or part keeps it out."""
    now = clock.now() if as_of is None else as_of
    with console.Bars() as bars, opened(read_settings(), profile_name, bars) as (client, chosen):
        answer = explain(client, Request(user, chosen, as_of=now, window_days=window_days, waits=True), post)
    if as_json:
        console.print_json(WhyAnswer.model_validate({"user": user, **vars(answer)}))
        return
    console.say(cell(answer.text))  # names of people may hold ends of lines
    if answer.item:
        console.show_parts(answer.item)


def whatif(
    user: User,
    post: Post,
    profile_name: ProfileName = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="the number of next posts")] = NEXT,
    as_of: AsOf = None,
    window_days: WindowDays = None,
    sensitive: Sensitive = False,
    as_json: Json = False,
) -> None:
    """Tell which single act of a person would take a post out of their next ones, or change its reason."""
    now = clock.now() if as_of is None else as_of
    with console.Bars() as bars, opened(read_settings(), profile_name, bars) as (client, chosen):
        request = Request(user, chosen, as_of=now, window_days=window_days, sensitive=sensitive, waits=True)
        answer = change(client, request, post, limit)
    if as_json:
        console.print_json(WhatIfAnswer.model_validate({"user": user, **vars(answer)}))
        return
    console.say(cell(answer.text))
    if answer.changes:
        rows = [{"command": _command(user, found), "text": cell(found.text)} for found in answer.changes]
        console.show_rows(rows, {"command": "graphfeed …", "text": "what it would do"}, len(rows), "")


def _command(user: str, change: Change) -> str:
    """The words of the command that does what is told."""
    field = next(field for field in TARGETS.values() if getattr(change, field) is not None)
    target = getattr(change, field)
    flag = [f"--{field}"] if field in KINDS[change.kind].flags else []
    return shlex.join([change.kind, user, f"#{target}" if field == "hashtag" else target, *flag])


def feeds(
    users: Annotated[str, typer.Option(help="all, or a file with one id per line")],
    out: Annotated[Path, typer.Option(help="the file to write, with a line of JSON for each person")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="posts for each person")] = 100,
    profile_name: ProfileName = None,
    as_of: AsOf = None,
    window_days: WindowDays = None,
    build: Annotated[
        bool | None, typer.Option("--build/--no-build", help="without a build: make one first, or rank without it")
    ] = None,
) -> None:
    """Write ranked lists for many people, by score alone."""
    settings = read_settings()
    named = None if users == "all" else _ids(Path(users))
    require_folder(out)
    now = clock.now() if as_of is None else as_of

    def check(chosen: Profile) -> None:
        _require_room(chosen, limit)

    with console.Bars() as bars, opened(settings, profile_name, bars, check) as (client, chosen):
        _require_build(client, settings, chosen, bars, build)
        request = Request("", chosen, as_of=now, window_days=window_days, waits=True)
        people = everybody(client) if named is None else named
        failed, missing = [], Counter[str]()
        with replacing(out) as file:
            for number, ranked in enumerate(ranked_lists(client, people, request, limit), 1):
                if ranked.error is not None:
                    failed.append(ranked)
                    continue
                missing.update(ranked.missing)
                items = [{"post": post, "score": score} for post, score in ranked.items]
                file.write(json.dumps({"user": ranked.user, "items": items}, ensure_ascii=False) + "\n")
                bars.advance("ranking", number, len(people))
    console.say(f"{len(people) - len(failed):,} lists in {out}.")
    for code, lists in missing.items():
        console.note(f"{lists:,} of them have {explanation(code)}")
    if failed:
        console.note(f"{len(failed):,} people have no list, such as {failed[0].user!r}: {failed[0].error}")
        raise typer.Exit(1)


def _require_room(chosen: Profile, limit: int) -> None:
    """Raises SettingsError if the profile's lists are shorter than `limit`."""
    if chosen.ranking and limit > (most := min(chosen.ranking.batch.pool, chosen.ranking.batch.best)):
        raise SettingsError(
            f"A list by the profile {chosen.name} has at most {most} posts.",
            "Lower --limit, or use a profile of your own with a larger ranking.batch.pool and ranking.batch.best.",
        )


def _require_build(client: Client, settings: Settings, chosen: Profile, bars: console.Bars, build: bool | None) -> None:
    """Ensures that there is a build, unless `build` is False; raises SettingsError if there is none and it is None."""
    if build is False or state(client) is not None:
        return
    if build is None:
        raise SettingsError(
            "There is no build yet, so lists would lack what is learned from likes.",
            "Run `graphfeed refresh`, or use --build to make one first or --no-build to rank without it.",
        )
    show(make(client, settings, chosen, bars))


def _ids(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The people in {path} cannot be read: {error}.", "Write one id per line, or pass all."
        ) from None
    return list(dict.fromkeys(line for line in lines if line))


def _show(answer: Feed, as_json: bool) -> None:
    if not as_json:
        console.show_feed(answer)
        return
    console.print_json(FeedAnswer.of(answer))
    if answer.why_empty:
        console.note(f"No posts. {answer.why_empty}")


def profile(
    name: Annotated[
        str | None, typer.Argument(help="name of the profile; default: GRAPHFEED_PROFILE", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell in plain words what a profile ranks by, and how much each thing counts."""
    settings = read_settings()
    chosen = stored_profiles.in_files(name or settings.serving, settings.profiles)
    if chosen is None:
        with console.Bars() as bars, opened(settings, name, bars) as (_, chosen):
            pass
    told = in_words(chosen)
    if as_json:
        console.print_json(ProfileAnswer.model_validate(told))
        return
    for sentence in told.text:
        console.say(sentence)
    for rows, columns in ((told.sources, BRINGS), (told.weighed, WEIGHED)):
        if rows:
            console.show_rows([vars(row) for row in rows], columns, len(rows), "")


COMMANDS: dict[str, Callable[..., None]] = {
    "feed": feed,
    "replay": replay,
    "bubble": bubble,
    "filters": filters,
    "why": why,
    "whatif": whatif,
    "feeds": feeds,
    "profile": profile,
}
