"""The score of the profile `default` in its slow, obvious form: the independent check of what the database answers.

It is written from the definition of the score alone and shares no code with the ranking, on purpose: when the two
disagree, one of them is wrong. Each function quotes the line of the definition that it comes from. Logarithms are
natural. A = my likes of the author, n = the author's posts, h_t = my likes with hashtag t, p_t its share.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

import numpy as np

from tests.ranking_constants import FEATURES, PERSONAL, PLAIN, Constants
from tests.ranking_world import Hide, Mark, Post, View, World

__all__ = [
    "FEATURES",
    "Constants",
    "Hide",
    "Mark",
    "Post",
    "View",
    "World",
    "features",
    "parts",
    "person_weights",
    "score",
]

DAY_MS = 86_400_000


def score(
    world: World,
    constants: Constants,
    me: str,
    post: str,
    as_of: int,
    window_days: float | None,
    sources: Collection[str],
) -> float:
    """`score = sum over parts of part * max(0, w + slope * (ln(1 + my likes) - 4) + never * [A = 0])
    + constant * [A = 0]`."""
    return sum(parts(world, constants, me, post, as_of, window_days, sources).values())


def parts(
    world: World,
    constants: Constants,
    me: str,
    post: str,
    as_of: int,
    window_days: float | None,
    sources: Collection[str],
) -> dict[str, float]:
    """Each feature times the person's weight of it."""
    values = features(world, constants, me, post, as_of, window_days, sources)
    weights = person_weights(constants, all_likes(world, constants, me, as_of), never=values["never"] == 1)
    return {name: value * weights[name] for name, value in values.items()}


def features(
    world: World,
    constants: Constants,
    me: str,
    post: str,
    as_of: int,
    window_days: float | None,
    sources: Collection[str],
) -> dict[str, float]:
    """The values before weights, by name, in the order of FEATURES; `sources` are those that bring the post."""
    values = {
        "lists": lists(world, constants, me, post, as_of, window_days),
        "factors": factors(world, constants, me, post, as_of),
        "fastrp": fastrp(world, me, post, as_of),
        "rate": rate(world, constants, me, post, as_of),
        "followed": followed(world, me, post, as_of),
        "proof": proof(world, constants, me, post, as_of),
        "pop": pop(world, constants, post),
        "trend": trend(world, constants, post, as_of),
        "tag": tag(world, constants, me, post, as_of),
        "never": never(world, constants, me, post, as_of),
        "content": content(world, constants, me, post, as_of),
        "recency": recency(world, constants, post, as_of, window_days),
        "affinity": affinity(world, constants, me, post),
        "prior": prior(constants, sources),
        "feedback": feedback(world, constants, me, post, as_of),
    }
    assert tuple(values) == FEATURES
    return values


def person_weights(constants: Constants, likes: int, *, never: bool) -> dict[str, float]:
    """`max(0, w + slope * (ln(1 + my likes) - 4) + never * [A = 0])`, with ln(1 + my likes) `cut to the 1st and 99th
    percentile of the people in the fit`; the constant, and plain weights for the feed's own parts."""
    x = min(max(math.log(1 + likes), constants.low), constants.high) - constants.centre
    weights = {}
    for name in PERSONAL:
        column = constants.never[name] if never else 0
        weights[name] = max(0.0, constants.weights[name] + constants.slopes[name] * x + column)
    # The constant is the weight of the feature `never`: it has no slope and may be negative
    return {**weights, "never": constants.constant, **{name: constants.weights[name] for name in PLAIN}}


def all_likes(world: World, constants: Constants, me: str, as_of: int) -> int:
    """ "My likes" in the slope is the degree: all likes, of any time, and all saves, shares and wishes for more; of
    who has reset, or said not to learn from something, `the likes that count`."""
    stays = looks(world, constants, me, as_of)[0]
    weak = int(len(stays) * constants.stay)  # "a stay is a weak like"
    if is_selective(world, me, as_of):
        return sum(count > 0 for _, _, count in acts_of(world, constants, me, as_of)) + weak
    return len(world.likes.get(me, {})) + len(world.marks.get(me, [])) + weak


def reset_at(world: World, me: str, as_of: int) -> int | None:
    """The last reset up to the clock."""
    return max((at for at in world.resets.get(me, []) if at <= as_of), default=None)


