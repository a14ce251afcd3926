"""What each statement costs the server, as its own PROFILE tells: database hits and memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import neo4j
import pytest

import cypher
from graph import client as client_module
from graph.client import COMMAND_MS, Client, Row, Transaction


@dataclass
class Cost:
    """The most that a statement took, of each in any of its runs."""

    hits: int = 0
    memory: int = 0
    """In bytes."""
    hits_by: str = ""
    """The case that took most hits."""
    memory_by: str = ""

    def note(self, case: str, hits: int, memory: int) -> None:
        if hits >= self.hits:
            self.hits, self.hits_by = hits, case
        if memory >= self.memory:
            self.memory, self.memory_by = memory, case


@dataclass
class Costs:
    """What the statements of some cases cost."""

    by_statement: dict[str, Cost] = field(default_factory=dict)
    by_case: dict[tuple[str, str], Cost] = field(default_factory=dict)
    """By the statement and the case."""
    case: str = ""

    def note(self, statement: str, profile: Mapping[str, Any]) -> None:
        hits, memory = hits_of(profile), int(profile["args"].get("GlobalMemory", 0))
        self.by_statement.setdefault(statement, Cost()).note(self.case, hits, memory)
        self.by_case.setdefault((statement, self.case), Cost()).note(self.case, hits, memory)


def hits_of(plan: Mapping[str, Any]) -> int:
    """The database hits of a plan with all its parts."""
    return int(plan.get("dbHits", 0)) + sum(hits_of(part) for part in plan.get("children", ()))


@contextmanager
def profiled(costs: Costs) -> Iterator[None]:
    """Has every statement profiled while the block runs: slower, streams whole at once, and otherwise the same."""
    names: list[str] = []
    load, execute, run, whole = cypher.load, Client._execute, Transaction.run, client_module._whole

    def loaded(name: str) -> cypher.Statement:
        statement = load(name)
        return replace(statement, text=f"PROFILE\n{statement.text}") if names else statement

    def executed(self: Client, name: str, params: Any, *rest: Any) -> Any:
        names.append(name)
        try:
            return execute(self, name, params, *rest)
        finally:
            names.pop()

    def ran(self: Transaction, name: str, params: Any = None) -> Any:
        names.append(name)
        try:
            return run(self, name, params)
        finally:
            names.pop()

    def streamed(self: Client, name: str, params: Any = None, **_: Any) -> Iterator[Row]:
        yield from executed(self, name, params, neo4j.RoutingControl.WRITE, COMMAND_MS).rows

    def noted(result: neo4j.Result) -> neo4j.EagerResult:
        eager = whole(result)
        if eager.summary.profile is not None:
            costs.note(names[-1], eager.summary.profile)
        return eager

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cypher, "load", loaded)
        patch.setattr(Client, "_execute", executed)
        patch.setattr(Transaction, "run", ran)
        patch.setattr(Client, "stream", streamed)
        patch.setattr(client_module, "_whole", noted)
        yield
