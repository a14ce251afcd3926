"""People, posts and likes of a network's files, as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.background.arrays import NO_TIME, Ints, Mask
from graph.progress import Progress
from graph.quality.training import NO_AUTHOR
from loaders.files.blocks import Source, gc_paused
from loaders.format import neutral
from loaders.format.cells import Values


@dataclass(frozen=True)
class Catalog:
    """The people, posts and likes that an import of the files would create.

    Likes are integers: the number of the person times `width`, plus the number of the post.
    """

    people: dict[str, int]
    """The number of each person by id, in the order of the files."""
    posts: dict[str, int]
    """The number of each post by id."""
    authors: Ints
    """The author of each post; NO_AUTHOR for none."""
    taken_at: Ints
    """The time of each post; NO_TIME for none."""
    likes: Ints
    """Ascending, without duplicates."""
    liked_at: Ints
    """The earliest time of each like; NO_TIME for none."""

    @property
    def width(self) -> int:
        """The number of posts, at least 1."""
        return max(len(self.posts), 1)

    def likes_of(self, people: Sequence[str | None], posts: Sequence[str | None]) -> Ints:
        """The likes of pairs of a person and a post, by id; -1 if one of them is unknown."""
        of_people = np.array([self.people.get(person or "", -1) for person in people], np.int64)
        of_posts = np.array([self.posts.get(post or "", -1) for post in posts], np.int64)
        likes: Ints = np.where((of_people < 0) | (of_posts < 0), -1, of_people * self.width + of_posts)
        return likes

    def are_own(self, likes: Ints) -> Mask:
        """A mask of the likes that people gave their own posts."""
        own: Mask = self.authors[likes % self.width] == likes // self.width
        return own

    def pairs(self, likes: Ints) -> list[tuple[str, str]]:
        """The ids of the person and the post of each like."""
        people, posts = list(self.people), list(self.posts)
        return [(people[like // self.width], posts[like % self.width]) for like in likes.tolist()]


def read_catalog(sources: Sequence[Source], progress: Progress) -> Catalog:
    """Reads the sources of people, posts and likes, without rows that an import would reject."""
    by_name = {source.format.name: source for source in sources}
    people: dict[str, int] = {}
    posts: dict[str, int] = {}
    authors, taken_at, likes, liked_at = (list[Ints]() for _ in range(4))
    with gc_paused():
        for users in _columns(by_name.get("users"), progress):
            _number(people, users["id"])
        for rows in _columns(by_name.get("posts"), progress):
            of_authors = np.array([people.get(id, -2) if id else NO_AUTHOR for id in rows["author"]], np.int64)
            new = [id not in posts and author != -2 for id, author in zip(rows["id"], of_authors, strict=True)]
            new = _first(rows["id"], new)
            _number(posts, [id for id, is_new in zip(rows["id"], new, strict=True) if is_new])
            authors.append(of_authors[new])
            taken_at.append(_times(rows["takenAt"])[new])
        made = Catalog(people, posts, _joined(authors), _joined(taken_at), np.zeros(0, np.int64), np.zeros(0, np.int64))
        for rows in _columns(by_name.get("likes"), progress):
            found = made.likes_of(rows["user"], rows["post"])
            likes.append(found[found >= 0])
            liked_at.append(_times(rows["at"])[found >= 0])
    unique, at = _once(_joined(likes), _joined(liked_at))
    return Catalog(people, posts, made.authors, made.taken_at, unique, at)


def _columns(source: Source | None, progress: Progress) -> Iterator[dict[str, Values]]:
    """The fields of a source's valid rows, block by block."""
    if source is None:
        return
    task = f"Scanning {source.file}"
    for block in source.blocks():
        yield neutral.parse(source.format, source.columns, block.rows).records.fields
        progress.advance(task, min(block.position, source.size - 1), source.size)
    progress.advance(task, source.size, source.size)


def _number(numbers: dict[str, int], ids: Values) -> None:
    """Numbers new ids consecutively."""
    for id in ids:
        numbers.setdefault(id, len(numbers))


def _first(ids: Values, new: list[bool]) -> list[bool]:
    """The mask without repeated ids."""
    seen: set[str] = set()
    kept = []
    for id, is_new in zip(ids, new, strict=True):
        kept.append(is_new and id not in seen)
        if is_new:
            seen.add(id)
    return kept


def _times(values: Values) -> Ints:
    return np.array([NO_TIME if value is None else value for value in values], np.int64)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _once(likes: Ints, at: Ints) -> tuple[Ints, Ints]:
    """The distinct likes, ascending, with the earliest time of each."""
    order = np.lexsort((np.where(at == NO_TIME, np.iinfo(np.int64).max, at), likes))
    likes, at = likes[order], at[order]
    first = np.concatenate(([True], likes[1:] != likes[:-1])) if len(likes) else np.zeros(0, np.bool_)
    return likes[first], at[first]
