"""The Bolt client, the only module that imports `neo4j`: statements run by name, rows come back as plain dicts."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

import neo4j
from neo4j import exceptions

import cypher
from graph import clock, tracing
from graph.errors import (
    Conflict,
    Contention,
    DatabaseError,
    GdsMissing,
    GdsRefused,
    GraphfeedError,
    LoginRefused,
    OutOfMemory,
    Overtaken,
    Panicked,
    SettingsError,
    TookTooLong,
    Unreachable,
)

_SCHEME = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://[^/]")

T = TypeVar("T")

PLANNING_MS = 60_000
"""Added to the budget of a statement that a client runs for the first time: Neo4j may have to plan it."""
KEEP_PLAN = "CYPHER replan=skip "
"""Before a statement: Neo4j runs it as it planned it last, even if its statistics have changed since."""
COMMAND_MS = 3_600_000
"""Default budget of a statement: no statement of a command or a builder runs for ever."""
RETRY_SECONDS = 15.0
"""The time for which a transaction is retried after a deadlock or another rival's write, or while no server answers."""
FIRST_PAUSE = 0.05
"""Seconds before the first retry of a transaction that another has overtaken; the pause doubles each time."""

_planning: ContextVar[bool] = ContextVar("planning", default=False)

Row = dict[str, Any]
"""A row of a result, by the column names of the Cypher file: scalars, lists and maps, never nodes."""


