"""Kinds of cells of the neutral format, and their parsers. Cells are text, whatever kind of file they come from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np

from graph import clock, hashtags, pictures, words
from graph.validation import MAX_INTEGER, MAX_KEY_BYTES, MEDIA_TYPES, MERGERS, SLASH_MARK, VISIBILITIES, WANTS

_FLOAT = re.compile(r"(-?[0-9]{1,40}(?:\.[0-9]{1,400})?)(?:[eE]([+-]?)([0-9]{1,3}))?")
"""A number as pandas, Spark and R write whole ones in columns of floats: 25000000.0, 2.5E7, 1e+05."""
_SPREADSHEET_ROUNDS = 10**11
"""Spreadsheets write numbers from here on as 1.23457E+15, without their last digits."""
WHOLE_FLOAT = re.compile(r"-?[0-9]+\.0")
_ROUNDED = re.compile(r"[+-]?(?:[0-9](?:[.,][0-9]+)?[eE]\+|[0-9]+[.,][0-9]+[eE]\+?)[0-9]+")
"""The notation in which spreadsheets, pandas and Java write large numbers without their last digits."""
_LIKE_ROUNDED = re.compile(r"\+|[0-9][.,][0-9]+[eE][0-9]")
"""Found in every text that _ROUNDED matches, and in a text that holds one."""
EXACT = 2**53
"""The limit below which a float holds every whole number exactly."""

Values = Sequence[Any]
"""A column of parsed cells; None for empty ones."""


@dataclass(frozen=True)
class Kind:
    """A kind of cell."""

    parse: Callable[[str], Any]
    """Parses a cell that is not empty. Raises ValueError with the reason if it is invalid."""
    parse_fast: Callable[[Sequence[str]], Values | None] = lambda cells: None
    """Parses a column without empty cells at once; None to fall back to cell by cell."""
    parts: tuple[str, ...] = ()
    """The fields that a value goes to, which is then a tuple; empty if it goes to the field of its column."""
    keeps_blanks: bool = False
    """True if blanks are a value; else a cell of blanks is empty."""
    is_long: bool = False
    """True for text that may be long."""
    sql: str = "VARCHAR"
    """Type of its column in a staging table."""

    def parse_all(self, cells: Sequence[str]) -> Values:
        """Parses a column. Raises ValueError if a cell is invalid."""
        given = cells if all(cells) else [cell for cell in cells if cell]
        values = self.parse_fast(given)
        if values is None:
            made = {cell: value_of(self, cell) for cell in set(given)}  # equal cells are parsed once
            values = [made[cell] for cell in given]
        if len(given) == len(cells):
            return values
        rest = iter(values)
        return [next(rest) if cell else None for cell in cells]


def value_of(kind: Kind, cell: str) -> Any:
    """The value of a cell, None if it is empty. Raises ValueError with the reason if it is invalid."""
    if not cell or (not kind.keeps_blanks and cell.isspace()):
        return None
    if not cell.isascii():
        _require_utf8(cell)
    return kind.parse(cell)


def _require_utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("is not UTF-8") from None


def _key(what: str, value: str) -> str:
    if len(value.encode()) > MAX_KEY_BYTES:
        raise ValueError(f"{what} has more than {MAX_KEY_BYTES} bytes")
    if SLASH_MARK in value:
        raise ValueError(f"{what} has the private-use character U+E000")
    return value


def _id(cell: str) -> str:
    return _written_id(_unrounded(cell.strip()))


def _written_id(cell: str) -> str:
    return _key("an id", cell.strip())


def _unrounded(text: str) -> str:
    """The text. Raises ValueError for a number whose last digits a spreadsheet dropped."""
    if _ROUNDED.fullmatch(text):
        raise ValueError(f"{text[:60]!r} was rounded by a spreadsheet: export the column as text")
    return text


def _whole_id(cell: str) -> str:
    """An id of a column of floats, without the fraction."""
    if not WHOLE_FLOAT.fullmatch(text := cell.strip()):
        return _id(cell)
    digits = text.partition(".")[0]
    if len(digits) > len(str(EXACT)) + 1 or abs(int(digits)) >= EXACT:
        raise ValueError(f"{text[:60]!r} is a float too large to be exact: export the column as text")
    return digits


def _plain_ids(cells: Sequence[str]) -> Values | None:
    return None if _LIKE_ROUNDED.search("".join(cells)) else _plain_written_ids(cells)


def _plain_written_ids(cells: Sequence[str]) -> Values | None:
    text = "".join(cells)
    plain = text.isascii() and text.isprintable() and " " not in text
    return cells if plain and max(map(len, cells), default=0) <= MAX_KEY_BYTES else None


def _unchanged_texts(cells: Sequence[str]) -> Values:
    text = "".join(cells)
    if not text.isascii():
        _require_utf8(text)
    return cells


def _hashtag(cell: str) -> tuple[str, str]:
    name = _key("a hashtag", hashtags.name(cell))
    if not name:
        raise ValueError(f"{cell[:60]!r} holds no hashtag")
    return name, _key("a hashtag", hashtags.display(cell))


def _muted_word(cell: str) -> str:
    if (word := words.word(cell)) is None:
        raise ValueError(f"{cell[:60]!r} is not one word")
    if words.is_short(cell):
        raise ValueError(f"{cell[:60]!r} is one letter: a muted word has at least {words.MIN_LETTERS}")
    return word


def _caption(cell: str) -> tuple[str, str]:
    return cell, words.words_of(cell)


def _time(cell: str, advice: str = ": if it counts from 1970, name its unit, --times s, ms, us or ns") -> int:
    text = cell.strip()
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        if clock.is_number(text) or _is_double(text):
            raise ValueError(f"{text[:60]!r} is not an ISO 8601 time but a number{advice}") from None
        _unrounded(text)
        raise ValueError(f"{cell[:60]!r} is not an ISO 8601 time such as 2024-05-01T12:30:00Z") from None


def _is_double(text: str) -> bool:
    """Returns True for a number with an exponent, as Spark writes doubles: 1.7145666E9."""
    found = _FLOAT.fullmatch(text)
    return found is not None and found[3] is not None and found[2] != "+"


def _epoch(unit: clock.Unit, cell: str) -> int:
    """The time of a cell that counts units since 1970, or is ISO 8601."""
    text = cell.strip()
    if _is_double(text):
        text = _whole(text)
    if not clock.is_number(text):
        return _time(cell)
    try:
        return clock.from_epoch(text, unit)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text[:60]!r} counted in {unit} since 1970 is outside the years 1 to 9999: is that its unit?"
        ) from None


def epoch_times(unit: clock.Unit) -> Kind:
    """The kind of cells that hold a number of units since 1970, or ISO 8601."""
    return replace(TIME, parse=partial(_epoch, unit))


def _utc_times(cells: Sequence[str]) -> Values | None:
    """Parses times written as 2024-05-01T12:30:00Z, the form of most exports; None if any has another form."""
    text = "".join(cells)
    if len(text) != 20 * len(cells) or not text.isascii() or set(map(len, cells)) - {20}:
        return None
    signs = np.frombuffer(text.encode(), np.uint8).reshape(-1, 20)
    digits = signs[:, (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)]
    if (signs[:, (4, 7, 10, 13, 16, 19)] != np.frombuffer(b"--T::Z", np.uint8)).any() or ((digits - 48) > 9).any():
        return None
    try:
        moments = np.ascontiguousarray(signs[:, :19]).view("S19").astype("datetime64[ms]")
    except ValueError:  # the 30th of February
        return None
    first = np.datetime64("0001-01-01", "ms")
    return None if (moments < first).any() else moments.astype(np.int64).ravel().tolist()


def _count(cell: str) -> int:
    digits = _whole(cell.strip()).lstrip("0") or "0"
    if not digits.isdecimal() or len(digits) > len(str(MAX_INTEGER)) or int(digits) > MAX_INTEGER:
        raise ValueError(f"{cell[:60]!r} is not a whole number from 0 to {MAX_INTEGER}")
    return int(digits)


def _whole(text: str) -> str:
    """The digits of a whole number that is written as a float; other text unchanged.

    Raises ValueError for one that is too large to be exact, or that a spreadsheet rounded.
    """
    if text.isdecimal() or not (found := _FLOAT.fullmatch(text)):
        return _unrounded(text)
    value = Decimal(text)
    if not value or value.adjusted() > len(str(EXACT)):
        return "0" if not value else _unrounded(text)
    if value != (whole := value.to_integral_value()):
        return text
    if found[2] == "+" and whole >= _SPREADSHEET_ROUNDS:
        return _unrounded(text)
    if whole >= EXACT:
        raise ValueError(f"{text[:60]!r} is a float too large to be exact: export the column as text")
    return str(int(whole))


_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _truth(cell: str) -> bool:
    text = cell.strip().lower()
    try:
        return _TRUTHS[text if text in _TRUTHS else _whole(text)]
    except (KeyError, ValueError):
        raise ValueError(f"{cell[:60]!r} is neither true nor false") from None


def _vector(cell: str) -> tuple[str, str]:
    vector = pictures.from_text(cell)
    return ";".join(f"{number:.9g}" for number in vector.tolist()), pictures.to_bytes(vector)


def _word(known: Sequence[str], cell: str) -> str:
    if (value := cell.strip().lower()) not in known:
        raise ValueError(f"{cell[:60]!r} is not one of {', '.join(known)}")
    return value


ID = Kind(_id, _plain_ids)
WRITTEN_ID = Kind(_written_id, _plain_written_ids)
"""The kind of ids that stay as they are written, also those that look like floats or rounded numbers."""
WHOLE_ID = Kind(_whole_id)
"""The kind of ids in a column where all end in .0."""
TEXT = Kind(str, _unchanged_texts, keeps_blanks=True, is_long=True)
CAPTION = Kind(_caption, parts=("caption", "words"), keeps_blanks=True, is_long=True)
HASHTAG = Kind(_hashtag, parts=("hashtag", "display"))
VARIANT_OF = Kind(_hashtag, parts=("variantOf", "variantOfDisplay"))
SPELLINGS = {"hashtag": "display", "variantOf": "variantOfDisplay"}
"""The fields with names of hashtags, and those with the spellings that people see."""
MUTED_WORD = Kind(_muted_word)
TIME = Kind(_time, _utc_times, sql="BIGINT")
TIME_OF_ADAPTER = replace(TIME, parse=partial(_time, advice=""))
"""Times from adapters, for which no unit can be named."""
TIME_OF_FRAME = replace(
    TIME, parse=partial(_time, advice=": if it counts from 1970, name its unit, times='s', 'ms', 'us' or 'ns'")
)
COUNT = Kind(_count, sql="BIGINT")
TRUTH = Kind(_truth, sql="BOOLEAN")
MARK = Kind(lambda cell: _truth(cell) or None, sql="BOOLEAN")
"""True, or not set."""
MEDIA_TYPE = Kind(partial(_word, MEDIA_TYPES))
VISIBILITY = Kind(partial(_word, VISIBILITIES))
WANT = Kind(partial(_word, WANTS))
MODEL = Kind(lambda cell: _key("the name of a model", cell.strip()))
VECTOR = Kind(_vector, parts=("vector", "numbers"), is_long=True)
"""A vector of a picture: its numbers, separated by semicolons as in Neo4j's import, and in bytes."""
MERGER = Kind(partial(_word, MERGERS))
