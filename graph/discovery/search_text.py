"""The text that somebody searches for, as a query for Lucene and as a pattern for names.

No index folds accents: the analyzer of Neo4j that does loses words such as "will" and "the". So the query does, with a
regular expression for each word, in which a letter stands for all that are written like it: zoe finds Zoë, and Zoë
finds zoe. A word has letters, digits, underscores, marks and, between them, apostrophes and dots, as Lucene's tokens
have (UAX 29). Chinese characters and Hiragana are tokens by themselves, so a run of them is a phrase. All else divides
words, emoji too: nothing in a text is an operator of Lucene, and the only wildcard is the end of the last word.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from graph.errors import SettingsError
from graph.hashtags import without_unseen
from graph.validation import check_text

Kind = Literal["people", "posts"]
KINDS: tuple[Kind, ...] = ("people", "posts")
SIGNS: dict[str, Kind] = {"@": "people", "#": "posts"}
"""Signs in front of a text, and the kind that each asks for."""
MAX_CHARACTERS = 200
MAX_WORDS = 10
"""The limits of a text: with more, a person has pasted something."""
MAX_WORD_CHARACTERS = 50
"""Of longer words, the beginning is searched for."""
MIN_PREFIX = 2
"""The least letters of a word that may be a beginning, but one sign of Chinese, Kana or Hangul."""
EXACT_BOOST = 2
"""The weight of a word that is written exactly so, beside those that are written like it or begin so."""

_PHRASE = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
"""Scripts each of whose characters is a token: Chinese characters and Hiragana."""
_APOSTROPHES = "'\u2019\u02bc\uff07`"
_ALPHABETS = ((0x41, 0x78F), (0x1D00, 0x1FFF))
"""Code points of scripts whose letters have accents or vowel signs upon them that people leave out."""
_ACCENTS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0640"
_UNLIKE = dict(
    zip("\u00f8\u0142\u0111\u00f0\u0131\u0127\u0167\u00e6\u0153\u00fe", "o l d d i h t ae oe th".split(), strict=True)
)
"""Letters that Unicode does not decompose, øłđðıħŧæœþ, and what people type for them."""
_PAIRS = {"ss": "\u00df", "ae": "\u00e6", "oe": "\u0153", "th": "\u00fe"}
_LAST_ALIKE = 0x20000
"""Code points below it may be written like a letter, as those of mathematics are."""
_NO_WORD = r"[\p{L}\p{N}\p{M}]"


@dataclass(frozen=True)
class SearchText:
    """What is searched for, in three forms."""

    kinds: tuple[Kind, ...]
    query: str
    """For a full-text index of Neo4j: all words must be found, the last one may be a beginning."""
    pattern: str
    """A regular expression of Java for lower-case names: the same, and each word also after a sign within a name."""
    username: str
    """In lower case, to be compared with whole usernames."""
    words: tuple[str, ...] = ()
    """The words, each once."""


def search_text(
    text: str, kind: Kind | None = None, spellings: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> SearchText:
    """The forms of a text. `spellings` has words that are found in place of one, too. Raises SettingsError if it has no
    word, or is too long."""
    bare, words = _bare(text)
    *whole, last = words
    goes_on = len(last) >= MIN_PREFIX or _is_of_few_letters(last)
    # A word that stands twice asks for no more, and each takes time
    needed = [(word, False) for word in {folded(word): word for word in reversed(whole)}.values()][::-1]
    is_said = folded(last) in map(folded, whole)
    if not is_said and (goes_on or not whole):
        needed.append((last, goes_on))
    query = " ".join(
        f"+({' '.join([*_alternatives(word, is_open), *_others(spellings.get(word, ()))])})" for word, is_open in needed
    )
    return SearchText(
        kinds=_kinds(bare, kind),
        # The first letter of a further word leaves out nobody yet
        query=query if is_said or (last, goes_on) in needed else f'{query} "{last}"^{EXACT_BOOST}',
        pattern=f"(?s){''.join(_lookahead(word, is_open) for word, is_open in needed)}.*",
        username=bare.lstrip("@#").strip().lower(),
        words=tuple(dict.fromkeys(words)),
    )


def _bare(text: str) -> tuple[str, list[str]]:
    """A text without what cannot be seen, and its words. Raises SettingsError."""
    check_text("The text to search for", text)
    if not text.strip():
        raise SettingsError("The text to search for is empty.", "Give a name or a word.")
    if len(text) > MAX_CHARACTERS:
        raise SettingsError(f"The text to search for has more than {MAX_CHARACTERS} characters.", "Shorten it.")
    bare = without_unseen(text).strip()
    words = [word[:MAX_WORD_CHARACTERS] for word in _words(bare)]
    if not words:
        raise SettingsError(f"{text[:60]!r} has no letter and no digit.", "Give a name or a word.")
    if len(words) > MAX_WORDS:
        raise SettingsError(f"The text to search for has more than {MAX_WORDS} words.", "Leave some out.")
    return bare, words


def _kinds(text: str, kind: Kind | None) -> tuple[Kind, ...]:
    asked = kind or SIGNS.get(text[:1])
    return KINDS if asked is None else (asked,)


def _words(text: str) -> Iterator[str]:
    for run in _word_signs().findall(unicodedata.normalize("NFC", text)):
        for part in re.split(f"([{_PHRASE}]+)", run):
            if any(unicodedata.category(sign)[0] in "LN" for sign in part):
                yield part.strip(f".{_APOSTROPHES}")


def _alternatives(word: str, goes_on: bool) -> Iterator[str]:
    """The clauses of a word, one of which must be found."""
    goes_on = goes_on or len(word) == MAX_WORD_CHARACTERS  # it was cut
    if not _is_phrase(word):
        yield f"/{_expression(word)}{'.*' if goes_on else ''}/"
    yield f'"{word}"^{EXACT_BOOST}'


def _others(spellings: Sequence[str]) -> Iterator[str]:
    """The clauses of other spellings of a word, those that are words themselves."""
    for spelling in spellings:
        if [*_words(spelling)] == [spelling]:
            yield f'"{spelling}"'


def _lookahead(word: str, goes_on: bool) -> str:
    """The condition of Java's that a text has a word."""
    if _is_phrase(word):
        return f"(?=.*{word})"
    goes_on = goes_on or len(word) == MAX_WORD_CHARACTERS  # it was cut
    end = "" if goes_on else f"(?!{_NO_WORD})"
    return f"(?=.*(?<!{_NO_WORD}){_expression(word)}{end})"


