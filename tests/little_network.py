"""Little networks for the tests of feeds, made by what people do in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from graph import clock
from graph.background import builder
from graph.background.builder import Built, build
from graph.client import Client
from graph.events import Event, record
from graph.ranking.feed import Feed, Item, Request
from graph.ranking.profiles import Profile, Ranking, profile
from graph.ranking.reasons import NEWCOMER
from tests.support import load, write_csv

DAY = 86_400_000
NOW = clock.parse("2024-06-01")
"""The clock of these networks, and of what is asked of them."""
DEFAULT = profile("default")
SOURCES = DEFAULT.sources
LIVELY = tuple(source for source in SOURCES if source not in ("missed", "looks_alike"))
"""Those that bring something in the lively network, where nobody posts seldom, and posts have no vectors."""


def changed(base: Profile = DEFAULT, **tables: Mapping[str, Any] | float) -> Profile:
    """A profile with other constants of its ranking: a table's by name, or one that stands alone."""
    assert base.ranking is not None
    update = {
        name: getattr(base.ranking, name).model_copy(update=value) if isinstance(value, Mapping) else value
        for name, value in tables.items()
    }
    return base.model_copy(update={"ranking": base.ranking.model_copy(update=update)})


def ranking() -> Ranking:
    """The constants of the profile `default`."""
    assert DEFAULT.ranking is not None
    return DEFAULT.ranking


class Network:
    """Rows to import. Whoever is named is a person, whose name is their id with a capital."""

    def __init__(self) -> None:
        self._people: dict[str, None] = {}
        self._rows: defaultdict[str, list[dict[str, object]]] = defaultdict(list)

    def person(self, *ids: str) -> None:
        self._people.update(dict.fromkeys(ids))

    def follow(self, who: str, *whom: str, days_ago: float | None = None) -> None:
        """At no known time if `days_ago` is None."""
        self.person(who, *whom)
        at = _days_before(days_ago)
        self._rows["follows"] += [{"follower": who, "followee": other, "at": at} for other in whom]

    def like(self, who: str, *posts: str, days_ago: float | None = None) -> None:
        """At no known time if `days_ago` is None."""
        self.person(who)
        at = _days_before(days_ago)
        self._rows["likes"] += [{"user": who, "post": post, "at": at} for post in posts]

    def pick(self, who: str, *hashtags: str) -> None:
        self.person(who)
        self._rows["interests"] += [{"user": who, "hashtag": hashtag} for hashtag in hashtags]

    def post(
        self,
        author: str,
        *posts: str,
        days_ago: float | None = 1,
        hashtags: Iterable[str] = (),
        like_count: int | None = None,
        caption: str | None = None,
    ) -> None:
        """Posts of an author, or of nobody if that is ''; of no time if `days_ago` is None."""
        if author:
            self.person(author)
        taken_at = _days_before(days_ago)
        about = {"author": author, "taken_at": taken_at, "like_count": like_count, "caption": caption}
        self._rows["posts"] += [{"id": post, **about} for post in posts]
        self._rows["tags"] += [{"post": post, "hashtag": hashtag} for post in posts for hashtag in hashtags]

    def load(self, client: Client, folder: Path) -> None:
        """Import it all."""
        users = [{"id": id, "username": id.capitalize()} for id in self._people]
        files = {name: rows for name, rows in self._rows.items() if rows}
        assert load(client, write_csv(folder, users=users, **files)).rejects is None


def sea_and_snow() -> Network:
    """Ana posts of the sea and ben of snow, each long ago and of late; five fans of each like it all."""
    network = Network()
    for author, hashtag in (("ana", "sea"), ("ben", "snow")):
        network.post(author, f"old {author}", days_ago=100, hashtags=[hashtag])
        network.post(author, f"{author}1", f"{author}2", days_ago=2, hashtags=[hashtag])
        for number in range(5):
            network.like(f"{author}{number}", f"old {author}", f"{author}1", f"{author}2", days_ago=1)
    return network


def _days_before(days: float | None) -> str | None:
    return None if days is None else clock.iso(NOW - round(days * DAY))


