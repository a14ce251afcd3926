"""Commands that rank: feed, replay, why, feeds."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import typer

from graph import clock
from graph.background.state import state
from graph.client import Client
from graph.connect import connect
from graph.errors import SettingsError
from graph.ranking.batch import everybody, ranked_lists
from graph.ranking.feed import Feed, Request, next_page
from graph.ranking.feed import feed as rank
from graph.ranking.feed import replay as rank_again
from graph.ranking.profiles import Profile
from graph.ranking.why import why as explain
from graph.settings import Settings, read_settings
from service.commands import console
from service.commands.build import make, show
from service.commands.opening import opened
from service.commands.options import AsOf, Json, Limit, Post, ProfileName, Sensitive, Serving, Slate, User, WindowDays
from service.outputs import FeedAnswer, WhyAnswer


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
    console.say(answer.text)
    if answer.item:
        console.show_parts(answer.item)


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
    if not out.parent.is_dir():
        raise SettingsError(f"There is no folder {out.parent}.", "Create it, or choose another file.")
    now = clock.now() if as_of is None else as_of

    def check(chosen: Profile) -> None:
        _require_room(chosen, limit)

    with console.Bars() as bars, opened(settings, profile_name, bars, check) as (client, chosen):
        _require_build(client, settings, chosen, bars, build)
        request = Request("", chosen, as_of=now, window_days=window_days)
        people = everybody(client) if named is None else named
        failed = []
        with _replacing(out) as file:
            for number, ranked in enumerate(ranked_lists(client, people, request, limit), 1):
                if ranked.error is not None:
                    failed.append(ranked)
                    continue
                items = [{"post": post, "score": score} for post, score in ranked.items]
                file.write(json.dumps({"user": ranked.user, "items": items}, ensure_ascii=False) + "\n")
                bars.advance("ranking", number, len(people))
    console.say(f"{len(people) - len(failed):,} lists in {out}.")
    if failed:
        console.note(f"{len(failed):,} people have no list, such as {failed[0].user!r}: {failed[0].error}")
        raise typer.Exit(1)


def _require_room(chosen: Profile, limit: int) -> None:
    """Raise SettingsError if the profile's lists are shorter than that."""
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


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A file that replaces `path` once it is completely written, and is removed if that fails."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", "Choose a file in a writable folder."
        ) from None
    finally:
        part.unlink(missing_ok=True)


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


COMMANDS: dict[str, Callable[..., None]] = {
    "feed": feed,
    "replay": replay,
    "why": why,
    "feeds": feeds,
}
