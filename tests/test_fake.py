"""The recording fake fails for whatever a test did not prepare, and is the real client otherwise."""

import itertools

import pytest

from graph import tracing
from graph.client import FIRST_PAUSE, PLANNING_MS, Written
from graph.errors import (
    Conflict,
    DatabaseError,
    GdsMissing,
    GdsRefused,
    LoginRefused,
    OutOfMemory,
    Overtaken,
    Panicked,
    SettingsError,
    TookTooLong,
    Unreachable,
)
from service.problems import status_of
from tests.fake import Fake, in_turn, refused


def test_it_answers_by_name_and_keeps_what_was_asked() -> None:
    fake = Fake({"people/ids": [{"user": "42"}, {"user": "7"}], "slates/serve": []})
    assert fake.read("people/ids") == [*fake.stream("people/ids")] == [{"user": "42"}, {"user": "7"}]
    fake.write("slates/serve", {"me": "42", "slate": "s", "upTo": 3, "more": "than it takes"})
    assert fake.names == ["people/ids", "people/ids", "slates/serve"]
    assert fake.asked("slates/serve") == [{"me": "42", "slate": "s", "upTo": 3}]


def test_what_is_not_prepared_fails_even_in_code_that_survives_errors() -> None:
    def survives(fake: Fake) -> None:
        try:
            fake.read("people/ids")
        except Exception:
            return

    with pytest.raises(pytest.fail.Exception, match="No answer is prepared for people/ids"):
        survives(Fake())
    once = Fake({"people/ids": in_turn([])})
    once.read("people/ids")
    with pytest.raises(pytest.fail.Exception, match="once more than its 1 answers"):
        survives(once)


def test_rows_have_the_columns_of_the_statement() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"has \['id'\], and the statement \['user'\]"):
        Fake({"people/ids": [{"id": "42"}]}).read("people/ids")
    with pytest.raises(TypeError, match=r"slates/serve\.cypher needs \$slate, \$upTo"):
        Fake({"slates/serve": []}).write("slates/serve", {"me": "42"})


def test_nobody_changes_what_is_prepared_or_what_was_asked() -> None:
    fake = Fake({"people/ids": [{"user": "42"}], "events/claim": []})
    fake.read("people/ids")[0].clear()
    assert fake.read("people/ids") == [{"user": "42"}]
    params = {"rows": [{"id": "e"}]}
    fake.write("events/claim", params)
    params["rows"].clear()
    assert fake.asked("events/claim") == [{"rows": [{"id": "e"}]}]


def test_a_transaction_is_committed_or_taken_back() -> None:
    fake = Fake({"events/claim": [{"id": "e"}], "events/release": DatabaseError("It is full.", "Empty it.")})
    assert fake.transaction("good", lambda tx: tx.run("events/claim", {"rows": []}).rows) == [{"id": "e"}]
    with pytest.raises(DatabaseError):
        fake.transaction("bad", lambda tx: tx.run("events/release", {"ids": []}))
    assert (fake.committed, fake.taken_back) == (["good"], ["bad"])
    assert [(call.name, call.within) for call in fake.calls] == [("events/claim", "good"), ("events/release", "bad")]


def test_what_a_write_made_may_be_told() -> None:
    fake = Fake({"import/users": Written([{"rows": 2, "updated": 0}], 2, 0)})
    assert fake.write("import/users", {"rows": [], "recordedAt": 0}).nodes_created == 2


def test_a_trace_counts_its_calls() -> None:
    fake = Fake({"people/ids": [{"user": "42"}]})
    with tracing.traced(tracing.Trace("r")) as trace:
        fake.read("people/ids")
    assert [(call.statement, call.rows) for call in trace.calls] == [("people/ids", 1)]
    trace.is_over = True
    with tracing.traced(trace), pytest.raises(TookTooLong, match="its client has left"):
        fake.read("people/ids")


# --- the client's own logic


