"""Tables for Neo4j's bulk import, written from the staging tables: one for each label and type of relationship."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from graph.embedded.store import Table
from graph.progress import Progress
from loaders.format.cells import SPELLINGS
from loaders.format.neutral import FILES
from loaders.offline.staging import Staging, quoted, text


@dataclass(frozen=True)
class Edge:
    """The relationships of a file: their type, the label and field of both ends, and their properties."""

    file: str
    type: str
    start: tuple[str, str]
    end: tuple[str, str]
    properties: tuple[tuple[str, str], ...] = ()
    """Pairs of a field, and its name and type in the graph."""


AT = ("at", "at:long")
INFERRED = ("inferred", "inferred:boolean")
UNTIL = ("until", "until:long")
MERGED_BY = ("mergedBy", "by")
LISTED_ROWS = 200_000
"""The approximate most rows that are joined into lists at once, which takes far more memory than to count them."""
UNTIMED = -(2**62)
"""Stands for no time in a person's lists of muted words, as in cypher/fragments/muted_words."""
EDGES = (
    Edge("posts", "POSTED", ("User", "author"), ("Post", "id")),
    Edge("follows", "FOLLOWS", ("User", "follower"), ("User", "followee"), (("at", "since:long"),)),
    Edge("likes", "LIKED", ("User", "user"), ("Post", "post"), (AT,)),
    Edge("saves", "SAVED", ("User", "user"), ("Post", "post"), (AT,)),
    Edge("shares", "SHARED", ("User", "user"), ("Post", "post"), (AT,)),
    Edge("more_like", "MORE_LIKE", ("User", "user"), ("Post", "post"), (AT,)),
    Edge("comments", "COMMENTED", ("User", "user"), ("Post", "post"), (("id", "id"), AT, ("text", "text"))),
    Edge("tags", "TAGGED", ("Post", "post"), ("Hashtag", "hashtag")),
    Edge("mentions", "MENTIONS", ("Post", "post"), ("User", "user")),
    Edge("views", "VIEWED", ("User", "user"), ("Post", "post"), (AT, ("dwellMs", "dwellMs:long"))),
    Edge("mutes", "MUTED", ("User", "user"), ("User", "mutedUser"), (AT, UNTIL)),
    Edge("mutes", "MUTED", ("User", "user"), ("Hashtag", "hashtag"), (AT, UNTIL)),
    Edge("blocks", "BLOCKED", ("User", "user"), ("User", "blocked"), (AT,)),
    Edge("hides", "HID", ("User", "user"), ("Post", "post"), (AT, ("reason", "reason"))),
    Edge("interests", "INTERESTED_IN", ("User", "user"), ("Hashtag", "hashtag"), (AT, INFERRED)),
    Edge("wants", "WANTS", ("User", "user"), ("Hashtag", "hashtag"), (("how", "how"), AT, UNTIL, ("topic", "topic"))),
    Edge("unlearned", "UNLEARNED", ("User", "user"), ("Post", "post"), (AT,)),
    Edge("unlearned", "UNLEARNED", ("User", "user"), ("User", "person"), (AT,)),
    Edge("dismissed", "DISMISSED", ("User", "user"), ("User", "person"), (AT,)),
    Edge("resets", "RESET", ("User", "user"), ("User", "user"), (AT,)),
    Edge("variants", "BECOMES", ("Hashtag", "hashtag"), ("Hashtag", "variantOf"), (AT, MERGED_BY)),
    Edge("not_variants", "NOT_VARIANT_OF", ("Hashtag", "hashtag"), ("Hashtag", "variantOf"), (AT, MERGED_BY)),
)


def write(staging: Staging, progress: Progress) -> tuple[list[Table], int]:
    """Writes the tables of resolved rows into the staging folder. Returns them, and the bytes of their longest cell."""
    steps: list[Callable[[Staging], Table]] = [_users, _posts, _hashtags, *(partial(_edge, edge) for edge in EDGES)]
    steps += [_packs, _makers, _members, _leavers]
    tables: list[Table] = []
    for step in steps:
        progress.advance("Writing tables", len(tables), len(steps))
        tables.append(step(staging))
    progress.advance("Writing tables", len(steps), len(steps))
    return tables, 4 * staging.longest  # a character has up to four bytes


def _users(staging: Staging) -> Table:
    lists = {"mutedWords": "word", "mutedWordsAt": "at", "mutedWordsUntil": "until"}
    kept = ", ".join(_list(field, name) for name, field in lists.items())
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in lists)
    staging.run(f'CREATE TABLE muted_of_user (id VARCHAR, {columns}, "mutedWordsEnd" BIGINT)')
    for part in staging.parts("raw_muted_words", '"user"', most=LISTED_ROWS):
        first = f"""SELECT "user", word, min("row") AS "row" FROM kept_muted_words WHERE {part} GROUP BY ALL"""
        rows = f"""(FROM folded_muted_words WHERE {part}) JOIN ({first}) USING ("user", word)"""
        staging.run(f"""INSERT INTO muted_of_user SELECT "user", {kept}, min("until") FROM {rows} GROUP BY "user" """)
    columns = """id AS "id:ID(User)", username, "fullName", "optedOut" AS "optedOut:boolean", visibility,
        "notProfiled" AS "notProfiled:boolean", "likesForSelf" AS "likesForSelf:boolean",
        "mutedWords" AS "mutedWords:string[]", "mutedWordsAt" AS "mutedWordsAt:long[]",
        "mutedWordsUntil" AS "mutedWordsUntil:long[]", "mutedWordsEnd" AS "mutedWordsEnd:long" """
    rows = "(FROM folded_users UNION ALL BY NAME SELECT id FROM missing_user)"
    return _copy(
        staging, "User", f"SELECT {columns} FROM {rows} LEFT JOIN muted_of_user USING (id)", "users", is_nodes=True
    )


