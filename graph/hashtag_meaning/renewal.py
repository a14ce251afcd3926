"""Merges that a build makes: of hashtags that a dictionary has as forms of the same words, and that are used alike."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from graph import hashtags
from graph.client import Client, Row
from graph.errors import Busy
from graph.hashtag_meaning import merges
from graph.hashtag_meaning.agreement import Agreement, Usage, Uses, uses
from graph.hashtag_meaning.dictionary import Dictionary, Simplemma, is_installed, proposals

log = logging.getLogger(__name__)

NO_DICTIONARY = "Spellings of a hashtag, such as #bike and #biking, are not merged: pip install 'graphfeed[nlp]'."
PAGE_HASHTAGS = 50
"""Hashtags whose uses are read at once."""
FETCH_ROWS = 2_000


@dataclass(frozen=True)
class Bounds:
    """What is read."""

    hashtags: int = 100_000
    """On most posts."""
    pairs: int = 5_000
    """Proposals whose uses are compared in a build, those on most posts."""
    posts: int = 1_000
    """Of each hashtag, the last stored."""
    beside: int = 30
    """Other hashtags of a post."""


BOUNDS = Bounds()


@dataclass(frozen=True)
class Proposal:
    """A hashtag and one of which it would be a variant, with how alike they are used."""

    hashtag: str
    variant_of: str
    agreement: Agreement


def renew(
    client: Client,
    languages: Sequence[str],
    now: int,
    check: Callable[[], None] = lambda: None,
    bounds: Bounds = BOUNDS,
) -> int:
    """Completes interrupted merges, and merges what a dictionary of the languages and co-use up to `now` agree upon.
    Returns the number of merges. Without the extra `nlp`, or languages, it merges nothing."""
    merges.complete(client)
    if not languages:
        return 0
    if not is_installed():
        log.info(NO_DICTIONARY)
        return 0
    merged = 0
    for found in proposed(client, Simplemma(languages), now, bounds):
        check()
        if found.agreement.agrees:
            with suppress(Busy):  # a person merged one of them meanwhile
                merges.begin(client, found.hashtag, found.variant_of, "dictionary", now)
                merged += 1
    if merged:
        merges.complete(client)
        log.info("Merged %d spellings of hashtags. `graphfeed hashtags` lists them.", merged)
    return merged


def proposed(client: Client, dictionary: Dictionary, now: int, bounds: Bounds = BOUNDS) -> Iterator[Proposal]:
    """What the dictionary proposes, without undone merges, each with how alike the two are used."""
    used = list(client.stream("hashtags/used", {"limit": bounds.hashtags}))
    pairs = _pairs(client, used, dictionary)[: bounds.pairs]
    usage = _read(client, {name for pair in pairs for name in pair}, now, bounds)
    people = len({person for each in usage.values() for person in each.people})
    whole = Usage(max(people, _people(client)), {row["hashtag"]: row["posts"] for row in used})
    for variant, kept in pairs:
        one, other = usage.get(variant), usage.get(kept)
        if one and other:
            yield Proposal(variant, kept, whole.agreement((variant, kept), one, other))


def _pairs(client: Client, used: Sequence[Row], dictionary: Dictionary) -> list[tuple[str, str]]:
    """Pairs of a variant and its hashtag: one that has variants already, else the lemma, else that on most posts."""
    names = [row["hashtag"] for row in used if len(row["hashtag"]) <= hashtags.MAX_CHARACTERS]
    groups = proposals(((row["hashtag"], row["display"]) for row in used), dictionary)
    has_variants = {row["hashtag"] for row in used if row["variants"]}
    order = {name: place for place, name in enumerate(names)}
    undone = merges.undone_pairs(client)
    pairs: list[tuple[str, str]] = []
    for group in groups:
        kept, *others = sorted(group, key=lambda name: name not in has_variants)
        for variant in others:
            former = merges.variants(client, [variant]).get(variant, []) if variant in has_variants else []
            if not any(frozenset((name, kept)) in undone for name in (variant, *former)):
                pairs.append((variant, kept))
    return sorted(pairs, key=lambda pair: (max(map(order.__getitem__, pair)), pair))


def _read(client: Client, names: Iterable[str], now: int, bounds: Bounds) -> Mapping[str, Uses]:
    found: dict[str, Uses] = {}
    wanted = sorted(names)
    size = {"posts": bounds.posts, "beside": bounds.beside}
    for start in range(0, len(wanted), PAGE_HASHTAGS):
        params = {"hashtags": wanted[start : start + PAGE_HASHTAGS], "now": now, "rows": size}
        rows = client.stream("hashtags/uses", params, fetch=FETCH_ROWS)
        for name, of_one in groupby(rows, lambda row: row["hashtag"]):
            found[name] = uses((row["person"], row["beside"]) for row in of_one)
    return found


def _people(client: Client) -> int:
    return int(client.read("build/size")[0]["people"])