@dataclass(frozen=True)
class Address:
    """The address of a Neo4j, and the login."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None


@dataclass(frozen=True)
class Written:
    """The rows of a writing statement, and counters of its changes."""

    rows: list[Row]
    nodes_created: int
    relationships_created: int


class Host(Protocol):
    """The machine of a server that runs on ours: what is known of it without asking the server."""

    @property
    def address(self) -> Address:
        """The address of the server, or its last one if it does not run."""

    def require_room(self) -> None:
        """Returns if its disk has space for writes. Raises DiskFull."""

    def ending(self) -> str | None:
        """The reason why the server is gone, with the next step; None if it runs, or the reason is unknown."""

    def warnings(self) -> list[str]:
        """A sentence for each lack of the machine."""


class Reader(Protocol):
    """What runs reading statements: a client, or a transaction."""

    def read(self, name: str, params: Mapping[str, Any] | None = None, *, budget_ms: int | None = None) -> list[Row]:
        """The rows of a reading statement."""


class Transaction:
    """Statements that are committed together, or not at all."""

    def __init__(self, transaction: neo4j.ManagedTransaction | neo4j.Transaction) -> None:
        self._transaction = transaction

    def read(self, name: str, params: Mapping[str, Any] | None = None, *, budget_ms: int | None = None) -> list[Row]:
        """The rows of a statement, which sees what was written before it. The budget is that of the transaction."""
        return self.run(name, params).rows

    def run(self, name: str, params: Mapping[str, Any] | None = None) -> Written:
        """Runs a statement; its changes are visible to others once the transaction is committed."""
        statement = cypher.load(name)
        given = _pick(statement, params)
        with _called(name, given) as count:
            written = _written(_whole(self._transaction.run(statement.text, given)))
            count(len(written.rows))
        return written


class Client:
    """One driver for one Neo4j. Thread-safe; close it, or use it in a `with`.

    `params` is any mapping that holds at least the statement's parameters: only those it declares are sent.
    """

    def __init__(
        self,
        address: Address,
        *,
        host: Host | None = None,
        patience: float = RETRY_SECONDS,
        acquire: float = 20,
        budget_ms: int = COMMAND_MS,
        stream_ms: int | None = None,
    ) -> None:
        """`host` is the machine of the embedded server. `patience` is how long transactions are retried, in seconds.
        `acquire` is the timeout for a connection, in seconds; it covers the handshake, which never ends with a server
        other than Neo4j. `budget_ms` bounds each statement that has no budget of its own, and each transaction;
        `stream_ms` bounds each stream, which lasts as long as it is read."""
        self.address = address
        self.has_panicked = False
        """True from an answer that the database must be restarted until whoever restarts it resets this."""
        self._host = host
        self._patience = patience
        self._budget_ms = budget_ms
        self._stream_ms = stream_ms or budget_ms
        self._planned: dict[tuple[str, tuple[int, ...]], int] = {}
        """Statements that the server has planned, by name and the sizes of their parameters: when, in milliseconds."""
        self._kept: set[str] = set()
        """Names of statements whose plans are kept: those that were read while `planning`."""
        self._acquire = acquire
        self._driver = self._driver_of(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections."""
        self._driver.close()

    def follow(self) -> None:
        """Uses the address that the embedded server has now: if its port is taken, it starts again on another."""
        address = self._host.address if self._host else self.address
        if address == self.address:
            return
        before, self._driver, self.address = self._driver, self._driver_of(address), address
        before.close()

    def _driver_of(self, address: Address) -> neo4j.Driver:
        if "@" in address.uri:
            raise Unreachable(
                "GRAPHFEED_URI contains a user or password, which would show in logs.",
                "Set GRAPHFEED_USER and GRAPHFEED_PASSWORD instead.",
            )
        if not _SCHEME.match(address.uri):
            raise _no_address(address.uri, "it must start with bolt:// or neo4j://")
        try:
            return neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.user, address.password),
                # Statements may name labels and types that a sparse graph lacks. And builds read millions of internal
                # ids by id(), as numbers, as GDS does: elementId(), which replaces it, is a string of 40 characters.
                notifications_disabled_classifications=["UNRECOGNIZED", "DEPRECATION"],
                connection_timeout=10,
                connection_acquisition_timeout=self._acquire,
                max_transaction_retry_time=self._patience,
            )
        except (exceptions.ConfigurationError, ValueError) as error:
            raise _no_address(address.uri, _phrase(error)) from None

    def verify(self) -> None:
        """Returns if the server answers and accepts the login; raises Unreachable at once if not."""
        with self._translated():
            self._driver.verify_connectivity()

    def ending(self) -> str | None:
        """The reason why the embedded server is gone, with the next step; None if it runs, or the reason is unknown."""
        return self._host.ending() if self._host else None

    def warnings(self) -> list[str]:
        """A sentence for each lack of the embedded server's machine."""
        return self._host.warnings() if self._host else []

    def read(self, name: str, params: Mapping[str, Any] | None = None, *, budget_ms: int | None = None) -> list[Row]:
        """The rows of a reading statement. Raises TookTooLong if it takes longer than its budget.

        The budget is larger for the first run, and for the first after a restart of the server: Neo4j then plans the
        statement, which takes seconds on a busy machine.
        """
        budget_ms = budget_ms or self._budget_ms
        if _planning.get():
            rows = self._read(name, params, budget_ms + PLANNING_MS)
            self._kept.add(name)
            return rows
        plan = (name, _sizes(_pick(cypher.load(name), params)))
        if plan in self._planned:
            try:
                return self._read(name, params, budget_ms)
            except TookTooLong:
                if not self._has_started_since(self._planned[plan]):
                    raise
        rows = self._read(name, params, budget_ms + PLANNING_MS)
        self._planned[plan] = clock.now()
        return rows

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Has Neo4j plan each statement that is read in the block, if its statistics have changed since it last did.

        Reads elsewhere then keep these plans: after an import, no reader waits seconds until a plan is made. Use it
        again from time to time, in a thread of its own.
        """
        token = _planning.set(True)
        try:
            yield
        finally:
            _planning.reset(token)

    def _read(self, name: str, params: Mapping[str, Any] | None, budget_ms: int) -> list[Row]:
        return self._retried(lambda: self._execute(name, params, neo4j.RoutingControl.READ, budget_ms).rows)

    def _has_started_since(self, at: int) -> bool:
        """Returns True if the server was started after a time in epoch milliseconds, so that its plans are gone; False
        if it does not let us see."""
        try:
            [row] = self._execute("admin/started", None, neo4j.RoutingControl.READ, self._budget_ms).rows
        except (DatabaseError, TookTooLong):
            return False
        return bool(row["startedAt"] > at)

    def write(self, name: str, params: Mapping[str, Any] | None = None) -> Written:
        """Runs a writing statement in a transaction of its own, retried after a deadlock. Raises DiskFull."""
        if cypher.load(name).changes_graph:
            self._require_room()
        return self._retried(lambda: self._execute(name, params, neo4j.RoutingControl.WRITE, self._budget_ms))

    def _require_room(self) -> None:
        if self._host is not None:
            self._host.require_room()

    def _retried(self, work: Callable[[], T]) -> T:
        """The result of `work`, which is called again if another transaction overtook it; the driver does the same
        after a deadlock."""
        began, pause = time.monotonic(), FIRST_PAUSE
        while True:
            try:
                return work()
            except Overtaken:
                if time.monotonic() + pause - began > self._patience:
                    raise
            time.sleep(pause * random.uniform(0.5, 1))  # two that met shall not meet again
            pause *= 2

    def bookmarks(self) -> list[str]:
        """Bookmarks of this client's writes. Give them to a Trace to read your own writes on any cluster member."""
        return sorted(self._bookmarks().get_bookmarks())

    def transaction(self, name: str, work: Callable[[Transaction], T]) -> T:
        """The result of `work`, whose statements are committed together. It is called again after a deadlock, or if
        another transaction overtook it, so it must have no effects besides its statements. `name` is shown in SHOW
        TRANSACTIONS. Raises DiskFull.
        """
        self._require_room()
        return self._retried(lambda: self._transact(name, work))

    def _transact(self, name: str, work: Callable[[Transaction], T]) -> T:
        session = self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks())
        with self._translated(self._budget_ms), session:
            named = neo4j.unit_of_work(metadata=_metadata(name), timeout=self._budget_ms / 1000)
            return session.execute_write(named(lambda transaction: work(Transaction(transaction))))

    def trial(self, name: str, work: Callable[[Transaction], T]) -> T:
        """The result of `work`, whose statements see each other's writes, which are then taken back: nobody else ever
        sees them. Otherwise as `transaction`."""
        self._require_room()
        return self._retried(lambda: self._try(name, work))

    def _try(self, name: str, work: Callable[[Transaction], T]) -> T:
        session = self._driver.session(database=self.address.database, bookmark_manager=self._bookmarks())
        with self._translated(self._budget_ms), session:
            transaction = session.begin_transaction(metadata=_metadata(name), timeout=self._budget_ms / 1000)
            try:
                return work(Transaction(transaction))
            finally:
                if not transaction.closed():
                    transaction.rollback()

    def stream(
        self, name: str, params: Mapping[str, Any] | None = None, *, fetch: int = 10_000, leader: bool = False
    ) -> Iterator[Row]:
        """The rows of a reading statement one by one, in bounded memory.

        `fetch` is the number of rows held at once: fewer where each has long lists. `leader` reads from the cluster's
        leader, the only member that has the GDS projections. In traces, a stream lasts as long as it is read.
        """
        statement = cypher.load(name)
        given = _pick(statement, params)
        query = self._query(statement.text, name, self._stream_ms)
        with (
            self._translated(self._stream_ms),
            self._driver.session(
                database=self.address.database,
                default_access_mode=neo4j.WRITE_ACCESS if leader else neo4j.READ_ACCESS,
                fetch_size=fetch,
                bookmark_manager=self._bookmarks(),
            ) as session,
            _called(name, given) as count,
        ):
            for number, record in enumerate(session.run(query, given), 1):
                count(number)
                yield dict(record)

    def end_request(self, trace: tracing.Trace) -> None:
        """Terminates the running transactions of a request, and refuses its further statements."""
        trace.is_over = True
        with tracing.untraced():  # or this would end itself
            self.write("admin/end_request", {"requestKey": trace.key})

    def run_parts(self, name: str, params: Mapping[str, Any] | None = None) -> None:
        """Runs each statement of a file by itself: schema files have several."""
        self._require_room()
        statement = cypher.load(name)
        with self._translated(self._budget_ms):
            for part in statement.parts:
                query = self._query(part, name)
                self._driver.execute_query(query, _pick(statement, params), database_=self.address.database)

    def run_in_transactions(self, name: str) -> None:
        """Runs a statement that commits by itself (CALL { } IN TRANSACTIONS), so outside any explicit transaction."""
        self._require_room()
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
        given = _pick(statement, params)
        keeps = name in self._kept and not _planning.get()
        text = KEEP_PLAN + statement.text if keeps else statement.text
        query = self._query(text, name, budget_ms)
        with self._translated(budget_ms), _called(name, given) as count:
            result: neo4j.EagerResult = self._driver.execute_query(
                query,
                given,
                routing_=routing,
                database_=self.address.database,
                bookmark_manager_=self._bookmarks(),
                result_transformer_=_whole,
            )
            count(len(result.records))
        return _written(result)

    def _query(self, text: str, name: str, budget_ms: int | None = None) -> neo4j.Query:
        """A query that the server terminates when its budget is spent."""
        return neo4j.Query(text, metadata=_metadata(name), timeout=(budget_ms or self._budget_ms) / 1000)

    def _bookmarks(self) -> neo4j.api.BookmarkManager:
        """The request's bookmark manager, seeded with the caller's bookmarks and this client's; outside a request, the
        client's own."""
        ours = self._driver.execute_query_bookmark_manager
        trace = tracing.current()
        if trace is None:
            return ours
        if trace.bookmarks is None:
            seen = {*trace.after, *ours.get_bookmarks()}

            def keep(after: neo4j.Bookmarks) -> None:  # replaces the ones before it, or the client's would grow
                ours.update_bookmarks({*seen}, after.raw_values)
                seen.clear()
                seen.update(after.raw_values)

            trace.bookmarks = neo4j.GraphDatabase.bookmark_manager(
                initial_bookmarks=neo4j.Bookmarks.from_raw_values(seen), bookmarks_consumer=keep
            )
        manager: neo4j.api.BookmarkManager = trace.bookmarks
        return manager

    @contextmanager
    def _translated(self, budget_ms: int | None = None) -> Iterator[None]:
        """Translates the driver's errors into ours; `budget_ms` is the budget of the block's statements."""
        try:
            yield
        except (exceptions.DriverError, OSError) as error:
            raise self._unreachable(str(error)) from None
        except exceptions.Neo4jError as error:
            raise self._translation(error, budget_ms) from error

    def _translation(self, error: exceptions.Neo4jError, budget_ms: int | None) -> GraphfeedError:
        """Our error for one of the server's. The server's own words are in `said` alone."""
        code, said = error.code or "", f"{error.message} ({error.code})"
        if isinstance(error, exceptions.AuthError):
            return LoginRefused(
                f"Neo4j at {self.address.uri} refused the user {self.address.user!r}.",
                "Set GRAPHFEED_USER and GRAPHFEED_PASSWORD; the embedded server's is in GRAPHFEED_HOME/password.",
                said,
            )
        if "AuthenticationRateLimit" in code:
            return Unreachable(
                f"Neo4j at {self.address.uri} accepts no login for some seconds: too many were wrong.",
                "Try again in a while, and see whether something else logs in there with a wrong password.",
                said,
            )
        if _is_out_of_memory(error):
            return _out_of_memory(error)
        if _is_panic(error):
            self.has_panicked = True
            return Panicked(
                "Neo4j's database stopped after an error, such as a full disk, and must be restarted.",
                "Free some space if its disk is full, and restart it: `graphfeed up` does, for the embedded server.",
                said,
            )
        if "DatabaseNotFound" in code:
            return Unreachable(
                f"Neo4j at {self.address.uri} has no database {self.address.database!r}.",
                "Set GRAPHFEED_DATABASE to one that it has, or unset it for the server's default.",
                said,
            )
        return _of_gds(error, self.address.uri) or _of_rivals(error) or _of_time(error, budget_ms) or _of_others(error)

    def _unreachable(self, said: str) -> Unreachable:
        ending = self.ending()
        return Unreachable(
            f"Neo4j at {self.address.uri} does not answer{f': {ending}' if ending else '.'}",
            "A service that runs starts it again: try again in a minute. `graphfeed up` starts it, too."
            if self._host
            else "Is it running, and is GRAPHFEED_URI its Bolt address? Run `graphfeed doctor` for details.",
            said,
        )


