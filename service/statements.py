"""Statements in place of answers: a read that asks for them by a header gets what it ran in Neo4j, to run by hand."""

import cypher
from cypher import pasting
from graph.tracing import Call, Trace
from service.neo4j_browser import link
from service.outputs import RanStatement, StatementsAnswer

HEADER = "Graphfeed-Statements"
"""A header of reads. Whatever its value, the answer is a StatementsAnswer, and nothing is recorded."""
OF_KEYS = {"feed/ranked"}
"""Statements that tokens of persons do not get: their parameters name whoever is near to the person, also people who
blocked them."""


def ran(trace: Trace, browser: str | None, *, by_token: bool) -> StatementsAnswer:
    """The statements of a trace that keeps parameters, in their order, without those that change the graph."""
    told = [call for call in trace.calls if not (by_token and call.statement in OF_KEYS)]
    found = [_told(call, browser) for call in told if not cypher.load(call.statement).changes_graph]
    return StatementsAnswer(browser=browser, statements=found)


def _told(call: Call, browser: str | None) -> RanStatement:
    statement, values = cypher.load(call.statement), call.parameters or {}
    filled = pasting.pasteable(statement.name, values)
    return RanStatement(
        statement=statement.name,
        title=statement.title,
        needs=[name for name in statement.needs if not cypher.load(name).changes_graph],
        cypher=statement.text,
        parameters=pasting.parameters(statement.name, values),
        filled=filled,
        link=link(browser, filled) if browser else None,
    )
