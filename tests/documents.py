"""Tables of the Markdown documents, as tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUTSIDE = {".venv", "build", ".git"}


def text(name: str) -> str:
    """A document by its path below the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> list[Path]:
    """Every Markdown file of the repository."""
    return [path for path in sorted(ROOT.rglob("*.md")) if not OUTSIDE & {*path.relative_to(ROOT).parts}]


def table(name: str, first: str, *, number: int = 0) -> list[list[str]]:
    """The rows of a table, each as its cells without outer blanks: that whose first heading is `first`, and if several
    have it, the one of this number from 0. Fails if there is none."""
    found: list[list[list[str]]] = []
    is_inside = False
    for line in text(name).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            is_inside = False
        elif not is_inside:
            is_inside = True
            found.append([cells])
        elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            found[-1].append(cells)
    named = [rows[1:] for rows in found if rows[0][0] == first]
    assert len(named) > number, f"{name} has no table {number} of {first!r}"
    return named[number]


def tables(name: str, first: str) -> list[list[str]]:
    """The rows of all tables of a document whose first heading is `first`."""
    rows: list[list[str]] = []
    number = 0
    while True:
        try:
            rows += table(name, first, number=number)
        except AssertionError:
            assert number, f"{name} has no table of {first!r}"
            return rows
        number += 1


def coded(cell: str) -> list[str]:
    """What stands in a cell as code."""
    return re.findall(r"`([^`]+)`", cell)


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> list[tuple[str, str]]:
    """The links of a document that lead to files or anchors of the repository, each as its path and its anchor."""
    return re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", _prose(path))


def shell(path: Path) -> str:
    """The indented and fenced blocks of a document, and what stands as code in its sentences, a line each."""
    blocks = re.findall(r"^ *```.*?\n(.*?)^ *```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^    (.+)$", _prose(path), re.MULTILINE)
    return "\n".join([*blocks, *indented, *coded(_prose(path))])


def _prose(path: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