def _metadata(name: str) -> dict[str, str]:
    """The metadata of a statement, as SHOW TRANSACTIONS shows it."""
    trace = tracing.current()
    return {"query": name} if trace is None else {"query": name, "request": trace.request, "requestKey": trace.key}


@contextmanager
def _called(name: str, params: Mapping[str, Any]) -> Iterator[Callable[[int], None]]:
    """Records the block in the trace: its seconds, and the rows it reports by the function that it is given."""
    began, rows = time.perf_counter(), 0
    if (trace := tracing.current()) and trace.is_over:
        raise TookTooLong("The request is over: its client has left.", "Try again.")

    def count(number: int) -> None:
        nonlocal rows
        rows = number

    try:
        yield count
    finally:
        if trace is not None:
            kept = params if trace.keeps_parameters else None
            trace.calls.append(tracing.Call(name, began, time.perf_counter() - began, rows, kept))


def _whole(result: neo4j.Result) -> neo4j.EagerResult:
    """All rows of a result. Raises OutOfMemory as an error of ours, because the driver would retry its own."""
    try:
        return result.to_eager_result()
    except exceptions.ResultFailedError as error:  # after a deadlock, say, which is its cause, and is retried
        if isinstance(error.__cause__, exceptions.Neo4jError):
            raise error.__cause__ from None
        raise
    except exceptions.Neo4jError as error:
        if _is_out_of_memory(error):
            raise _out_of_memory(error) from None
        raise


