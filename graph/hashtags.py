"""Hashtags: when two spellings are the same one."""

import re
import unicodedata

_AROUND = re.compile(r"\A[#\s]+|\s+\Z")


def name(spelling: str) -> str:
    """What a spelling is kept under: NFKC, no leading # or outer blanks, case-folded; '' if nothing is left."""
    return unicodedata.normalize("NFKC", display(spelling).casefold())


def display(spelling: str) -> str:
    """The spelling as people are shown it: NFKC, without leading # and outer blanks."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", spelling))