def lively() -> Network:
    """A network in which each source brings me posts, in the window, of three authors of its own, who have four each.

    I follow ana, ben and cem, who follow dan, eva and fay, and of whom two liked the posts of gus, hal and ida. What I
    liked long ago, of uma, vic and wim, three others liked, too, who liked the posts of lea, max and nia. I picked
    #sun, of which ola, pia and quo are. What rex, sue and ted posted was liked of late, by people of whom I know
    nothing; what xia posted is popular, and what yan posted is nothing but new.
    """
    network = Network()
    authors = ["ana ben cem", "dan eva fay", "gus hal ida", "lea max nia", "ola pia quo", "uma vic wim", "rex sue ted"]
    posts = {author: [f"{author}{number}" for number in range(4)] for line in authors for author in line.split()}
    for author, mine in posts.items():
        for days_ago, post in enumerate(mine, 1):
            network.post(author, post, days_ago=days_ago, hashtags=["sun"] if author in ("ola", "pia", "quo") else [])
    network.follow("me", "ana", "ben", "cem")
    network.pick("me", "sun")
    for author in ("uma", "vic", "wim"):
        network.post(author, f"old {author}", days_ago=400)
        network.like("me", f"old {author}", days_ago=380)
    for followee, friend in (("ana", "dan"), ("ben", "eva"), ("cem", "fay")):
        network.follow(followee, friend)
    for fan in ("ana", "ben"):
        network.like(fan, *posts["gus"], *posts["hal"], *posts["ida"], days_ago=200)
    for peer in ("jan", "kim", "lou"):
        network.like(peer, "old uma", "old vic", "old wim", *posts["lea"], *posts["max"], *posts["nia"], days_ago=200)
    for stranger in ("stu", "tom"):
        network.like(stranger, *posts["rex"], *posts["sue"], *posts["ted"], days_ago=0.1)
    network.post("xia", *(f"xia{number}" for number in range(4)), like_count=99)
    network.post("yan", *(f"yan{number}" for number in range(4)))
    return network


def asked(user: str = "me", **details: Any) -> Request:
    """What a person asks for now, as the profile `default` has it; however slow the machine, no source is late."""
    return Request(user, **{"profile": DEFAULT, "as_of": NOW, "waits": True, **details})


def built(client: Client, as_of: int = NOW, **details: Any) -> Built:
    """Build what feeds read, from what was there at a clock. Nobody reads meanwhile, so it waits for no readers."""
    with patch.object(builder, "GRACE_SECONDS", 0):
        return build(client, DEFAULT, as_of=as_of, **details)


def let_trend(client: Client, *authors: str, posts: Iterable[str] = (), **facts: Any) -> None:
    """Have what some people posted, and some posts, in a list of what trends, as if a builder had found it.

    With facts, such as how many people `now` like it, each trends by the first of its hashtags, or in a community.
    """
    client._driver.execute_query(
        "CREATE (list:TrendingList {builtAt: 9007199254740992}) WITH list "
        "MATCH (post:Post) "
        "WHERE post.id IN $posts OR EXISTS { (author)-[:POSTED]->(post) WHERE author.id IN $authors } "
        "WITH list, post ORDER BY post.id WITH list, collect(post) AS posts SET list.size = size(posts) "
        "WITH list, posts UNWIND range(0, size(posts) - 1) AS place WITH list, posts[place] AS post, place "
        "CREATE (list)-[row:TRENDING {place: place}]->(post) SET row += $facts, row.hashtag = "
        "CASE WHEN $facts <> {} THEN head(COLLECT { MATCH (post)-[:TAGGED]->(tag) RETURN tag.name ORDER BY tag.name }) "
        "END",
        authors=[*authors],
        posts=[*posts],
        facts=facts,
    )


def act(client: Client, kind: str, user: str = "me", at: int = NOW, **given: Any) -> None:
    """Have a person do something that changes something."""
    [outcome] = record(client, [Event(uuid4().hex, kind, user, at, **given)])
    assert outcome.status == "done", outcome


def reason_of(item: Item) -> str:
    """The reason of an item without what the newcomer's place adds to it."""
    assert item.is_newcomer == item.reason.text.endswith(f" {NEWCOMER}")
    return item.reason.text.removesuffix(f" {NEWCOMER}")


def posts_of(answer: Feed) -> list[str]:
    """The ids of the posts of a feed, in order."""
    return [item.post for item in answer.items]
