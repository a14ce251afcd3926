"""The command `refresh`, which builds."""

import logging
import os
import signal
from contextlib import ExitStack
from enum import StrEnum
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from graph.background.state import LEASE, STAGES
from graph.client import Client
from graph.errors import SettingsError
from graph.hashtag_meaning.dictionary import languages
from graph.leases import leased
from graph.memory import build_bytes
from graph.ranking.missing import explanation
from graph.ranking.profiles import Profile
from graph.ranking.stored_profiles import stand_in
from graph.settings import Settings, read_settings
from service import plain
from service.commands import console
from service.commands.opening import opened
from service.commands.options import AsOf, ProfileName

if TYPE_CHECKING:  # with the numerical libraries, which take long to import
    from graph.background.builder import Built


class Stage(StrEnum):
    LISTS = "lists"
    FACTORS = "factors"
    VECTORS = "vectors"
    TREND = "trend"
    TOPS = "tops"
    AFFINITY = "affinity"
    TRENDING = "trending"


NICENESS = 10


def refresh(
    all_: Annotated[bool, typer.Option("--all", help="build everything (the default)")] = False,
    user: Annotated[
        list[str] | None, typer.Option(help="renew only the affinity of this person; may be repeated")
    ] = None,
    only: Annotated[list[Stage] | None, typer.Option(help="build only this stage; may be repeated")] = None,
    as_of: AsOf = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="keep building until stopped, as the service's builder does")
    ] = False,
    stale: Annotated[bool, typer.Option("--stale", help="deprecated, does nothing: acts are read live")] = False,
    profile_name: ProfileName = None,
) -> None:
    """Build what feeds read: similar posts, factors, vectors, trend, most liked posts, affinity."""
    if all_ + bool(user) + bool(only) + watch > 1:
        raise SettingsError("--all, --user, --only and --watch exclude each other.", "Use one of them.")
    if as_of is not None and (watch or user):
        raise SettingsError("--as-of cannot be combined with --watch or --user.", "Leave one of them out.")
    if as_of is not None and only == [Stage.AFFINITY]:
        raise SettingsError("--as-of does not apply to affinity, which is built from current follows.", "Leave it out.")
    settings = read_settings()
    if stale and not (all_ or user or only or watch):
        console.say("--stale is no longer needed: acts are read live, and the builder renews the rest.")
        return
    name = profile_name or stand_in(settings.serving, settings.profiles).name
    if watch:
        _watch(settings, name)
        return
    with console.Bars() as bars, opened(settings, name, bars) as (client, chosen):
        if user:
            _renew(client, chosen, user, bars)
        else:
            built = make(client, settings, chosen, bars, only=only, as_of=as_of)
            show(built)
            if as_of is not None and "affinity" in built.seconds:
                console.note("--as-of does not apply to affinity, which was built from current follows.")


def make(
    client: Client,
    settings: Settings,
    chosen: Profile,
    bars: console.Bars,
    *,
    only: list[Stage] | None = None,
    as_of: int | None = None,
) -> "Built":
    """Builds all or some stages, in the memory that the settings allow."""
    from graph.background.builder import build

    stages = [stage.value for stage in only] if only else STAGES
    memory, words = build_bytes(settings), languages(settings.languages)
    return build(client, chosen, only=stages, as_of=as_of, memory=memory, languages=words, progress=bars)


def show(built: "Built") -> None:
    """Prints what was built, how long each stage took, and what is missing."""
    what = f"Built generation {built.generation}" if built.generation else "Built"
    console.say(f"{what} in {sum(built.seconds.values()):.1f} s.")
    console.say(", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in built.seconds.items()))
    if any(built.written.values()):
        written = (f"{count:,} {kind}" for kind, count in built.written.items() if count)
        console.say(f"Changed: {', '.join(written)}.")
    for name in built.missing:
        console.note(f"Missing: {explanation(name)}")


def _renew(client: Client, chosen: Profile, users: list[str], bars: console.Bars) -> None:
    """Renews the affinity of some people."""
    from graph.background import affinity

    if chosen.ranking is None:
        raise SettingsError(f"The profile {chosen.name} has no affinity.", "Use another profile.")
    with leased(client, LEASE):
        done = affinity.renew(client, chosen.ranking, users, progress=bars)
    console.say(f"Renewed the affinity of {done.people:,} {'person' if done.people == 1 else 'people'}.")
    if done.failed:
        console.note(f"{done.failed:,} failed; the builder will retry them.")
    for name in done.missing:
        console.note(f"Missing: {explanation(name)}")


def _watch(settings: Settings, name: str) -> None:
    """Runs a builder in the foreground."""
    from graph.background.watch import watch
    from service.keeping import supervised

    plain.log(logging.INFO, "%(asctime)s %(message)s")
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as stack:
        with console.Bars() as bars:
            client, chosen = stack.enter_context(opened(settings, name, bars))
        stack.enter_context(supervised(settings, client, chosen))
        os.nice(NICENESS)  # of this thread, last: a server that is started would inherit it
        console.note("Building whenever a build is due (Ctrl-C to stop).")
        watch(client, settings, chosen, stopped)


COMMANDS = {"refresh": refresh}
