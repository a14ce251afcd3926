"""The one door to Bolt: statements run by name, rows come back as plain dicts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import neo4j
from neo4j import exceptions

import cypher
from graph import clock, tracing
from graph.errors import (
    Conflict,
    DatabaseError,
    GdsMissing,
    GdsRefused,
    LoginRefused,
    OutOfMemory,
    SettingsError,
    TookTooLong,
    Unreachable,
)

_SCHEME = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://[^/]")

T = TypeVar("T")

PLANNING_MS = 60_000
"""At most, for a statement that a client asks for the first time."""
COMMAND_MS = 3_600_000
"""At most, for a statement of a command or of a builder; no statement runs for ever."""
RETRY_SECONDS = 15.0
"""For so many seconds a transaction is tried again that was the victim of others, or found no server."""

Row = dict[str, Any]
"""A row of a result: the columns that the Cypher file names, holding scalars, lists and maps, never nodes."""


@dataclass(frozen=True)
class Address:
    """Where a Neo4j is and how to log in."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None


@dataclass(frozen=True)
class Written:
    """What a writing statement returned, and how much it changed."""

    rows: list[Row]
    nodes_created: int
    relationships_created: int


class Transaction:
    """Statements that take effect together, or not at all."""

    def __init__(self, transaction: neo4j.ManagedTransaction) -> None:
        self._transaction = transaction

    def run(self, name: str, params: Mapping[str, Any] | None = None) -> Written:
        """What a statement returned and changed; its effect is there when the transaction ends."""
        statement = cypher.load(name)
        return _written(_whole(self._transaction.run(statement.text, _pick(statement, params))))


