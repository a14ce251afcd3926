"""Statements as texts for Neo4j Browser: with values in place of their parameters, or with the lines that set these.

Browser forgets its parameters whenever its page loads, so a link can open only a text that needs none. No text here has
a & or #, at which Browser would cut what a link brings.

Only for people: the engine passes parameters.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from cypher import NO_CODE, PARAM, load

_USE = re.compile(rf"{NO_CODE.pattern} | \$(?P<name>\w+)(?P<keys>(?:\.\w+)*)", re.VERBOSE | re.DOTALL)
_KEY = re.compile(r"\s*(?P<key>\w+):\s*")
_MAP = re.compile(r"head\(\[\{(?P<entries>.*)\}\]\)|\{(?P<inner>.*)\}", re.DOTALL)


class Code(str):
    """A value as Cypher, such as `timestamp()`."""


def pasteable(name: str, values: Mapping[str, Any]) -> str:
    """The text of a statement with values in place of its parameters; of a map only the entries that it uses.

    Values are None, booleans, numbers, strings, lists and maps.
    """
    body = "\n".join(line for line in load(name).text.splitlines() if not PARAM.fullmatch(line))
    return _USE.sub(lambda found: _literal(_entry(values, found)) if found["name"] else found[0], body)


def sampled(name: str, me: str | None = None) -> str:
    """The text of a statement with its samples in place of its parameters, for another person than that of the samples
    if `me` is given."""
    samples = {key: _sample(sample) for key, sample in load(name).samples.items()}
    return pasteable(name, samples if me is None else _of_person(samples, me))


def parameters(name: str, values: Mapping[str, Any]) -> str:
    """The lines that set the parameters of a statement in Neo4j Browser."""
    return "".join(f":param {key} => {_set(values[key])};\n" for key in load(name).samples)


def _set(value: object) -> str:
    """A value as Browser may set a parameter to it: of a map alone, it would make all numbers floats."""
    return f"head([{_literal(value)}])" if isinstance(value, Mapping) else _literal(value)


def _entry(values: Mapping[str, Any], found: re.Match[str]) -> Any:
    value = values[found["name"]]
    for key in found["keys"].split(".")[1:]:
        value = value.get(key) if isinstance(value, Mapping) else Code(f"{_literal(value)}.{key}")
    return value


def _literal(value: object) -> str:
    if isinstance(value, Code):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_literal(item)}' for key, item in value.items())}}}"
    if value is None:
        return "null"
    # JSON literals are valid Cypher, and escape the characters beyond ASCII that a paste might garble
    return json.dumps(value).replace("&", r"\u0026").replace("#", r"\u0023")


def _of_person(samples: Mapping[str, Any], me: str) -> dict[str, Any]:
    return {
        key: me if key == "me" else {**value, "me": me} if isinstance(value, Mapping) and "me" in value else value
        for key, value in samples.items()
    }


def _sample(text: str) -> Any:
    """A sample as a map of samples, if it is a map, or else as it stands."""
    found = _MAP.fullmatch(text)
    if found is None:
        return Code(text)
    entries, keys = {}, found["entries"] or found["inner"] or ""
    for entry in _split(keys):
        if (key := _KEY.match(entry)) is not None:
            entries[key["key"]] = _sample(entry[key.end() :])
    return entries


def _split(text: str) -> list[str]:
    """The parts of a text between the commas that are in no bracket and no string."""
    parts, depth, begin = [], 0, 0
    for token in re.finditer(r"'(?:\\.|[^'\\])*'|[\[({]|[\])}]|,", text):
        if token[0] == "," and depth == 0:
            parts.append(text[begin : token.start()])
            begin = token.end()
        elif len(token[0]) == 1 and token[0] != ",":
            depth += 1 if token[0] in "[({" else -1
    return [*parts, text[begin:]]
