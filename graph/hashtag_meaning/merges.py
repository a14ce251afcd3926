"""Merges of hashtags: a variant's posts, and what people said of it, are those of the hashtag that it belongs to.

A merge is stored as `(variant)-[:VARIANT_OF {by, at}]->(hashtag)`, and the ties of the variant move to the hashtag. So
mutes, counts, interests and lists hold for all spellings, and no statement of a request needs to know of variants. The
property `as` of a tie keeps the spellings that it was made with, by which an undone merge gives each its own back. An
undone merge is `NOT_VARIANT_OF`, and no build makes it again.

A merge first copies what people said, then moves the posts, then removes the copied ties: at each moment, whoever
muted either does not see the posts of it. Everything is done in pages and may be interrupted: `complete` goes on.
Writers find the hashtag of a variant themselves; what an import wrote to a variant while it was merged is moved by the
next build.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph import clock, hashtags
from graph.client import Client, Row, Transaction
from graph.errors import Busy, NotFound, SettingsError
from graph.locking import lock
from graph.validation import check_hashtag

BATCH_TIES = 2_000
"""Ties of each kind written per transaction, and people whose muted words are renewed."""
MAX_VARIANTS = 1_000
"""Of a hashtag."""
By = Literal["dictionary", "person"]
MOVES = ("hashtags/copy_ties", "hashtags/move_posts", "hashtags/drop_ties")
MOVES_BACK = ("hashtags/copy_back", "hashtags/move_back", "hashtags/drop_back")
"""The statements of a merge and of its undoing, each of which is repeated until it moves nothing."""


@dataclass(frozen=True)
class Merge:
    """A merged hashtag, or an undone merge."""

    hashtag: str
    display: str
    variant_of: str
    by: str | None
    at: int | None
    """In epoch milliseconds: when it was merged, or undone."""


def listed(client: Client, hashtag: str = "", *, undone: bool = False, limit: int = 100) -> list[Merge]:
    """Merged hashtags, the latest first, or undone merges; those of one hashtag, or all. Raises NotFound for a hashtag
    that the graph has not."""
    if hashtag:
        _named(client, hashtag)
    rows = client.read("hashtags/listed", {"hashtag": hashtags.name(hashtag), "undone": undone, "limit": limit})
    return [Merge(row["hashtag"], row["display"], row["variantOf"], row["by"], row["at"]) for row in rows]


def merge(client: Client, one: str, other: str) -> Merge:
    """Makes a hashtag, with its variants, a variant of another, or of the one that this belongs to.

    Raises NotFound for a hashtag that the graph has not, SettingsError if they are one already or have too many
    variants, Busy if they were merged with others meanwhile.
    """
    variant, kept = begin(client, one, other, "person")
    _end(client, [(variant, kept)])
    [row] = [row for row in listed(client, variant) if row.hashtag == variant]
    return row


def begin(client: Client, one: str, other: str, by: By) -> tuple[str, str]:
    """Merges as `merge` does, up to the muted words, which `complete` renews. Returns the variant and its hashtag."""
    mine, theirs = _named(client, one), _named(client, other)
    variant, kept = mine["hashtag"], theirs["hashtag"]
    if variant == kept:
        raise SettingsError(f"#{hashtags.name(one)} and #{hashtags.name(other)} are one already.", "Name others.")
    if len(mine["variants"]) + len(theirs["variants"]) >= MAX_VARIANTS:
        raise SettingsError(f"A hashtag has at most {MAX_VARIANTS:,} variants.", "Undo some merges first.")
    for each in (mine, theirs):
        names = [each["hashtag"], *each["variants"]]
        _repeat(client, "hashtags/mark", {"hashtag": each["hashtag"], "names": names}, "ties")
    now = clock.now()

    def work(transaction: Transaction) -> list[Row]:
        lock(transaction, hashtags=[variant, kept])
        return transaction.run("hashtags/merge", {"now": now, "rows": {"one": variant, "other": kept, "by": by}}).rows

    if not client.transaction("hashtags/merge", work):
        raise Busy(f"#{variant} or #{kept} was merged with another hashtag meanwhile.", "Try again.")
    _move(client, variant, kept)
    return variant, kept


def undo(client: Client, hashtag: str) -> Merge:
    """Undoes the merge of a variant for good: its posts, and what people said of it, are its own again.

    What people said of the hashtag while it was merged holds for both. Returns the undone merge. Raises NotFound for a
    hashtag that the graph has not, SettingsError for one that is no variant.
    """
    _named(client, hashtag)
    name = hashtags.name(hashtag)
    now = clock.now()

    def work(transaction: Transaction) -> list[Row]:
        lock(transaction, hashtags=[name])
        return transaction.run("hashtags/undo", {"now": now, "hashtag": name}).rows

    rows = client.transaction("hashtags/undo", work)
    if not rows:
        raise SettingsError(f"#{name} is no variant of another hashtag.", "List the merges: `graphfeed hashtags`.")
    kept = rows[0]["variantOf"]
    _move(client, name, kept, MOVES_BACK)
    _end(client, [(name, kept)])
    [row] = [row for row in listed(client, name, undone=True) if (row.hashtag, row.variant_of) == (name, kept)]
    return row


def complete(client: Client) -> int:
    """Goes on with merges and undone merges that were begun or interrupted, and moves what was tied to variants since.
    Returns how many."""
    rows = client.read("hashtags/left")
    for row in rows:
        _move(client, row["hashtag"], row["variantOf"], MOVES_BACK if row["undone"] else MOVES)
    if rows:
        _end(client, [(row["hashtag"], row["variantOf"]) for row in rows])
    return len(rows)


def mute_spellings(client: Client) -> None:
    """Renews which other spellings people muted with words that are hashtags."""
    after: str | None = ""
    while after is not None:
        after = client.write("hashtags/mute_spellings", {"after": after, "batch": BATCH_TIES}).rows[0]["last"]


def _end(client: Client, pairs: Sequence[tuple[str, str]]) -> None:
    mute_spellings(client)
    rows = [{"hashtag": variant, "variantOf": kept} for variant, kept in pairs]
    client.write("hashtags/end_moves", {"rows": rows})


def _move(client: Client, variant: str, kept: str, statements: Sequence[str] = MOVES) -> None:
    for statement in statements:
        _repeat(client, statement, {"hashtag": variant, "variantOf": kept})


def _named(client: Client, spelling: str) -> Row:
    """The hashtag that a spelling belongs to, and its variants."""
    check_hashtag(spelling)
    rows = client.read("hashtags/named", {"names": [hashtags.name(spelling)]})
    if not rows:
        raise NotFound(f"The graph has no hashtag {spelling[:60]!r}.", "Check the spelling.")
    return rows[0]


def _repeat(client: Client, statement: str, rows: Row, counted: str = "moved") -> None:
    """Runs a statement until it writes nothing more."""
    while any(row[counted] for row in client.write(statement, {"rows": {**rows, "batch": BATCH_TIES}}).rows):
        pass


def undone_pairs(client: Client) -> set[frozenset[str]]:
    """Pairs of names whose merge was undone."""
    return {frozenset((row["hashtag"], row["variantOf"])) for row in client.read("hashtags/undone")}


def variants(client: Client, names: Sequence[str]) -> dict[str, list[str]]:
    """The variants of some hashtags, by name."""
    return {row["name"]: row["variants"] for row in client.read("hashtags/named", {"names": list(names)})}
