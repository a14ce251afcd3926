"""The ties of a person that ranking reads: likes, follows, filters and hides, each up to the bounds of a request."""

from dataclasses import dataclass

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints, Mask
from graph.quality.ties import Ties
from graph.quality.world import ACTS, World
from graph.ranking.profiles import Feedback, Ranking


@dataclass(frozen=True)
class Liked:
    """Posts that a person liked, saved, shared or wants more like: an entry for each act, with its weight in likes."""

    posts: Ints
    weights: Floats

    def only(self, chosen: Ints) -> "Liked":
        """The entries at some indices."""
        return Liked(self.posts[chosen], self.weights[chosen])

    def and_(self, other: "Liked") -> "Liked":
        """These entries, then others."""
        return Liked(np.concatenate((self.posts, other.posts)), np.concatenate((self.weights, other.weights)))


@dataclass(frozen=True)
class Looks:
    """Posts that a person looked at, and the time of each, NO_TIME for none: the newest first."""

    posts: Ints
    at: Ints


@dataclass(frozen=True)
class PersonTies:
    """The ties of a person as of the world's time, each kind in the order of the store. Nodes are rows."""

    person: int
    likes: int
    """The number of all stored likes, even later ones, which the weights depend on; of likes that are learned from, if
    some are not. Saves, shares and wishes for more like a post count as likes here and below."""
    liked: Ints
    newest: Liked
    """The newest likes, for similar posts and hashtags."""
    newest_of_authors: Liked
    """The newest likes, for their authors."""
    folded: Liked | None
    """The posts from which the person's factors are made, the newest liked ones and those they stayed at, if they did
    more than to like, or not all is learned from: builds read likes alone, and all."""
    follows: Ints
    """Followed people."""
    followees: Ints
    """The first of `follows` who are neither muted nor blocked."""
    witnesses: Ints
    """Those of `followees` whose likes are learned from."""
    barred: Ints
    """People whom the person muted or blocked, or who blocked them."""
    muted_hashtags: Ints
    muted_words: Ints
    seen: Ints
    """Posts that are never retrieved: liked, viewed or hidden."""
    hidden: Ints
    """The posts of the hides that count as feedback, and those that the person left at once."""
    hide_weights: Floats
    """The weight of each of these hides, above 0: it fades with time."""
    more: Ints
    """Hashtags that the person wants more of."""
    more_places: Floats
    """The place of each of them in the topic with which it is wanted; 0 without one."""
    less: Ints
    dismissed: Ints
    """Hashtags that are no interests of the person."""
    picks: Ints
    """Entries of `World.picks`, of hashtags that the person picked or that were inferred."""
    has_fastrp: bool
    """True if the person's FastRP vector counts: after a reset, only one of a build that came after it."""