def _is_panic(error: exceptions.Neo4jError) -> bool:
    """Returns True if the database can write no more, or neither write nor read."""
    failures = ("TransactionStartFailed", "TransactionCommitFailed", "TransactionLogError")
    code = error.code or ""
    return code.startswith("Neo.DatabaseError.Transaction.") and code.endswith(failures)


def _of_gds(error: exceptions.Neo4jError, uri: str) -> GdsMissing | None:
    """The error for a library that is missing or may not run; None for another error."""
    message = error.message or ""
    if re.search(r"Unknown function 'gds\.|no procedure with the name `gds\.", message):
        return GdsMissing(
            f"Neo4j at {uri} runs without the Graph Data Science library, which this needs.",
            "Install the GDS plugin for its version (where it is, add gds.* to dbms.security.procedures.allowlist in "
            "neo4j.conf), or unset GRAPHFEED_URI to use the embedded server.",
        )
    if re.search(r"gds\.[\w.]+ is unavailable because it is sandboxed", message):
        return GdsRefused(
            f"Neo4j at {uri} has the Graph Data Science library, but may not run it (sandboxed).",
            "Set dbms.security.procedures.unrestricted=gds.* in its neo4j.conf, and restart it.",
        )
    return None


def _of_rivals(error: exceptions.Neo4jError) -> DatabaseError | None:
    """The error for what other transactions did at the same time; None for another error."""
    code, said = error.code or "", f"{error.message} ({error.code})"
    # A procedure that meets a deleted node says so in its message alone
    if "EntityNotFound" in code or re.search(r"Unable to load (NODE|RELATIONSHIP) ", error.message or ""):
        return Overtaken("Another transaction deleted the node or relationship to change.", "Try again.", said)
    if "ConstraintValidationFailed" in code and "still has relationships" in (error.message or ""):
        return Overtaken("Another transaction tied something to the node to delete.", "Try again.", said)
    if "ConstraintValidationFailed" in code:
        return Conflict("Another transaction wrote the same id at the same time.", "Try again.", said)
    if "DeadlockDetected" in code or "LockAcquisitionTimeout" in code:
        return Contention("Other transactions keep changing the same nodes.", "Try again in a while.", said)
    return None


