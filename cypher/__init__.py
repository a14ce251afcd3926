"""The statements, one a file, loaded by name.

A file begins with its title, then the files to run before it, then its parameters, each with a sample value, so that it
runs unchanged in Neo4j Browser after params.cypher was pasted:

    // The posts of people I follow, the best first
    // needs: tutorial/project_followees
    // :param me => '42'
    // ---- 1. My followees
    MATCH (me:User {id: $me}) …

Files of more than 80 lines have a numbered heading for each stage. Blocks that several files hold are kept in
fragments/, see fragments.py; those are not statements.

This module does not use a database. A file that breaks this form, or whose declared parameters are not those it uses,
raises a StatementFormError with its name.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import takewhile
from pathlib import Path

FOLDER = Path(__file__).parent
PARAMS = "params"  # not a statement: the samples of all parameters, for Neo4j Browser
FRAGMENTS = "fragments/"  # not statements either: blocks of Cypher that are written into several of them

TITLE = re.compile(r"// (?P<title>[A-Z].*\S)")
HEADING = re.compile(r"\s*// ---- (?P<number>\d+)\. \S")
_NEEDS = re.compile(r"// needs: (?P<file>[\w/]+)")
PARAM = re.compile(r"// :param (?P<name>\w+) => (?P<sample>.+)")
NO_CODE = re.compile(
    r"""'(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*` | //[^\n]* | /\*.*?\*/""", re.VERBOSE | re.DOTALL
)
_BODY = re.compile(rf"{HEADING.pattern}|// fragment:")
_USED = re.compile(r"\$(\w+)")
_CHANGES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|db\.create\.\w+)\b")


class StatementFormError(ValueError):
    """A Cypher file is missing, or does not have the form that this module reads."""


@dataclass(frozen=True)
class Statement:
    """One Cypher file."""

    name: str
    """Its path below cypher/ without the suffix: 'tutorial/followees'."""
    title: str
    """What it returns or does: the first sentence of its comment."""
    needs: tuple[str, ...]
    """The files to run before it."""
    samples: dict[str, str]
    """Its parameters, each with a sample value written in Cypher."""
    text: str
    """The whole file, with its header."""

    @cached_property
    def changes_graph(self) -> bool:
        """True if it writes to the graph; a statement that projects it for GDS only takes memory."""
        return _CHANGES.search(_code(self.text)) is not None

    @property
    def parts(self) -> list[str]:
        """The statements of the file; only schema files hold more than one."""
        return [part for part in re.split(r";\s*$", self.text, flags=re.MULTILINE) if _code(part).strip()]


@cache
def load(name: str) -> Statement:
    """The statement in the file cypher/<name>.cypher. Raises StatementFormError."""
    path = FOLDER / f"{name}.cypher"
    try:
        return parse(name, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StatementFormError(f"cypher/{name}.cypher: no such file") from None


def names() -> list[str]:
    """The names of all statements, sorted."""
    paths = (path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.cypher"))
    return sorted(filter(is_statement, paths))


def is_statement(name: str) -> bool:
    """True if the Cypher file of this name is a statement."""
    return name != PARAMS and not name.startswith(FRAGMENTS)


def parse(name: str, text: str) -> Statement:
    """Parses the text of a file. Raises StatementFormError with the file and the problem."""
    head = header(text)
    if not head or not TITLE.fullmatch(head[0]):
        raise StatementFormError(f"cypher/{name}.cypher:1: the first line must be '// A sentence on what it returns'")
    samples = {m["name"]: m["sample"] for line in head if (m := PARAM.fullmatch(line))}
    used = used_parameters(text)
    if undeclared := used - samples.keys():
        raise StatementFormError(f"cypher/{name}.cypher: uses but does not declare ${', $'.join(sorted(undeclared))}")
    if unused := samples.keys() - used:
        raise StatementFormError(f"cypher/{name}.cypher: declares but does not use ${', $'.join(sorted(unused))}")
    needs = tuple(m["file"] for line in head if (m := _NEEDS.fullmatch(line)))
    statement = Statement(name, _title(head), needs, samples, text)
    if len(statement.parts) != 1 and not name.startswith("schema/"):
        raise StatementFormError(f"cypher/{name}.cypher: must hold one statement, and no ';' at its end")
    return statement


def _title(head: list[str]) -> str:
    """The first sentence of a header; it may go on in the next lines."""
    told = takewhile(lambda line: not (_NEEDS.fullmatch(line) or PARAM.fullmatch(line)), head)
    return re.split(r"[.](?= |$)", " ".join(line.removeprefix("//").strip() for line in told), maxsplit=1)[0]


def header(text: str) -> list[str]:
    """The lines of the comment that a file begins with, up to its first heading or block."""
    return [*takewhile(lambda line: line.startswith("//") and not _BODY.match(line), text.splitlines())]


def used_parameters(text: str) -> set[str]:
    """The names of the parameters in a text of Cypher."""
    return set(_USED.findall(_code(text)))


def _code(text: str) -> str:
    return NO_CODE.sub(" ", text)
