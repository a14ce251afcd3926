"""A profile in plain words, made from its constants: what a feed is ranked by, and how much each thing counts.

It answers what a person may ask, and what the EU's Digital Services Act wants to be told (Articles 27 and 38): the main
parameters of a recommender and their weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph.ranking.profiles import FEATURES, MIXED, Profile, Ranking
from graph.ranking.sources import SOURCES
from graph.ranking.weights import Weights, person_weights

FEW, SOME, MANY = 10, 100, 1_000
"""The likes of three people for whom weights are given: those of most features depend on how much somebody likes."""
PHRASES = {
    "lists": "how similar the post is to posts that you liked: the same people liked them",
    "factors": "how well the post fits your taste, learned from the likes of all people (matrix factorization)",
    "fastrp": "how near the post is to you in the network of follows, likes and posts (FastRP vectors)",
    "rate": "the share of the author's posts that you liked",
    "followed": "whether you follow the author",
    "proof": "how many of the people you follow liked the post",
    "pop": "how many people liked the post",
    "trend": "how many people liked the post lately",
    "tag": "how much more frequent its hashtags are among your likes than elsewhere",
    "never": "whether you never liked a post of the author; below 0, because familiar authors come first",
    "content": "of a post that hardly anybody liked yet: how well other posts of its author and with its hashtags fit "
    "your taste",
    "recency": "how new the post is",
    "affinity": "how near the author is to you by follows, likes and comments (personalized PageRank)",
    "prior": "which source brought the post",
    "feedback": "what you hid of the same author or with the same hashtags, and hashtags that you want less of, "
    "lower the score; hashtags that you want more of raise it",
}
TUTORIAL = (
    "A post's score is the product of four things: its engagement (log10 of its comments plus 2, times log10 of its "
    "likes plus 1), the author's personalized PageRank from you, how new it is, and how often you liked the author."
)


@dataclass(frozen=True)
class Weighed:
    """A feature of the score."""

    name: str
    text: str
    """What it is, in a phrase."""
    weight: float
    """For somebody with SOME likes, and an author whom they liked before."""
    few_likes: float
    """For somebody with FEW likes."""
    many_likes: float
    """For somebody with MANY likes."""
    new_author: float
    """For somebody with SOME likes, and an author whom they never liked."""


@dataclass(frozen=True)
class Brings:
    """A source of candidates."""

    name: str
    text: str
    """What it brings, in a phrase."""
    posts: int
    """The most candidates of a feed that it may bring."""


@dataclass(frozen=True)
class InWords:
    """A profile in words."""

    name: str
    hash: str
    text: list[str]
    """Sentences on the whole."""
    sources: list[Brings] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)
    """The features that count, in the order of FEATURES; empty for the tutorial's formula."""
    hides: dict[str, float] = field(default_factory=dict)
    """How much a hide counts, by its reason; 'none' without one."""


def in_words(profile: Profile) -> InWords:
    """A profile in plain words."""
    ranking = profile.ranking
    if ranking is None:
        per_source = {name: profile.per_source for name in profile.sources}
        return InWords(profile.name, profile.hash, [TUTORIAL, *_of_all(profile)], _sources(profile, per_source))
    return InWords(
        profile.name,
        profile.hash,
        [*_of_all(profile), *_of_ranking(profile, ranking)],
        _sources(profile, _quotas(profile, ranking)),
        _weighed(ranking),
        {"none": ranking.feedback.hide, **ranking.feedback.hide_reasons} if ranking.weights.feedback else {},
    )


def _of_all(profile: Profile) -> list[str]:
    return [
        f"A feed has posts of the last {profile.window_days:g} days, unless another window is asked for.",
        "Never shown: your own posts, what you liked, saved, shared, want more like, saw or hid, people, hashtags and "
        "words that you muted, people whom you blocked or who blocked you, and sensitive posts unless you ask for "
        "them.",
    ]


def _of_ranking(profile: Profile, ranking: Ranking) -> list[str]:
    drawn = profile.default_source == MIXED
    sentences = [
        "Sources bring candidates. The score of each is the sum of what is weighed below, times its weight.",
        f"The page is drawn at random, higher scores first by far (temperature {ranking.mixing.temperature:g}), with "
        f"at most {ranking.mixing.author_limit} posts of one author in {ranking.mixing.author_span} places."
        if drawn
        else "The highest score comes first.",
        *(_of_newcomers(ranking) if drawn else ()),
        *([] if profile.oldest_days else ["In a feed of posts of any age, how new a post is does not count."]),
        f"What was in your feed is not there again for {ranking.served_days:g} days, unless nothing else is left.",
        "All that is weighed comes from follows, likes, saves, shares, comments, posts, hashtags, hides and how long "
        "you look at posts; nothing is paid for.",
    ]
    if ranking.weights.feedback:
        sentences.append(
            "A hide counts against the author and the hashtags of the post, and fades by half in "
            f"{ranking.feedback.hide_half_life_days:g} days."
        )
        if ranking.feedback.leave:
            sentences.append(f"A post that you leave at once counts as {-ranking.feedback.leave:g} of a hide.")
    if any(getattr(ranking.weights, name) for name in ("lists", "factors", "rate", "tag", "content", "affinity")):
        sentences.append(
            f"A save of a post counts as {ranking.feedback.save:g} likes, a share as {ranking.feedback.share:g}, and "
            f"to want more like it as {ranking.feedback.more_like:g}."
        )
        if ranking.feedback.stay:
            sentences.append(
                f"A post that you look at for at least its usual time counts as {ranking.feedback.stay:g} likes."
            )
    if "interests" in profile.sources:
        sentences.append(
            f"A hashtag that you picked counts as {ranking.feedback.pick:g} liked posts with it, and one that was "
            "inferred elsewhere, such as a topic of an import, as one."
        )
        sentences.append("A hashtag that you want less of, or dismissed, is no interest, however often you liked it.")
    return sentences


def _of_newcomers(ranking: Ranking) -> Iterator[str]:
    newcomers = ranking.mixing.newcomers
    if newcomers.impressions:
        yield (
            f"One place of each page goes to a post that fewer than {newcomers.impressions:,} people have seen, of "
            f"somebody with at most {newcomers.followers:,} followers: the larger the share of these who like it, "
            "the likelier."
        )


def _sources(profile: Profile, quotas: dict[str, int]) -> list[Brings]:
    return [Brings(name, SOURCES[name].brings, quotas.get(name, 0)) for name in profile.sources]


def _quotas(profile: Profile, ranking: Ranking) -> dict[str, int]:
    """The quotas of a feed; one source alone may fill the pool."""
    return ranking.page.quotas if profile.default_source == MIXED else {profile.default_source: ranking.page.pool}


def _weighed(ranking: Ranking) -> list[Weighed]:
    few, some, many = (person_weights(ranking, likes) for likes in (FEW, SOME, MANY))
    every = (some.known, few.known, many.known, some.never)
    return [Weighed(name, PHRASES[name], *(round(weights[name], 3) for weights in every)) for name in _counting(every)]


def _counting(every: Sequence[Weights]) -> list[str]:
    return [name for name in FEATURES if any(weights[name] for weights in every)]
