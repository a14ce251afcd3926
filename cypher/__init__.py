"""The statements, one a file, loaded by name.

A file starts with its title, then the files that must have run before it, then its parameters, each with a sample
value, so that it reads well, and runs as it stands in Neo4j Browser after a paste of params.cypher:

    // The posts of people I follow, the best first
    // needs: tutorial/project_followees
    // :param me => '42'
    MATCH (me:User {id: $me}) …

Blocks that several files hold are kept in fragments/, see fragments.py; those are no statements.

This module knows no database. A file that breaks the form, or declares a parameter that it does not use, or uses one
that it does not declare, is a StatementFormError that names the file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

FOLDER = Path(__file__).parent
PARAMS = "params"  # not a statement: the samples of all parameters, for Neo4j Browser
FRAGMENTS = "fragments/"  # no statements either: blocks of Cypher that are written into several of them

TITLE = re.compile(r"// (?P<title>[A-Z].*\S)")
_NEEDS = re.compile(r"// needs: (?P<file>[\w/]+)")
PARAM = re.compile(r"// :param (?P<name>\w+) => (?P<sample>.+)")
NO_CODE = re.compile(
    r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*` | //[^\n]* | /\*.*?\*/""", re.VERBOSE | re.DOTALL
)
_USED = re.compile(r"\$(\w+)")


class StatementFormError(ValueError):
    """A Cypher file is missing, or not in the form that this module reads."""


@dataclass(frozen=True)
class Statement:
    """One Cypher file."""

    name: str
    """Its path below cypher/ without the ending: 'tutorial/followees'."""
    title: str
    """A sentence that says what it returns or does."""
    needs: tuple[str, ...]
    """The files that must have run before it."""
    samples: dict[str, str]
    """Its parameters, each with a sample value written in Cypher."""
    text: str
    """The whole file, header and all."""

    @property
    def parts(self) -> list[str]:
        """The statements of the text; only schema files hold more than one."""
        return [part for part in re.split(r";\s*$", self.text, flags=re.MULTILINE) if _code(part).strip()]


@cache
def load(name: str) -> Statement:
    """The statement in the file cypher/<name>.cypher. Raises StatementFormError."""
    path = FOLDER / f"{name}.cypher"
    try:
        return parse(name, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StatementFormError(f"cypher/{name}.cypher: there is no such file") from None


def pasteable(name: str, values: Mapping[str, object]) -> str:
    """The text of a statement with these values in place of its parameters, to paste into Neo4j Browser.

    For people to run by hand: the engine gives values as parameters. Values are None, truths, numbers, strings and
    lists of those.
    """
    statement = load(name)
    body = "\n".join(line for line in statement.text.splitlines() if not PARAM.fullmatch(line))
    return re.sub(
        rf"{NO_CODE.pattern} | \$(?P<name>\w+)",
        lambda found: _literal(values[found["name"]]) if found["name"] else found[0],
        body,
        flags=re.VERBOSE | re.DOTALL,
    )


def _literal(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    if value is None:
        return "null"
    # JSON's strings, numbers and truths are Cypher's, too; beyond ASCII it escapes what a paste might spoil
    return json.dumps(value)


def names() -> list[str]:
    """The names of all statements, sorted."""
    paths = (path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.cypher"))
    return sorted(filter(is_statement, paths))


def is_statement(name: str) -> bool:
    """Whether the Cypher file of this name is a statement."""
    return name != PARAMS and not name.startswith(FRAGMENTS)


def parse(name: str, text: str) -> Statement:
    """The statement that a file's text is. Raises StatementFormError with the file and what is wrong in it."""
    head = header(text)
    title = TITLE.fullmatch(head[0]) if head else None
    if title is None:
        raise StatementFormError(f"cypher/{name}.cypher:1: the first line must be '// A sentence on what it returns'")
    samples = {m["name"]: m["sample"] for line in head if (m := PARAM.fullmatch(line))}
    used = used_parameters(text)
    if undeclared := used - samples.keys():
        raise StatementFormError(f"cypher/{name}.cypher: uses but does not declare ${', $'.join(sorted(undeclared))}")
    if unused := samples.keys() - used:
        raise StatementFormError(f"cypher/{name}.cypher: declares but does not use ${', $'.join(sorted(unused))}")
    needs = tuple(m["file"] for line in head if (m := _NEEDS.fullmatch(line)))
    statement = Statement(name, title["title"], needs, samples, text)
    if len(statement.parts) != 1 and not name.startswith("schema/"):
        raise StatementFormError(f"cypher/{name}.cypher: must hold one statement, and no ';' at its end")
    return statement


def header(text: str) -> list[str]:
    """The comment that a file begins with, line by line."""
    return [*takewhile(lambda line: line.startswith("//") and not line.startswith("// fragment:"), text.splitlines())]


def used_parameters(text: str) -> set[str]:
    """The names of the parameters in a text of Cypher."""
    return set(_USED.findall(_code(text)))


def _code(text: str) -> str:
    return NO_CODE.sub(" ", text)