def _of_time(error: exceptions.Neo4jError, budget_ms: int | None) -> TookTooLong | None:
    """The error for a transaction that was ended; None for another error."""
    code, said = error.code or "", f"{error.message} ({error.code})"
    # A procedure of GDS says in words of its own that its transaction was ended
    if "TransactionTimedOut" in code or "gds.termination.TerminatedException" in said:
        limit = f" of {budget_ms / 1000:g} s" if budget_ms else ""
        return TookTooLong(
            f"A statement took longer than its budget{limit}.",
            "Try again, or raise GRAPHFEED_REQUEST_SECONDS (for commands GRAPHFEED_COMMAND_MINUTES).",
            said,
        )
    if code == "Neo.ClientError.Transaction.Terminated":
        return TookTooLong("The transaction of a statement was terminated.", "Try again.", said)
    return None


def _of_others(error: exceptions.Neo4jError) -> GraphfeedError:
    """The error for anything else."""
    said = f"{error.message} ({error.code})"
    if "InvalidBookmark" in (error.code or ""):
        return SettingsError(
            "This is not a valid bookmark of the database.", "Send a bookmark exactly as an answer gave it."
        )
    if "General.UnknownError" in (error.code or "") and (trace := tracing.current()) and trace.after:
        return SettingsError(  # such as FB:x, of which Neo4j says that a range is out of bounds
            "This is not a valid bookmark of the database.", "Send a bookmark exactly as an answer gave it."
        )
    if isinstance(error, exceptions.TransientError):  # it is starting, stopping or overloaded
        return Unreachable("Neo4j cannot answer now.", "Try again in a while.", said)
    if isinstance(error, exceptions.ClientError):
        return DatabaseError("Neo4j refused a statement.", "See the log for Neo4j's message.", said)
    return DatabaseError("Neo4j failed.", "See the log for Neo4j's message, and Neo4j's own log for more.", said)


