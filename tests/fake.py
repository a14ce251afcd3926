"""A recording fake of the door to Neo4j: statements are answered by name with what a test has prepared."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import neo4j
import pytest
from neo4j import exceptions

import cypher
from graph.client import Address, Client, Row, Transaction, Written, _called, _pick

T = TypeVar("T")
Answer = Sequence[Row] | Written | Exception | Callable[[Row], Any]
"""Rows, the same each time; what a write changed besides; an error; or a function that gives one of these for the
parameters."""


@dataclass(frozen=True)
class Call:
    """A statement that was asked for."""

    name: str
    params: Row
    budget_ms: int | None = None
    within: str | None = None
    """The transaction that it was a part of."""


class Fake(Client):
    """A client without a server.

    The rest of the client is the real one: a parameter that lacks is a TypeError, an error of the driver becomes one of
    ours, and a trace counts the calls. A test fails at once for a statement that nothing is prepared for, also within
    code that survives errors, and for prepared rows whose columns the statement does not have.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        super().__init__(Address("bolt://fake:7687"), patience=0)
        self._driver.close()  # whatever is not faked here fails
        self.answers = dict(answers or {})
        self.calls: list[Call] = []
        self.committed: list[str] = []
        self.taken_back: list[str] = []
        """Names of transactions."""
        self.is_away = False
        """Whether no server answers."""

    @property
    def names(self) -> list[str]:
        """Of the statements that were asked for, in their order."""
        return [call.name for call in self.calls]

    def asked(self, name: str) -> list[Row]:
        """The parameters of each call of a statement."""
        return [call.params for call in self.calls if call.name == name]

    def verify(self) -> None:
        with self._translated():
            self._require_server()

    def stream(
        self, name: str, vocabulary: Mapping[str, Any] | None = None, *, fetch: int = 10_000, leader: bool = False
    ) -> Iterator[Row]:
        with self._translated(self._stream_ms), _called(name, _pick(cypher.load(name), vocabulary)) as count:
            rows = self.answer(name, vocabulary).rows
            count(len(rows))
            yield from rows

    def transaction(self, name: str, work: Callable[[Transaction], T]) -> T:
        with self._translated(self._budget_ms):
            self._require_server()
            try:
                result = work(_FakeTransaction(self, name))
            except BaseException:
                self.taken_back.append(name)
                raise
            self.committed.append(name)
            return result

    def run_parts(self, name: str, vocabulary: Mapping[str, Any] | None = None) -> None:
        with self._translated(self._budget_ms):
            self.answer(name, vocabulary)

    def run_in_transactions(self, name: str) -> None:
        with self._translated(self._budget_ms):
            self.answer(name, None)

    def _execute(
        self, name: str, vocabulary: Mapping[str, Any] | None, routing: neo4j.RoutingControl, budget_ms: int
    ) -> Written:
        with self._translated(budget_ms), _called(name, _pick(cypher.load(name), vocabulary)) as count:
            written = self.answer(name, vocabulary, budget_ms=budget_ms)
            count(len(written.rows))
        return written

    def answer(self, name: str, vocabulary: Mapping[str, Any] | None, **about: Any) -> Written:
        """Record a call; what is prepared for it."""
        statement = cypher.load(name)
        params = _copied(_pick(statement, vocabulary))
        self.calls.append(Call(name, params, **about))
        self._require_server()
        if name not in self.answers:
            pytest.fail(f"No answer is prepared for {name}, asked with {params}.")
        answer: Any = self.answers[name]
        while callable(answer):
            answer = answer(params)
        if isinstance(answer, Exception):
            raise answer
        written = answer if isinstance(answer, Written) else Written(list(answer), 0, 0)
        for row in written.rows:
            if row.keys() != columns(name):
                pytest.fail(f"A row for {name} has {sorted(row)}, and the statement {sorted(columns(name))}.")
        return replace(written, rows=_copied(written.rows))

    def _require_server(self) -> None:
        if self.is_away:
            raise exceptions.ServiceUnavailable("Connection refused")


class _FakeTransaction(Transaction):
    """Statements of a fake's transaction: what they do is not taken back, but that it should be is noted."""

    def __init__(self, fake: Fake, name: str) -> None:
        self._fake = fake
        self._name = name

    def run(self, name: str, vocabulary: Mapping[str, Any] | None = None) -> Written:
        with _called(name, _pick(cypher.load(name), vocabulary)) as count:
            written = self._fake.answer(name, vocabulary, within=self._name)
            count(len(written.rows))
        return written


def in_turn(*answers: Answer) -> Callable[[Row], Answer]:
    """One answer after the other; a call more than there are fails the test."""
    left = list(answers)

    def following(params: Row) -> Answer:
        if not left:
            pytest.fail(f"A statement was asked once more than its {len(answers)} answers, with {params}.")
        return left.pop(0)

    return following


def refused(code: str, message: str) -> exceptions.Neo4jError:
    """The driver's error for what a server refuses."""
    return exceptions.Neo4jError._hydrate_neo4j(code=code, message=message)


def _copied(value: Any) -> Any:
    """The value with maps and lists of its own, as it would come over Bolt."""
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(each) for each in value]
    return value


@cache
def columns(name: str) -> frozenset[str]:
    """The columns of a statement's rows: all have names, and the last RETURN that is not indented has them."""
    parts = re.split(r"^RETURN (?:DISTINCT )?", cypher.NO_CODE.sub(" ", cypher.load(name).text), flags=re.MULTILINE)
    if len(parts) == 1:
        return frozenset()
    text = parts[-1]
    while (plain := re.sub(r"\([^()\[\]{}]*\)|\[[^()\[\]{}]*\]|\{[^()\[\]{}]*\}", "_", text)) != text:
        text = plain
    returned = re.split(r"\b(?:ORDER BY|SKIP|LIMIT)\b", text)[0]
    return frozenset(part.split()[-1] for part in returned.split(","))
