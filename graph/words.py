"""The words of captions, folded as hashtags are, by which people mute them.

A word is letters, digits and underscores, with the marks upon them, and apostrophes within: don't is one word. In
scripts that put nothing between words, as Chinese, Japanese and Thai do, it is what stands between two other signs.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice

from graph.hashtags import MAX_CHARACTERS, folded, without_unseen

MOST = 2_000
MOST_CHARACTERS = 20_000
"""The most words of a caption that are kept, and their most characters together."""
READ_CHARACTERS = 100_000
"""The part of a caption in which words are looked for."""
MOST_MUTED = 200
"""The most words that a person can mute."""
MIN_LETTERS = 2
MAX_WORD_CHARACTERS = 100
"""The limits of a word that can be muted; of captions, longer ones are not kept."""
_APOSTROPHES = dict.fromkeys(map(ord, "`\u00b4\u02bb\u02bc\u2018\u2019\uff07"), "'")
_RAISED = dict.fromkeys(map(ord, "\u2122\u2120\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079"), " ")
"""Signs that stand after a word, and are letters or digits once they are folded: snow™, snow¹."""
_MODIFIERS = dict.fromkeys([*range(0x2B0, 0x300)], " ")
_SIGNS = {**_MODIFIERS, **_RAISED, **_APOSTROPHES}
_PLAIN = re.compile(r"[\t\n\r -~]*")
"""Texts of ASCII without what cannot be seen."""
_PLAIN_WORD = re.compile(r"[a-z0-9_'`]+")
_RUN = re.compile(rf"[^\s!-&(-/:-@\[-^{{-~]{{1,{MAX_CHARACTERS}}}")
"""What no blank and no sign of ASCII divides; normalization takes a time that grows with the square of its length."""


def words_of(caption: str) -> str:
    """The first MOST words of a caption, each once, with a blank before and after each: ' golden hour '.

    So a post says a word if this holds it between blanks. A caption without words gives ' '.
    """
    kept: dict[str, None] = {}
    size = 0
    for word in islice(_words(caption[:READ_CHARACTERS]), MOST):
        if word not in kept:
            kept[word] = None
            size += len(word)
        if size >= MOST_CHARACTERS:
            break
    return " ".join(("", *kept, ""))


def word(text: str) -> str | None:
    """The one word in a text; None if it has none or several, or a longer one. #Snow and snow! are snow."""
    found = list(islice(_words(text), 2)) if len(text) <= MAX_CHARACTERS else []
    return found[0] if len(found) == 1 else None


def is_short(text: str) -> bool:
    """True if a text has fewer letters and digits than a word that can be muted."""
    return sum(map(_is_letter, unicodedata.normalize("NFC", text))) < MIN_LETTERS


def _words(text: str) -> Iterator[str]:
    for run in _runs(text):
        bare = run.strip("'_")
        if 0 < len(bare) <= MAX_WORD_CHARACTERS:
            yield bare


def _runs(text: str) -> Iterator[str]:
    """The runs of signs of words, and of apostrophes."""
    if _PLAIN.fullmatch(text):
        yield from (run.replace("`", "'") for run in _PLAIN_WORD.findall(text.lower()))
        return
    for run in _RUN.findall(without_unseen(text).translate(_SIGNS)):
        if run.isascii():
            yield run.lower()
        else:
            yield from _word_signs().findall(folded(run))


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN"


@cache
def _word_signs() -> re.Pattern[str]:
    """Words in folded text: a sign of a word, then such signs and marks; compiled when a text first needs it."""
    marks = "".join(sign for sign in map(chr, range(0x300, 0x20000)) if unicodedata.category(sign) in ("Mn", "Mc"))
    return re.compile(rf"[\w'][\w'{re.escape(marks)}]*")
