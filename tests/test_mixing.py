"""Mixing: the rules that hold for every pool, beside a slow and obvious form of the draws."""

import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import chisquare

from graph.ranking.mixing import LEAST_PAGE, Candidate, Draw, Mixing, in_order, mix, probabilities
from graph.ranking.newcomers import Audience, Newcomers, best_of

PLAIN = Mixing(temperature=1, author_decay=1, author_limit=1, author_span=1, hashtag_decay=1, hashtag_reach=0, floor=0)
LIMITED = {"author_limit": 2, "author_span": 10, "temperature": 0.01}
DECAYS = st.sampled_from([0.01, 0.5, 0.9, 1.0])
SETTINGS = st.builds(
    Mixing,
    temperature=st.floats(0.05, 20),
    author_decay=DECAYS,
    author_limit=st.integers(1, 3),
    author_span=st.integers(1, 12),
    hashtag_decay=DECAYS,
    hashtag_reach=st.integers(0, 5),
    floor=st.sampled_from([0, 0.01, 0.1, 0.25, 0.5, 1]),
    block=st.integers(1, 12),
    newcomers=st.builds(Newcomers, impressions=st.sampled_from([0, 100])),
)
AUDIENCES = st.none() | st.builds(Audience, st.integers(0, 200), st.sampled_from([0, 5, 99, 100]), st.integers(0, 5))
SCORES = st.floats(-50, 50) | st.sampled_from([0.0, 1.0])
SHOWN = st.dictionaries(st.sampled_from("abz"), st.integers(0, 3))


def candidate(
    post: str,
    score: float = 0,
    author: str | None = None,
    sources: str = "",
    tags: str = "",
    audience: Audience | None = None,
) -> Candidate:
    return Candidate(post, author, score, tuple(sources), tuple(tags), audience)


def pools(scores: st.SearchStrategy[float] = SCORES) -> st.SearchStrategy[list[Candidate]]:
    letters = [st.lists(st.sampled_from(some), unique=True, max_size=3).map("".join) for some in ("xyz", "opqr")]
    author = st.sampled_from(["a", "b", "c", "d", "e", "f", None])
    one = st.builds(candidate, st.text(max_size=3), scores, author, *letters, AUDIENCES)
    return st.lists(one, max_size=25, unique_by=lambda of: of.post)


def floors(pool: Sequence[Candidate], settings: Mixing) -> Counter[str]:
    """The places that each source has in a block, dealt by hand."""
    names = sorted({source for of in pool for source in of.sources})
    dealt: Counter[str] = Counter()
    while sum(dealt.values()) < settings.block:
        wanting = [name for name in names if dealt[name] < settings.floor * settings.block]
        if not wanting:
            break
        dealt[min(wanting, key=lambda name: (dealt[name], name))] += 1
    return dealt


def owed(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> Counter[str]:
    """The places that the block still owes each source that has candidates left."""
    left = {source for index in left_of(pool, draws) for source in pool[index].sources}
    block = draws[len(draws) - len(draws) % settings.block :]
    unmet = floors(pool, settings) - Counter(draw.source for draw in block if draw.source is not None)
    return Counter({source: places for source, places in unmet.items() if source in left})


def left_of(pool: Sequence[Candidate], draws: Sequence[Draw]) -> list[int]:
    return sorted(set(range(len(pool))) - {draw.index for draw in draws})


def somebody_elses(pool: Sequence[Candidate], draws: Sequence[Draw]) -> list[int]:
    """Those left whose author is not the last one; if there are none, all that are left."""
    left = left_of(pool, draws)
    last = pool[draws[-1].index].author if draws else None
    return [index for index in left if last is None or pool[index].author != last] or left


def lately(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw], index: int) -> int:
    """The number of posts of this one's author among the places before the next, in one span with it."""
    author = pool[index].author
    before = draws[max(len(draws) - settings.author_span + 1, 0) :]
    return 0 if author is None else sum(pool[draw.index].author == author for draw in before)