def _is_out_of_memory(error: exceptions.Neo4jError) -> bool:
    """Returns True for any memory limit: of one transaction, of all of them, or the heap."""
    return "OutOfMemory" in (error.code or "")


def _out_of_memory(error: exceptions.Neo4jError) -> OutOfMemory:
    return OutOfMemory(
        "A statement needs more memory than Neo4j's transactions may take.",
        "Raise GRAPHFEED_HEAP, or the heap of the server that GRAPHFEED_URI names.",
        f"{error.message} ({error.code})",
    )


def _written(result: neo4j.EagerResult) -> Written:
    counters = result.summary.counters
    rows = [dict(record) for record in result.records]
    return Written(rows, counters.nodes_created, counters.relationships_created)


def _phrase(text: object) -> str:
    """The driver's message without its full stop, because our sentence goes on."""
    return str(text).rstrip(".")


def _no_address(uri: str, why: str) -> Unreachable:
    return Unreachable(f"{uri!r} is not a valid Neo4j address: {why}.", "Set GRAPHFEED_URI to bolt://HOST:PORT.")


def _sizes(params: Mapping[str, Any]) -> tuple[int, ...]:
    """The orders of magnitude of texts and lists, by which Neo4j caches the plan of a statement."""
    lengths = (len(value) for value in params.values() if isinstance(value, str | list | tuple))
    return tuple(length if length < 2 else 1 + len(str(length - 1)) for length in lengths)


def _pick(statement: cypher.Statement, params: Mapping[str, Any] | None) -> dict[str, Any]:
    given = params or {}
    if missing := statement.samples.keys() - given.keys():
        raise TypeError(f"cypher/{statement.name}.cypher needs ${', $'.join(sorted(missing))}")
    return {name: given[name] for name in statement.samples}
