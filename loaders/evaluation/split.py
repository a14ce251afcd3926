"""Splits: the likes to hold out, from a file or as a share, and the sources without them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Ints
from graph.background.keys import Keys, keys, pair_keys
from graph.errors import LoadError, SettingsError
from graph.quality.holdout import are_timed
from loaders.evaluation.catalog import Catalog
from loaders.files.blocks import Block, Source
from loaders.files.folder import OPENERS
from loaders.format import neutral
from loaders.format.neutral import BY_NAME

MAX_CASES = 3
"""The most cases that an error names."""
GIVEN_COUNTS = ("like_count", "comment_count")
"""Columns that are not imported, because they may count held-out likes: without them, the import counts."""
LIKE_LIKES = ("saves", "shares", "more_like")
"""Files of acts that count as likes of the person."""
OF_HELD_OUT = ("likes", *LIKE_LIKES, "comments", "views")
"""Files without the rows of held-out pairs of a person and a post: the others may reveal a like, and viewed posts are
not retrieved."""


@dataclass(frozen=True)
class Split:
    """The held-out likes."""

    likes: Ints
    """By their numbers in the catalog, ascending."""
    description: str
    """The way in which they were chosen."""
    since: int | None = None
    """If they are the newest: the time of the first, from which on other acts that count as likes are left out, too."""
    cold: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Posts all of whose likes are held out, by their numbers in the catalog: nothing that was done to them is left."""


def by_share(catalog: Catalog, share: float, seed: int) -> Split:
    """A split by share: the newest likes if at least half of them have a time, else by a hash of person and post.

    Likes of one's own posts are never held out. Raises SettingsError for a share that holds out no like, or all.
    """
    if not 0 < share < 1:
        raise SettingsError(f"A share of {share:g} of the likes cannot be held out.", "Give one between 0 and 1.")
    others = ~catalog.are_own(catalog.likes)
    likes, at = catalog.likes[others], catalog.liked_at[others]
    order = _keys(catalog, likes, seed)
    if are_timed(at):
        timed = at != NO_TIME
        newest = _newest(likes[timed], at[timed], order[timed], share)
        description = f"the newest {share:.0%} of likes"
        since = int(at[np.isin(likes, newest)].min()) if len(newest) else None
        if since is not None:
            description += f", from {clock.iso(since)} on"
        return _some(Split(newest, description, since), share, len(likes))
    chosen = likes[order < np.uint64(share * 2.0**64)]
    return _some(Split(chosen, f"{share:.0%} of likes, by hash"), share, len(likes))


def of_cold_posts(catalog: Catalog, share: float, seed: int) -> Split:
    """A split by posts: all likes of a pseudorandom share of them, which depends on their ids alone.

    Likes of one's own posts are not ranked, and not left, either. Raises SettingsError for a share that holds out no
    like, or all.
    """
    if not 0 < share < 1:
        raise SettingsError(f"A share of {share:g} of the posts cannot be cold.", "Give one between 0 and 1.")
    order = pair_keys(np.uint64(seed), keys(catalog.posts))
    cold = np.flatnonzero(order < np.uint64(share * 2.0**64))
    others = catalog.likes[~catalog.are_own(catalog.likes)]
    chosen = others[np.isin(others % catalog.width, cold)]
    description = f"all likes of {len(cold):,} posts, {share:.0%} by hash"
    return _some(Split(chosen, description, cold=cold), share, len(others))


def of_file(catalog: Catalog, path: Path) -> Split:
    """A split by a file in the format of likes. Likes of one's own posts are left out, as they are never ranked.

    Raises LoadError for likes of unknown people or posts, and for likes that the network has.
    """
    people, posts = _rows(path)
    _refuse_unknown(path, "people", people, catalog.people)
    _refuse_unknown(path, "posts", posts, catalog.posts)
    likes = catalog.likes_of(people, posts)
    known = np.isin(likes, catalog.likes)
    if known.any():
        cases = [f"{people[place]!r} likes {posts[place]!r}" for place in np.flatnonzero(known)[:MAX_CASES]]
        raise LoadError(
            f"The network has likes of {path.name}, too ({int(known.sum()):,}): {', '.join(cases)}.",
            "Remove them from one of the two: training likes cannot be held out.",
        )
    others = np.unique(likes[~catalog.are_own(likes)])
    if not len(others):
        raise LoadError(f"{path.name} has only likes of people's own posts.", "Hold out likes of other people's posts.")
    return Split(others, f"the likes of {path.name}")