@pytest.mark.parametrize(
    ("code", "message", "error", "says"),
    [
        ("Security.Unauthorized", "The client is unauthorized.", LoginRefused, "refused the user 'neo4j'"),
        (
            "Security.AuthenticationRateLimit",
            "Too many times in a row.",
            Unreachable,
            "accepts no login for some seconds",
        ),
        ("Statement.SyntaxError", "Unknown function 'gds.version'", GdsMissing, "Install the GDS plugin"),
        ("Procedure.ProcedureNotFound", "There is no procedure with the name `gds.x`", GdsMissing, "without the Graph"),
        ("Procedure.ProcedureCallFailed", "gds.x is unavailable because it is sandboxed", GdsRefused, "unrestricted"),
        ("Schema.ConstraintValidationFailed", "It exists", Conflict, "Try again"),
        ("Statement.EntityNotFound", "It is gone", Overtaken, "Another transaction deleted"),
        ("Procedure.ProcedureCallFailed", "x: Unable to load NODE 4:9:25.", Overtaken, "Another transaction deleted"),
        (
            "Schema.ConstraintValidationFailed",
            "Cannot delete node<7>, because it still has relationships.",
            Overtaken,
            "tied something to the node to delete",
        ),
        ("Transaction.InvalidBookmark", "x", SettingsError, "not a valid bookmark of the database"),
        ("Transaction.TransactionTimedOut", "x", TookTooLong, "budget of 62 s"),
        ("Transaction.Terminated", "x", TookTooLong, "was terminated"),
        ("Database.DatabaseNotFound", "x", Unreachable, "has no database"),
        (
            "Statement.ArgumentError",
            "Bad value.",
            DatabaseError,
            r"Neo4j refused a statement\..*Neo4j said: Bad value\.",
        ),
    ],
)
def test_what_a_server_refuses_has_a_name_and_a_next_step(
    code: str, message: str, error: type[DatabaseError], says: str
) -> None:
    with pytest.raises(error, match=says) as raised:
        Fake({"people/ids": refused(f"Neo.ClientError.{code}", message)}).read("people/ids", budget_ms=2000)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    "code",
    [
        "Neo.ClientError.General.TransactionOutOfMemoryError",
        "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
        "Neo.DatabaseError.General.OutOfMemoryError",
    ],
)
def test_each_way_to_be_out_of_memory_names_the_heap(code: str) -> None:
    with pytest.raises(OutOfMemory, match=r"than Neo4j's transactions may take\. Raise GRAPHFEED_HEAP.*: Too much\."):
        Fake({"people/ids": refused(code, "Too much.")}).read("people/ids")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ClientError.Security.Unauthorized", 503),
        ("ClientError.Security.AuthenticationRateLimit", 503),
        ("ClientError.Security.Forbidden", 502),
        ("ClientError.Schema.ConstraintValidationFailed", 409),
        ("ClientError.Statement.EntityNotFound", 409),
        ("ClientError.Statement.ArgumentError", 502),
        ("ClientError.Statement.SyntaxError", 502),
        ("ClientError.Procedure.ProcedureCallFailed", 502),
        ("ClientError.Transaction.InvalidBookmark", 422),
        ("ClientError.Transaction.TransactionTimedOut", 503),
        ("ClientError.Transaction.Terminated", 503),
        ("ClientError.Database.DatabaseNotFound", 503),
        ("TransientError.Transaction.DeadlockDetected", 503),
        ("TransientError.Transaction.LockAcquisitionTimeout", 503),
        ("TransientError.General.DatabaseUnavailable", 503),
        ("TransientError.General.MemoryPoolOutOfMemoryError", 503),
        ("DatabaseError.General.UnknownError", 502),
        ("DatabaseError.Statement.ExecutionFailed", 502),
        ("DatabaseError.Transaction.TransactionStartFailed", 503),
        ("DatabaseError.Transaction.TransactionCommitFailed", 503),
        ("DatabaseError.Transaction.TransactionLogError", 503),
    ],
)
def test_no_answer_of_the_service_has_the_servers_own_words(code: str, status: int) -> None:
    words = "ForsetiClient[transactionId=311, clientId=6] waits for ExclusiveLock{owner=7} of 10.0.0.7"
    with pytest.raises(DatabaseError if status != 422 else SettingsError) as raised:
        Fake({"people/ids": refused(f"Neo.{code}", words)}).read("people/ids")
    error = raised.value
    assert status_of(error) == status
    for told in (error.problem, error.remedy):
        assert not any(word in told for word in ("Forseti", "311", "ExclusiveLock", "10.0.0.7"))
        assert "Neo." not in told
    if isinstance(error, DatabaseError):
        assert error.said == f"{words} (Neo.{code})"  # for the log, and for who runs commands