def unlimited(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> list[int]:
    """Of somebody else's, those whose author is not at the limit; if there are none, those of the fewest posts."""
    posts = {index: lately(pool, settings, draws, index) for index in somebody_elses(pool, draws)}
    below = [index for index in posts if posts[index] < settings.author_limit]
    return below or [index for index in posts if posts[index] == min(posts.values())]


def authors_left(pool: Sequence[Candidate], draws: Sequence[Draw], source: str) -> int:
    """The number of authors who have posts of this source left; a post without author has one of its own."""
    left = [index for index in left_of(pool, draws) if source in pool[index].sources]
    return len({pool[index].author or index for index in left})


def due(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> set[str]:
    """The sources that chance may not make wait."""
    unmet = owed(pool, settings, draws)
    if settings.block - len(draws) % settings.block <= 2 * unmet.total():
        return set(unmet)
    return {source for source in unmet if not is_rich(pool, settings, draws, source)}


def is_rich(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw], source: str) -> bool:
    """True if more authors have posts of this source left than can be at the limit at once."""
    return authors_left(pool, draws, source) * settings.author_limit > settings.author_span - 1


def allowed(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> list[int]:
    """All that may be drawn next."""
    may = unlimited(pool, settings, draws)
    sources = due(pool, settings, draws)
    return [index for index in may if sources & set(pool[index].sources)] or may


def log_weight(
    of: Candidate, pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw], shown: Mapping[str, int]
) -> float:
    before = [pool[draw.index] for draw in draws]
    lately = before[max(len(before) - settings.hashtag_reach, 0) :]
    posts = 0 if of.author is None else shown.get(of.author, 0) + sum(one.author == of.author for one in before)
    shared = sum(len(set(one.hashtags) & set(of.hashtags)) for one in lately)
    return (
        of.score / settings.temperature
        + posts * math.log(settings.author_decay)
        + shared * math.log(settings.hashtag_decay)
    )


def chances(
    pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw], shown: Mapping[str, int]
) -> dict[int, float]:
    """The probability of each candidate that may be drawn next, from nothing but the draws so far."""
    if newcomers := newcomers_of_place(pool, settings, draws):
        found = best_of([audience for one in newcomers if (audience := pool[one].audience)], settings.newcomers)
        return dict(zip(newcomers, found.tolist(), strict=True))
    logs = {index: log_weight(pool[index], pool, settings, draws, shown) for index in allowed(pool, settings, draws)}
    weights = {index: math.exp(log - max(logs.values())) for index, log in logs.items()}
    return {index: weight / math.fsum(weights.values()) for index, weight in weights.items()}


