"""Staging tables in DuckDB, in which offline imports and dry runs check rows against each other.

The rules are those of the statements in cypher/import. Rows that refer to unknown people or posts or contradict an
immutable value are rejected. Of rows with the same key the first creates the node or relationship, and the others
complete it (the earliest time, the last value of each property) or, in some files, replace it if they are newer. A test
compares the graphs of both kinds of import.

Every row has a number, `row` in the tables, which grows within a source and from source to source.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from graph.client import Row
from graph.errors import LoadError, first_line
from graph.progress import Progress
from loaders.files.blocks import Reject, Source
from loaders.format import neutral
from loaders.format.cells import SPELLINGS, Kind, Values
from loaders.format.neutral import FILES, REFERENCES, FileFormat, Records, any_given
from loaders.offline.long_texts import LongTexts
from loaders.report import FileReport, RejectsFile

MEMORY = "128MB"
THREADS = 2
PART_ROWS = 2_000_000
"""The approximate most rows to group at once: with little memory, DuckDB can fail to group more on disk."""
PART_BYTES = 24_000_000
"""The approximate most bytes of text to group at once: DuckDB holds them in memory."""
SOURCE_BITS = 40
"""Bits of a row's number that hold its place in the source; the bits above hold the place of the source."""
MISSING = -(2**63)
"""Stands for null in a column of numbers that is inserted into a table."""

KNOWN = {"user": "users", "post": "posts"}
"""The file with the nodes of each kind that rows refer to."""


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Raises LoadError where the block fails as its disk is full, or its rows need too much memory."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LoadError(
            f"The rows could not be checked in {MEMORY} of memory: {first_line(error)}.",
            "Import without --offline: that holds fewer rows at once. Nothing was written to the graph.",
        ) from error
    except (duckdb.Error, OSError) as error:
        raise LoadError(
            f"The rows could not be checked in {folder}: {first_line(error)}.",
            "If its disk is full, free some space there. Repeat the import: nothing was written to the graph.",
        ) from error


@contextmanager
def staged(folder: Path, sources: Sequence[Source]) -> Iterator["Staging"]:
    """The staging tables of an import, until the end of the block. Raises LoadError as `guarded` does."""
    with guarded(folder), closing(Staging(folder, sources)) as staging:
        yield staging