def is_selective(world: World, me: str, as_of: int) -> bool:
    """Whether something that I did is not learned from."""
    return bool(world.unlearned.get(me)) or reset_at(world, me, as_of) is not None


def is_since_reset(world: World, me: str, at: int | None, as_of: int) -> bool:
    """`only acts from then on are mine`: what has no time was before."""
    reset = reset_at(world, me, as_of)
    return reset is None or (at is not None and at > reset)


Like = tuple[str, int | None, float]
"""A post, the time, and the number of likes that the act counts as."""


def likes_of(world: World, constants: Constants, person: str, as_of: int) -> list[Like]:
    """`and the newest posts that I stayed at, which come last`, however new."""
    stays = [(post, at, constants.stay) for post, at in looks(world, constants, person, as_of)[0]]
    return acts_of(world, constants, person, as_of) + stays


def newest_of(world: World, constants: Constants, person: str, as_of: int, most: int) -> list[Like]:
    """The newest acts, and what I stayed at."""
    acts = acts_of(world, constants, person, as_of)
    return newest(acts, most) + likes_of(world, constants, person, as_of)[len(acts) :]


def acts_of(world: World, constants: Constants, person: str, as_of: int) -> list[Like]:
    """`at <= as_of or no time; newest first, those without time last, ties by post id; of the first 5,000 that the
    store gives`; `a save, a share and a wish for more like it count as 2, 2 and 3 likes`."""
    counts = {"SAVED": constants.save, "SHARED": constants.share, "MORE_LIKE": constants.more_like}
    liked = [(post, at, 1.0) for post, at in world.likes.get(person, {}).items()]
    marked = [(mark.post, mark.at, counts[mark.type]) for mark in world.marks.get(person, [])]
    read = liked[: constants.likes_read] + marked[: constants.likes_read]
    known = [
        (post, at, count if _is_learned(world, person, post, at, as_of) else 0.0)
        for post, at, count in read
        if at is None or at <= as_of
    ]
    return sorted(known, key=_newest_first)


Looks = list[tuple[str, int | None]]
"""Posts that somebody looked at, and when, the newest first."""


def looks(world: World, constants: Constants, person: str, as_of: int) -> tuple[Looks, Looks]:
    """`views and dwell as weak likes; a view left at once against the post's usual dwell as a weak dislike`: the newest
    100 posts of each, by the longest of the first 500 views that the store gives; `an act says more than a look`."""
    longest: dict[str, int] = {}
    times: dict[str, int | None] = {}
    for view in world.views.get(person, [])[: constants.views_read]:
        is_there = view.at is None or view.at <= as_of
        if view.dwell_ms is None or not is_there or not _is_learned(world, person, view.post, view.at, as_of):
            continue
        if person in world.posts[view.post].authors:
            continue
        longest[view.post] = max(longest.get(view.post, 0), view.dwell_ms)
        known = [at for at in (times.get(view.post), view.at) if at is not None]
        times[view.post] = max(known, default=None)
    if world.usual_dwell is None:
        return [], []
    usual = {post: world.posts[post].dwell or world.usual_dwell for post in longest}
    stay_at = {post: constants.stay_share * max(each, world.usual_dwell) for post, each in usual.items()}
    leave_at = {post: constants.leave_share * max(each, world.usual_dwell / 2) for post, each in usual.items()}
    newest_first = sorted(times.items(), key=lambda look: _newest_first((*look, 0.0)))
    stays = [look for look in newest_first if constants.stay and longest[look[0]] >= stay_at[look[0]]]
    leaves = [look for look in newest_first if constants.leave and longest[look[0]] < leave_at[look[0]]]
    acts = [*world.likes.get(person, {}).items(), *((mark.post, mark.at) for mark in world.marks.get(person, []))]
    acted = {post for post, at in acts if at is None or at <= as_of}
    hidden = {hide.post for hide in world.hides.get(person, []) if hide.at is None or hide.at <= as_of}
    return (
        [look for look in stays[: constants.lists_likes] if look[0] not in hidden],
        [look for look in leaves[: constants.lists_likes] if look[0] not in acted],
    )


def _is_learned(world: World, me: str, post: str, at: int | None, as_of: int) -> bool:
    """`Switched off, a like counts in none of my parts`."""
    return post not in world.unlearned.get(me, set()) and is_since_reset(world, me, at, as_of)


