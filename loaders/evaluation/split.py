"""Which likes are held out: those of a file, or a share; and the files without them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME
from graph.background.keys import keys, pair_keys
from graph.errors import LoadError, SettingsError
from graph.quality.metrics import Ints
from loaders.evaluation.catalog import Catalog
from loaders.files.blocks import Block, Source
from loaders.files.folder import OPENERS
from loaders.format import neutral
from loaders.format.neutral import BY_NAME

NAMED = 3
"""The first cases that an error names."""
TIMED_SHARE = 0.5
"""The share of likes with a time from which a split goes by time."""
GIVEN_COUNTS = ("like_count", "comment_count")
"""Columns that are not imported: they may count what is held out. Without them, likes and comments are counted."""
OF_HELD_OUT = ("likes", "comments", "views")
"""Files whose rows of a held-out pair are left out: who comments on a post or viewed it may have liked it, and what was
viewed is not shown again."""


@dataclass(frozen=True)
class Split:
    """The likes that are held out."""

    likes: Ints
    """As the catalog numbers them, ascending."""
    words: str
    """How they were chosen."""


def by_share(catalog: Catalog, share: float, seed: int) -> Split:
    """The newest likes where at least half of them have a time, else some by a hash of person and post.

    Likes of one's own posts are never held out. Raises SettingsError if that leaves none.
    """
    if not 0 < share < 1:
        raise SettingsError(f"A share of {share:g} of the likes cannot be held out.", "Give one between 0 and 1.")
    others = ~catalog.are_own(catalog.likes)
    likes, at = catalog.likes[others], catalog.liked_at[others]
    timed = at != NO_TIME
    if len(likes) and timed.mean() >= TIMED_SHARE:
        newest = _newest(likes[timed], at[timed], share)
        words = f"the newest {share:.0%} of likes"
        if len(newest):
            words += f", from {clock.iso(int(at[np.isin(likes, newest)].min()))} on"
        return _some(Split(newest, words), share, len(likes))
    return _some(Split(_hashed(catalog, likes, share, seed), f"{share:.0%} of likes, by hash"), share, len(likes))


def of_file(catalog: Catalog, path: Path) -> Split:
    """The likes of a file in the format of likes. Raises LoadError for those that cannot be held out.

    These are likes of people and posts that the network has not, and likes that it already has. Likes of one's own
    posts are left out, as no list has these.
    """
    people, posts = _rows(path)
    _refuse_unknown(path, "people", people, catalog.people)
    _refuse_unknown(path, "posts", posts, catalog.posts)
    likes = catalog.likes_of(people, posts)
    known = np.isin(likes, catalog.likes)
    if known.any():
        cases = [f"{people[place]!r} likes {posts[place]!r}" for place in np.flatnonzero(known)[:NAMED]]
        raise LoadError(
            f"Likes of {path.name} are among those of the network, too ({int(known.sum()):,}): {', '.join(cases)}.",
            "Remove them from the one or the other: what is learned from cannot be held out.",
        )
    others = np.unique(likes[~catalog.are_own(likes)])
    if not len(others):
        raise LoadError(f"{path.name} has only likes of people's own posts.", "Hold likes of others' posts out.")
    return Split(others, f"the likes of {path.name}")


def without(sources: Sequence[Source], catalog: Catalog, split: Split) -> list[Source]:
    """The sources without what tells of the held-out likes, and without given counts."""
    return [_changed(source, _change(source, catalog, split)) for source in sources]


def _newest(likes: Ints, at: Ints, share: float) -> Ints:
    """The newest likes, of equal times those with the highest number."""
    count = round(share * len(likes))
    order = np.lexsort((likes, at))[len(likes) - count :]
    return np.sort(likes[order])


def _hashed(catalog: Catalog, likes: Ints, share: float, seed: int) -> Ints:
    """The likes whose key is below the share: a like's own key, whatever other likes there are."""
    of_posts = keys(catalog.posts)
    of_people = keys(f"{seed} {person}" for person in catalog.people)
    starts = np.searchsorted(likes, np.arange(len(of_people) + 1) * catalog.width)
    limit = np.uint64(share * 2.0**64)
    chosen = []
    for person, start, end in zip(of_people, starts, starts[1:], strict=False):
        mine = likes[start:end]
        chosen.append(mine[pair_keys(person, of_posts[mine % catalog.width]) < limit])
    return np.concatenate(chosen) if chosen else likes


