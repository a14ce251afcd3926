"""The ties of a person that ranking reads: likes, follows, filters and hides, each up to the bounds of a request."""

from dataclasses import dataclass

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints
from graph.quality.ties import Ties
from graph.quality.world import World
from graph.ranking.profiles import Feedback, Ranking


@dataclass(frozen=True)
class PersonTies:
    """The ties of a person as of the world's time, each kind in the order of the store. Nodes are rows."""

    person: int
    likes: int
    """The number of all stored likes, even later ones, which the weights depend on."""
    liked: Ints
    newest: Ints
    """The newest likes, for similar posts and hashtags."""
    newest_of_authors: Ints
    """The newest likes, for their authors."""
    follows: Ints
    """Followed people."""
    followees: Ints
    """The first of `follows` who are neither muted nor blocked."""
    barred: Ints
    """People whom the person muted or blocked, or who blocked them."""
    muted_hashtags: Ints
    seen: Ints
    """Posts that are never retrieved: liked, viewed or hidden."""
    hidden: Ints
    """The posts of the hides that count as feedback."""
    hide_weights: Floats
    """The weight of each of these hides, above 0: it fades with time."""
    more: Ints
    """Hashtags that the person wants more of."""
    less: Ints
    dismissed: Ints
    """Hashtags that are no interests of the person."""


def person_ties(world: World, ranking: Ranking, person: int) -> PersonTies:
    """The ties of a person, given as a row.

    Where a statement takes the first ties in the order of the store, this takes the first ones of the world, which has
    the order in which it was read. All likes, views and hides of a person keep posts out; the statement, beyond
    `bounds.seen` of them, may miss some.
    """
    bounds, now = ranking.bounds, world.network.as_of
    liked = _until(world.likes, world.likes.of(person, bounds.stored), now)
    at, posts = world.likes.at[liked], world.likes.others[liked]
    newest_first = np.lexsort((world.post_order[posts], -at.astype(np.float64)))  # as floats: -NO_TIME overflows
    barred = np.concatenate((world.mutes.others_at(person), world.blocks.others_at(person)))
    first = _until(world.follows, world.follows.of(person, bounds.followees), now)
    followees = world.follows.others[first]
    hides = world.hides.of(person, bounds.hides)
    return PersonTies(
        person=person,
        likes=len(world.likes.of(person)),
        liked=posts,
        newest=posts[np.sort(newest_first[: bounds.likes])],
        newest_of_authors=posts[np.sort(newest_first[: bounds.likes_of_authors])],
        follows=world.follows.others[_until(world.follows, world.follows.of(person, bounds.seen), now)],
        followees=followees[~np.isin(followees, barred)],
        barred=barred,
        muted_hashtags=world.muted_hashtags.others_at(person),
        seen=_seen(world, person),
        hidden=world.hides.others[hides],
        hide_weights=_hide_weights(world, hides, ranking.feedback),
        more=world.more.others_at(person),
        less=world.less.others_at(person),
        dismissed=world.dismissed.others_at(person),
    )


def _seen(world: World, person: int) -> Ints:
    now = world.network.as_of
    liked = world.likes.others[_until(world.likes, world.likes.of(person), now)]
    viewed = world.views.others[_until(world.views, world.views.of(person), now)]
    return np.concatenate((liked, viewed, world.hides.others_at(person)))


def _until(ties: Ties, entries: Ints, now: int) -> Ints:
    """The entries up to a time; NO_TIME is before all times."""
    return entries[ties.at[entries] <= now]


def _hide_weights(world: World, hides: Ints, feedback: Feedback) -> Floats:
    """The weights of hides, which halve with `hide_half_life_days`; a hide without a time has the full weight."""
    at = world.hides.at[hides]
    ages = np.where(at == NO_TIME, 0, np.maximum(world.network.as_of - np.maximum(at, clock.MIN_MS), 0))
    weights = [-feedback.hide_reasons.get(world.hidden_for[hide], feedback.hide) for hide in hides]
    return np.array(weights, np.float64) * 0.5 ** (ages / clock.DAY_MS / feedback.hide_half_life_days)