def newest(likes: list[Like], most: int) -> list[Like]:
    """The first ones, and what else was done with the last post at the same time; what counts as no like is none."""
    likes = [like for like in likes if like[2] > 0]
    return [like for like in likes if like[:2] in {each[:2] for each in likes[:most]}]


def _newest_first(like: Like) -> tuple[bool, int, str]:
    post, at, _ = like
    return at is None, -(at or 0), post


def author_of(world: World, post: str) -> str | None:
    """`Several authors: the smallest id.` None if there is none."""
    return min(world.posts[post].authors, default=None)


def m_of_lists(world: World, constants: Constants, me: str, as_of: int, window_days: float | None) -> dict[str, float]:
    """`m(S) = S / the largest S among posts that my arcs reach and I have not liked, of any age, before every other
    filter`: of every post reached."""
    # "Two sets of arcs: SIMILAR for window none, SIMILAR_NEW in a window", however wide the window is
    arcs = world.similar if window_days is None else world.similar_new
    likes = likes_of(world, constants, me, as_of)
    liked = {post for post, _, _ in likes}
    sums: defaultdict[str, float] = defaultdict(float)
    for like, _, count in newest_of(world, constants, me, as_of, constants.lists_likes):
        for post, weight in arcs.get(like, {}).items():
            sums[post] += count * weight
    largest = max((sums[post] for post in sums if post not in liked), default=0)
    return {post: sums[post] / largest if largest > 0 else 0.0 for post in sums}


def lists(world: World, constants: Constants, me: str, post: str, as_of: int, window_days: float | None) -> float:
    """`LISTS | ln(.3 + m(S))`; m is `0 if nothing is reached`."""
    m = m_of_lists(world, constants, me, as_of, window_days)
    return math.log(constants.lists_smoothing + m.get(post, 0.0))