def test_a_database_that_must_be_restarted_is_remembered() -> None:
    message = "The database has encountered a critical error, and needs to be restarted."
    fake = Fake({"people/ids": refused("Neo.DatabaseError.Transaction.TransactionStartFailed", message)})
    with pytest.raises(Panicked, match=r"must be restarted\. Free some space.*`graphfeed up`"):
        fake.read("people/ids")
    assert fake.has_panicked


def test_what_another_transaction_overtook_is_tried_again_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    gone = refused("Neo.ClientError.Statement.EntityNotFound", "Unable to load NODE 7.")
    fake = Fake({"people/ids": in_turn(gone, gone, [{"user": "42"}]), "slates/serve": gone})
    fake._patience = 4
    assert fake.read("people/ids") == [{"user": "42"}]
    assert len(pauses) == 2
    assert pauses[0] < FIRST_PAUSE < pauses[1] * 2
    monkeypatch.setattr("time.monotonic", itertools.count(step=0.5).__next__)
    with pytest.raises(Overtaken):
        fake.write("slates/serve", {"me": "42", "slate": "s", "upTo": 3})
    assert 2 < len(fake.asked("slates/serve")) < 10


def test_a_server_that_starts_stops_or_is_away_is_unreachable() -> None:
    starting = refused("Neo.TransientError.General.DatabaseUnavailable", "It is starting.")
    with pytest.raises(Unreachable, match=r"cannot answer now\. Try again.*It is starting\."):
        Fake({"people/ids": starting}).read("people/ids")
    fake = Fake()
    fake.is_away = True
    for run in (fake.verify, lambda: fake.read("people/ids"), lambda: fake.transaction("x", lambda tx: None)):
        with pytest.raises(Unreachable, match=r"does not answer\..*: Connection refused"):
            run()


def test_the_first_time_a_statement_has_time_to_be_planned() -> None:
    fake = Fake({"people/ids": []})
    fake.read("people/ids", budget_ms=10)
    fake.read("people/ids", budget_ms=10)
    assert [call.budget_ms for call in fake.calls] == [10 + PLANNING_MS, 10]


def test_for_lists_of_another_size_it_is_planned_anew() -> None:
    fake = Fake({"affinity/named": []})
    for count in (3, 9, 11, 2):
        fake.read("affinity/named", {"users": ["u"] * count}, budget_ms=10)
    assert [call.budget_ms for call in fake.calls] == [10 + PLANNING_MS, 10, 10 + PLANNING_MS, 10]


@pytest.mark.parametrize("started_at", [0, 2**60])
def test_what_took_too_long_is_asked_again_if_the_server_was_started_since(started_at: int) -> None:
    late = TookTooLong("It took too long.", "Ask again.")
    fake = Fake({"people/ids": in_turn([], late, []), "admin/started": [{"startedAt": started_at}]})
    fake.read("people/ids", budget_ms=10)
    if started_at:
        assert fake.read("people/ids", budget_ms=10) == []
        assert fake.calls[-1].budget_ms == 10 + PLANNING_MS
    else:
        with pytest.raises(TookTooLong):
            fake.read("people/ids", budget_ms=10)


def test_where_nobody_may_see_when_it_was_started_too_long_is_too_long() -> None:
    denied = refused("Neo.ClientError.Security.Forbidden", "It is not for you.")
    late = TookTooLong("It took too long.", "Ask again.")
    fake = Fake({"people/ids": in_turn([], late), "admin/started": denied})
    fake.read("people/ids")
    with pytest.raises(TookTooLong):
        fake.read("people/ids")


def test_what_nobody_waits_for_is_ended_and_asks_no_more() -> None:
    fake = Fake({"admin/end_request": [{"statement": "feed/ranked"}]})
    with tracing.traced(tracing.Trace("r1")) as trace:
        fake.end_request(trace)
        with pytest.raises(TookTooLong):
            fake.read("people/ids")
    assert trace.key != tracing.Trace("r1").key  # another request that was sent with the same id is not ended
    assert fake.asked("admin/end_request") == [{"requestKey": trace.key}]
