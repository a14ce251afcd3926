"""The words of captions, folded as hashtags are, by which people mute them.

A word is letters, digits and underscores, with the marks upon them, and apostrophes within: don't is one word. In
scripts that put nothing between words, as Chinese, Japanese and Thai do, it is what stands between two other signs.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby, islice

from graph.hashtags import MAX_CHARACTERS, folded

MOST = 2_000
"""The most words of a caption that are kept."""
MOST_MUTED = 200
"""The most words that a person can mute."""
MIN_CHARACTERS = 2
MAX_WORD_CHARACTERS = 100
"""The limits of a word that can be muted; of captions, longer ones are not kept."""
_PLAIN = re.compile(r"[\t\n\r -~]*")
"""Texts of ASCII without what cannot be seen."""
_PLAIN_RUN = re.compile(r"[a-z0-9_']+")
_APOSTROPHES = str.maketrans("\u2019\u02bc", "''")
_PIECE = re.compile(rf"\S{{1,{MAX_CHARACTERS}}}")


def words_of(caption: str) -> str:
    """The first MOST words of a caption, each once, with a blank before and after each: ' golden hour '.

    So a post says a word if this holds it between blanks. A caption without words gives ' '.
    """
    return " ".join(("", *dict.fromkeys(islice(_words(caption), MOST)), ""))


def word(text: str) -> str | None:
    """The one word in a text; None if it has none or several, or a longer one. #Snow and snow! are snow."""
    found = list(islice(_words(text), 2))
    return found[0] if len(found) == 1 else None


def _words(text: str) -> Iterator[str]:
    for run in _runs(text):
        bare = run.strip("'")
        if 0 < len(bare) <= MAX_WORD_CHARACTERS:
            yield bare


def _runs(text: str) -> Iterator[str]:
    """The runs of signs of words, and of apostrophes."""
    if _PLAIN.fullmatch(text):
        yield from _PLAIN_RUN.findall(text.lower())
        return
    for piece in _PIECE.finditer(text):  # normalization takes a time that grows with the square of a text's length
        signs = groupby(folded(piece[0]).translate(_APOSTROPHES), _is_of_word)
        yield from ("".join(run) for is_word, run in signs if is_word)


@cache
def _is_of_word(sign: str) -> bool:
    return sign in "_'" or unicodedata.category(sign)[0] in "LMN"
