"""Mixing: a pool of scored candidates becomes a slate, by weighted draws without replacement.

Each place goes to one of the candidates left, in proportion to their weights (Plackett 1975, "The Analysis of
Permutations"), but one place a page to a newcomer (graph/ranking/newcomers.py). The probability of each draw, its
propensity, is kept: with it, logged impressions of one ranking can evaluate another (Bottou et al. 2013,
"Counterfactual Reasoning and Learning Systems").
"""

import math
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain, cycle, islice, pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from graph.ranking.newcomers import Audience, Newcomers, best_of

Key = TypeVar("Key", bound=Hashable)
Author = int | str
Rows = NDArray[np.intp]
Reals = NDArray[np.float64]

NO_ROWS: Rows = np.array([], dtype=np.intp)
LEAST_PAGE = 10
NEWCOMERS_PLACE = 5  # from 0: far enough down that a bad one costs little, and the same in pages of any length
MAX_ABS_SCORE = 1e300  # also of the logarithms of weights: sums stay finite
MIN_PROBABILITY = sys.float_info.min  # a propensity must be a possible divisor


class Mixing(BaseModel):
    """The settings of mixing. The weight of a candidate is a softmax with decays:

    exp(score / temperature) · author_decay ^ (posts of its author before) · hashtag_decay ^ (hashtags shared lately)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float = Field(gt=0, allow_inf_nan=False)
    """Near 0, the order is by score; larger values draw more uniformly."""
    author_decay: float = Field(gt=0, le=1)
    """The factor for each post of the author earlier in the slate, or shown before it (like DiversityDiscountProvider
    in Twitter's home-mixer, 2023, without a floor)."""
    author_limit: int = Field(default=2, ge=1)
    """The most posts of one author in any `author_span` consecutive places, across blocks and pages.

    `author_span` or more turns the limit off.
    """
    author_span: int = Field(default=10, ge=1)
    """The number of places that `author_limit` applies to."""
    hashtag_decay: float = Field(gt=0, le=1)
    """The factor for each hashtag in common with each of the last `hashtag_reach` posts."""
    hashtag_reach: int = Field(ge=0)
    looks: bool = True
    """True if two posts that look alike count as posts with a hashtag in common."""
    floor: float = Field(ge=0, le=1)
    """The least share of each source in each block, rounded up to whole places.

    If the floors add up to more than the block, its places are dealt out one by one, by the sources' names.
    """
    block: int = Field(default=10, ge=1)
    """The number of places in a block."""
    newcomers: Newcomers = Newcomers()
    """Who may have the newcomer's place of a page."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate: a scored post that may be shown."""

    post: str
    author: str | None
    """None counts as a different author each time."""
    score: float
    sources: tuple[str, ...]
    """Without duplicates, the preferred one first."""
    hashtags: tuple[str, ...]
    """Without duplicates."""
    audience: Audience | None = None
    """How many people have seen it and its author; None if it is no newcomer for another reason."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A candidate that was drawn."""

    index: int
    """The index in the pool."""
    probability: float
    """The propensity: the probability of this draw given the draws before, its weight over the sum of the weights that
    the rules allow here. Always above 0."""
    source: str | None
    """The source that it counts for: the first of its sources that the block still owes a place, else the first."""
    is_newcomer: bool = False
    """True if it has the newcomer's place of its page."""


def mix(
    pool: Sequence[Candidate],
    settings: Mixing,
    size: int,
    seed: int,
    shown: Mapping[str, int] = {},
    late: Collection[str] = (),
    page: int = LEAST_PAGE,
) -> list[Draw]:
    """Draws up to `size` candidates. `shown` is the number of previous impressions of each author. Sources in `late`
    get their floors towards the end of each block. `page` is the number of places in a page.

    Four rules take precedence over the weights, in this order:

    1. No author twice in a row while another author's post is left.
    2. No author more than `author_limit` times in any `author_span` consecutive places. If all authors that rule 1
       allows are at the limit, the place goes to one with the fewest posts in the last `author_span` - 1 places.
    3. At the end of each full block, each source has had its floor, or has no candidates left. This is guaranteed if
       the floors are at most half of the block, and each source with candidates left has them of more than
       (`author_span` - 1) // `author_limit` authors, the most that rule 2 bars at once. Otherwise a source may miss a
       place wherever rules 1 and 2 barred every candidate owed.
    4. The sixth place of each page goes to a newcomer, if one is left. Pages count as of LEAST_PAGE places at least,
       so that of short pages not each has a newcomer.

    The first two do not apply to posts without an author.

    The same arguments give the same draws, in any order of the pool; a larger `size` only appends to them. Raises
    ValueError if a post is in the pool twice, or a score is not a number from -1e300 to 1e300.
    """
    indices = _by_post(pool)  # from here on a candidate is a row
    urn = _Urn([pool[index] for index in indices], settings, shown, late, page)
    draws = []
    for chance in np.random.default_rng(seed).random(min(size, len(pool))).tolist():
        row, probability, is_newcomer = urn.draw(chance)
        draws.append(Draw(indices[row], probability, urn.take(row), is_newcomer))
    return draws


def in_order(pool: Sequence[Candidate], settings: Mixing) -> list[int]:
    """The indices of the pool in its own order, as far as rules 1 and 2 of `mix` allow it: each place goes to the first
    candidate left that they do not bar. Nothing is drawn, and scores, hashtags and floors do not count.
    """
    authors = _Authors(pool, settings, {}, np.zeros(len(pool)))
    left = np.ones(len(pool), bool)
    order = []
    for _ in pool:
        allowed = left.copy()
        for rows in authors.barred():
            allowed[rows] = False
        row = int(allowed.argmax())
        left[row] = False
        authors.take(row)
        order.append(row)
    return order


def probabilities(
    pool: Sequence[Candidate],
    settings: Mixing,
    drawn: Sequence[int],
    shown: Mapping[str, int] = {},
    late: Collection[str] = (),
    page: int = LEAST_PAGE,
) -> list[float]:
    """The probability of each draw of a given sequence, by its indices in the pool, given the draws before.

    Of what `mix` drew with the same arguments, these are its probabilities. A draw that the rules do not allow, or
    whose weight is nothing beside the others', has the probability 0, and so have all after it. Raises ValueError as
    `mix` does.
    """
    rows = _by_post(pool)
    row_of = {index: row for row, index in enumerate(rows)}
    urn = _Urn([pool[index] for index in rows], settings, shown, late, page)
    found = []
    for index in drawn:
        row = row_of.pop(index)  # none is drawn twice
        probability = urn.probability(row)
        if not probability:
            break
        found.append(probability)
        urn.take(row)
    return found + [0.0] * (len(drawn) - len(found))


def _by_post(pool: Sequence[Candidate]) -> list[int]:
    """The indices of the pool, sorted by post, so that the order of the pool has no effect."""
    if len({candidate.post for candidate in pool}) < len(pool):
        raise ValueError("The pool has a post twice.")
    return sorted(range(len(pool)), key=lambda index: pool[index].post)


class _Urn:
    """The rows that are left, with the logarithms of their weights: of scores, and of decays."""

    def __init__(
        self,
        pool: Sequence[Candidate],
        settings: Mixing,
        shown: Mapping[str, int],
        late: Collection[str],
        page: int,
    ) -> None:
        self._logs = _score_logs(pool, settings.temperature)
        self._decays = np.zeros(len(pool))
        self._authors = _Authors(pool, settings, shown, self._decays)
        self._hashtags = _Hashtags(pool, settings.hashtag_decay, settings.hashtag_reach, self._decays)
        self._floors = _Floors(pool, settings, late)
        self._newcomers = _NewcomersLeft(pool, settings.newcomers, page)

    def draw(self, chance: float) -> tuple[int, float, bool]:
        """The row that a number from 0 to 1 falls on, its probability, and whether the place is a newcomer's."""
        weights, sums, is_newcomers = self._weights()
        total = sums.item(-1)
        row = int(sums.searchsorted(chance * total, "right"))  # "right" skips rows without weight
        return row, max(weights.item(row) / total, MIN_PROBABILITY), is_newcomers

    def probability(self, row: int) -> float:
        """The probability of a row; 0 without a weight."""
        weights, sums, _ = self._weights()
        weight = weights.item(row)
        return max(weight / sums.item(-1), MIN_PROBABILITY) if weight else 0.0

    def take(self, row: int) -> str | None:
        """Takes a row out. Returns the source that it counts for."""
        self._logs[row] = -np.inf
        self._authors.take(row)
        self._hashtags.take(row)
        self._newcomers.take(row)
        return self._floors.take(row)

    def _weights(self) -> tuple[Reals, Reals, bool]:
        """The weight of each row, their running sums, and whether the place is a newcomer's."""
        logs, is_newcomers = self._allowed()
        weights = np.exp(logs)
        sums = np.add.accumulate(weights)
        if sums.item(-1) < 1e-200:  # near underflow: rescaled, so that the largest weight is 1
            weights = np.exp(logs - logs.max())
            sums = np.add.accumulate(weights)
        return weights, sums, is_newcomers

    def _allowed(self) -> tuple[Reals, bool]:
        """The logarithm of the weight of each row that may be drawn now, -inf for the others; and whether the place is
        a newcomer's."""
        allowed = self._logs + self._decays
        for rows in self._authors.barred():
            allowed[rows] = -np.inf
        if due := self._floors.due():
            owed = allowed + self._floors.only(due)
            if owed.item(owed.argmax()) > -np.inf:  # on such short arrays, max() takes five times as long
                return owed, False
        if self._newcomers.have_the_place():
            newcomers = self._newcomers.only(allowed)
            if newcomers is not None:
                return newcomers, True
        return allowed, False


def _score_logs(pool: Sequence[Candidate], temperature: float) -> Reals:
    """The score of each row less the largest, over the temperature."""
    scores = np.array([candidate.score for candidate in pool], dtype=np.float64)
    if not (np.abs(scores) <= MAX_ABS_SCORE).all():
        odd = next(candidate for candidate in pool if not abs(candidate.score) <= MAX_ABS_SCORE)
        raise ValueError(f"The score of post {odd.post!r} is {odd.score}, not a number from -1e300 to 1e300.")
    gaps = scores - scores.max(initial=-MAX_ABS_SCORE)
    coldest = -gaps.min(initial=0) / MAX_ABS_SCORE  # below it, quotients overflow
    logs: Reals = gaps / max(temperature, coldest)
    return logs


def _authors(pool: Sequence[Candidate]) -> list[Author]:
    """The author of each row; for None the row's number, a different author each time."""
    return [row if candidate.author is None else candidate.author for row, candidate in enumerate(pool)]


class _Authors:
    """Decays rows by the number of earlier posts of their author, and bars authors by rules 1 and 2 of `mix`."""

    def __init__(self, pool: Sequence[Candidate], settings: Mixing, shown: Mapping[str, int], decays: Reals) -> None:
        self._of = _authors(pool)
        self._rows = _rows_by_key((author,) for author in self._of)
        self._left = {author: len(rows) for author, rows in self._rows.items()}
        self._all_left = len(pool)
        self._log = math.log(settings.author_decay)
        self._decays = decays
        self._limit = settings.author_limit
        self._reach = settings.author_span - 1
        self._recent: deque[Author] = deque()  # the authors of the last `_reach` places
        self._posts: Counter[Author] = Counter()  # their number in `_recent`
        self._last: Author | None = None
        for author, posts in shown.items():
            decays[self._rows.get(author, NO_ROWS)] += posts * self._log

    def barred(self) -> list[Rows]:
        """The rows of each author who may not have the next place."""
        barred = {author for author, posts in self._posts.items() if posts >= self._limit}
        if self._last is not None:
            barred.add(self._last)
        if sum(self._left.get(author, 0) for author in barred) == self._all_left:
            barred = self._left.keys() - self._least_recent()
        return [self._rows[author] for author in barred]

    def take(self, row: int) -> None:
        author = self._of[row]
        self._decays[self._rows[author]] += self._log
        _take_one(self._left, author)
        self._all_left -= 1
        self._last = author
        self._posts[author] += 1
        self._recent.append(author)
        if len(self._recent) > self._reach:
            _take_one(self._posts, self._recent.popleft())

    def _least_recent(self) -> set[Author]:
        """The authors with the fewest posts in the last places, of those left whom rule 1 allows."""
        others = self._left.keys() - {self._last} or self._left.keys()
        fewest = min(self._posts[author] for author in others)
        return {author for author in others if self._posts[author] == fewest}


class _Hashtags:
    """Decays rows by the number of hashtags in common with each of the last `reach` posts."""

    def __init__(self, pool: Sequence[Candidate], decay: float, reach: int, decays: Reals) -> None:
        self._of = [candidate.hashtags for candidate in pool]
        self._rows = _rows_by_key(self._of)
        self._logs = np.full(sum(map(len, self._of)), math.log(decay))  # as many as rows can share hashtags
        self._decays = decays
        self._reach = reach
        self._recent: deque[NDArray[Any]] = deque()  # of floats, though bincount is typed to return integers

    def take(self, row: int) -> None:
        # A row stands in `sharing` once for each hashtag it shares.
        sharing = np.concatenate([self._rows[hashtag] for hashtag in self._of[row]] or [NO_ROWS])
        decays = np.bincount(sharing, self._logs[: len(sharing)], len(self._of))
        self._decays += decays
        self._recent.append(decays)
        if len(self._recent) > self._reach:
            self._decays -= self._recent.popleft()


class _Floors:
    """Counts the places that the block still owes each source."""

    def __init__(self, pool: Sequence[Candidate], settings: Mixing, late: Collection[str]) -> None:
        self._late = late
        self._of = [candidate.sources for candidate in pool]
        self._authors = _authors(pool)
        self._rows = _rows_by_key(self._of)
        self._left: dict[str, Counter[Author]] = {source: Counter() for source in self._rows}  # posts of each author
        for sources, author in zip(self._of, self._authors, strict=True):
            for source in sources:
                self._left[source][author] += 1
        self._reach = settings.author_span - 1
        self._most_barred = self._reach // settings.author_limit  # authors at once, by rule 2
        self._floors = _floors(sorted(self._rows), settings.floor, settings.block)
        self._block = settings.block
        self._none = np.full(len(pool), -np.inf)
        self._begin_block()

    def due(self) -> Collection[str]:
        """The sources of which one must get the next place, if rules 1 and 2 allow it. If empty, any row may get it.

        All sources that are owed a place, once the block has at most two places left per place owed: two, because
        rule 1 can bar all that is owed from every other place. Owed sources with so few authors left that rule 2 might
        bar them all are due from the beginning of the block; the late ones among them, `author_span` - 1 places sooner
        than the others.
        """
        spare = self._places_left - 2 * sum(self._unmet.values())
        if spare <= 0:
            return self._unmet
        few = [source for source in self._unmet if len(self._left[source]) <= self._most_barred]
        return few if spare <= self._reach else [source for source in few if source not in self._late]

    def only(self, sources: Iterable[str]) -> Reals:
        """0 for each row of these sources, -inf for the others."""
        logs = self._none.copy()
        for source in sources:
            logs[self._rows[source]] = 0
        return logs

    def take(self, row: int) -> str | None:
        """Fills a place with a row. Returns the source that it counts for."""
        sources = self._of[row]
        counted = self._count(sources)
        for source in sources:
            _take_one(self._left[source], self._authors[row])
            if not self._left[source]:  # nothing is owed to a source without candidates
                self._floors.pop(source, None)
                self._unmet.pop(source, None)
        self._places_left -= 1
        if not self._places_left:
            self._begin_block()
        return counted

    def _count(self, sources: Sequence[str]) -> str | None:
        for source in sources:
            if source in self._unmet:
                _take_one(self._unmet, source)
                return source
        return sources[0] if sources else None

    def _begin_block(self) -> None:
        self._places_left = self._block
        self._unmet = self._floors.copy()


class _NewcomersLeft:
    """Keeps the sixth place of each page for the newcomers of a pool."""

    def __init__(self, pool: Sequence[Candidate], settings: Newcomers, page: int) -> None:
        audiences = {row: candidate.audience for row, candidate in enumerate(pool)}
        self._settings = settings
        self._audiences = {row: found for row, found in audiences.items() if found and settings.include(found)}
        self._none = np.full(len(pool), -np.inf)
        self._page = max(page, LEAST_PAGE)
        self._places = 0

    def have_the_place(self) -> bool:
        return bool(self._audiences) and self._places % self._page == NEWCOMERS_PLACE

    def only(self, allowed: Reals) -> Reals | None:
        """The logarithm of the probability of each newcomer that may be drawn, -inf for all other rows; None if none
        may be."""
        rows = [row for row in self._audiences if allowed.item(row) > -np.inf]
        if not rows:
            return None
        logs = self._none.copy()
        logs[rows] = np.log(best_of([self._audiences[row] for row in rows], self._settings))
        return logs

    def take(self, row: int) -> None:
        self._audiences.pop(row, None)
        self._places += 1


def _floors(sources: Sequence[str], floor: float, block: int) -> dict[str, int]:
    """The least number of places of each source in a block; sources without any are left out."""
    # The decimal as written, not its float: 0.07 of 100 is 7, not slightly more.
    each = math.ceil(Fraction(str(floor)) * block)
    return dict(Counter(islice(cycle(sources), min(each * len(sources), block))))


def _take_one(counts: dict[Key, int], key: Key) -> None:
    """Decrements the count of a key, and removes it at 0."""
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def _rows_by_key(keys: Iterable[Iterable[Key]]) -> dict[Key, Rows]:
    """The rows of each key, from the keys of each row."""
    rows = defaultdict(list)
    for row, of_row in enumerate(keys):
        for key in of_row:
            rows[key].append(row)
    # Slices of one array: creating an array for each key takes longer.
    joined = np.fromiter(chain.from_iterable(rows.values()), dtype=np.intp)
    ends = accumulate(map(len, rows.values()), initial=0)
    return {key: joined[start:end] for key, (start, end) in zip(rows, pairwise(ends), strict=True)}
