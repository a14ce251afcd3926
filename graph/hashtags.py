"""Hashtags: when two spellings are the same one."""

import unicodedata


def name(spelling: str) -> str:
    """What a spelling is kept under: NFKC, no leading # or outer blanks, case-folded; '' if nothing is left."""
    return unicodedata.normalize("NFKC", display(spelling).casefold())


def display(spelling: str) -> str:
    """The spelling as people are shown it: NFKC, without leading # and outer blanks."""
    return unicodedata.normalize("NFKC", spelling).strip().lstrip("#").strip()
