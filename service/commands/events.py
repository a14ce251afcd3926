"""Commands for what people do, one for each kind of event, made from the table of kinds."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from uuid import uuid4

import typer

from graph import hashtags, words
from graph.connect import connect
from graph.events import FIELDS, KINDS, USES, Event, Kind, Outcome, record
from graph.ranking import stored_profiles
from graph.ranking.effect import recorded_with_effect
from graph.ranking.feed import Request
from graph.ranking.profiles import hide_reasons
from graph.settings import read_settings
from service.commands import console
from service.commands.options import Json, ProfileName, User, WindowDays, parse_time


def commands(kinds: Mapping[str, Kind]) -> dict[str, Callable[..., None]]:
    """Returns the command of each kind: it takes a person, targets, and an option for each of the other fields."""
    return {name: _command(kind) for name, kind in kinds.items()}


def _command(kind: Kind) -> Callable[..., None]:
    def command(
        user: str,
        profile: str | None,
        window_days: float | None,
        as_json: bool,
        targets: list[str] | None = None,
        **options: Any,
    ) -> None:
        flag = _flag(name for name in kind.flags if options[name])
        details = {name: value for name, value in options.items() if name not in kind.flags}
        fields: list[dict[str, Any]] = [{flag or _target(kind, target): target} for target in targets or ()]
        acts = [Event(uuid4().hex, kind.name, user, **each, **details) for each in fields or [{}]]
        _perform(acts, kind, user, profile, window_days, as_json=as_json)

    arguments: dict[str, Any] = {"user": User}
    if kind.targets:
        arguments["targets"] = _targets(kind)
    arguments |= {
        **{name: _option(name, is_needed=True) for name in kind.needs},
        **{name: _option(name, is_needed=False) for name in kind.details},
        "profile": ProfileName,
        "window_days": WindowDays,
        "as_json": Json,
    }
    for name in kind.flags:
        arguments[name] = Annotated[bool, typer.Option(f"--{name}", help=f"the targets are {FIELDS[name].several}")]
    defaults = {
        **dict.fromkeys((*kind.details, "profile", "window_days")),
        **dict.fromkeys(("as_json", *kind.flags), False),
    }
    command.__doc__ = kind.help
    command.__annotations__ = arguments
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # typer makes the command from it
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=defaults.get(name, inspect.Parameter.empty),
                annotation=annotation,
            )
            for name, annotation in arguments.items()
        ]
    )
    return command


def _option(name: str, *, is_needed: bool) -> Any:
    field = FIELDS[name]
    flag = f"--{name.replace('_', '-')}"
    if field.is_time:
        option = typer.Option(flag, help=field.help, parser=parse_time, metavar="TIME", show_default=False)
    else:
        least, most = (field.least, field.most) if field.holds is int else (None, None)
        option = typer.Option(flag, help=field.help, min=least, max=most, show_default=False)
    return Annotated[field.holds if is_needed else field.holds | None, option]


def _targets(kind: Kind) -> Any:
    metavar = "|".join(f"#{name}" if name == "hashtag" else name for name in kind.targets)
    help = " or ".join(FIELDS[name].several for name in kind.targets)
    return Annotated[list[str], typer.Argument(metavar=metavar, help=help, show_default=False)]


def _target(kind: Kind, given: str) -> str:
    """The kind of a target: what begins with # is a hashtag."""
    return "hashtag" if given.startswith("#") and "hashtag" in kind.targets else kind.targets[0]


def _flag(given: Iterable[str]) -> str | None:
    """The kind of the targets, if an option names it. Raises a usage error if several do."""
    flags = list(given)
    if len(flags) > 1:
        raise typer.BadParameter(f"give one of {' and '.join(f'--{name}' for name in flags)}")
    return flags[0] if flags else None


def _perform(
    events: list[Event], kind: Kind, user: str, profile: str | None, window_days: float | None, *, as_json: bool
) -> None:
    """Records events of a person and prints their outcomes and their effect. Raises the first error; the other events
    are recorded."""
    settings = read_settings()
    known = hide_reasons(settings.profiles)
    with console.Bars() as bars, connect(settings, bars) as client:
        chosen = (
            stored_profiles.find(client, profile, settings.profiles)
            if profile
            else stored_profiles.serving(client, settings.serving, settings.profiles)[0]
        )
        request = Request(user, chosen, window_days=window_days, waits=True)
        recording = partial(record, client, events, hide_reasons=known)
        outcomes, effect = recorded_with_effect(client, request, events, recording)
    if as_json:
        found = asdict(effect) if effect else None
        console.print_json({"outcomes": [_outcome_json(outcome) for outcome in outcomes], "effect": found})
    errors = []
    for event, outcome in zip(events, outcomes, strict=True):
        if outcome.error:
            errors.append(outcome.error)
        elif not as_json:
            console.say(_sentence(event, kind, is_unchanged=outcome.status == "unchanged"))
    if effect and (effect.of or effect.came) and len(errors) < len(events) and not as_json:
        console.say(effect.text)
    for note in dict.fromkeys(outcome.note for outcome in outcomes if outcome.note):
        console.note(note)
    for error in errors[1:]:
        console.note(f"Error: {error.problem}")
    if errors:
        raise errors[0]


def _sentence(event: Event, kind: Kind, *, is_unchanged: bool) -> str:
    name = next((name for name in kind.targets if getattr(event, name) is not None), None)
    sentence = kind.confirmation.format(**_phrases(event, name), **asdict(event))
    return f"{sentence} Nothing changed." if is_unchanged else sentence


def _phrases(event: Event, name: str | None) -> dict[str, str]:
    """The target, and phrases about targets of its kind."""
    if name is None:
        return {}
    field, given = FIELDS[name], getattr(event, name)
    shown = {"hashtag": hashtags.display, "word": words.word}.get(name, str)(given)
    of = USES[given] if name == "use" else field.of
    phrases = {name: getattr(field, name) for name in ("more", "learned", "dismissed", "neither")}
    return {"target": field.shown.format(shown), "of": of, **phrases}


def _outcome_json(outcome: Outcome) -> dict[str, str | None]:
    fields: dict[str, str | None] = {name: getattr(outcome, name) for name in ("id", "status", "problem", "remedy")}
    return fields | ({"note": outcome.note} if outcome.note else {})


COMMANDS = commands(KINDS)