class Client:
    """One driver for one Neo4j. Thread-safe; close it, or use it in a `with`.

    A statement is given a params, any mapping that holds at least its parameters: it takes those it declares.
    """

    def __init__(
        self,
        address: Address,
        *,
        patience: float = RETRY_SECONDS,
        acquire: float = 20,
        budget_ms: int = COMMAND_MS,
        stream_ms: int | None = None,
    ) -> None:
        """`acquire` is how many seconds a connection is waited for, which covers the handshake, for a server that is no
        Neo4j never ends it; `budget_ms` bounds each statement that has no budget of its own, and each transaction, and
        `stream_ms` each stream: an export goes on for as long as it is read."""
        self.address = address
        self._budget_ms = budget_ms
        self._stream_ms = stream_ms or budget_ms
        self._planned: dict[tuple[str, tuple[int, ...]], int] = {}
        """Statements that the server has planned, for texts and lists of which sizes, and when."""
        if "@" in address.uri:
            raise Unreachable(
                "GRAPHFEED_URI holds a user or password, and logs tell addresses.",
                "Set GRAPHFEED_USER and GRAPHFEED_PASSWORD instead.",
            )
        if not _SCHEME.match(address.uri):
            raise _no_address(address.uri, "it must start with bolt:// or neo4j://")
        try:
            self._driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password),
                # A sparse graph lacks whole labels and types. And a build reads internal ids by millions as numbers,
                # as GDS does: id() is deprecated for a text of 40 characters. A notification for each says nothing.
                notifications_disabled_classifications=["UNRECOGNIZED", "DEPRECATION"],
                connection_timeout=10,
                connection_acquisition_timeout=acquire,
                max_transaction_retry_time=patience,
            )
        except (exceptions.ConfigurationError, ValueError) as error:
            raise _no_address(address.uri, _phrase(error)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections."""
        self._driver.close()

    def verify(self) -> None:
        """Return if the server answers and lets us in; raise Unreachable at once if not."""
        with self._translated():
            self._driver.verify_connectivity()

    def read(self, name: str, params: Mapping[str, Any] | None = None, *, budget_ms: int | None = None) -> list[Row]:
        """The rows of a reading statement. Raises TookTooLong if it takes longer than its budget.

        The first time, also after the server was started again, it may have to plan it, which takes seconds on a busy
        machine and is not the statement's fault: then the budget is larger.
        """
        budget_ms = budget_ms or self._budget_ms
        plan = (name, _sizes(_pick(cypher.load(name), params)))
        if plan in self._planned:
            try:
                return self._execute(name, params, neo4j.RoutingControl.READ, budget_ms).rows
            except TookTooLong:
                if not self._has_started_since(self._planned[plan]):
                    raise
        rows = self._execute(name, params, neo4j.RoutingControl.READ, budget_ms + PLANNING_MS).rows
        self._planned[plan] = clock.now()
        return rows

    def _has_started_since(self, at: int) -> bool:
        """Whether the server was started after a time in epoch milliseconds, and has forgotten its plans; False for one
        that does not let us see."""
        try:
            [row] = self._execute("admin/started", None, neo4j.RoutingControl.READ, self._budget_ms).rows
        except (DatabaseError, TookTooLong):
            return False
        return bool(row["startedAt"] > at)

    def write(self, name: str, params: Mapping[str, Any] | None = None) -> Written:
        """Run a writing statement in a transaction of its own, tried again if it was a victim of others."""
        return self._execute(name, params, neo4j.RoutingControl.WRITE, self._budget_ms)

    def bookmarks(self) -> list[str]:
        """Names of the last writes: who gives them to a Trace sees these writes, whichever server answers."""
        return sorted(self._bookmarks().get_bookmarks())

    def transaction(self, name: str, work: Callable[[Transaction], T]) -> T:
        """What `work` returns, whose statements take effect together; it may be called again if others were in the way.

        `name` is what the server shows of it in SHOW TRANSACTIONS.
        """
        session = self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks())
        with self._translated(self._budget_ms), _called(name), session:
            named = neo4j.unit_of_work(metadata=_metadata(name), timeout=self._budget_ms / 1000)
            return session.execute_write(named(lambda transaction: work(Transaction(transaction))))

    def stream(
        self, name: str, params: Mapping[str, Any] | None = None, *, fetch: int = 10_000, leader: bool = False
    ) -> Iterator[Row]:
        """The rows of a reading statement one by one, in bounded memory, however many there are.

        `fetch` is how many rows are held at once: fewer where each holds long lists. `leader` asks the server of a
        cluster that writes, which alone has a projection of GDS.
        """
        statement = cypher.load(name)
        query = self._query(statement.text, name, self._stream_ms)
        with (
            self._translated(self._stream_ms),
            self._driver.session(
                database=self.address.database,
                default_access_mode=neo4j.WRITE_ACCESS if leader else neo4j.READ_ACCESS,
                fetch_size=fetch,
                bookmark_manager=self._bookmarks(),
            ) as session,
        ):
            for record in session.run(query, _pick(statement, params)):
                yield dict(record)

    def end_request(self, trace: tracing.Trace) -> None:
        """End what the server does for a request, and let it ask nothing more."""
        trace.is_over = True
        with tracing.untraced():  # or this would end itself
            self.write("admin/end_request", {"requestId": trace.request})

    def run_parts(self, name: str, params: Mapping[str, Any] | None = None) -> None:
        """Run each statement of a file by itself: for schema files, which hold several."""
        statement = cypher.load(name)
        with self._translated(self._budget_ms):
            for part in statement.parts:
                query = self._query(part, name)
                self._driver.execute_query(query, _pick(statement, params), database_=self.address.database)

    def run_in_transactions(self, name: str) -> None:
        """Run a statement that commits by itself, CALL { } IN TRANSACTIONS, which refuses a transaction of ours."""
        query = self._query(cypher.load(name).text, name)
        with self._translated(self._budget_ms), self._driver.session(database=self.address.database) as session:
            session.run(query).consume()

    def _execute(
        self,
        name: str,
        params: Mapping[str, Any] | None,
        routing: neo4j.RoutingControl,
        budget_ms: int,
    ) -> Written:
        statement = cypher.load(name)
        query = self._query(statement.text, name, budget_ms)
        with self._translated(budget_ms), _called(name) as count:
            result: neo4j.EagerResult = self._driver.execute_query(
                query,
                _pick(statement, params),
                routing_=routing,
                database_=self.address.database,
                bookmark_manager_=self._bookmarks(),
                result_transformer_=_whole,
            )
            count(len(result.records))
        return _written(result)

    def _query(self, text: str, name: str, budget_ms: int | None = None) -> neo4j.Query:
        """A statement that the server ends when its budget is spent."""
        return neo4j.Query(text, metadata=_metadata(name), timeout=(budget_ms or self._budget_ms) / 1000)

    def _bookmarks(self) -> neo4j.api.BookmarkManager:
        """Those of the request, which sees what it came with and what this client wrote; without one, the client's."""
        ours = self._driver.execute_query_bookmark_manager
        trace = tracing.current()
        if trace is None:
            return ours
        if trace.bookmarks is None:
            seen = {*trace.after, *ours.get_bookmarks()}

            def told(after: neo4j.Bookmarks) -> None:  # each takes the place of those before it, or ours would grow
                ours.update_bookmarks({*seen}, after.raw_values)
                seen.clear()
                seen.update(after.raw_values)

            trace.bookmarks = neo4j.GraphDatabase.bookmark_manager(
                initial_bookmarks=neo4j.Bookmarks.from_raw_values(seen), bookmarks_consumer=told
            )
        manager: neo4j.api.BookmarkManager = trace.bookmarks
        return manager

    @contextmanager
    def _translated(self, budget_ms: int | None = None) -> Iterator[None]:
        """Have the block raise errors of ours; `budget_ms` is what its statements may take."""
        try:
            yield
        except exceptions.AuthError as error:
            raise LoginRefused(
                f"Neo4j at {self.address.uri} refused the user {self.address.user!r}: {_phrase(error.message)}.",
                "Set GRAPHFEED_USER and GRAPHFEED_PASSWORD; the embedded server's is in GRAPHFEED_HOME/password.",
            ) from None
        except (exceptions.DriverError, OSError) as error:
            raise Unreachable(
                f"Neo4j at {self.address.uri} does not answer: {_phrase(error)}.",
                "Is it running, and is GRAPHFEED_URI its Bolt address? `graphfeed doctor` looks closer.",
            ) from None
        except exceptions.ClientError as error:
            if _is_out_of_memory(error):
                raise _out_of_memory(error) from None
            if re.search(r"Unknown function 'gds\.|no procedure with the name `gds\.", error.message or ""):
                raise GdsMissing(
                    f"Neo4j at {self.address.uri} runs without the Graph Data Science library, which this needs.",
                    "Install the GDS plugin that fits it, or unset GRAPHFEED_URI to use the embedded server.",
                ) from None
            if re.search(r"gds\.[\w.]+ is unavailable because it is sandboxed", error.message or ""):
                raise GdsRefused(
                    f"Neo4j at {self.address.uri} has the Graph Data Science library, and may not run it (sandboxed).",
                    "Set dbms.security.procedures.unrestricted=gds.* in its neo4j.conf, and start it again.",
                ) from None
            if "ConstraintValidationFailed" in (error.code or ""):
                raise Conflict("Another wrote the same id at the same moment.", "Try again.") from None
            if "EntityNotFound" in (error.code or ""):
                raise Conflict("Another deleted at the same moment what this would change.", "Try again.") from None
            if "InvalidBookmark" in (error.code or ""):
                raise SettingsError("This is no bookmark of the database.", "Give one as an answer told it.") from None
            if "TransactionTimedOut" in (error.code or ""):
                limit = f" of {budget_ms / 1000:g} s" if budget_ms else ""
                raise TookTooLong(
                    f"A statement took longer than its budget{limit}.",
                    "Ask again, or raise GRAPHFEED_REQUEST_SECONDS, for commands GRAPHFEED_COMMAND_MINUTES.",
                ) from None
            if "Transaction.Terminated" in (error.code or ""):
                raise TookTooLong("A statement was ended from outside.", "Ask again.") from None
            if "DatabaseNotFound" in (error.code or ""):
                raise Unreachable(
                    f"Neo4j at {self.address.uri} has no database {self.address.database!r}.",
                    "Set GRAPHFEED_DATABASE to one that it has, or unset it for the server's default.",
                ) from None
            raise DatabaseError(f"Neo4j refused a statement: {error.message}", f"({error.code})") from error
        except exceptions.TransientError as error:  # it starts, or stops, or there is too much to do
            if _is_out_of_memory(error):
                raise _out_of_memory(error) from None
            raise Unreachable(f"Neo4j cannot answer now: {_phrase(error.message)}.", "Try again in a while.") from None
        except exceptions.Neo4jError as error:
            if _is_out_of_memory(error):
                raise _out_of_memory(error) from None
            raise DatabaseError(f"Neo4j failed: {error.message}", f"({error.code}) Its log says more.") from error


def _metadata(name: str) -> dict[str, str]:
    """What SHOW TRANSACTIONS tells of a statement."""
    trace = tracing.current()
    return {"query": name} if trace is None else {"query": name, "request": trace.request}


@contextmanager
def _called(name: str) -> Iterator[Callable[[int], None]]:
    """Note how long the block takes; it may tell how many rows it got."""
    began, rows = time.perf_counter(), 0
    if (trace := tracing.current()) and trace.is_over:
        raise TookTooLong("Nobody waits for this answer any more.", "Ask again.")

    def count(number: int) -> None:
        nonlocal rows
        rows = number

    try:
        yield count
    finally:
        if trace := tracing.current():
            trace.calls.append(tracing.Call(name, time.perf_counter() - began, rows))


def _whole(result: neo4j.Result) -> neo4j.EagerResult:
    """All of a result. Raises OutOfMemory as an error of ours, for the driver would try the statement again."""
    try:
        return result.to_eager_result()
    except exceptions.Neo4jError as error:
        if _is_out_of_memory(error):
            raise _out_of_memory(error) from None
        raise


def _is_out_of_memory(error: exceptions.Neo4jError) -> bool:
    """By any of its limits: of a transaction, of all of them, or the heap itself."""
    return "OutOfMemory" in (error.code or "")


def _out_of_memory(error: exceptions.Neo4jError) -> OutOfMemory:
    return OutOfMemory(
        f"A statement needs more memory than Neo4j's transactions may take: {_phrase(error.message)}.",
        "Raise GRAPHFEED_HEAP, or the heap of the server that GRAPHFEED_URI names.",
    )


def _written(result: neo4j.EagerResult) -> Written:
    counters = result.summary.counters
    rows = [dict(record) for record in result.records]
    return Written(rows, counters.nodes_created, counters.relationships_created)


def _phrase(text: object) -> str:
    """The driver's words without their full stop, for our sentence goes on."""
    return str(text).rstrip(".")


def _no_address(uri: str, why: str) -> Unreachable:
    return Unreachable(f"{uri!r} is no address of a Neo4j: {why}.", "Write GRAPHFEED_URI as bolt://HOST:PORT.")


def _sizes(params: Mapping[str, Any]) -> tuple[int, ...]:
    """The orders of magnitude of texts and lists: for others, Neo4j plans a statement anew."""
    lengths = (len(value) for value in params.values() if isinstance(value, str | list | tuple))
    return tuple(length if length < 2 else 1 + len(str(length - 1)) for length in lengths)


def _pick(statement: cypher.Statement, params: Mapping[str, Any] | None) -> dict[str, Any]:
    given = params or {}
    if missing := statement.samples.keys() - given.keys():
        raise TypeError(f"cypher/{statement.name}.cypher needs ${', $'.join(sorted(missing))}")
    return {name: given[name] for name in statement.samples}