def _list(field: str, name: str) -> str:
    """A field of a person's muted words as a list of Neo4j's import, in the order of the rows."""
    value = quoted(field) if field == "word" else f"coalesce({quoted(field)}, {UNTIMED})"
    return f"""string_agg({value}, ';' ORDER BY "row") AS {quoted(name)}"""


def _posts(staging: Staging) -> Table:
    counted = {"like": "likes", "comment": "comments"}
    for what, file in counted.items():
        staging.run(f"CREATE TABLE {what}_counts (post VARCHAR, n BIGINT)")
        for part in staging.parts(f"raw_{file}", "post"):
            rows = f"FROM folded_{file} WHERE {part} GROUP BY post"
            staging.run(f"INSERT INTO {what}_counts SELECT post, count(*) {rows}")
    counts = ", ".join(
        f"""coalesce("{what}Count", {what}_counts.n, 0) AS "{what}Count:long",
        "{what}Count" AS "given{what.title()}Count:long" """
        for what in counted
    )
    joins = " ".join(f"LEFT JOIN {what}_counts ON {what}_counts.post = id" for what in counted)
    columns = """id AS "id:ID(Post)", "takenAt" AS "takenAt:long", "mediaType", caption, words, "imageUrl",
        sensitive AS "sensitive:boolean", visibility, vector AS "picture:float[]", model AS "pictureModel",
        numbers AS "pictureBytes" """
    rows = "(FROM folded_posts UNION ALL BY NAME SELECT id FROM missing_post)"
    if "picture_vectors" in staging.with_long_texts:  # they are columns of this table
        staging.with_long_texts.add("posts")
    joins += " LEFT JOIN folded_picture_vectors seen ON seen.post = id"
    return _copy(staging, "Post", f"SELECT {columns}, {counts} FROM {rows} {joins}", "posts", is_nodes=True)


def _hashtags(staging: Staging) -> Table:
    named = " UNION ALL ".join(
        f'SELECT {quoted(name)} AS hashtag, {quoted(display)} AS display, "row" FROM kept_{format.name}'
        for format in FILES
        for name, display in SPELLINGS.items()
        if name in format.fields
    )
    rows = f"""SELECT hashtag AS "name:ID(Hashtag)", arg_min(display, "row") AS display FROM ({named})
        WHERE hashtag IS NOT NULL GROUP BY hashtag"""
    return _copy(staging, "Hashtag", rows, "tags", is_nodes=True)


def _packs(staging: Staging) -> Table:
    """The packs, each as its first row names it."""
    rows = """SELECT pack AS "id:ID(Pack)", first(name ORDER BY "row") AS name,
        first("madeAt" ORDER BY "row") AS "at:long" FROM kept_packs GROUP BY pack"""
    return _copy(staging, "Pack", rows, "packs", is_nodes=True)


def _makers(staging: Staging) -> Table:
    rows = """SELECT first("by" ORDER BY "row") AS ":START_ID(User)", pack AS ":END_ID(Pack)"
        FROM kept_packs GROUP BY pack"""
    return _copy(staging, "MADE", rows, "packs", is_nodes=False)


def _members(staging: Staging) -> Table:
    rows = """SELECT pack AS ":START_ID(Pack)", person AS ":END_ID(User)", "at" AS "at:long"
        FROM folded_packs WHERE "left" IS NULL"""
    return _copy(staging, "HAS", rows, "packs", is_nodes=False)


def _leavers(staging: Staging) -> Table:
    rows = """SELECT person AS ":START_ID(User)", pack AS ":END_ID(Pack)", "at" AS "at:long", named.name AS name
        FROM folded_packs JOIN (SELECT pack, first(name ORDER BY "row") AS name FROM kept_packs GROUP BY pack) AS named
        USING (pack) WHERE "left" """
    return _copy(staging, "LEFT", rows, "packs", is_nodes=False)


def _edge(edge: Edge, staging: Staging) -> Table:
    (label, start), (other, end) = edge.start, edge.end
    columns = [f'{quoted(start)} AS ":START_ID({label})"', f'{quoted(end)} AS ":END_ID({other})"']
    columns += [f"{quoted(field)} AS {quoted(name)}" for field, name in edge.properties]
    there = f"{quoted(start)} IS NOT NULL AND {quoted(end)} IS NOT NULL"
    rows = f"SELECT {', '.join(columns)} FROM folded_{edge.file} WHERE {there}"
    return _copy(staging, edge.type, rows, edge.file, is_nodes=False, suffix=f"-{other.lower()}")


def _copy(staging: Staging, name: str, rows: str, file: str, *, is_nodes: bool, suffix: str = "") -> Table:
    """Writes a table. All text is quoted, as Neo4j reads an unquoted empty cell as null."""
    path = f"{name.lower()}{suffix}.csv"
    described = staging.run(f"DESCRIBE {rows}").fetchall()
    texts = ", ".join(quoted(column) for column, type, *_ in described if type == "VARCHAR")
    staging.run(f"COPY ({rows}) TO {text(staging.folder / path)} (FORMAT csv, HEADER, FORCE_QUOTE ({texts}))")
    if file in staging.with_long_texts:
        staging.texts.restore(staging.folder / path)
    return Table(path, name, is_nodes, multiline=file in staging.multiline)
