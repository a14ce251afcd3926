"""Words by dictionary: hashtags that are forms of the same words have the same key.

A name is split into words where it divides them itself (golden_hour, GoldenHour as it is shown), or else where a
dictionary knows all parts of it (goldenhour); each word then stands for its lemma, its form in a dictionary (hours is
hour). An emoji stands for the words of its name, without its skin tone: 🚲 is bicycle. The dictionaries are
simplemma's, the names are Unicode's by the package emoji, both of the extra `graphfeed[nlp]`. What they say is a
proposal only: glasses is a form of glass.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Protocol

from graph.code_points import EMOJI_MODIFIER, characters

MAX_LETTERS = 40
"""Of a name that is split: longer ones are sentences."""
MIN_LETTERS = 4
"""Of a part of a run-together name: dictionaries know most shorter strings of letters."""
MIN_KEYED = 3
"""Letters of a name that has a key."""
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SKIN_TONE = re.compile(f"[{characters(EMOJI_MODIFIER)}]")
CACHED = 100_000
"""Words whose lemma is remembered."""


class Dictionary(Protocol):
    """A dictionary of words."""

    def lemma(self, word: str) -> str | None:
        """The form under which a dictionary has a word; None if it knows no such word."""

    def emoji(self, sign: str) -> str | None:
        """The name of an emoji, as bicycle or snow-capped_mountain; None for all else."""

    def emoji_names(self) -> Iterable[str]:
        """The names of all emoji."""


class Simplemma:
    """The dictionaries of some languages; the first that knows a word, or an emoji, decides."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)
        self._simplemma = _simplemma()
        self._emoji = _names_of_emoji(self._languages)
        self.lemma = lru_cache(CACHED)(self._lemma)

    def _lemma(self, word: str) -> str | None:
        for language in self._languages:
            if self._simplemma.is_known(word, lang=language):
                lemma: str = self._simplemma.lemmatize(word, lang=language)
                return lemma.lower()
        return None

    def emoji(self, sign: str) -> str | None:
        return self._emoji.get(_SKIN_TONE.sub("", sign))

    def emoji_names(self) -> Iterable[str]:
        return {*self._emoji.values()}


def is_installed() -> bool:
    """True with the extra `graphfeed[nlp]`."""
    return _folder() is not None


def languages(setting: str) -> tuple[str, ...]:
    """The codes in the setting GRAPHFEED_LANGUAGES; () for `none`. Raises ValueError for a code that simplemma has
    not, or that is no code of a language at all."""
    codes = tuple(dict.fromkeys(code.strip().lower() for code in setting.split(",") if code.strip()))
    if codes == ("none",):
        return ()
    for code in codes:
        if not re.fullmatch("[a-z]{2,3}", code) or (is_installed() and not _has(code)):
            raise ValueError(f"there is no dictionary of {code[:20]!r}: name languages as en,de, or none")
    return codes


def key(name: str, display: str, dictionary: Dictionary) -> str | None:
    """The lemmas of the words of a hashtag, or of an emoji's name, run together: hashtags with the same key are
    proposed as one. None if it has too few letters, or signs that no word has."""
    sign = dictionary.emoji(name)
    words = split(name, display, dictionary) if sign is None else words_of_emoji(sign)
    joined = "".join(dictionary.lemma(word) or word for word in words)
    return joined if len(joined) >= MIN_KEYED and joined.isalpha() else None


def words_of_emoji(name: str) -> list[str]:
    """The words of an emoji's name: snow, capped and mountain."""
    return _WORD.findall(name)


def split(name: str, display: str, dictionary: Dictionary) -> list[str]:
    """The words of a hashtag, in lower case."""
    humps = [part.lower() for part in _HUMP.split(display)]
    if len(humps) > 1 and "".join(humps) == name and all(dictionary.lemma(part) for part in humps):
        return humps
    return [word for run in _WORD.findall(name) for word in _known_parts(run, dictionary)]


def _known_parts(run: str, dictionary: Dictionary) -> list[str]:
    """The fewest words that a dictionary knows and that together are the run; the run itself if there are none. Of as
    many, those whose last word is the longest."""
    if len(run) > MAX_LETTERS or dictionary.lemma(run):
        return [run]
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(MIN_LETTERS, len(run) + 1):
        for start in range(end - MIN_LETTERS + 1):
            before = best[start]
            shorter = best[end]
            is_better = before is not None and (shorter is None or len(before) + 1 < len(shorter))
            if before is not None and is_better and dictionary.lemma(run[start:end]):
                best[end] = [*before, run[start:end]]
    return best[-1] or [run]


def proposals(hashtags: Iterable[tuple[str, str]], dictionary: Dictionary) -> list[list[str]]:
    """Groups of names whose keys are equal, of pairs of a name and its display. The name that is the key itself, a
    lemma, comes first; the others in the given order."""
    groups: dict[str, list[str]] = {}
    for name, display in hashtags:
        if (found := key(name, display, dictionary)) is not None:
            groups.setdefault(found, []).append(name)
    return [sorted(names, key=lambda name: name != found) for found, names in groups.items() if len(names) > 1]


def _folder() -> Path | None:
    """The folder of the dictionaries, without importing them: each command reads the setting that names languages."""
    found = find_spec("simplemma")
    return Path(found.origin).parent if found and found.origin else None


def _has(language: str) -> bool:
    folder = _folder()
    return folder is not None and (folder / f"strategies/dictionaries/data/{language}.plzma").is_file()


def _simplemma() -> ModuleType:
    import simplemma

    return simplemma


def _names_of_emoji(languages: Sequence[str]) -> dict[str, str]:
    """The name of each emoji, in lower case, in the first of these languages that names it. Those without a variation
    selector are among them, as hashtags are spelled. Empty without the package."""
    try:
        import emoji
    except ImportError:
        return {}
    known = [language for language in languages if language in emoji.LANGUAGES]
    emoji.config.load_language(known)
    names: dict[str, str] = {}
    for sign, about in emoji.EMOJI_DATA.items():
        name = next((about[language] for language in known if language in about), None)
        if name and not _SKIN_TONE.search(sign):
            names[sign] = name.strip(":").lower()
    return names