def person_ties(world: World, ranking: Ranking, person: int) -> PersonTies:
    """The ties of a person, given as a row.

    Where a statement takes the first ties in the order of the store, this takes the first ones of the world, which has
    the order in which it was read. All likes, views and hides of a person keep posts out; the statement, beyond
    `bounds.seen` of them, may miss some.
    """
    bounds, now = ranking.bounds, world.network.as_of
    reset_at = int(world.reset_at[person])
    unlearned = world.unlearned_people.others_at(person)
    is_selective = reset_at != NO_TIME or bool(len(unlearned) or len(world.unlearned_posts.others_at(person)))
    acts = world.acts.of(person)
    stayed, left = _looks(world, ranking, person)
    liked, at = _liked(world, ranking, person)
    stays = Liked(stayed.posts, np.full(len(stayed.posts), ranking.feedback.stay))
    newest_first = np.lexsort((world.post_order[liked.posts], -at))
    barred = np.concatenate((world.mutes.others_at(person), world.blocks.others_at(person)))
    first = _until(world.follows, world.follows.of(person, bounds.followees), now)
    followees = world.follows.others[first]
    followees = followees[~np.isin(followees, barred)]
    hides = world.hides.of(person, bounds.hides)
    hides = hides[_is_after(world.hides.at[hides], reset_at)]
    picks = _until(world.picks, world.picks.of(person, bounds.likes), now)
    return PersonTies(
        person=person,
        likes=(int((liked.weights > 0).sum()) if is_selective else len(world.likes.of(person)) + len(acts))
        + int(len(stayed.posts) * ranking.feedback.stay),
        liked=np.concatenate((liked.posts, stayed.posts)),
        newest=_newest(liked, at, newest_first, bounds.likes).and_(stays),
        newest_of_authors=_newest(liked, at, newest_first, bounds.likes_of_authors).and_(stays),
        folded=_folded(world, ranking, liked, at, stays) if len(acts) or is_selective or len(stayed.posts) else None,
        follows=world.follows.others[_until(world.follows, world.follows.of(person, bounds.seen), now)],
        followees=followees,
        witnesses=followees[~np.isin(followees, unlearned) & ~world.network.likes_for_self[followees]],
        barred=barred,
        muted_hashtags=world.muted_hashtags.others_at(person),
        muted_words=world.muted_words.others_at(person),
        seen=_seen(world, person),
        hidden=np.concatenate((world.hides.others[hides], left.posts)),
        hide_weights=_hide_weights(world, hides, left, ranking.feedback),
        more=world.more.others_at(person),
        more_places=world.more.numbers[world.more.of(person)],
        less=world.less.others_at(person),
        dismissed=world.dismissed.others_at(person),
        picks=picks[_is_after(world.picks.at[picks], reset_at)],
        has_fastrp=reset_at == NO_TIME or (world.learned.as_of is not None and reset_at < world.learned.as_of),
    )


def _liked(world: World, ranking: Ranking, person: int) -> tuple[Liked, Floats]:
    """What the person liked, and the time of each, as floats: -NO_TIME overflows as an integer."""
    now = world.network.as_of
    likes = _until(world.likes, world.likes.of(person, ranking.bounds.stored), now)
    acts = _until(world.acts, world.acts.of(person, ranking.bounds.stored), now)
    counts = np.array([ranking.feedback.acts[type] for type in ACTS])
    weights = np.concatenate((np.ones(len(likes)), counts[world.acts.numbers[acts].astype(np.int64)]))
    posts = np.concatenate((world.likes.others[likes], world.acts.others[acts]))
    at = np.concatenate((world.likes.at[likes], world.acts.at[acts]))
    is_learned = _is_learned(world, person, posts, at)
    return Liked(posts, np.where(is_learned, weights, 0.0)), at.astype(np.float64)


def _looks(world: World, ranking: Ranking, person: int) -> tuple[Looks, Looks]:
    """The posts that the person stayed at, and those that they left at once, by the longest view of each."""
    feedback, views, now = ranking.feedback, world.views, world.network.as_of
    seen = views.of(person, ranking.bounds.views)
    seen = seen[(views.at[seen] <= now) & (views.numbers[seen] >= 0)]
    seen = seen[_is_learned(world, person, views.others[seen], views.at[seen])]
    seen = seen[~np.isin(views.others[seen], world.posted.others_at(person))]
    if not world.usual_dwell > 0:
        seen = seen[:0]
    posts, rows = np.unique(views.others[seen], return_inverse=True)
    longest, at = np.full(len(posts), -1.0), np.full(len(posts), NO_TIME)
    np.maximum.at(longest, rows, views.numbers[seen])
    np.maximum.at(at, rows, views.at[seen])
    usual = world.network.dwell[posts]
    usual = np.where(np.isnan(usual), world.usual_dwell, usual)
    is_stay = longest >= feedback.stay_share * np.maximum(usual, world.usual_dwell)
    is_leave = longest < feedback.leave_share * np.maximum(usual, world.usual_dwell / 2)
    newest_first = np.lexsort((world.post_order[posts], -at.astype(np.float64)))
    stays = newest_first[is_stay[newest_first]] if feedback.stay else newest_first[:0]
    leaves = newest_first[is_leave[newest_first]] if feedback.leave else newest_first[:0]
    stays, leaves = stays[: ranking.bounds.likes], leaves[: ranking.bounds.likes]
    hidden = world.hides.others[_until(world.hides, world.hides.of(person), now)]
    stays, leaves = stays[~np.isin(posts[stays], hidden)], leaves[~np.isin(posts[leaves], _acted_upon(world, person))]
    return Looks(posts[stays], at[stays]), Looks(posts[leaves], at[leaves])