def _some(split: Split, share: float, likes: int) -> Split:
    if len(split.likes):
        return split
    raise SettingsError(
        f"A share of {share:g} of {likes:,} likes of others' posts holds out none.",
        "Give a larger share, or a network with more likes.",
    )


def _rows(path: Path) -> tuple[list[str], list[str]]:
    """The people and posts of a file of likes."""
    source = _source(path)
    people: list[str] = []
    posts: list[str] = []
    for block in source.blocks():
        parsed = neutral.parse(source.format, source.columns, block.rows)
        for line, reason in [
            *((reject.line, reject.reason) for reject in block.rejects),
            *((block.lines[reason.place], reason.text) for reason in parsed.reasons),
        ][:1]:
            raise LoadError(f"Line {line} of {path.name} {reason}.", "Correct the line, or remove it.")
        people.extend(parsed.records.fields["user"])
        posts.extend(parsed.records.fields["post"])
    if not people:
        raise LoadError(
            f"{path.name} has no likes.", "Name a file with the likes to hold out: a user and a post a row."
        )
    return people, posts


def _source(path: Path) -> Source:
    if not path.is_file():
        raise LoadError(f"There is no file {path}.", "Name the file with the likes to hold out.")
    for ending, opener in OPENERS.items():
        if path.name.endswith(ending):
            return opener(path, BY_NAME["likes"])
    raise LoadError(f"{path.name} is of no known kind.", f"Its name must end in one of {', '.join(OPENERS)}.")


def _refuse_unknown(path: Path, what: str, ids: Sequence[str], known: dict[str, int]) -> None:
    unknown = [id for id in dict.fromkeys(ids) if id not in known]
    if unknown:
        cases = ", ".join(map(repr, unknown[:NAMED]))
        raise LoadError(
            f"{path.name} names {what} that the network does not have ({len(unknown):,}): {cases}.",
            "Remove their likes, or name the network that they are from.",
        )


Change = Callable[[Block], Block]


def _change(source: Source, catalog: Catalog, split: Split) -> Change | None:
    if source.format.name == "posts":
        counts = [place for place, column in enumerate(source.columns) if column.name in GIVEN_COUNTS]
        return (lambda block: _blanked(block, counts)) if counts else None
    if source.format.name in OF_HELD_OUT:
        return lambda block: _filtered(block, source, catalog, split)
    return None


def _changed(source: Source, change: Change | None) -> Source:
    if change is None:
        return source

    def blocks() -> Iterator[Block]:
        return map(change, source.blocks())

    return replace(source, blocks=blocks, fingerprint=None)


def _blanked(block: Block, places: Sequence[int]) -> Block:
    """The block with empty cells at these places of each row."""
    rows = [["" if place in places else cell for place, cell in enumerate(row)] for row in block.rows]
    return replace(block, rows=[*rows])


def _filtered(block: Block, source: Source, catalog: Catalog, split: Split) -> Block:
    """The block without the rows of held-out pairs."""
    records = neutral.parse(source.format, source.columns, block.rows).records
    likes = catalog.likes_of(records.fields["user"], records.fields["post"])
    gone = {records.places[place] for place in np.flatnonzero(np.isin(likes, split.likes)).tolist()}
    if not gone:
        return block
    kept = [place for place in range(len(block.rows)) if place not in gone]

    def some(values: Sequence[Any]) -> list[Any]:
        return [values[place] for place in kept]

    texts = None if block.texts is None else some(block.texts)
    return replace(block, rows=some(block.rows), lines=some(block.lines), texts=texts)