def without(sources: Sequence[Source], catalog: Catalog, split: Split) -> list[Source]:
    """The sources without the held-out likes, what else the same pairs did, and given counts."""
    return [_changed(source, _change(source, catalog, split)) for source in sources]


def _newest(likes: Ints, at: Ints, order: Keys, share: float) -> Ints:
    """The newest share of likes; of equal times, those with the highest keys."""
    count = round(share * len(likes))
    newest = np.lexsort((order, at))[len(likes) - count :]
    return np.sort(likes[newest])


def _keys(catalog: Catalog, likes: Ints, seed: int) -> Keys:
    """A pseudorandom key of each like, which depends on the person and post alone, not on the order of the files."""
    of_posts = keys(catalog.posts)
    of_people = keys(f"{seed} {person}" for person in catalog.people)
    starts = np.searchsorted(likes, np.arange(len(of_people) + 1) * catalog.width)
    found = np.zeros(len(likes), np.uint64)
    for person, start, end in zip(of_people, starts, starts[1:], strict=False):
        found[start:end] = pair_keys(person, of_posts[likes[start:end] % catalog.width])
    return found


def _some(split: Split, share: float, likes: int) -> Split:
    """The split. Raises SettingsError if it holds out none of the likes, or all of them."""
    if not len(split.likes):
        raise SettingsError(
            f"A share of {share:g} of {likes:,} likes of other people's posts holds out no like.",
            "Give a larger share, or use a network with more likes.",
        )
    if len(split.likes) == likes:
        raise SettingsError(
            f"A share of {share:g} of {likes:,} likes of other people's posts leaves none to learn from.",
            "Give a smaller share.",
        )
    return split


def _rows(path: Path) -> tuple[list[str], list[str]]:
    """The people and posts of a file of likes. Raises LoadError for an invalid line, or none."""
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
            f"{path.name} has no likes.", "Name a file with the likes to hold out, a user and a post in each row."
        )
    return people, posts


def _source(path: Path) -> Source:
    if not path.is_file():
        raise LoadError(f"There is no file {path}.", "Name the file with the likes to hold out.")
    for ending, opener in OPENERS.items():
        if path.name.endswith(ending):
            return opener(path, BY_NAME["likes"])
    raise LoadError(f"The format of {path.name} is unknown.", f"Its name must end in one of {', '.join(OPENERS)}.")


def _refuse_unknown(path: Path, what: str, ids: Sequence[str], known: dict[str, int]) -> None:
    unknown = [id for id in dict.fromkeys(ids) if id not in known]
    if unknown:
        cases = ", ".join(map(repr, unknown[:MAX_CASES]))
        raise LoadError(
            f"{path.name} names {what} that the network does not have ({len(unknown):,}): {cases}.",
            "Remove their likes, or name the folder of their network.",
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
    """The block with empty cells in some columns."""
    rows = [["" if place in places else cell for place, cell in enumerate(row)] for row in block.rows]
    return replace(block, rows=[*rows])


def _filtered(block: Block, source: Source, catalog: Catalog, split: Split) -> Block:
    """The block without the rows of held-out pairs, and of later acts that count as likes."""
    records = neutral.parse(source.format, source.columns, block.rows).records
    likes = catalog.likes_of(records.fields["user"], records.fields["post"])
    is_gone = np.isin(likes, split.likes)
    if len(split.cold):  # also what people did who do not like them, and people that the network lacks
        numbers = np.array([catalog.posts.get(post or "", -1) for post in records.fields["post"]], np.int64)
        is_gone |= np.isin(numbers, split.cold)
    if split.since is not None and source.format.name in LIKE_LIKES:
        is_gone |= np.array([at is not None and at >= split.since for at in records.fields["at"]], bool)
    gone = {records.places[place] for place in np.flatnonzero(is_gone).tolist()}
    if not gone:
        return block
    kept = [place for place in range(len(block.rows)) if place not in gone]

    def some(values: Sequence[Any]) -> list[Any]:
        return [values[place] for place in kept]

    texts = None if block.texts is None else some(block.texts)
    return replace(block, rows=some(block.rows), lines=some(block.lines), texts=texts)