def _is_learned(world: World, person: int, posts: Ints, at: Ints) -> Mask:
    """A mask of the acts that are learned from."""
    is_since_reset = _is_after(at, int(world.reset_at[person]))
    return is_since_reset & ~np.isin(posts, world.unlearned_posts.others_at(person))


def _is_after(at: Ints, reset_at: int) -> Mask:
    """A mask of the times that are after the person's last reset; all, if there was none."""
    is_after: Mask = at > reset_at if reset_at != NO_TIME else np.ones(len(at), bool)
    return is_after


def _newest(liked: Liked, at: Floats, newest_first: Ints, most: int) -> Liked:
    """The newest likes; with the last one, others upon the same post at the same time. Without those of weight 0."""
    newest_first = newest_first[liked.weights[newest_first] > 0]
    if most >= len(newest_first):
        return liked.only(np.sort(newest_first))
    last = newest_first[most - 1]
    chosen = (liked.posts == liked.posts[last]) & (at == at[last]) & (liked.weights > 0)
    chosen[newest_first[:most]] = True
    return liked.only(np.flatnonzero(chosen))


def _folded(world: World, ranking: Ranking, liked: Liked, at: Floats, stays: Liked) -> Liked:
    """The newest liked posts, each with the weight of all that the person did with it; then those they stayed at."""
    counted = np.flatnonzero(liked.weights > 0)
    liked, at = liked.only(counted), at[counted]
    posts, rows = np.unique(liked.posts, return_inverse=True)
    newest = np.full(len(posts), -np.inf)
    np.maximum.at(newest, rows, at)
    order = np.lexsort((world.post_order[posts], -newest))
    weights: Floats = np.bincount(rows, liked.weights, len(posts)).astype(np.float64)
    return (
        Liked(posts[order], weights[order]).only(np.arange(len(posts))[: ranking.bounds.likes_of_factors]).and_(stays)
    )


def _seen(world: World, person: int) -> Ints:
    viewed = world.views.others[_until(world.views, world.views.of(person), world.network.as_of)]
    return np.concatenate((_acted_upon(world, person), viewed, world.hides.others_at(person)))


def _acted_upon(world: World, person: int) -> Ints:
    """What the person liked, saved, shared, or wants more like."""
    now = world.network.as_of
    acts = world.acts.others[_until(world.acts, world.acts.of(person), now)]
    return np.concatenate((world.likes.others[_until(world.likes, world.likes.of(person), now)], acts))


def _until(ties: Ties, entries: Ints, now: int) -> Ints:
    """The entries up to a time; NO_TIME is before all times."""
    return entries[ties.at[entries] <= now]


def _hide_weights(world: World, hides: Ints, left: Looks, feedback: Feedback) -> Floats:
    """The weights of hides and of posts that were left at once, which halve with `hide_half_life_days`; one without a
    time has the full weight."""
    at = np.concatenate((world.hides.at[hides], left.at))
    ages = np.where(at == NO_TIME, 0, np.maximum(world.network.as_of - np.maximum(at, clock.MIN_MS), 0))
    weights = [-feedback.hide_reasons.get(world.hidden_for[hide], feedback.hide) for hide in hides]
    weights += [-feedback.leave] * len(left.posts)
    return np.array(weights, np.float64) * 0.5 ** (ages / clock.DAY_MS / feedback.hide_half_life_days)