def factors(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`FACTORS | dot product of matrix-factorization vectors; 0 where either is missing`."""
    mine, its = my_factors(world, constants, me, as_of), world.post_factors.get(post)
    return _dot(mine, its) if mine and its else 0.0


def content(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """The product of my factors and those expected of the post; it fades with the first three likes."""
    mine, its = my_factors(world, constants, me, as_of), world.post_content.get(post)
    fading = max(0, 3 - max(0, world.posts[post].like_count or 0)) / 3
    return fading * _dot(mine, its) if mine and its else 0.0


def my_factors(world: World, constants: Constants, me: str, as_of: int) -> Sequence[float] | None:
    """My vector of the build; if my likes are not those that it was made from, or it is missing, the folded one."""
    stored = world.user_factors.get(me)
    stays = looks(world, constants, me, as_of)[0]
    is_plain = not world.marks.get(me) and not is_selective(world, me, as_of) and not stays
    if is_plain and world.user_factors_likes.get(me) == len(world.likes.get(me, {})):
        return stored
    # Without Y'Y nothing can be folded in: what is stored is the best there is
    return stored if world.post_gram is None else folded(world, constants, me, as_of)


def folded(world: World, constants: Constants, me: str, as_of: int) -> Sequence[float] | None:
    """`x = (Y'Y + Σ (10 c - 1) yy' + .05 I)^-1 Σ 10 c y over my liked posts`, c likes of each: those with vectors of my
    newest 200 posts."""
    counts: defaultdict[str, float] = defaultdict(float)
    for post, _, count in acts_of(world, constants, me, as_of):
        if count > 0:
            counts[post] += count
    liked = [*counts.items()][: constants.fold_likes]
    liked += [(post, constants.stay) for post, _ in looks(world, constants, me, as_of)[0]]
    vectors = [
        (np.array(world.post_factors[post], dtype=float), count) for post, count in liked if post in world.post_factors
    ]
    if not any(count for _, count in vectors):
        return None
    size = len(vectors[0][0])
    left = np.array(world.post_gram, dtype=float).reshape(size, size) + constants.regularization * np.eye(size)
    right = np.zeros(size)
    for y, count in vectors:
        if count:
            left += (constants.alpha * count - 1) * np.outer(y, y)
            right += constants.alpha * count * y
    return [float(number) for number in np.linalg.solve(left, right)]


def fastrp(world: World, me: str, post: str, as_of: int) -> float:
    """`FASTRP | cosine of FastRP vectors`; `missing = 0`; after a reset, mine is missing until the next build."""
    reset = reset_at(world, me, as_of)
    if reset is not None and (world.build_as_of is None or reset >= world.build_as_of):
        return 0.0
    mine, its = world.user_fastrp.get(me), world.post_fastrp.get(post)
    # "No vector of norm 0 is stored": one that is there all the same is as good as missing
    if not mine or not its or not any(mine) or not any(its):
        return 0.0
    return _dot(_unit(mine), _unit(its))


def likes_of_author(world: World, constants: Constants, me: str, author: str, as_of: int) -> float:
    """A: `A reads the newest 1,000` of my likes."""
    likes = newest_of(world, constants, me, as_of, constants.rate_likes_read)
    # A liked post of several authors counts for each of them: to look for the smallest id of each would cost a sort
    return sum(count for post, _, count in likes if author in world.posts[post].authors)


def rate(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`RATE | ln((A + .05)/(n + 3)); no author: ln(.05/3)`."""
    author = author_of(world, post)
    if author is None:
        return math.log(constants.rate_likes / constants.rate_posts)
    liked = likes_of_author(world, constants, me, author, as_of)
    # "n = all posts of the author": of any time, also those where another author has the smaller id
    posts = sum(author in each.authors for each in world.posts.values())
    return math.log((liked + constants.rate_likes) / (posts + constants.rate_posts))


def followed(world: World, me: str, post: str, as_of: int) -> float:
    """`FOLLOWED | 1 or 0`: whether I followed the author at the clock."""
    return 1.0 if author_of(world, post) in followees_of(world, me, as_of) else 0.0


def followees_of(world: World, me: str, as_of: int) -> list[str]:
    """People I follow since a time not after the clock, or not known."""
    return [person for person, since in world.follows.get(me, {}).items() if since is None or since <= as_of]


def proof(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`PROOF | ln(1 + my followees who liked j)`; `the newest 50 likes of up to 200 followees`."""
    # Both bounds are of what the store gives first, whatever of it counts, or a read would have no bound
    blockers = {person for person, blocked in world.blocks.items() if me in blocked}
    filtered = world.muted_people.get(me, set()) | world.blocks.get(me, set()) | blockers
    first = islice(world.follows.get(me, {}).items(), constants.proof_followees)
    asked = [person for person, since in first if (since is None or since <= as_of) and person not in filtered]
    asked = [person for person in asked if person not in world.unlearned.get(me, set())]
    theirs = [islice(world.likes.get(person, {}).items(), constants.proof_likes) for person in asked]
    likers = sum(any(liked == post and (at is None or at <= as_of) for liked, at in likes) for likes in theirs)
    return math.log(constants.proof_smoothing + likers)


def pop(world: World, constants: Constants, post: str) -> float:
    """`POP | ln(2 + likes of j)`; `POP reads likeCount`."""
    # No count is 0, and so is one below 0: the score is finite for any data
    return math.log(constants.pop_smoothing + max(0, world.posts[post].like_count or 0))


def trend(world: World, constants: Constants, post: str, as_of: int) -> float:
    """`TREND | ln(.05 + sum over likes of .5^(age / 90 days))`."""
    # The sum is kept at the build's clock and fades from there; without a build nothing is known of its age
    built = as_of if world.build_as_of is None else world.build_as_of
    sum_now = world.trends.get(post, 0.0) * _fading(as_of - built, constants.trend_days)
    return math.log(constants.trend_smoothing + sum_now)


def tag(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`TAG | sum over j's hashtags of ln(((h_t + 20 p_t)/(H + 20))/p_t), divided by the root of their number`;
    `no hashtags: 0`."""
    names = counted_hashtags(world, constants, post)
    mine = my_hashtags(world, constants, me, as_of)
    total, smoothing = sum(mine.values()), constants.tag_smoothing
    wishes = wishes_of(world, me, as_of)
    logs = []
    for name in names:
        share = world.shares[name]
        liked = 0 if wishes.get(name) == "none" else mine.get(name, 0.0)  # "dismissed: no like of mine counts for it"
        logs.append(math.log(((liked + smoothing * share) / (total + smoothing)) / share))
    return math.fsum(logs) / math.sqrt(len(names)) if names else 0.0


def my_hashtags(world: World, constants: Constants, me: str, as_of: int) -> dict[str, float]:
    """`h_t = my likes with hashtag t, H their sum`, over my newest 100 likes. Picked hashtags do not count."""
    mine: defaultdict[str, float] = defaultdict(float)
    for post, _, count in newest_of(world, constants, me, as_of, constants.tag_likes):
        for name in counted_hashtags(world, constants, post):
            mine[name] += count
    return mine


def wishes_of(world: World, me: str, as_of: int) -> dict[str, str | None]:
    """What I want of hashtags, from the time of each wish to its end."""
    return {
        wish.hashtag: wish.how
        for wish in world.wishes.get(me, [])
        if (wish.at is None or wish.at <= as_of)
        and (wish.until is None or as_of < wish.until)
        and is_since_reset(world, me, wish.at, as_of)
    }


def counted_hashtags(world: World, constants: Constants, post: str) -> list[str]:
    """`At most 20 hashtags of a post, the rarest`; `one without p_t is left out`."""
    # The same cut holds for a post that is scored and for one that I liked; ties by name. A share of 0 is none
    names = [name for name in world.tags.get(post, set()) if world.shares.get(name, 0) > 0]
    return sorted(names, key=lambda name: (world.shares[name], name))[: constants.tag_hashtags]


def never(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`[A = 0]`; `where a post has no author the never column does not count`."""
    author = author_of(world, post)
    return 1.0 if author is not None and likes_of_author(world, constants, me, author, as_of) == 0 else 0.0


def recency(world: World, constants: Constants, post: str, as_of: int, window_days: float | None) -> float:
    """`ln(1e-3 + .5^(age / 7 days)), age never below 0, 0 with window none`."""
    if window_days is None:
        return 0.0
    taken_at = world.posts[post].taken_at
    if taken_at is None:
        raise ValueError(f"Post {post} has no time, so it is in no window.")
    return math.log(constants.recency_smoothing + _fading(as_of - taken_at, constants.recency_days))


def affinity(world: World, constants: Constants, me: str, post: str) -> float:
    """`affinity = ln(1e-4 + score)`, of my arc to the author; no arc, or no author, is a score of 0."""
    author = author_of(world, post)
    known = 0.0 if author is None else world.affinity.get(me, {}).get(author, 0.0)
    return math.log(constants.affinity_smoothing + known)


def prior(constants: Constants, sources: Collection[str]) -> float:
    """`prior = ln(highest prior of the sources that bring the post)`."""
    return math.log(max(constants.priors[source] for source in sources))


def feedback(world: World, constants: Constants, me: str, post: str, as_of: int) -> float:
    """`feedback = ln(1 + w) - ln(1 + h), h = sum over my hides of -weight(reason) · .5^(age / 14 days), once for the
    same author and once for each common hashtag, and 3 for each hashtag that I want less of; w = 3 for each that I want
    more of`."""
    author, names = author_of(world, post), world.tags.get(post, set())
    h = 0.0
    hides = [hide for hide in world.hides.get(me, []) if is_since_reset(world, me, hide.at, as_of)]
    left = [Hide(post, at, "left") for post, at in looks(world, constants, me, as_of)[1]]
    for hide in hides + left:
        same_author = author is not None and author in world.posts[hide.post].authors
        common = len(names & world.tags.get(hide.post, set()))  # all hashtags: those without a share, too
        weight = constants.hide_reasons.get(hide.reason or "", constants.hide)
        if hide.reason == "left":
            weight = constants.leave
        # A hide of no time, or of one after the clock, has not faded
        age = 0 if hide.at is None else as_of - hide.at
        h += (same_author + common) * -weight * _fading(age, constants.hide_days)
    wanted = Counter(wishes_of(world, me, as_of).get(name) for name in names)
    return math.log(1 + constants.more * wanted["more"]) - math.log(1 + h + constants.less * wanted["less"])


def _fading(age_ms: float, half_life_days: float) -> float:
    """1 at an age of 0 or below, a half after the half-life."""
    return float(0.5 ** (max(0, age_ms) / DAY_MS / half_life_days))


def _dot(one: Iterable[float], other: Iterable[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _unit(vector: Sequence[float]) -> list[float]:
    norm = math.hypot(*vector)
    return [number / norm for number in vector]