def _is_of_few_letters(word: str) -> bool:
    """True for scripts in which one sign may begin a name: Chinese characters, Kana and Hangul."""
    return re.match(rf"[{_PHRASE}\u30a0-\u30ff\uff66-\uff9f\u1100-\u11ff\uac00-\ud7af]", word) is not None


def _is_phrase(word: str) -> bool:
    return re.match(f"[{_PHRASE}]", word) is not None


def _expression(word: str) -> str:
    """A regular expression, of Lucene and of Java, for all that is written like a word."""
    plain, parts, place = folded(word), [], 0
    while place < len(plain):
        pair = plain[place : place + 2]
        letters = "".join(map(_letter, pair if pair in _PAIRS else pair[:1]))
        parts.append(f"({letters}|{_PAIRS[pair]})" if pair in _PAIRS else letters)
        place += 2 if pair in _PAIRS else 1
    return "".join(parts)


def _letter(sign: str) -> str:
    if sign in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    if sign in "._":
        return f"\\{sign}"
    alike = _alike().get(sign, "")
    has_accents = sign.isalpha() and any(low <= ord(sign) <= high for low, high in _ALPHABETS)
    return (f"[{sign}{alike}]" if alike else sign) + (f"[{_ACCENTS}]*" if has_accents else "")


def folded(text: str) -> str:
    """A text in lower case, without accents and the like, and with plain letters for fancy ones."""
    bare = re.sub(f"[{_ACCENTS}]", "", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(_UNLIKE.get(sign, sign) for sign in bare))


@cache
def _alike() -> dict[str, str]:
    """The letters and digits that are folded to each, as they stand in lower case."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for sign in map(chr, range(0x80, _LAST_ALIKE)):
        if sign.isalnum() and sign == sign.lower() and (plain := folded(sign)) != sign and len(plain) == 1:
            found[plain].append(sign)
    return {plain: "".join(signs) for plain, signs in found.items()}


@cache
def _word_signs() -> re.Pattern[str]:
    """Words: letters, digits, underscores and marks, and between two of them an apostrophe or a dot."""
    marks = "".join(sign for sign in map(chr, range(0x300, _LAST_ALIKE)) if unicodedata.category(sign) in ("Mn", "Mc"))
    sign = rf"[\w{re.escape(marks)}]"
    return re.compile(rf"{sign}+(?:[.{_APOSTROPHES}]{sign}+)*")
