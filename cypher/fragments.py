"""Blocks of Cypher that several files hold: each is kept once, and written between two markers in every file.

    WHERE
      // fragment: people (person=author)
      (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
      …
      // end fragment

This block is cypher/fragments/people.cypher without its title, its variable `person` renamed to `author`, indented like
the marker. A type or label is renamed with its colon: (:SIMILAR=:SIMILAR_NEW). A block with a slash in its name, as
`tutorial/followees`, is that statement without its header and its numbered headings. Fragments may hold blocks
themselves, whose markers stay in the fragment. The headers of statements are completed, too: they declare the
parameters that are used, with the samples of params.cypher.

Files are named by their path below cypher/ without the suffix. A file that cannot be completed is a StatementFormError.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cypher import (
    FOLDER,
    FRAGMENTS,
    HEADING,
    NO_CODE,
    PARAM,
    PARAMS,
    TITLE,
    StatementFormError,
    header,
    is_statement,
    used_parameters,
)

REMEDY = "run python -m cypher --write"
OWN_SAMPLE = "rows"
"""The parameter that has a sample of its own in each file; params.cypher holds one that fits all."""

_PAIR = r"(?:\w+=\w+|:\w+=:\w+)"
_BEGIN = re.compile(
    rf"(?P<indent> *)// fragment: (?P<name>[\w/]+)( \((?P<renamed>{_PAIR}(, {_PAIR})*)\))?(, (?P<remark>.+))?"
)
_END = re.compile(r" *// end fragment")
_MARKER = re.compile(r"\s*//\s*(end )?fragment\b")
_SAMPLE = re.compile(r":param (?P<name>\w+) => (?P<sample>.+);")
# A variable, not a parameter, property or map key (a name after `..` is a variable); or a type or label after its colon
_NAME = re.compile(
    rf"{NO_CODE.pattern} | (?P<name> (?<![\w$:]) (?<!(?<!\.)\.) [A-Za-z_]\w*\b (?!:\s) | :[A-Za-z_]\w* )",
    re.VERBOSE | re.DOTALL,
)

Files = Mapping[str, str]
"""The text of each file by its name."""


@dataclass(frozen=True)
class Block:
    """The lines between two markers."""

    file: str
    name: str
    renamed: dict[str, str]
    """The fragment's variables, types and labels that have another name here."""
    indent: str
    begin: int
    """The index of the first marker among the file's lines."""
    end: int

    @property
    def source(self) -> str:
        """The file that the block is a copy of."""
        return self.name if "/" in self.name else FRAGMENTS + self.name

    def error(self, problem: str) -> StatementFormError:
        return StatementFormError(f"cypher/{self.file}.cypher:{self.begin + 1}: fragment '{self.name}' {problem}")


def read() -> dict[str, str]:
    """Reads all Cypher files, sorted by name."""
    paths = sorted(FOLDER.rglob("*.cypher"))
    return {path.relative_to(FOLDER).with_suffix("").as_posix(): path.read_text(encoding="utf-8") for path in paths}


def complete(files: Files) -> dict[str, str]:
    """The files with every block filled and every header completed. Raises StatementFormError."""
    given = samples(files[PARAMS])
    texts = {name: _join(_filled(files, name, (name,))) for name in files}
    statements = [name for name in files if is_statement(name)]
    if unused := given.keys() - {parameter for name in statements for parameter in used_parameters(texts[name])}:
        raise StatementFormError(f"cypher/{PARAMS}.cypher: no file uses ${', $'.join(sorted(unused))}: delete the line")
    return texts | {name: _with_header(name, texts[name], given) for name in statements}


def differences(files: Files) -> list[str]:
    """Problems of outdated blocks and headers, each with its remedy. Raises StatementFormError."""
    found = []
    for name, text in complete(files).items():
        lines = files[name].splitlines()
        for block in blocks(name, files[name]):
            if lines[block.begin + 1 : block.end] != _content(files, block, (name,)):
                found.append(str(block.error(f"differs: edit cypher/{block.source}.cypher, then {REMEDY}")))
        if header(text) != header(files[name]):
            found.append(f"cypher/{name}.cypher:1: the header does not declare the parameters in use: {REMEDY}")
    return found