def newcomers_of_place(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> list[int]:
    """The newcomers that may have the next place, in the order of their posts; none if it is nobody's or owed."""
    may = allowed(pool, settings, draws)
    is_owed = bool(due(pool, settings, draws) & {source for index in may for source in pool[index].sources})
    if len(draws) % LEAST_PAGE != 5 or is_owed:
        return []
    return sorted((index for index in may if is_new(pool[index], settings)), key=lambda index: pool[index].post)


def is_new(of: Candidate, settings: Mixing) -> bool:
    found = of.audience
    return found is not None and found.impressions < settings.newcomers.impressions and found.followers <= 100


LATE = st.sets(st.sampled_from("xyz"))


@given(pools(), SETTINGS, st.integers(0, 30), st.integers(0, 99), SHOWN, LATE)
def test_what_was_drawn_has_the_probabilities_that_it_was_drawn_with(
    pool: list[Candidate], settings: Mixing, size: int, seed: int, shown: dict[str, int], late: set[str]
) -> None:
    draws = mix(pool, settings, size, seed, shown, late)
    again = probabilities(pool, settings, [draw.index for draw in draws], shown, late)
    assert again == [draw.probability for draw in draws]


@given(pools(), SETTINGS, st.integers(0, 99), SHOWN, st.data())
def test_any_sequence_has_the_probabilities_of_the_definition(
    pool: list[Candidate], settings: Mixing, seed: int, shown: dict[str, int], data: st.DataObject
) -> None:
    """What other settings drew, weighed by these; nothing is possible after what is not."""
    other = data.draw(SETTINGS)
    draws = mix(pool, other, 6, seed)
    found = probabilities(pool, settings, [draw.index for draw in draws], shown)
    before: list[Draw] = []
    for draw, probability in zip(draws, found, strict=True):
        expected = chances(pool, settings, before, shown).get(draw.index, 0.0)
        assert probability == pytest.approx(expected, rel=1e-9, abs=1e-300)
        if not probability:
            break
        before.append(replace(draw, source=_counted(pool, settings, before, draw.index)))
    assert all(not probability for probability in found[len(before) :])


def _counted(pool: Sequence[Candidate], settings: Mixing, before: Sequence[Draw], index: int) -> str | None:
    """The source that a draw counts for: the first that the block still owes a place, or the first."""
    unmet = owed(pool, settings, before)
    sources = pool[index].sources
    return next((source for source in sources if unmet[source] > 0), sources[0] if sources else None)


def test_a_sequence_that_cannot_be_is_refused() -> None:
    pool = [candidate("p"), candidate("q")]
    assert probabilities(pool, PLAIN, [1, 0]) == [0.5, 1.0]
    with pytest.raises(KeyError):
        probabilities(pool, PLAIN, [0, 0])
    with pytest.raises(ValueError, match="twice"):
        probabilities([pool[0], pool[0]], PLAIN, [0])


@given(pools(), SETTINGS, st.integers(0, 30), st.integers(0, 99), SHOWN)
def test_each_probability_is_the_weight_over_the_weights_of_all_that_may_be_drawn(
    pool: list[Candidate], settings: Mixing, size: int, seed: int, shown: dict[str, int]
) -> None:
    draws = mix(pool, settings, size, seed, shown)
    for place, draw in enumerate(draws):
        expected = chances(pool, settings, draws[:place], shown)
        assert draw.probability == pytest.approx(expected[draw.index], rel=1e-9)


@given(pools(), SETTINGS, st.integers(0, 99))
def test_a_draw_counts_for_the_first_of_its_sources_that_is_owed_a_place_else_for_the_first(
    pool: list[Candidate], settings: Mixing, seed: int
) -> None:
    draws = mix(pool, settings, 25, seed)
    for place, draw in enumerate(draws):
        sources, unmet = pool[draw.index].sources, owed(pool, settings, draws[:place])
        assert draw.source == next((source for source in sources if unmet[source]), next(iter(sources), None))


@given(pools(), SETTINGS, st.integers(0, 30), st.integers(0, 99))
def test_as_many_as_asked_for_are_drawn_each_once(
    pool: list[Candidate], settings: Mixing, size: int, seed: int
) -> None:
    indices = [draw.index for draw in mix(pool, settings, size, seed)]
    assert len(indices) == len(set(indices)) == min(size, len(pool))


@given(pools(), SETTINGS, st.integers(0, 99))
def test_no_author_comes_twice_in_a_row_while_somebody_else_is_left(
    pool: list[Candidate], settings: Mixing, seed: int
) -> None:
    draws = mix(pool, settings, 25, seed)
    authors = [pool[draw.index].author for draw in draws]
    for place, (one, following) in enumerate(pairwise(authors), start=1):
        if one is not None and one == following:
            assert set(authors[place:]) == {one}


@given(pools(), SETTINGS, st.integers(0, 99))
def test_no_author_passes_the_limit_in_any_span_while_another_below_it_is_left(
    pool: list[Candidate], settings: Mixing, seed: int
) -> None:
    draws = mix(pool, settings, 25, seed)
    for place, draw in enumerate(draws):
        posts = lately(pool, settings, draws[:place], draw.index)
        if posts >= settings.author_limit:
            others = somebody_elses(pool, draws[:place])
            assert posts == min(lately(pool, settings, draws[:place], index) for index in others)


@given(pools(), SETTINGS)
def test_in_order_each_place_goes_to_the_first_whose_author_may_have_it(
    pool: list[Candidate], settings: Mixing
) -> None:
    draws: list[Draw] = []
    for index in in_order(pool, settings):
        assert index == min(unlimited(pool, settings, draws))
        draws.append(Draw(index, 1.0, None))
    assert len(draws) == len(pool)


@given(pools(), SETTINGS, st.integers(0, 99))
def test_each_full_block_has_the_floor_of_each_source_that_has_candidates_left(
    pool: list[Candidate], settings: Mixing, seed: int
) -> None:
    draws = mix(pool, settings, 25, seed)
    promised = floors(pool, settings)
    for end in range(settings.block, len(draws) + 1, settings.block):
        left = {source for index in left_of(pool, draws[:end]) for source in pool[index].sources}
        had = Counter(draw.source for draw in draws[end - settings.block : end])
        lacking = {source for source, places in promised.items() if source in left and had[source] < places}
        if 2 * promised.total() <= settings.block:
            assert not any(is_rich(pool, settings, draws[:end], source) for source in lacking)
        assert sum(promised[source] - had[source] for source in lacking) <= sum(
            all_owed_are_barred(pool, settings, draws[:place]) for place in range(end - settings.block, end)
        )


def all_owed_are_barred(pool: Sequence[Candidate], settings: Mixing, draws: Sequence[Draw]) -> bool:
    unmet = owed(pool, settings, draws)
    return not any(unmet.keys() & set(pool[index].sources) for index in unlimited(pool, settings, draws))


@given(pools(), SETTINGS, st.integers(0, 99), st.data())
def test_the_order_of_the_pool_does_not_matter(
    pool: list[Candidate], settings: Mixing, seed: int, data: st.DataObject
) -> None:
    other = data.draw(st.permutations(pool))
    assert slate(pool, mix(pool, settings, 25, seed)) == slate(other, mix(other, settings, 25, seed))


def slate(pool: Sequence[Candidate], draws: Sequence[Draw]) -> list[tuple[str, float, str | None]]:
    return [(pool[draw.index].post, draw.probability, draw.source) for draw in draws]


@given(pools(), SETTINGS, st.integers(0, 30), st.integers(0, 99), SHOWN)
def test_the_same_seed_gives_the_same_draws_and_a_larger_size_only_appends(
    pool: list[Candidate], settings: Mixing, size: int, seed: int, shown: dict[str, int]
) -> None:
    assert mix(pool, settings, size, seed, shown) == mix(pool, settings, 30, seed, shown)[:size]


@given(
    pools(st.sampled_from([-1e6, 0.0, 1e-300, 1.0, 1e6]) | st.floats(-1e300, 1e300)),
    SETTINGS,
    st.floats(0, exclude_min=True, allow_infinity=False),
    st.floats(0, 1, exclude_min=True),
)
def test_probabilities_are_above_0_and_at_most_1_however_far_the_scores_and_small_the_temperature(
    pool: list[Candidate], settings: Mixing, temperature: float, decay: float
) -> None:
    extreme = {"temperature": temperature, "author_decay": decay, "hashtag_decay": decay}
    draws = mix(pool, settings.model_copy(update=extreme), 25, 1, {"a": 10**6})
    assert len(draws) == len(pool)
    assert all(0 < draw.probability <= 1 and math.isfinite(1 / draw.probability) for draw in draws)


@pytest.mark.parametrize("temperature", [1e-3, 1e-9, 5e-324])
def test_a_tiny_temperature_gives_the_order_of_the_scores(temperature: float) -> None:
    scores = [3, -1e6, 2, 1e6, 0, 2.5]
    pool = [candidate(str(score), score) for score in scores]
    draws = mix(pool, PLAIN.model_copy(update={"temperature": temperature}), 6, 7)
    assert [pool[draw.index].score for draw in draws] == sorted(scores, reverse=True)
    assert [draw.probability for draw in draws] == [1] * 6


@pytest.mark.parametrize(("chance", "order"), [(0.0, "bca"), (1 - 2**-53, "cba")])
def test_not_even_the_ends_of_the_range_of_chances_draw_what_has_no_weight(
    chance: float, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = [candidate("a", -1e6), candidate("b", -744), candidate("c", 0)]
    monkeypatch.setattr(np.random, "default_rng", lambda seed: Mock(random=lambda size: np.full(size, chance)))
    draws = mix(pool, PLAIN, 3, 0)
    assert [pool[draw.index].post for draw in draws] == list(order)
    assert [draw.probability for draw in draws] == [sys.float_info.min if order[0] == "b" else 1, 1, 1]


def test_equal_scores_have_equal_probabilities_until_the_last() -> None:
    draws = mix([candidate(post, 1e6) for post in "abcd"], PLAIN, 4, 0)
    assert [draw.probability for draw in draws] == pytest.approx([1 / 4, 1 / 3, 1 / 2, 1])


@pytest.mark.slow
def test_slates_are_as_frequent_as_the_product_of_their_probabilities() -> None:
    settings = Mixing(temperature=1, author_decay=0.5, hashtag_decay=0.5, hashtag_reach=1, floor=0.25, block=2)
    pool = [
        candidate("1", 0.5, "a", "x", "o"),
        candidate("2", 0.0, "a", "x", "op"),
        candidate("3", 0.2, "b", "x", "p"),
        candidate("4", 0.1, "c", "xy", "q"),
        candidate("5", -1.0, "d", "y", "o"),
    ]
    seen: Counter[tuple[int, ...]] = Counter()
    probabilities: dict[tuple[int, ...], float] = {}
    for seed in range(8000):
        draws = mix(pool, settings, 3, seed)
        indices = tuple(draw.index for draw in draws)
        seen[indices] += 1
        probabilities[indices] = math.prod(draw.probability for draw in draws)
    assert len(seen) > 20
    assert math.fsum(probabilities.values()) == pytest.approx(1)
    assert chisquare(list(seen.values()), [8000 * probabilities[of] for of in seen]).pvalue > 0.01


def first(pool: Sequence[Candidate], shown: Mapping[str, int] = {}, **settings: Any) -> dict[str, float]:
    """The probability of each post to be drawn first, as far as a hundred seeds show them."""
    draws = [mix(pool, PLAIN.model_copy(update=settings), 1, seed, shown)[0] for seed in range(100)]
    return {pool[draw.index].post: draw.probability for draw in draws}


def test_the_temperature_divides_the_scores() -> None:
    pool = [candidate("1", math.log(9)), candidate("2")]
    assert first(pool, temperature=2) == pytest.approx({"1": 3 / 4, "2": 1 / 4})


def test_posts_shown_before_decay_their_author() -> None:
    pool = [candidate("1", author="a"), candidate("2", author="b"), candidate("3")]
    odds = first(pool, {"a": 2, "stranger": 5}, author_decay=0.5)
    assert odds == pytest.approx({"1": 1 / 9, "2": 4 / 9, "3": 4 / 9})


def test_hashtags_in_common_decay_for_as_long_as_the_reach() -> None:
    pool = [candidate("1", 99, tags="op"), candidate("2", 9, tags="q"), candidate("3", tags="opq"), candidate("4")]
    for reach, odds in {0: 1 / 2, 1: 1 / 3, 2: 1 / 9, 3: 1 / 9}.items():
        settings = PLAIN.model_copy(update={"hashtag_decay": 0.5, "hashtag_reach": reach, "temperature": 0.01})
        third = next(draws[2] for seed in range(100) if (draws := mix(pool, settings, 3, seed))[2].index == 2)
        assert third.probability == pytest.approx(odds)


def authors(pool: Sequence[Candidate], draws: Sequence[Draw]) -> str:
    return "".join(pool[draw.index].author or "-" for draw in draws)


def test_an_author_far_ahead_has_two_of_any_ten_places_whatever_the_page_borders() -> None:
    pool = [candidate(f"a{n}", 50, "a") for n in range(9)] + [candidate(str(n), 0, f"{n % 30:c}") for n in range(40)]
    draws = mix(pool, PLAIN.model_copy(update=LIMITED), 30, 0)
    places = [place for place, of in enumerate(authors(pool, draws)) if of == "a"]
    assert places == [0, 2, 10, 12, 20, 22]


@pytest.mark.parametrize("people", range(1, 8))
def test_few_authors_fill_the_slate_and_share_it_alike(people: int) -> None:
    pool = [
        candidate(f"{author}{n}", n % 5 + 9 * (author == "a"), author)
        for author in "abcdefg"[:people]
        for n in range(40)
    ]
    for seed in range(20):
        names = authors(pool, mix(pool, PLAIN.model_copy(update=LIMITED), 40, seed))
        assert len(names) == 40
        for start in range(31):
            assert max(Counter(names[start : start + 10]).values()) <= max(math.ceil(10 / people) + 1, 2)


def test_posts_without_author_are_limited_by_nothing() -> None:
    pool = [candidate(str(n), 50) for n in range(20)] + [candidate(f"a{n}", 0, "a") for n in range(20)]
    names = authors(pool, mix(pool, PLAIN.model_copy(update=LIMITED), 40, 0))
    assert names == "-" * 20 + "a" * 20


def test_the_floor_of_a_late_source_takes_none_of_the_first_places() -> None:
    pool = [candidate(str(n), 50, str(n), "x") for n in range(40)]
    pool += [candidate(f"{source}{n}", 0, f"{source}{n}", source) for source in "yz" for n in range(2)]
    settings = PLAIN.model_copy(update={**LIMITED, "floor": 0.03, "block": 30})
    for seed in range(20):
        sources = "".join(pool[draw.index].sources[0] for draw in mix(pool, settings, 30, seed, late="z"))
        assert "y" in sources[:2]
        assert "z" not in sources[:10]
        assert "z" in sources


def test_a_limit_as_large_as_the_span_is_none() -> None:
    pool = [candidate(f"{author}{n}", 9 * (author == "a"), author) for author in "abc" for n in range(9)]
    slates = [mix(pool, PLAIN.model_copy(update={"author_limit": n, "author_span": n}), 12, 5) for n in (1, 10)]
    assert slates[0] == slates[1]
    assert authors(pool, slates[0])[:9:2] == "aaaaa"


def test_a_source_of_one_author_has_its_floor_before_their_other_posts_reach_the_limit() -> None:
    pool = [candidate(f"a{n}", 50, "a", "y") for n in range(9)] + [
        candidate(f"a{n} of x", -50, "a", "x") for n in range(9)
    ]
    pool += [candidate(str(n), 0, None, "y") for n in range(40)]
    draws = mix(pool, PLAIN.model_copy(update={**LIMITED, "floor": 0.1}), 40, 0)
    for start in range(0, 40, 10):
        assert Counter(draw.source for draw in draws[start : start + 10]) == {"x": 1, "y": 9}


def test_the_limit_goes_before_a_floor() -> None:
    pool = [candidate(str(n), 0, "a", "x") for n in range(9)] + [candidate(f"other {n}") for n in range(30)]
    draws = mix(pool, PLAIN.model_copy(update={**LIMITED, "floor": 0.5}), 20, 0)
    assert (
        Counter(draw.source for draw in draws[:10]) == Counter(draw.source for draw in draws[10:]) == {"x": 2, None: 8}
    )


def test_a_source_without_a_chance_has_its_floor_in_each_block() -> None:
    pool = [candidate(f"{n}{source}", -1e15 * (source == "y"), None, source) for n in range(50) for source in "xy"]
    draws = mix(pool, PLAIN.model_copy(update={"floor": 0.2, "block": 5}), 50, 3)
    for start in range(0, 50, 5):
        assert Counter(draw.source for draw in draws[start : start + 5]) == {"x": 4, "y": 1}


def test_a_source_without_candidates_left_does_not_hurry_the_floors_of_others() -> None:
    pool = [candidate("last of x", 9, None, "x")]
    pool += [candidate(f"{n}{source}", -9 * (source == "y"), None, source) for n in range(15) for source in ("y", "")]
    draws = mix(pool, PLAIN.model_copy(update={"floor": 0.2, "temperature": 0.01}), 20, 0)
    assert "".join(draw.source or "-" for draw in draws) == "x-----y-y-------y-y-"


def test_floors_above_the_block_are_dealt_out_in_the_order_of_names() -> None:
    pool = [candidate(f"{n}{source}", "xyz".index(source), None, source) for n in range(9) for source in "xyz"]
    draws = mix(pool, PLAIN.model_copy(update={"floor": 1, "block": 4, "temperature": 0.01}), 8, 0)
    assert [draw.source for draw in draws] == list("zyxxzyxx")


def test_the_author_rule_goes_before_a_floor_which_is_made_up_for() -> None:
    pool = [candidate(str(n), author="a", sources="x") for n in range(9)]
    pool += [candidate(f"other {n}", 50) for n in range(9)]
    draws = mix(pool, PLAIN.model_copy(update={"floor": 0.5, "block": 4}), 8, 0)
    assert [draw.source for draw in draws] == ["x", None, "x", None] * 2


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, 1e301])
def test_a_score_that_is_no_number_is_refused_with_its_post(score: float) -> None:
    with pytest.raises(ValueError, match="post 'odd'"):
        mix([candidate("fine"), candidate("odd", score)], PLAIN, 1, 0)


