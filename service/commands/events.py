"""Commands for what people do: follow, like, hide, mute, block, pick, and the undoing of each."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import uuid4

import typer

from graph import hashtags
from graph.connect import connect
from graph.events import KINDS, Event, Outcome, record
from graph.settings import read_settings
from service.commands import console
from service.commands.options import Json, User

SAYS = {  # what is so after an act
    "follow": "{user} follows {target}.",
    "unfollow": "{user} does not follow {target}.",
    "like": "{user} likes {target}.",
    "unlike": "{user} does not like {target}.",
    "hide": "{user} hides {target}: it is not shown.",
    "unhide": "{user} does not hide {target}: it may be shown.",
    "mute": "{user} mutes {target}: no post {of} is shown.",
    "unmute": "{user} does not mute {target}: posts {of} may be shown.",
    "block": "{user} blocks {target}: neither is shown the other's posts.",
    "unblock": "{user} does not block {target}.",
    "pick": "{user} picks {target}.",
    "unpick": "{user} does not pick {target}.",
}
HELP = {"person": "ids of people", "post": "ids of posts", "hashtag": "hashtags, such as '#sunset'"}
OF = {"person": "of theirs", "hashtag": "with it", "post": ""}


def hide(
    user: User,
    posts: Annotated[list[str], typer.Argument(metavar="post", help=HELP["post"], show_default=False)],
    reason: Annotated[str | None, typer.Option(help="why, for whoever asks later")] = None,
    as_json: Json = False,
) -> None:
    """Hide posts, which are not shown to the person any more."""
    _perform([_event("hide", user, post, reason) for post in posts], as_json=as_json)


def _command(kind: str, doc: str) -> Callable[..., None]:
    """The command for a kind of event that has targets alone."""
    fields = KINDS[kind].targets
    metavar = "|".join("#hashtag" if field == "hashtag" else field for field in fields)
    help = " or ".join(HELP[field] for field in fields)

    def command(
        user: User,
        targets: Annotated[list[str], typer.Argument(metavar=metavar, help=help, show_default=False)],
        as_json: Json = False,
    ) -> None:
        _perform([_event(kind, user, target) for target in targets], as_json=as_json)

    command.__doc__ = doc
    return command


def _event(kind: str, user: str, target: str, reason: str | None = None) -> Event:
    field = KINDS[kind].targets[0]
    if target.startswith("#") and "hashtag" in KINDS[kind].targets:
        field = "hashtag"
    named: dict[str, Any] = {field: target}
    return Event(uuid4().hex, kind, user, reason=reason, **named)


def _perform(events: list[Event], *, as_json: bool) -> None:
    """Record events and say what is so now. Raises the error of one that is refused; the others are recorded."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        outcomes = record(client, events)
    if as_json:
        console.print_json({"outcomes": [_outcome_json(outcome) for outcome in outcomes]})
    errors = []
    for event, outcome in zip(events, outcomes, strict=True):
        if outcome.error:
            errors.append(outcome.error)
        elif not as_json:
            console.say(_sentence(event, was_so=outcome.status == "unchanged"))
    for error in errors[1:]:
        console.note(f"Error: {error.problem}")
    if errors:
        raise errors[0]


def _sentence(event: Event, *, was_so: bool) -> str:
    if event.hashtag is not None:
        field, target = "hashtag", f"#{hashtags.display(event.hashtag)}"
    elif event.post is not None:
        field, target = "post", f"post {event.post}"
    else:
        field, target = "person", str(event.person)
    sentence = SAYS[event.kind].format(user=event.user, target=target, of=OF[field])
    return f"{sentence} It was so already." if was_so else sentence


def _outcome_json(outcome: Outcome) -> dict[str, str | None]:
    return {name: getattr(outcome, name) for name in ("id", "status", "problem", "remedy")}


COMMANDS: dict[str, Callable[..., None]] = {
    "follow": _command("follow", "Follow people."),
    "unfollow": _command("unfollow", "Follow people no more."),
    "like": _command("like", "Like posts."),
    "unlike": _command("unlike", "Take likes back."),
    "hide": hide,
    "unhide": _command("unhide", "Hide posts no more."),
    "mute": _command("mute", "Mute people or hashtags, whose posts are not shown to the person any more."),
    "unmute": _command("unmute", "Mute people or hashtags no more."),
    "block": _command("block", "Block people: neither is shown the other's posts any more."),
    "unblock": _command("unblock", "Block people no more."),
    "pick": _command("pick", "Pick hashtags as interests."),
    "unpick": _command("unpick", "Take picked hashtags back."),
}
