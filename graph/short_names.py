"""Names within sentences, short enough to read: a person or a hashtag may be called by thousands of letters."""

import re
import unicodedata

from graph import hashtags
from graph.code_points import EMOJI_MODIFIER, characters

MAX_CHARACTERS = 60
"""The most characters of a name in a sentence, with the ellipsis."""
_JOINER = "\u200d"
_VIRAMA = 9
"""The combining class of signs that join the letters before and after them."""
_CONTINUES = re.compile(rf"[{characters(EMOJI_MODIFIER)}\u1160-\u11ff]")
"""Skin tones, and the vowels and finals of Hangul; marks and what cannot be seen continue a sign, too."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]+\\Z")
"""Letters of flags, of which two make one."""


def short(name: str) -> str:
    """A name as it stands in sentences: cut with an ellipsis if it is long, but not within what is seen as one sign."""
    if len(name) <= MAX_CHARACTERS:
        return name
    end = MAX_CHARACTERS - 1
    while end and not _may_end(name, end):
        end -= 1
    return f"{name[: end or MAX_CHARACTERS - 1].rstrip()}…"


def _may_end(name: str, end: int) -> bool:
    before, after = name[end - 1], name[end]
    if _continues(after) or before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return False
    flags = _FLAG.search(name[:end])
    return not (flags and _FLAG.match(after) and len(flags[0]) % 2)


def _continues(sign: str) -> bool:
    is_mark = unicodedata.category(sign).startswith("M")
    return is_mark or hashtags.is_unseen(sign) or _CONTINUES.match(sign) is not None
