"""Merges of hashtags: a variant's posts, and what people said of it, are those of the hashtag that it belongs to.

A merge is stored as `(variant)-[:VARIANT_OF {by, at}]->(hashtag)`, and the ties of the variant move to the hashtag. So
mutes, counts, interests and lists hold for all spellings, and no statement of a request needs to know of variants. The
property `as` of a tie keeps the spellings that it was made with, by which an undone merge gives each its own back. An
undone merge is `NOT_VARIANT_OF`, and no build makes it again.

At each moment, whoever muted either does not see the posts of it. For that, the posts get both hashtags while the two
are still apart (`BECOMES`, or `VARIANT_OF.undoing`); a transaction that holds the locks of both, as writers do, joins
or parts them; then what people said is copied; and only then does each post lose the hashtag that it does not have any
more. All is done in pages and may be interrupted: `complete` goes on. An import holds no locks of hashtags: what it
tied to a variant meanwhile, `complete` moves after each of its transactions.
"""

import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph import clock, hashtags
from graph.client import Client, Row, Transaction
from graph.errors import Busy, NotFound, SettingsError
from graph.locking import lock
from graph.validation import check_hashtag

log = logging.getLogger(__name__)
BATCH_TIES = 2_000
"""Ties written per transaction, and people whose muted words are renewed."""
MAX_VARIANTS = 1_000
"""Of a hashtag."""
LISTED, MAX_LISTED = 100, 10_000
"""How many merges are listed: by default, and at most."""
By = Literal["dictionary", "person"]
Pair = tuple[str, str]
"""A variant and the hashtag that it belongs to."""


@dataclass(frozen=True)
class Merge:
    """A merged hashtag, or an undone merge."""

    hashtag: str
    display: str
    variant_of: str
    by: str | None
    at: int | None
    """In epoch milliseconds: when it was merged, or undone."""


def listed(client: Client, hashtag: str = "", *, undone: bool = False, limit: int = LISTED) -> list[Merge]:
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
    variant, kept = begin(client, one, other, "person", clock.now())
    _end(client, [(variant, kept)], undone=False)
    [row] = [row for row in listed(client, variant) if row.hashtag == variant]
    return row


def begin(client: Client, one: str, other: str, by: By, at: int | None) -> Pair:
    """Merges as `merge` does, up to the muted words, which `complete` renews. Returns the variant and its hashtag."""
    mine, theirs = _named(client, one), _named(client, other)
    pair = variant, kept = mine["hashtag"], theirs["hashtag"]
    if variant == kept:
        raise SettingsError(f"#{hashtags.name(one)} and #{hashtags.name(other)} are one already.", "Name others.")
    if len(mine["variants"]) + len(theirs["variants"]) >= MAX_VARIANTS:
        raise SettingsError(f"A hashtag has at most {MAX_VARIANTS:,} variants.", "Undo some merges first.")
    for row in client.read("hashtags/left"):
        if row["step"] != "begun" and {row["hashtag"], row["variantOf"]} & {variant, kept}:
            _go_on(client, row)
    params = {"now": at, "rows": {**_rows(pair), "by": by}}
    if not _joined(client, pair, "hashtags/begin", params):
        raise Busy(f"#{variant} or #{kept} was merged with another hashtag meanwhile.", "Try again.")
    _merge(client, pair)
    return pair


def undo(client: Client, hashtag: str) -> Merge:
    """Undoes the merge of a variant for good: its posts, and what people said of it, are its own again.

    What people said of the hashtag while it was merged holds for both. Returns the undone merge. Raises NotFound for a
    hashtag that the graph has not, SettingsError for one that is no variant.
    """
    _named(client, hashtag)
    name = hashtags.name(hashtag)
    for row in client.read("hashtags/left"):
        if row["hashtag"] == name and row["step"] == "merged":
            _go_on(client, row)
    marked = client.write("hashtags/undoing", {"now": clock.now(), "hashtag": name}).rows
    if not marked:
        raise SettingsError(f"#{name} is no variant of another hashtag.", "List the merges: `graphfeed hashtags`.")
    pair = name, marked[0]["variantOf"]
    _undo(client, pair)
    _end(client, [pair], undone=True)
    [undone] = [one for one in listed(client, name, undone=True) if (one.hashtag, one.variant_of) == pair]
    return undone


def complete(client: Client) -> int:
    """Goes on with merges and undone merges that were begun, interrupted or imported, and moves what was tied to
    variants since. Returns how many."""
    rows = client.read("hashtags/left")
    ended: dict[bool, list[Pair]] = {False: [], True: []}
    for row in rows:
        if pair := _go_on(client, row):
            ended[row["step"] in ("undoing", "undone")].append(pair)
    for undone, pairs in ended.items():
        if pairs:
            _end(client, pairs, undone=undone)
    return len(rows)


def tidy(client: Client) -> None:
    """Moves what was tied to variants since they were merged, as by an import that began before."""
    for row in client.read("hashtags/left"):
        if row["step"] == "merged":
            _go_on(client, row)


def mute_spellings(client: Client) -> None:
    """Renews which other spellings people muted with words that are hashtags."""
    after: str | None = ""
    while after is not None:
        after = client.write("hashtags/mute_spellings", {"after": after, "batch": BATCH_TIES}).rows[0]["last"]


def undone_pairs(client: Client) -> set[frozenset[str]]:
    """Pairs of names whose merge was undone."""
    return {frozenset((row["hashtag"], row["variantOf"])) for row in client.read("hashtags/undone")}


def variants(client: Client, names: Sequence[str]) -> dict[str, list[str]]:
    """The variants of some hashtags, by name."""
    return {row["name"]: row["variants"] for row in client.read("hashtags/named", {"names": list(names)})}


# ---- The steps


