"""Emoji and the hashtags of their names: 🚲 is bicycle, and 🏔, a snow-capped mountain, is a mountain."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from graph.hashtag_meaning.dictionary import MIN_KEYED, Dictionary, key, words_of_emoji

MAX_EMOJI = 40
"""A word in the names of more emoji stands for none of them: woman is in 182, face in 126, heart in 39."""
MAX_OF_HASHTAG = 3
"""Emoji of a hashtag: there are eleven with a mountain."""


@dataclass(frozen=True)
class Named:
    """An emoji, and a hashtag of its name."""

    sign: str
    hashtag: str
    share: float
    """Of the words of its name: 1 if the hashtag is all of it."""


def named(names: Iterable[str], dictionary: Dictionary) -> list[Named]:
    """The emoji among some hashtags, each with those others that are its name or a word of it, in any form.

    A hashtag has at most MAX_OF_HASHTAG emoji, those of whose names it is the most; of equal ones, the first."""
    names = list(names)
    usual = Counter(chain.from_iterable({*words_of_emoji(name)} for name in dictionary.emoji_names()))
    signs = {name: words_of_emoji(about) for name in names if (about := dictionary.emoji(name)) is not None}
    by_key: dict[str, list[str]] = {}
    for name in names:
        if name not in signs and (found := key(name, name, dictionary)) is not None:
            by_key.setdefault(found, []).append(name)
    of_hashtag: dict[str, list[Named]] = {}
    for sign, words in signs.items():
        lemmas = [dictionary.lemma(word) or word for word in words]
        shares = {lemma: 1 / len(words) for lemma, word in zip(lemmas, words, strict=True) if usual[word] <= MAX_EMOJI}
        for word, share in {**shares, "".join(lemmas): 1.0}.items():
            for hashtag in by_key.get(word, ()) if len(word) >= MIN_KEYED else ():
                of_hashtag.setdefault(hashtag, []).append(Named(sign, hashtag, share))
    return [one for found in of_hashtag.values() for one in sorted(found, key=lambda one: -one.share)[:MAX_OF_HASHTAG]]
