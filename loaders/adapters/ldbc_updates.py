"""LDBC SNB's update stream: inserts after the end of the data set, with their time.

The files `updateStream_*.csv` lie beside the data set, which must be imported first. A line is the time of the event,
the time of its dependency, the number of its kind, and the fields of the kind:

    1  person     id, first and last name, gender, birthday, created, IP, browser, city, languages, emails, tags, …
    2  like       person, post, created              3  like of a comment: left out
    4  forum, 5  member of a forum: left out
    6  post       id, photo, created, IP, browser, language, content, length, creator, forum, place, tags
    7  comment    id, created, IP, browser, content, length, creator, place, post or -1, comment or -1, tags
    8  friends    person, person, created

Lines are read one by one. Memory holds the same as for `loaders.adapters.ldbc`, and the parents of the stream's
comments.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from loaders.adapters import ldbc_files
from loaders.adapters.ldbc import KNOWLEDGE, Knowledge, friends
from loaders.adapters.ldbc_files import STREAM, Line, Make, Part, time
from loaders.adapters.rows import Row, source
from loaders.files.blocks import Reject, Source

PERSON, LIKE, POST, COMMENT, FRIENDS = "1", "2", "6", "7", "8"
WIDTHS = {PERSON: 14, LIKE: 3, "3": 3, "4": 5, "5": 3, POST: 12, COMMENT: 11, FRIENDS: 3}
"""Number of fields of each kind of event."""
NOTHING = "-1"


class StreamKnowledge(Knowledge):
    """Lookup tables of a data set and its stream."""

    def replies_to_comments(self) -> Iterator[tuple[str, str]]:
        """Pairs of comments, the first of which replies to the second."""
        yield from super().replies_to_comments()
        yield from self._replies(9)

    def replies_to_posts(self) -> Iterator[tuple[str, str]]:
        """Pairs of a comment and the post that it replies to."""
        yield from super().replies_to_posts()
        yield from self._replies(8)

    def _replies(self, field: int) -> Iterator[tuple[str, str]]:
        for part in self.data.parts[STREAM]:
            for line in part.lines():
                cells = line.text.split("|")
                if _fault(cells) is None and cells[2] == COMMENT and cells[field + 3] != NOTHING:
                    yield cells[3], cells[field + 3]


def sources(path: Path) -> list[Source]:
    """The sources of the inserts, in the order of import. Raises LoadError if the stream or the data set is missing."""
    data = ldbc_files.find(path)
    ldbc_files.require(path, data, (STREAM, *KNOWLEDGE))
    known = StreamKnowledge(data)
    names = {part.name: _names(part) for part in data.parts[STREAM]}
    return [
        _source(known, part, name, tells_faults=name == names[part.name][0])
        for name in PLAN
        for part in data.parts[STREAM]
        if name in names[part.name]
    ]


def _names(part: Part) -> list[str]:
    """The files of the neutral format that a file of the stream has rows for. The first one also has the rejects."""
    kinds = {cell for line in part.lines() for cell in line.text.split("|", 3)[2:3]}
    return [name for name, (kind, _) in PLAN.items() if kind in kinds] or ["users"]


def _source(known: Knowledge, part: Part, name: str, *, tells_faults: bool) -> Source:
    kind, columns = PLAN[name]
    return source(
        part.name,
        name,
        columns,
        lambda: _rows(part, kind, _makers(known)[name], tells_faults=tells_faults),
        size=part.size,
        fingerprint=known.data.fingerprint,
    )


def _rows(part: Part, kind: str, make: Make, *, tells_faults: bool) -> Iterator[Row | Reject]:
    """The rows of the events of a kind; with `tells_faults` also rejects for lines that are not events."""
    for line in part.lines():
        cells = line.text.split("|")
        if fault := _fault(cells):
            if tells_faults:
                yield _reject(part, line, fault)
        elif cells[2] == kind:
            try:
                yield from (Row(line.number, row, line.text, line.position) for row in make(cells[3:]))
            except ValueError as error:
                yield _reject(part, line, str(error))


def _reject(part: Part, line: Line, reason: str) -> Reject:
    return Reject(part.name, line.number, reason, line.text)


def _fault(cells: Sequence[str]) -> str | None:
    """The reason why a line is not an event; None if it is one."""
    kind = cells[2] if len(cells) > 2 else ""
    if kind not in WIDTHS:
        return f"has the unknown kind of event {kind[:60]!r} in its third cell: kinds are 1 to 8"
    if len(cells) != WIDTHS[kind] + 3:
        return f"has {len(cells)} cells, but an event of the kind {kind} has {WIDTHS[kind] + 3}"
    return None


def _makers(known: Knowledge) -> dict[str, Make]:
    """Functions that convert an event's fields into rows, by file of the neutral format."""

    def comments(fields: Sequence[str]) -> Iterable[Sequence[str]]:
        yield fields[0], fields[6], known.root(fields[0]), time(fields[1]), fields[4]

    def hashtags(fields: Sequence[str]) -> Iterable[Sequence[str]]:
        return ((fields[0], name) for name in known.hashtags(filter(None, fields[11].split(";"))))

    return {
        "users": lambda fields: [(fields[0], f"{fields[1]} {fields[2]}".strip())],
        "posts": lambda fields: [(fields[0], fields[8], time(fields[2]), fields[6], fields[1])],
        "follows": lambda fields: friends(*fields),
        "likes": lambda fields: [(fields[0], fields[1], time(fields[2]))],
        "comments": comments,
        "tags": hashtags,
        "interests": hashtags,
    }


PLAN: dict[str, tuple[str, Sequence[str]]] = {
    "users": (PERSON, ("id", "full_name")),
    "posts": (POST, ("id", "author", "taken_at", "caption", "image_url")),
    "follows": (FRIENDS, ("follower", "followee", "at")),
    "likes": (LIKE, ("user", "post", "at")),
    "comments": (COMMENT, ("id", "user", "post", "at", "text")),
    "tags": (POST, ("post", "hashtag")),
    "interests": (PERSON, ("user", "hashtag")),
}
"""The kind of event for each file of the neutral format, and the file's columns."""
