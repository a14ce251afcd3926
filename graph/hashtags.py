"""Normalization of hashtags: spellings with the same name are the same hashtag."""

import re
import unicodedata

_AROUND = re.compile(r"\A[#\s]+|\s+\Z")


def name(spelling: str) -> str:
    """The name that a hashtag is stored under: NFKC, no leading # or outer blanks, case-folded; '' if empty."""
    return unicodedata.normalize("NFKC", display(spelling).casefold())


def display(spelling: str) -> str:
    """The spelling shown to people: NFKC, no leading # or outer blanks."""
    return _AROUND.sub("", unicodedata.normalize("NFKC", spelling))
