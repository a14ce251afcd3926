"""Normalization of hashtags: spellings that look the same have the same name, and are the same hashtag.

What cannot be seen does not count, so that nobody evades a mute by it: a name is NFKC, case-folded, and without
default-ignorable code points (NFKC_Casefold of Unicode) and control characters. A zero-width joiner stays between two
pictographs alone, where it makes one of them: a family is not a woman and a girl. Variation selectors go, so ❤ is ❤️;
of a keycap, the digit and its frame U+20E3 stay. The flags of England, Scotland and Wales, which are spelled with
unseen tags, are all one black flag.

The sign # in a keycap, #️⃣, begins no hashtag.
"""

import re
import unicodedata

from graph.code_points import DEFAULT_IGNORABLE, EMOJI_MODIFIER, EXTENDED_PICTOGRAPHIC, characters

MAX_CHARACTERS = 4096
"""The limit of a spelling: Unicode's normalization takes a time that grows with the square of its length."""
KEYCAP = "\u20e3"
"""The frame around the sign before it."""
_JOINER = "\u200d"
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffc"
_UNSEEN = characters(DEFAULT_IGNORABLE) + _CONTROLS
_BLANK = r"\s\u2800"
_PICTOGRAPH = characters(EXTENDED_PICTOGRAPHIC)

_ONE_UNSEEN = re.compile(f"[{_UNSEEN}]")
_UNSEEN_BUT_JOINERS = re.compile(rf"(?!{_JOINER})[{_UNSEEN}]")
_JOINERS = re.compile(
    rf"(?<=[{_PICTOGRAPH}{characters(EMOJI_MODIFIER)}])({_JOINER}){_JOINER}*(?=[{_PICTOGRAPH}])|{_JOINER}"
)
"""Joiners; those between two pictographs are captured once."""
_AROUND = re.compile(rf"\A[#{_BLANK}]+|(?<![{_BLANK}])[{_BLANK}]+\Z")
_BEFORE_SHOWN = re.compile(rf"\A[#{_BLANK}{_UNSEEN}]+")
_OUTER = re.compile(f"[{_BLANK}{_UNSEEN}]")
_END_OF_EMOJI = re.compile(rf"(?<=[{_PICTOGRAPH}])[\ufe0e\ufe0f]?(?:[\U000e0020-\U000e007e]+\U000e007f)?")


class TooLong(ValueError):
    """A spelling is longer than MAX_CHARACTERS."""


def name(spelling: str) -> str:
    """The name that a hashtag is stored under; '' if the spelling holds no hashtag. A name is its own name.

    Raises TooLong.
    """
    _require_length(spelling)
    if spelling.isascii() and spelling.isalnum():
        return spelling.lower()
    name = _normalized(spelling)
    while name != (again := _normalized(name)):
        name = again
    return name


def display(spelling: str) -> str:
    """The spelling shown to people: NFKC, no leading #, and no blanks or unseen characters at its ends, but for those
    that end an emoji: a variation selector, or the tags of a flag.

    Raises TooLong.
    """
    _require_length(spelling)
    shown = _BEFORE_SHOWN.sub("", unicodedata.normalize("NFKC", spelling))
    end = len(shown)
    while end and _OUTER.fullmatch(shown[end - 1]):
        end -= 1
    of_emoji = _END_OF_EMOJI.match(shown, end)
    return shown[: of_emoji.end() if of_emoji else end]


def folded(text: str) -> str:
    """A text in the form of names, with its blanks: NFKC, case-folded, without what cannot be seen."""
    before = ""
    while text != before:
        before, text = text, unicodedata.normalize("NFKC", _seen(text).casefold())
    return text


def without_unseen(text: str) -> str:
    """A text without what cannot be seen, joiners among it."""
    return _ONE_UNSEEN.sub("", text)


def is_unseen(sign: str) -> bool:
    """Returns True for a character that cannot be seen; a joiner is one."""
    return _ONE_UNSEEN.fullmatch(sign) is not None


def _require_length(spelling: str) -> None:
    if len(spelling) > MAX_CHARACTERS:
        raise TooLong(f"a hashtag has more than {MAX_CHARACTERS} characters")


def _normalized(text: str) -> str:
    bare = _AROUND.sub("", _seen(text))
    return "" if bare.startswith(KEYCAP) else unicodedata.normalize("NFKC", bare.casefold())


def _seen(text: str) -> str:
    """NFKC of a text, without what cannot be seen."""
    return _JOINERS.sub(r"\1", _UNSEEN_BUT_JOINERS.sub("", unicodedata.normalize("NFKC", text)))
