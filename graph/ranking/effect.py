"""What an act changes: the difference that it makes to the posts that a person would be shown next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from graph import hashtags
from graph.client import Client, Reader
from graph.errors import GraphfeedError
from graph.events import Event, Outcome
from graph.ranking.feed import Request
from graph.ranking.pool import Place
from graph.ranking.retrieval import rank
from graph.short_names import short

NEXT = 20
"""The number of next posts that are compared."""


@dataclass(frozen=True)
class Effect:
    """The difference between the next posts before and after acts."""

    text: str
    """It in a sentence or two."""
    of: int
    """The number of next posts before the acts, at most NEXT."""
    left: list[str] = field(default_factory=list)
    """The ids of posts that were among the next ones before, in their order."""
    came: list[str] = field(default_factory=list)
    """Those that are among them now."""
    up: list[str] = field(default_factory=list)
    """Those that are earlier than before, among the posts that stayed."""
    down: list[str] = field(default_factory=list)
    """Those that are later."""


def recorded_with_effect(
    client: Client, request: Request, events: Sequence[Event], record: Callable[[], list[Outcome]]
) -> tuple[list[Outcome], Effect | None]:
    """Records events of the person of a request with `record`. Returns the outcomes, and their effect.

    The effect is None for an unknown person, for a profile that does not rank, and where the ranking fails or takes
    too long: what people do is recorded all the same.
    """
    before = _next(client, request)
    outcomes = record()
    done = [event for event, outcome in zip(events, outcomes, strict=True) if outcome.status == "done"]
    after = _next(client, request) if before is not None and done else before
    return outcomes, None if before is None or after is None else effect(before, after, done)


def next_places(client: Reader, request: Request, count: int = NEXT) -> list[Place] | None:
    """The places that the person would be shown next, in the order of their scores: without a draw, so that what an
    act does not touch stays where it is. None for an unknown person, for a profile that does not rank, and if a source
    took too long, as two reads that lack different sources differ by more than an act."""
    return replace(request, limit=count).as_allowed(lambda allowed: _next_places(client, allowed, count))


def _next_places(client: Reader, request: Request, count: int) -> list[Place] | None:
    ranking = request.profile.ranking
    if ranking is None:
        return None
    pool = rank(client, request.for_pool(), ranking, ranking.page.at_least(count))
    return None if pool is None or pool.is_late else pool.in_order(ranking)[:count]


def effect(before: Sequence[Place], after: Sequence[Place], acts: Sequence[Event] = ()) -> Effect:
    """The difference between the places before and after some acts."""
    was, now = [place.post for place in before], [place.post for place in after]
    stayed = [post for post in was if post in now]
    rank_now = {post: number for number, post in enumerate(post for post in now if post in was)}
    left = [place for place in before if place.post not in now]
    came = [place for place in after if place.post not in was]
    found = Effect(
        text="",
        of=len(was),
        left=[place.post for place in left],
        came=[place.post for place in came],
        up=[post for number, post in enumerate(stayed) if rank_now[post] < number],
        down=[post for number, post in enumerate(stayed) if rank_now[post] > number],
    )
    return replace(found, text=_text(found, _in_common(left, acts), _in_common(came, acts)))


def _text(found: Effect, common_of_left: str, common_of_came: str) -> str:
    size = found.of
    came = f"came ({common_of_came})" if common_of_came else "came"
    numbers = {came: len(found.came), "moved up": len(found.up), "moved down": len(found.down)}
    parts = [f"{number} {verb}" for verb, number in numbers.items() if number]
    others = ", ".join(parts[:-1]) + (" and " if parts[:-1] else "") + "".join(parts[-1:])
    of = f"of your next {size} post{'' if size == 1 else 's'}"
    if not found.left:
        if not others:
            return f"None {of} changed." if size else "There is no post to be shown next."
        return f"O{of[1:]}, none left; {others}." if size else f"There was no post to be shown next; {others}."
    common = common_of_left and (":" if common_of_left.startswith(("all", "the")) else ",") + f" {common_of_left}"
    return f"{len(found.left)} {of} left{common}." + (f" {others}." if others else "")


def _in_common(places: Sequence[Place], acts: Sequence[Event]) -> str:
    """A phrase on what posts that left or came have to do with a single act; empty if nothing."""
    if len(acts) != 1 or not places or acts[0].word is not None:  # what captions say is not known here
        return ""
    [act] = acts
    if act.post is not None:
        itself = [place for place in places if place.post == act.post]
        return "the post itself" if itself == [*places] else "one of them the post itself" if itself else ""
    if act.hashtag is not None:
        name, phrase = hashtags.name(act.hashtag), f"of #{short(hashtags.display(act.hashtag))}"
        count = sum(name in place.hashtags for place in places)
    elif act.person is not None:
        phrase = "theirs"
        count = sum(place.author == act.person for place in places)
    else:
        return ""
    return f"all {phrase}" if count == len(places) else f"{count} of them {phrase}" if count else ""


def _next(client: Client, request: Request) -> list[Place] | None:
    try:
        return next_places(client, request)
    except GraphfeedError:
        return None