def _go_on(client: Client, left: Row) -> Pair | None:
    """Does what is left of a merge. Returns None if there is none any more."""
    pair = left["hashtag"], left["variantOf"]
    match left["step"]:
        case "begun":
            return _begin_again(client, pair, left)
        case "ended":
            client.write("hashtags/dropped", {"rows": _rows(pair)})
            return None
        case "merged":
            _move(client, pair)
        case "undoing":
            _undo(client, pair)
        case _:
            _move_back(client, pair)
    return pair


def _begin_again(client: Client, pair: Pair, left: Row) -> Pair | None:
    """A merge that was begun, or imported; of hashtags that were merged with others since, these are merged."""
    by: By = "dictionary" if left["by"] == "dictionary" else "person"
    one, other = (_named(client, name)["hashtag"] for name in pair)
    if (one, other) != pair:
        client.write("hashtags/dropped", {"rows": _rows(pair)})
    try:
        return None if one == other else begin(client, one, other, by, left["at"])
    except (Busy, SettingsError) as error:
        log.warning("#%s does not become #%s: %s", *pair, error.problem)
        client.write("hashtags/dropped", {"rows": _rows(pair)})
        return None


def _merge(client: Client, pair: Pair) -> None:
    variant, kept = pair
    for name in pair:
        names = [name, *variants(client, [name])[name]]
        _page(client, pair, "hashtags/mark", _said(client, name, "mark"), {"hashtag": name, "names": names})
    _page(client, pair, "hashtags/tag_posts", _spelled(client, variant))

    def join(transaction: Transaction) -> list[Row]:
        lock(transaction, hashtags=pair)
        transaction.run("hashtags/tag_rest", {"rows": _rows(pair)})
        return transaction.run("hashtags/merge", {"rows": _rows(pair)}).rows

    joined = client.transaction("hashtags/merge", join) or _named(client, variant)["hashtag"] == kept
    if not joined:
        client.write("hashtags/dropped", {"rows": _rows(pair)})
        raise Busy(f"#{variant} or #{kept} was merged with another hashtag meanwhile.", "Try again.")
    _move(client, pair)


def _move(client: Client, pair: Pair) -> None:
    _page(client, pair, "hashtags/copy_ties", _said(client, pair[0], "copy"))
    _repeat(client, pair, "hashtags/move_posts")
    _repeat(client, pair, "hashtags/drop_ties")


def _undo(client: Client, pair: Pair) -> None:
    variant, kept = pair
    _page(client, pair, "hashtags/tag_back", _spelled(client, kept, variant))

    def part(transaction: Transaction) -> None:
        lock(transaction, hashtags=pair)
        transaction.run("hashtags/tag_rest_back", {"rows": _rows(pair)})
        transaction.run("hashtags/undo", {"rows": _rows(pair)})

    client.transaction("hashtags/undo", part)
    _move_back(client, pair)


def _move_back(client: Client, pair: Pair) -> None:
    variant, kept = pair
    _page(client, pair, "hashtags/copy_back", _said(client, kept, "back", variant))
    _page(client, pair, "hashtags/drop_back", _spelled(client, kept, variant))
    _page(client, pair, "hashtags/drop_back", _said(client, kept, "drop", variant))


def _end(client: Client, pairs: Iterable[Pair], *, undone: bool) -> None:
    mute_spellings(client)
    client.write("hashtags/end_moves", {"rows": [{**_rows(pair), "undone": undone} for pair in pairs]})


# ---- Pages


def _said(client: Client, hashtag: str, step: str, spelling: str = "") -> "array[int]":
    """Ids of what people said of a hashtag that a step is to change: a hashtag may have hundreds of thousands."""
    return _ids(client.stream("hashtags/said", {"hashtag": hashtag, "rows": {"spelling": spelling, "step": step}}))


def _spelled(client: Client, hashtag: str, spelling: str | None = None) -> "array[int]":
    """Ids of the ties of a hashtag's posts, or of those with a spelling."""
    return _ids(client.stream("hashtags/spelled", {"hashtag": hashtag, "rows": {"spelling": spelling}}))


def _ids(rows: Iterator[Row]) -> "array[int]":
    return array("q", (row["tie"] for row in rows))


def _page(client: Client, pair: Pair, statement: str, ties: "array[int]", more: Row | None = None) -> None:
    """Runs a statement on ties, page by page. It looks at each again, as another may have changed it meanwhile."""
    for start in range(0, len(ties), BATCH_TIES):
        rows = {**_rows(pair), "ties": ties[start : start + BATCH_TIES].tolist(), **(more or {})}
        _joined(client, pair, statement, {"rows": rows})


def _repeat(client: Client, pair: Pair, statement: str) -> None:
    """Runs a statement until it finds nothing more to remove."""
    rows = {**_rows(pair), "batch": BATCH_TIES}
    while any(row["moved"] for row in _joined(client, pair, statement, {"rows": rows})):
        pass


def _joined(client: Client, pair: Pair, statement: str, params: Row) -> list[Row]:
    """Runs a statement with both hashtags locked, so that two who complete a merge take turns."""

    def work(transaction: Transaction) -> list[Row]:
        lock(transaction, hashtags=pair)
        return transaction.run(statement, params).rows

    return client.transaction(statement, work)


def _rows(pair: Pair) -> Row:
    return {"hashtag": pair[0], "variantOf": pair[1]}


def _named(client: Client, spelling: str) -> Row:
    """The hashtag that a spelling belongs to, and its variants."""
    check_hashtag(spelling)
    rows = client.read("hashtags/named", {"names": [hashtags.name(spelling)]})
    if not rows:
        raise NotFound(f"The graph has no hashtag {spelling[:60]!r}.", "Check the spelling.")
    return rows[0]