def test_a_post_that_is_in_the_pool_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        mix([candidate("1"), replace(candidate("1"), score=2.0)], PLAIN, 1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 0},
        {"temperature": math.inf},
        {"author_decay": 0},
        {"author_limit": 0},
        {"author_span": 0},
        {"hashtag_decay": 1.1},
        {"hashtag_reach": -1},
        {"floor": 1.1},
        {"block": 0},
        {"unknown": 1},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Mixing(**{**PLAIN.model_dump(), **wrong})


@given(pools(), SETTINGS, st.integers(0, 99), st.integers(1, 30))
def test_a_page_has_at_most_one_newcomer_which_few_have_seen(
    pool: list[Candidate], settings: Mixing, seed: int, page: int
) -> None:
    draws = mix(pool, settings, 25, seed, page=page)
    for start in range(0, len(draws), page):
        assert sum(draw.is_newcomer for draw in draws[start : start + page]) <= 1
    assert all(is_new(pool[draw.index], settings) for draw in draws if draw.is_newcomer)


def test_the_sixth_place_of_each_page_is_a_newcomers() -> None:
    settings = PLAIN.model_copy(update={"newcomers": Newcomers(impressions=1000)})
    pool = [candidate(f"known{number}", 9) for number in range(30)]
    pool += [candidate(f"new{number}", 0, audience=Audience(3, 0, 0)) for number in range(2)]
    places = [draw.is_newcomer for draw in mix(pool, settings, 30, 1)]
    assert [place for place, is_newcomer in enumerate(places) if is_newcomer] == [5, 15]
    longer = [draw.is_newcomer for draw in mix(pool, settings, 30, 1, page=20)]
    assert [place for place, is_newcomer in enumerate(longer) if is_newcomer] == [5, 25]