def blocks(name: str, text: str) -> list[Block]:
    """The blocks of a file. Raises StatementFormError."""
    found = []
    begun: Block | None = None
    for index, line in enumerate(text.splitlines()):
        here = f"cypher/{name}.cypher:{index + 1}"
        if begin := _BEGIN.fullmatch(line):
            if begun:
                raise begun.error(f"has no '// end fragment' before line {index + 1}")
            renamed = dict(re.findall(r"(:?\w+)=(:?\w+)", begin["renamed"] or ""))
            begun = Block(name, begin["name"], renamed, begin["indent"], index, index)
        elif _END.fullmatch(line):
            if not begun:
                raise StatementFormError(f"{here}: '// end fragment' without a '// fragment: NAME' before it")
            found.append(replace(begun, end=index))
            begun = None
        elif _MARKER.match(line):
            raise StatementFormError(
                f"{here}: not a marker: write '// fragment: NAME (old=new), remark' or '// end fragment'"
            )
    if begun:
        raise begun.error("has no '// end fragment'")
    return found


def samples(params: str) -> dict[str, str]:
    """The sample of each parameter in the text of params.cypher. Raises StatementFormError."""
    found: dict[str, str] = {}
    for number, line in enumerate(params.splitlines(), start=1):
        if line.startswith("//"):
            continue
        sample = _SAMPLE.fullmatch(line)
        if sample is None or sample["name"] in found:
            raise StatementFormError(f"cypher/{PARAMS}.cypher:{number}: not ':param NAME => SAMPLE;', or a second one")
        found[sample["name"]] = sample["sample"]
    return found


def rename(text: str, renamed: Mapping[str, str]) -> str:
    """Cypher with other names for some of its variables, and for types and labels, which are given with their colon."""
    return _NAME.sub(lambda found: renamed.get(found["name"], found[0]), text)


def _filled(files: Files, name: str, within: tuple[str, ...], *, marked: bool = True) -> Iterator[str]:
    """The lines of a file with its blocks filled; `within` is the files that include one another down to it."""
    lines = files[name].splitlines()
    start = 0
    for block in blocks(name, files[name]):
        yield from lines[start : block.begin + marked]
        yield from _content(files, block, within)
        start = block.end + (not marked)
    yield from lines[start:]


def _content(files: Files, block: Block, within: tuple[str, ...]) -> list[str]:
    """The lines to write into a block."""
    source = block.source
    if source not in files:
        raise block.error(f"is unknown: cypher/{source}.cypher does not exist")
    if source in within:
        raise block.error(f"holds itself: {' > '.join([*within, source])}")
    if not TITLE.match(files[source]):
        raise StatementFormError(f"cypher/{source}.cypher:1: the first line must be '// A sentence on what it is'")
    lines = [*_filled(files, source, (*within, source), marked=False)][len(header(files[source])) :]
    text = "\n".join(line for line in lines if not HEADING.match(line))
    if unknown := block.renamed.keys() - {found["name"] for found in _NAME.finditer(text)}:
        raise block.error(f"has no variable {', '.join(sorted(unknown))}")
    return [line and block.indent + line for line in rename(text, block.renamed).split("\n")]


def _with_header(name: str, text: str, given: Mapping[str, str]) -> str:
    """A statement's text with a header that declares the parameters in use, new ones last."""
    used = used_parameters(text)
    if unknown := used - given.keys():
        lacking = ", $".join(sorted(unknown))
        raise StatementFormError(f"cypher/{name}.cypher: no sample of ${lacking}: add it to cypher/{PARAMS}.cypher")
    head = header(text)
    declared = {found["name"]: line for line in head if (found := PARAM.fullmatch(line))}
    wanted = {
        parameter: f"// :param {parameter} => {sample}" for parameter, sample in given.items() if parameter in used
    }
    if OWN_SAMPLE in used & declared.keys():
        wanted[OWN_SAMPLE] = declared[OWN_SAMPLE]
    ordered = sorted(wanted, key=lambda parameter: [*declared, *wanted].index(parameter))
    others = [line for line in head if line not in declared.values()]
    return _join([*others, *(wanted[parameter] for parameter in ordered), *text.splitlines()[len(head) :]])


def _join(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
