"""Commands of merged hashtags: hashtags, merge, unmerge."""

from collections.abc import Callable
from typing import Annotated

import typer

from graph.connect import connect
from graph.hashtag_meaning import merges
from graph.hashtag_meaning.dictionary import is_installed, languages
from graph.hashtag_meaning.renewal import NO_DICTIONARY
from graph.settings import read_settings
from service.commands import console
from service.commands.options import Json
from service.outputs import MergeAnswer, MergesAnswer

COLUMNS = {"display": "spelling", "variantOf": "is", "by": "by", "time": "since"}


def hashtags(
    hashtag: Annotated[str, typer.Argument(help="only those of one hashtag", show_default=False)] = "",
    undone: Annotated[bool, typer.Option("--undone", help="the merges that were undone, instead")] = False,
    limit: Annotated[int, typer.Option(min=1, max=merges.MAX_LISTED, help="maximum number")] = merges.LISTED,
    as_json: Json = False,
) -> None:
    """List the spellings that were merged with other hashtags, the latest first."""
    settings = read_settings()
    with console.Bars() as bars, connect(settings, bars) as client:
        found = merges.listed(client, hashtag, undone=undone, limit=limit)
    if as_json:
        console.print_json(MergesAnswer.model_validate({"items": found}))
        return
    if languages(settings.languages) and not is_installed():
        console.note(NO_DICTIONARY)
    rows = [
        {
            "display": f"#{one.display}",
            "variantOf": f"#{one.variant_of}",
            "by": one.by or "",
            "time": console.shown_time(one.at),
        }
        for one in found
    ]
    console.show_rows(rows, COLUMNS, limit, "No merge was undone." if undone else "No merged hashtags.")


def merge(
    hashtag: Annotated[str, typer.Argument(help="the hashtag that becomes a variant", show_default=False)],
    variant_of: Annotated[str, typer.Argument(help="the hashtag that it is from now on", show_default=False)],
    as_json: Json = False,
) -> None:
    """Make a hashtag a variant of another: its posts, mutes and interests are the other's."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        done = merges.merge(client, hashtag, variant_of)
    if as_json:
        console.print_json(MergeAnswer.model_validate(done))
        return
    console.say(f"#{done.hashtag} is #{done.variant_of}. To undo it: graphfeed unmerge {done.hashtag}")


def unmerge(
    hashtag: Annotated[str, typer.Argument(help="the variant", show_default=False)],
    as_json: Json = False,
) -> None:
    """Undo the merge of a hashtag for good: its posts, mutes and interests are its own again."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        undone = merges.undo(client, hashtag)
    if as_json:
        console.print_json(MergeAnswer.model_validate(undone))
        return
    console.say(f"#{undone.hashtag} is no variant of #{undone.variant_of} any more, and no build will make it one.")


COMMANDS: dict[str, Callable[..., None]] = {"hashtags": hashtags, "merge": merge, "unmerge": unmerge}
