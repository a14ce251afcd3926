"""A made network of hashtags whose co-use is as it is in life, around the pairs of hashtag_pairs.csv.

People post about a few topics each, with the words of the topic, spellings of the pairs that are about it, and hashtags
that everybody uses. Of two spellings of the same, most people use one only. Some are rare. Nothing here knows how
merges are decided.
"""

import csv
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PEOPLE = 1_200
MEAN_POSTS = 11
ANYWHERE = ("love", "instagood", "photooftheday", "picoftheday", "beautiful", "happy", "life", "fun")
WORDS_OF_TOPIC = 8


@dataclass(frozen=True)
class Pair:
    """Two hashtags as they are written, and whether they are the same."""

    one: str
    other: str
    same: bool
    topics: tuple[tuple[str, ...], tuple[str, ...]]
    """Of each; the first is the most frequent."""


@cache
def pairs() -> tuple[Pair, ...]:
    """The pairs that a person wrote."""
    with (Path(__file__).parent / "hashtag_pairs.csv").open(encoding="utf-8") as file:
        return tuple(
            Pair(
                row["one"],
                row["other"],
                row["same"] == "yes",
                (tuple(row["about_one"].split("+")), tuple(row["about_other"].split("+"))),
            )
            for row in csv.DictReader(file)
        )


def posts(seed: int) -> list[tuple[str, list[str]]]:
    """Posts, each with its author and hashtags."""
    draw = random.Random(seed)
    spellings = _spellings()
    topics = sorted({topic for each in spellings.values() for topic in each})
    popular = {one: draw.paretovariate(1.5) for one in sorted(spellings)}
    found: list[tuple[str, list[str]]] = []
    for number in range(PEOPLE):
        mine = draw.choices(topics, k=draw.choice((1, 1, 2, 3)))
        habits = {pair: draw.random() for pair in pairs() if pair.same}
        for _ in range(1 + round(draw.expovariate(1 / MEAN_POSTS))):
            topic = draw.choice(mine) if draw.random() < 0.9 else draw.choice(topics)
            tags = [f"{topic}word{round(draw.random() ** 2 * (WORDS_OF_TOPIC - 1))}" for _ in range(draw.randint(0, 3))]
            tags += draw.choices(ANYWHERE, k=draw.choice((0, 0, 1, 2)))
            about = [one for one in sorted(spellings) if topic in spellings[one]]
            weights = [popular[one] * (1 if spellings[one][0] == topic else 0.3) for one in about]
            tags += draw.choices(about, weights, k=draw.choice((0, 1, 1, 2, 3)))
            found.append((f"person{number}", sorted({_habitual(tag, habits, draw) for tag in tags})))
    return found


def _spellings() -> dict[str, list[str]]:
    """The topics of each spelling in the pairs."""
    topics: dict[str, list[str]] = {}
    for pair in pairs():
        for spelling, about in zip((pair.one, pair.other), pair.topics, strict=True):
            mine = topics.setdefault(spelling, [])
            mine += [topic for topic in about if topic not in mine]
    return topics


def _habitual(tag: str, habits: dict[Pair, float], draw: random.Random) -> str:
    """The spelling that a person uses: of a pair, two fifths use only the one, a fifth only the other."""
    for pair, habit in habits.items():
        if tag in (pair.one, pair.other) and habit < 0.6:
            return pair.one if habit < 0.4 else pair.other
    return tag
