"""What ranking reads of a person: their likes, follows, filters and hides, each as far as a request reads."""

from dataclasses import dataclass

import numpy as np

from graph import clock
from graph.background.arrays import NO_TIME, Floats, Ints
from graph.quality.ties import Ties
from graph.quality.world import World
from graph.ranking.profiles import Feedback, Ranking


@dataclass(frozen=True)
class Mine:
    """A person's own ties as of the world's time, each kind in the order of the store."""

    person: int
    likes: int
    """All likes that are stored, later ones too: the weights depend on their number."""
    liked: Ints
    newest: Ints
    """The newest likes, for similar posts and hashtags."""
    newest_of_authors: Ints
    """The newest likes, for their authors."""
    follows: Ints
    followees: Ints
    """The first of `follows` who are neither muted nor blocked."""
    barred: Ints
    """People whom the person muted or blocked, or who blocked them."""
    muted_hashtags: Ints
    seen: Ints
    """Posts that are out: liked, viewed or hidden."""
    hidden: Ints
    fading: Floats
    """What each hide still says, above 0."""


def mine(world: World, ranking: Ranking, person: int) -> Mine:
    """What ranking reads of the person in this row.

    Where a statement takes the first few ties that the store gives, so does this; the order is the one in which the
    world was read. Of people who liked, viewed and hid more than `bounds.seen`, all is out; the statement leaves some
    in, if the post has as many ties.
    """
    bounds, now = ranking.bounds, world.network.as_of
    liked = _until(world.likes, world.likes.of(person, bounds.stored), now)
    at, posts = world.likes.at[liked], world.likes.others[liked]
    newest_first = np.lexsort((world.post_order[posts], -at.astype(np.float64)))  # the negative of NO_TIME does not fit
    barred = np.concatenate((world.mutes.others_at(person), world.blocks.others_at(person)))
    first = _until(world.follows, world.follows.of(person, bounds.followees), now)
    followees = world.follows.others[first]
    hides = world.hides.of(person, bounds.hides)
    return Mine(
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
        fading=_fading(world, hides, ranking.feedback),
    )


def _seen(world: World, person: int) -> Ints:
    now = world.network.as_of
    liked = world.likes.others[_until(world.likes, world.likes.of(person), now)]
    viewed = world.views.others[_until(world.views, world.views.of(person), now)]
    return np.concatenate((liked, viewed, world.hides.others_at(person)))


def _until(ties: Ties, entries: Ints, now: int) -> Ints:
    """Those of these entries that are not later than now; NO_TIME is before all times."""
    return entries[ties.at[entries] <= now]


def _fading(world: World, hides: Ints, feedback: Feedback) -> Floats:
    """How much each of these hides still weighs: all of it if it has no time."""
    at = world.hides.at[hides]
    ages = np.where(at == NO_TIME, 0, np.maximum(world.network.as_of - np.maximum(at, clock.MIN_MS), 0))
    said = [-feedback.hide_reasons.get(world.hidden_for[hide], feedback.hide) for hide in hides]
    return np.array(said, np.float64) * 0.5 ** (ages / clock.DAY_MS / feedback.hide_half_life_days)