class Staging:
    """The staging tables of an import, in a folder of its own."""

    def __init__(self, folder: Path, sources: Sequence[Source]) -> None:
        self.folder = folder
        self._db = duckdb.connect(str(folder / "rows.duckdb"))
        self.longest = 0
        """Length of the longest cell, in characters."""
        self.multiline: set[str] = set()
        """Names of the files with a line break in a cell, or in an id that they refer to."""
        self.texts = LongTexts(folder / "texts")
        self.with_long_texts: set[str] = set()
        """Names of the files with tokens in place of long texts."""
        self._sources = sources
        self._known = 0
        """The smallest row number so far; rows of the graph have negative ones."""
        for setting in (
            f"memory_limit = '{MEMORY}'",
            f"threads = {THREADS}",
            f"temp_directory = {text(folder / 'spill')}",
            "preserve_insertion_order = false",
            "pandas_analyze_sample = 0",  # everything but numbers is text
        ):
            self.run(f"SET {setting}")
        self.run('CREATE TABLE rejected ("row" BIGINT, reason VARCHAR)')
        for kind in KNOWN:
            self.run(f"CREATE TABLE known_{kind} (id VARCHAR)")
            self.run(f"CREATE TABLE missing_{kind} (id VARCHAR)")
        for format in FILES:
            self.run(f'CREATE TABLE raw_{format.name} ("row" BIGINT, {_declared(format)})')

    def run(self, query: str) -> duckdb.DuckDBPyConnection:
        """Runs a statement of DuckDB's SQL."""
        return self._db.execute(query)

    def close(self) -> None:
        """Closes the database and its files."""
        self._db.close()
        self.texts.close()

    def take(self, place: int, rejected: RejectsFile, progress: Progress) -> FileReport:
        """Reads a source into its table, and rejects invalid rows."""
        source = self._sources[place]
        counts, first = FileReport(source.file, source.format.name), place << SOURCE_BITS
        progress.advance(f"Reading {source.file}", 0, source.size)
        for number, block in enumerate(source.blocks()):
            parsed = neutral.parse(source.format, source.columns, block.rows)
            self._insert(source.format, first, parsed.records)
            rejects = [block.reject(source.file, reason.place, reason.text) for reason in parsed.reasons]
            rejected.add((place, number), [*block.rejects, *rejects])
            counts.rows += len(block.rows) + len(block.rejects)
            counts.rejected += len(block.rejects) + len(rejects)
            first += len(block.rows)
            progress.advance(f"Reading {source.file}", min(block.position, source.size - 1), source.size)
        progress.advance(f"Reading {source.file}", source.size, source.size)
        return counts

    def _insert(self, format: FileFormat, first: int, records: Records) -> None:
        if not len(records):
            return
        kinds = _kinds(format)
        self._note_lengths(format, records)
        given = {name: values for name, values in records.fields.items() if any_given(values)}
        self._shorten(format, given)
        chunk = {name: _array(kinds[name], values) for name, values in given.items()}
        chunk["row"] = first + np.asarray(records.places)
        self._db.register("chunk", chunk)
        columns = ", ".join(_read(name, kinds[name]) if name in given else "NULL" for name in format.fields)
        self.run(f'INSERT INTO raw_{format.name} SELECT "row", {columns} FROM chunk')
        self._db.unregister("chunk")

    def _note_lengths(self, format: FileFormat, records: Records) -> None:
        for column in format.columns:
            if column.kind.sql == "VARCHAR":
                texts = list(filter(None, records.fields[column.fields[0]]))  # the other has no more characters
                self.longest = max(self.longest, max(map(len, texts), default=0))
                if not {"\n", "\r"}.isdisjoint("".join(texts)):
                    self.multiline |= {format.name} if column.is_property else {each.name for each in FILES}

    def _shorten(self, format: FileFormat, fields: dict[str, Values]) -> None:
        """Replaces long texts by their tokens."""
        for name in _texts(format):
            if name in fields and (short := self.texts.shortened(fields[name])) is not fields[name]:
                fields[name] = short
                self.with_long_texts.add(format.name)

    def add_existing(self, format: FileFormat, rows: Sequence[Row]) -> None:
        """Adds rows that the graph already holds; they come before all imported rows."""
        fields = list(rows[0])
        chunk = {field: np.array([row[field] for row in rows], dtype=object) for field in fields}
        chunk["row"] = np.arange(self._known - len(rows), self._known)
        self._known -= len(rows)
        self._db.register("chunk", chunk)
        self.run(f"INSERT INTO raw_{format.name} BY NAME SELECT * FROM chunk")
        self._db.unregister("chunk")

    def resolve(self, counts: Sequence[FileReport], rejected: RejectsFile, *, create_missing: bool) -> None:
        """Rejects rows that contradict others or refer to unknown nodes, and completes the counts of the sources."""
        for format in FILES:
            self._refer(format, create_missing)
            self._reject_conflicts(format)
            self._reject_too_many(format)
            self._fold(format)
            for kind, file in KNOWN.items():
                if file == format.name:
                    self.run(f"INSERT INTO known_{kind} SELECT id FROM folded_{file}")
        for place, report in enumerate(counts):
            self._count(place, report)
        self._write_rejects(rejected)

    def _refer(self, format: FileFormat, create_missing: bool) -> None:
        for kind, fields in REFERENCES.items():
            for field in (field for field in fields if field in format.fields):
                unknown = f"""FROM raw_{format.name} ANTI JOIN known_{kind} known ON known.id = {quoted(field)}
                    WHERE {quoted(field)} IS NOT NULL"""
                if create_missing:
                    self.run(f"INSERT INTO missing_{kind} SELECT DISTINCT {quoted(field)} {unknown}")
                    self.run(
                        f"INSERT INTO known_{kind} SELECT id FROM missing_{kind} ANTI JOIN known_{kind} USING (id)"
                    )
                else:
                    self.run(
                        f"""INSERT INTO rejected SELECT "row", 'unknown {kind} ' || {quoted(field)} {unknown}
                        AND "row" NOT IN (SELECT "row" FROM rejected)"""
                    )

    def _reject_conflicts(self, format: FileFormat) -> None:
        """Rejects rows that would change an immutable field."""
        kept = f"kept_{format.name}"
        self.run(f'CREATE VIEW {kept} AS SELECT * FROM raw_{format.name} ANTI JOIN rejected USING ("row")')
        if not format.immutable:
            return
        [key] = format.key
        given = " AND ".join(f"{quoted(field)} IS NOT NULL" for field in format.immutable)
        value = f"[{', '.join(map(quoted, format.immutable))}]"
        self.run(
            f"""CREATE TABLE first_{format.name} AS
            SELECT {quoted(key)} AS key, arg_min({value}, "row") AS stands FROM {kept} WHERE {given}
            GROUP BY ALL HAVING count(DISTINCT {value}) > 1"""
        )
        rows = self.run(
            f"""SELECT "row", key, stands FROM {kept} JOIN first_{format.name} ON {quoted(key)} = key
            WHERE {given} AND {value} <> stands"""
        ).fetchall()
        reasons = [
            (row, format.conflict_message.format(**{key: id}, **dict(zip(format.immutable, stands, strict=True))))
            for row, id, stands in rows
        ]
        if reasons:
            self._db.executemany("INSERT INTO rejected VALUES (?, ?)", reasons)

    def _reject_too_many(self, format: FileFormat) -> None:
        """Rejects rows with more keys of a person than there may be: the first ones stay."""
        if format.most is None:
            return
        key = ", ".join(map(quoted, format.key))
        reason = f"""replace({text(format.conflict_message)}, '{{user}}', "user")"""
        for part in self.parts(f"raw_{format.name}", '"user"', format.key):
            rows = f"(FROM kept_{format.name} WHERE {part})"
            self.run(
                f"""INSERT INTO rejected SELECT "row", {reason} FROM {rows} JOIN (
                    SELECT {key}, row_number() OVER (PARTITION BY "user" ORDER BY min("row")) AS nth
                    FROM {rows} GROUP BY {key}
                ) USING ({key}) WHERE nth > {format.most}"""
            )

    def _fold(self, format: FileFormat) -> None:
        """Merges the rows of the same key; rows with a key of their own stay unchanged."""
        name, key = format.name, ", ".join(_key(format, field) for field in format.key)
        same = " AND ".join(f"{_key(format, field, 'kept.')} = again.{quoted(field)}" for field in format.key)
        keys = ", ".join(f"{_key(format, field)} AS {quoted(field)}" for field in format.key)
        self.run(f"CREATE TABLE again_{name} AS SELECT {keys} FROM kept_{name} WHERE false")
        for part in self.parts(f"raw_{name}", key):
            rows = f"FROM kept_{name} WHERE {part}"
            self.run(f"INSERT INTO again_{name} SELECT {keys} {rows} GROUP BY {key} HAVING count(*) > 1")
        self.run(f"CREATE TABLE twins_{name} AS SELECT * FROM kept_{name} kept SEMI JOIN again_{name} again ON {same}")
        alone, folded = (
            ", ".join(map(quoted, format.fields)),
            ", ".join(f"{_folded(format, field)} AS {quoted(field)}" for field in format.fields),
        )
        self.run(f"CREATE TABLE merged_{name} AS SELECT {folded} FROM twins_{name} WHERE false GROUP BY {key}")
        for part in self.parts(f"twins_{name}", key, _texts(format)):
            self.run(f"INSERT INTO merged_{name} SELECT {folded} FROM twins_{name} WHERE {part} GROUP BY {key}")
        self.run(
            f"""CREATE VIEW folded_{name} AS
            SELECT {alone} FROM kept_{name} kept ANTI JOIN again_{name} again ON {same}
            UNION ALL SELECT * FROM merged_{name}"""
        )

    def parts(self, table: str, key: str, texts: Sequence[str] = (), *, most: int = PART_ROWS) -> list[str]:
        """Conditions that divide rows by their key into parts that can be grouped with their texts in little memory."""
        length = " + ".join(f"coalesce(strlen({quoted(text)}), 0)" for text in texts) or "0"
        rows, size = self._one(f"SELECT count(*), coalesce(sum({length}), 0)::BIGINT FROM {table}")
        count = 1 + max(rows // most, size // PART_BYTES)
        return [f"hash({key}) % {count} = {part}" for part in range(count)]

    def _count(self, place: int, counts: FileReport) -> None:
        """Completes the counts of a source: rows that created something, changed something, or were rejected."""
        format = self._sources[place].format
        own = f'"row" >> {SOURCE_BITS} = {place}'
        [rejected] = self._one(f"SELECT count(*) FROM rejected WHERE {own}")
        [kept] = self._one(f"SELECT count(*) FROM kept_{format.name} WHERE {own}")
        key = ", ".join(_key(format, field) for field in format.key)
        changes = " OR ".join(_changes(format, field) for field in format.fields if field not in format.key) or "false"
        later = updated = 0
        for part in self.parts(f"twins_{format.name}", key, _texts(format)):
            more, changed = self._one(
                f"""SELECT count(*), count(*) FILTER (changes) FROM (
                    SELECT "row", row_number() OVER w AS nth, {changes} AS changes FROM twins_{format.name} WHERE {part}
                    WINDOW w AS (PARTITION BY {key} ORDER BY "row"),
                    before AS (PARTITION BY {key} ORDER BY "row" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                ) WHERE nth > 1 AND {own}"""
            )
            later += more
            updated += changed
        counts.rejected += rejected
        counts.created = kept - later
        counts.updated = updated

    def _write_rejects(self, rejected: RejectsFile) -> None:
        """Writes the rejected rows in their original form, for which it reads their sources again."""
        reasons = self.run('SELECT "row", reason FROM rejected ORDER BY "row"')
        rows = iter(reasons.fetchone, None)
        pending = next(rows, None)
        for place, source in enumerate(self._sources):
            first = place << SOURCE_BITS
            if pending is None or pending[0] >= (place + 1) << SOURCE_BITS:
                continue
            for number, block in enumerate(source.blocks()):
                found: list[Reject] = []
                while pending is not None and pending[0] < first + len(block.rows):
                    found.append(block.reject(source.file, pending[0] - first, pending[1]))
                    pending = next(rows, None)
                rejected.add((place, "resolved", number), found)
                first += len(block.rows)

    def _one(self, query: str) -> tuple[Any, ...]:
        row = self.run(query).fetchone()
        assert row is not None
        return row


def text(value: object) -> str:
    """A text as a literal of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return f'"{name}"'


def _kinds(format: FileFormat) -> dict[str, Kind]:
    return {name: column.kind for column in format.columns for name in column.fields}


def _texts(format: FileFormat) -> list[str]:
    return [name for column in format.columns if column.kind.is_long for name in column.fields]


def _declared(format: FileFormat) -> str:
    return ", ".join(f"{quoted(name)} {kind.sql}" for name, kind in _kinds(format).items())


def _array(kind: Kind, values: Values) -> np.ndarray[Any, Any]:
    """A column as an array for DuckDB: text as objects, numbers with MISSING for null."""
    if kind.sql == "VARCHAR":
        return np.array(values, dtype=object)
    if None not in values:
        return np.array(values, dtype=np.int64)
    return np.fromiter((MISSING if value is None else value for value in values), np.int64, len(values))


def _read(name: str, kind: Kind) -> str:
    """The SQL expression that reads a column of an array of `_array`."""
    return quoted(name) if kind.sql == "VARCHAR" else f"nullif({quoted(name)}, {MISSING})::{kind.sql}"


def _key(format: FileFormat, field: str, table: str = "") -> str:
    """A field of the key as an SQL expression that is never null, so that it can be compared."""
    column = f"{table}{quoted(field)}"
    return f"coalesce({column}, '')" if format.exactly_one_of and field in format.exactly_one_of else column


def _is_earliest(format: FileFormat, field: str) -> bool:
    return field == "at" and field not in format.properties


def _folded(format: FileFormat, field: str) -> str:
    """The SQL expression that merges a field of rows with the same key."""
    if field in format.key:
        return f"any_value({quoted(field)})"
    if format.keeps_newest and field not in SPELLINGS.values():
        return f'first({quoted(field)} ORDER BY "at" DESC NULLS LAST, "row")'
    if field in format.only_if_all:
        return f"CASE WHEN bool_and({quoted(field)} IS NOT NULL) THEN true END"
    if _is_earliest(format, field):
        return f"min({quoted(field)})"
    first = field in format.immutable or field in SPELLINGS.values()
    return f'arg_{"min" if first else "max"}({quoted(field)}, "row")'


def _changes(format: FileFormat, field: str) -> str:
    """The SQL condition that a row's field changes the result of the rows before it, which are the window `before`."""
    if field in SPELLINGS.values() or (format.keeps_newest and field != "at"):
        return "false"
    column = quoted(field)
    if field in format.only_if_all:
        return f"({column} IS NULL AND bool_and({column} IS NOT NULL) OVER before)"
    if format.keeps_newest:
        return f"({column} IS NOT NULL AND coalesce({column} > max({column}) OVER before, true))"
    if _is_earliest(format, field):
        return f"({column} IS NOT NULL AND coalesce({column} < min({column}) OVER before, true))"
    return f"({column} IS NOT NULL AND {column} IS DISTINCT FROM last_value({column} IGNORE NULLS) OVER before)"
