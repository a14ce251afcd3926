"""Filters: whatever the graph, the acts and the settings, nobody is shown what is filtered for them, nor told of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cypher
from graph import clock, schema
from graph.background import builder
from graph.background.builder import build
from graph.client import Client
from graph.discovery import packs
from graph.discovery.cards import cards, person_card
from graph.discovery.reach import reach
from graph.discovery.search import search
from graph.discovery.similar import By, related_hashtags, similar_posts
from graph.discovery.suggestions import suggestions
from graph.discovery.topics import topics
from graph.discovery.trending import TrendingPage, trending
from graph.drawing import drawing
from graph.errors import NotFound
from graph.events import Event, record
from graph.hashtag_meaning import merges
from graph.network import interesting_topics, interests, network
from graph.ranking.batch import ranked_lists
from graph.ranking.effect import next_places
from graph.ranking.feed import ANY_AGE, Feed, Item, Request, feed, next_page, replay
from graph.ranking.missing import NEWS
from graph.ranking.profiles import profile
from graph.ranking.whatif import whatif
from graph.ranking.why import why
from graph.words import words_of
from tests.little_network import let_trend
from tests.support import ask

pytestmark = pytest.mark.live
NOW, HOUR, DAY = clock.parse("2024-06-01"), 3_600_000, 86_400_000
ME, PEOPLE = "u0", ("u0", "u1", "u2", "u3", "u4")
NAMES = {"u0": "Zero", "u1": "Ana One", "u2": "Ben Two", "u3": "Cem Three", "u4": "user u4"}
"""As sentences name them: by a username, a full name, or, for want of both, the id."""
POSTS = tuple(f"p{number}" for number in range(10))
HASHTAGS = {"sun": "#Sun", "sea": "#Sea", "sky": "#Sky"}
"""Each with the spelling that sentences show."""
KEPT, VARIANT = "sea", "sky"
"""Two that may be merged."""
CAPTIONS = {"": (), "A Snowman": (), "#Snow, at last!": ("snow",), "Let it SNOW. Good \u00adday": ("snow", "day")}
"""Each with the words of it that are muted."""
DEFAULT, TUTORIAL = profile("default"), profile("tutorial")


@pytest.fixture(autouse=True, scope="module")
def _no_waiting() -> Iterator[None]:
    """Two builds follow each other at once: no request reads in between."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(builder, "GRACE_SECONDS", 0)
        yield


Tie = tuple[str, str]
Act = tuple[str, str, dict[str, str]]
"""A kind, who does it, and what to."""


@dataclass(frozen=True)
class Post:
    """What a post is made with."""

    author: str | None
    taken_at: int | None
    sensitive: bool
    hashtags: frozenset[str]
    shown: frozenset[str]
    """People who are shown in it."""
    caption: str = ""


@dataclass(frozen=True)
class Pack:
    """What a pack is made with."""

    maker: str
    people: frozenset[str]


@dataclass
class World:
    """All that decides what is filtered for somebody, held in sets beside the graph."""

    posts: dict[str, Post]
    opted_out: set[str]
    picks: set[Tie]
    follows: set[Tie]
    likes: set[Tie]
    packs: dict[str, Pack] = field(default_factory=dict)
    views: set[Tie] = field(default_factory=set)
    hides: set[Tie] = field(default_factory=set)
    mutes: set[Tie] = field(default_factory=set)
    """Of people, hashtags and words."""
    private: set[str] = field(default_factory=set)
    """People and posts that are for followers only."""
    blocks: set[Tie] = field(default_factory=set)
    merged: bool = False
    """True while VARIANT is a variant of KEPT."""

    def create(self, client: Client) -> None:
        """Make the graph of it anew."""
        client.run_in_transactions("admin/wipe")
        schema.ensure(client)
        likes = {post: sum(liked == post for _, liked in self.likes) for post in self.posts}
        people = [
            {
                "id": id,
                "username": NAMES[id] if id in ("u0", "u1") else None,
                "fullName": NAMES[id] if id in ("u1", "u2", "u3") else None,
                "optedOut": id in self.opted_out,
            }
            for id in PEOPLE
        ]
        posts = [
            {
                "id": id,
                "takenAt": post.taken_at,
                "sensitive": post.sensitive,
                "likeCount": likes[id],
                "words": words_of(post.caption),
            }
            for id, post in self.posts.items()
        ]
        ask(client, "UNWIND $rows AS row CREATE (one:User) SET one = row", rows=people)
        ask(client, "UNWIND $rows AS row CREATE (one:Post) SET one = row", rows=posts)
        ask(
            client,
            "UNWIND $names AS name CREATE (:Hashtag {name: name, display: $displays[name]})",
            names=list(HASHTAGS),
            displays={name: display[1:] for name, display in HASHTAGS.items()},
        )
        for type, ties in self._ties().items():
            ask(
                client,
                f"UNWIND $ties AS tie MATCH (a:User|Post {{id: tie[0]}}) MATCH (b:User|Post|Hashtag) "
                f"WHERE tie[1] IN [b.id, b.name] CREATE (a)-[:{type}]->(b)",
                ties=sorted(ties),
            )

        made = [{"id": id, "maker": pack.maker, "people": sorted(pack.people)} for id, pack in self.packs.items()]
        ask(
            client,
            "UNWIND $packs AS row MATCH (maker:User {id: row.maker}) "
            "CREATE (maker)-[:MADE]->(pack:Pack {id: row.id, name: row.id, at: $at}) WITH pack, row "
            "UNWIND row.people AS id MATCH (one:User {id: id}) CREATE (pack)-[:HAS]->(one)",
            packs=made,
            at=NOW - DAY,
        )

    def _ties(self) -> dict[str, set[Tie]]:
        return {
            "FOLLOWS": self.follows,
            "LIKED": self.likes,
            "INTERESTED_IN": self.picks,
            "POSTED": {(post.author, id) for id, post in self.posts.items() if post.author},
            "TAGGED": {(id, name) for id, post in self.posts.items() for name in post.hashtags},
            "MENTIONS": {(id, person) for id, post in self.posts.items() for person in post.shown},
        }

    def act(self, client: Client, acts: Sequence[Act], prefix: str) -> None:
        """Record acts, and note what they change. To opt out is none, and comes with an import; nor is a merge."""
        for number, (is_merge, some) in enumerate(groupby(acts, lambda act: act[0] in ("merge", "undo"))):
            for act in some if is_merge else ():
                self._merge(client, act[0] == "merge")
            self._act(client, list(some), f"{prefix}{number}-")

    def _merge(self, client: Client, merged: bool) -> None:
        if merged != self.merged and merged:
            merges.merge(client, VARIANT, KEPT)
        elif merged != self.merged:
            merges.undo(client, VARIANT)
        self.merged = merged

    def _act(self, client: Client, acts: Sequence[Act], prefix: str) -> None:
        happened = [
            Event(f"{prefix}{number}", kind, user, NOW - HOUR, **target)  # type: ignore[arg-type]  # ids, all of them
            for number, (kind, user, target) in enumerate(acts)
            if target
        ]
        assert all(outcome.error is None for outcome in record(client, happened))
        for kind, user, target in acts:
            self._note(kind, (user, *target.values()))
        ask(client, "MATCH (one:User) WHERE one.id IN $ids SET one.optedOut = true", ids=sorted(self.opted_out))
        private = "MATCH (one:User|Post) WHERE one.id IN $ids SET one.visibility = 'followers'"
        ask(client, private, ids=sorted(self.private))

    def _note(self, kind: str, tie: tuple[str, ...]) -> None:
        kinds = {
            "follow": self.follows,
            "like": self.likes,
            "view": self.views,
            "hide": self.hides,
            "mute": self.mutes,
            "block": self.blocks,
            "pick": self.picks,
        }
        if kind == "opt out":
            self.opted_out.add(tie[0])
        elif kind == "go private":
            self.private.add(tie[0])
        elif kind in kinds:
            kinds[kind].update((tie[0], name) for name in self.spellings(tie[1]))
        else:
            kinds[kind.removeprefix("un")].difference_update((tie[0], name) for name in self.spellings(tie[1]))

    def spellings(self, name: str) -> set[str]:
        """Of a hashtag, its variant too; else what is given."""
        return {KEPT, VARIANT} if self.merged and name in (KEPT, VARIANT) else {name}

    def is_muted(self, hashtag: str) -> bool:
        """By me."""
        return any((ME, name) in self.mutes for name in self.spellings(hashtag))

    def is_person_filtered(self, id: str) -> bool:
        """For me."""
        is_apart = bool({(ME, id), (id, ME)} & self.blocks) or (ME, id) in self.mutes
        is_closed = id in self.opted_out | self.private and (ME, id) not in self.follows
        return id != ME and (is_apart or is_closed)

    def is_post_filtered(self, id: str, *, sensitive: bool = False, exclude: Iterable[str] = ()) -> bool:
        """For me, with these settings."""
        post = self.posts[id]
        return (
            id in exclude
            or post.author == ME
            or (ME, id) in self.hides
            or (post.sensitive and not sensitive)
            or (id in self.private and (ME, post.author) not in self.follows)
            or any(map(self.is_muted, post.hashtags))
            or any((ME, word) in self.mutes for word in CAPTIONS[post.caption])
            or (post.author is not None and self.is_person_filtered(post.author))
        )

    def unspeakable(self) -> list[str]:
        """The names of people and hashtags that no sentence may hold."""
        people = [NAMES[id] for id in PEOPLE if self.is_person_filtered(id)]
        return people + [display for name, display in HASHTAGS.items() if self.is_muted(name)]

    def check(self, items: Sequence[Item], **settings: Any) -> None:
        """Neither a post, nor a node of its reason, nor a name in the sentence is filtered for me."""
        for item in items:
            assert not self.is_post_filtered(item.post, **settings), item
            assert item.author == self.posts[item.post].author
            for node in item.reason.path:
                assert not self._is_node_filtered(node, settings), item
            self.check_said(item.reason.text)

    def check_said(self, text: str) -> None:
        """No name in a sentence is filtered for me."""
        for name in self.unspeakable():
            assert name.lower() not in text.lower(), text  # "User 7" begins a sentence

        if about := re.search(r" posts about (.+?)[.;]", text):
            self.check_topic(about[1])

    def check_topic(self, name: str) -> None:
        """No hashtag in the name of a topic is muted by me."""
        for display in name.split(", "):
            assert not self.is_muted(display.lower()), name

    def _is_node_filtered(self, node: Mapping[str, str | None], settings: Mapping[str, Any]) -> bool:
        id = str(node["id"])
        match node["label"]:
            case "User":
                return self.is_person_filtered(id)
            case "Post":
                return self.is_post_filtered(id, **settings)
            case _:
                return self.is_muted(id)

    def likers(self, *posts: str) -> int:
        """The number of others who like all of these posts and may be named to me."""
        fans = [{person for person, liked in self.likes if liked == post} for post in posts]
        return sum(person != ME and not self.is_person_filtered(person) for person in set.intersection(*fans))

    def users(self, *hashtags: str, **settings: Any) -> int:
        """The number of people who use all of these hashtags in posts that everybody, and I, may be shown."""
        return len(
            set.intersection(*({author for author, _ in self.open_posts(name, **settings)} for name in hashtags))
        )

    def fans(self, *hashtags: str, **settings: Any) -> int:
        """The number of others who like such posts of each of these hashtags, and may be named to me."""
        fans = [
            {person for person, liked in self.likes for _, post in self.open_posts(name, **settings) if liked == post}
            for name in hashtags
        ]
        return sum(person != ME and not self.is_person_filtered(person) for person in set.intersection(*fans))

    def open_posts(self, hashtag: str, **settings: Any) -> set[tuple[str, str]]:
        """Authors and posts of a hashtag in any spelling that everybody, and I, may be shown."""
        closed = self.private | self.opted_out
        return {
            (post.author, id)
            for id, post in self.posts.items()
            if self.spellings(hashtag) & post.hashtags
            and post.author
            and post.author not in closed
            and id not in closed
            and not self.is_post_filtered(id, **settings)
        }

    def check_surroundings(self, client: Client) -> None:
        """The same of whom I am told of in my network, its picture, and my hashtags."""
        for row in network(client, ME):
            for end in ("src", "dst"):
                assert not self.is_person_filtered(row[f"{end}Id"]), row
        for row in drawing(client, ME).people:
            assert not self.is_person_filtered(row["person"]), row
        picture = cypher.load("network/picture").text
        for row in ask(client, picture, me=ME, edges="all", edgeLimit=300):
            for node in row["path"].nodes:
                assert not self.is_person_filtered(node["id"]), row
        for chosen in (DEFAULT, TUTORIAL):
            for row in interests(client, ME, chosen, NOW):
                assert not self.is_muted(row["hashtag"]), row


# --- worlds, acts and settings at random

PERSON, POST, HASHTAG = st.sampled_from(PEOPLE), st.sampled_from(POSTS), st.sampled_from(tuple(HASHTAGS))
OTHER = st.sampled_from(PEOPLE[1:])
NO_POST = st.just("no post")
TAKEN_AT = st.none() | st.just(NOW - 100 * DAY) | st.integers(NOW - 6 * DAY, NOW)


def ties(a: st.SearchStrategy[str], b: st.SearchStrategy[str], least: int) -> st.SearchStrategy[set[Tie]]:
    """Nobody is tied to themselves."""
    return st.sets(st.tuples(a, b).filter(lambda tie: tie[0] != tie[1]), min_size=least, max_size=2 * least)


def posts() -> st.SearchStrategy[dict[str, Post]]:
    post = st.builds(
        Post,
        author=PERSON | OTHER | OTHER | st.none(),
        taken_at=TAKEN_AT,
        sensitive=st.sampled_from((False, False, False, True)),
        hashtags=st.frozensets(HASHTAG),
        shown=st.frozensets(PERSON, max_size=1),
        caption=st.sampled_from(tuple(CAPTIONS)),
    )
    return st.tuples(*(post for _ in POSTS)).map(lambda made: dict(zip(POSTS, made, strict=True)))


def worlds() -> st.SearchStrategy[World]:
    pack = st.builds(Pack, maker=PERSON | OTHER, people=st.frozensets(PERSON, min_size=1))
    return st.builds(
        World,
        posts=posts(),
        opted_out=st.sets(OTHER, max_size=2),
        picks=ties(st.just(ME), HASHTAG, 1),
        follows=st.builds(set.union, ties(st.just(ME), OTHER, 2), ties(OTHER, PERSON, 4)),
        likes=st.builds(set.union, ties(st.just(ME), POST, 1), ties(OTHER, POST, 10)),
        packs=st.fixed_dictionaries({id: pack for id in ("snow", "sea")}),
    )


def acts() -> st.SearchStrategy[list[Act]]:
    """Things that I do or undo, and that others do to me or among themselves."""

    def of(kinds: Sequence[str], name: str, user: st.SearchStrategy[str], target: st.SearchStrategy[str]) -> Any:
        both = [*kinds, *kinds, *(f"un{kind}" for kind in kinds if kind != "view")]
        return st.tuples(st.sampled_from(both), user, target.map(lambda id: {name: id}))

    mine, theirs = st.just(ME), OTHER
    others = of(["follow", "block", "mute"], "person", theirs, PERSON)
    act: st.SearchStrategy[Act] = st.one_of(
        of(["follow", "mute", "block"], "person", mine, OTHER),
        of(["mute"], "hashtag", mine, HASHTAG),
        of(["mute"], "word", mine, st.sampled_from(("snow", "day"))),
        of(["pick"], "hashtag", mine, HASHTAG),
        of(["hide", "like", "view"], "post", mine, POST),
        of(["like"], "post", theirs, POST),
        others.filter(lambda act: act[1] != act[2]["person"]),
        st.tuples(st.sampled_from(("merge", "merge", "undo")), mine, st.just({})),
        st.tuples(st.just("opt out"), theirs, st.just({})),
        st.tuples(st.just("go private"), theirs | POST, st.just({})),
    )
    return st.lists(act, max_size=6)


AIMS = st.lists(st.integers(0, 999), min_size=2, max_size=3)


def aimed(shown: Sequence[Item], aims: Sequence[int]) -> list[Act]:
    """I hide, mute or block just what I was shown, or told of in a reason, or they opt out or go private."""
    nodes = [node for item in shown for node in item.reason.path[1:]]
    return [against(nodes[aim % len(nodes)], aim) for aim in aims] if nodes else []


def against(node: Mapping[str, str | None], aim: int) -> Act:
    id = str(node["id"])
    match node["label"]:
        case "User":
            own: list[Act] = [("opt out", id, {}), ("go private", id, {})]
            return [("mute", ME, {"person": id}), ("block", ME, {"person": id}), *own][aim % 4]
        case "Post":
            return [("hide", ME, {"post": id}), ("go private", id, {})][aim % 2]
        case _:
            return ("mute", ME, {"hashtag": id})


@dataclass(frozen=True)
class Settings:
    """What I ask with."""

    sensitive: bool
    exclude: tuple[str, ...]
    window_days: float | None
    source: str
    """One of the default profile that is asked alone, beside the mix of all."""

    def request(self, **details: Any) -> Request:
        words = {
            "as_of": NOW,
            "limit": 4,
            "sensitive": self.sensitive,
            "exclude": self.exclude,
            "window_days": self.window_days,
        }
        return Request(ME, **{**words, **details})

    @property
    def allowed(self) -> dict[str, Any]:
        """As the checks take it."""
        return {"sensitive": self.sensitive, "exclude": self.exclude}


SETTINGS = st.builds(
    Settings,
    sensitive=st.booleans(),
    exclude=st.tuples(POST | NO_POST, NO_POST),  # of one size, for the server plans a statement for each size anew
    window_days=st.sampled_from((None, 200.0, ANY_AGE)),
    source=st.sampled_from(DEFAULT.sources),
)


# --- the default profile


@pytest.mark.long
@given(world=worlds(), before=acts(), between=acts(), aims=AIMS, asked=SETTINGS)
@settings(max_examples=20, deadline=None)
def test_nothing_filtered_is_listed_to_anybody_before_a_build(
    session_client: Client, world: World, before: list[Act], between: list[Act], aims: list[int], asked: Settings
) -> None:
    check_all(session_client, world, before, between, aims, asked, builds=())


@pytest.mark.long
@given(
    world=worlds(),
    before=acts(),
    between=acts(),
    aims=AIMS,
    asked=SETTINGS,
    builds=st.sampled_from((("first",), ("between",), ("first", "between"))),
)
@settings(max_examples=8, deadline=None)
def test_nor_is_it_when_what_was_built_knows_nothing_of_it_or_all(
    session_client: Client,
    world: World,
    before: list[Act],
    between: list[Act],
    aims: list[int],
    asked: Settings,
    builds: Sequence[str],
) -> None:
    check_all(session_client, world, before, between, aims, asked, builds)


def check_all(
    client: Client,
    world: World,
    before: list[Act],
    between: list[Act],
    aims: list[int],
    asked: Settings,
    builds: Sequence[str],
) -> None:
    """Whatever I ask for, before and after acts; `builds` are made before the first feed, and after the acts."""
    world.create(client)
    let_trend(client, posts=POSTS, now=9, usual=2.0, about=[*HASHTAGS])
    world.act(client, before, "before")
    if "first" in builds:
        build(client, DEFAULT, as_of=NOW)
    ask(client, "MATCH (tag:Hashtag) MERGE (topic:Topic {id: 'all'}) CREATE (tag)-[:OF_TOPIC {place: 1}]->(topic)")
    first = feed(client, asked.request(limit=2), record=True)
    check_first_page(world, first, asked)
    whole = replay(client, ME, first.slate).items if first.slate else []
    world.act(client, [*between, *aimed(whole, aims)], "between")
    if "between" in builds:
        build(client, DEFAULT, as_of=NOW)
    check_later_pages(client, world, first, asked)
    for source in (asked.source, None):
        look = feed(client, asked.request(source=source))
        check_first_page(world, look, asked)
        if NEWS not in look.missing:  # else nothing is left but what was served
            assert not {item.post for item in look.items} & {item.post for item in first.items}
    check_lists(client, world, asked)
    check_trending(client, world, asked)
    check_explanations(client, world, asked)
    check_suggestions(client, world)
    check_search(client, world, asked)
    check_what_if(client, world, asked)
    world.check_surroundings(client)
    check_packs(client, world)  # last, as it follows people


def check_first_page(world: World, answer: Feed, asked: Settings) -> None:
    """It lacks also what I liked or saw."""
    world.check(answer.items, **asked.allowed)
    for item in answer.items:
        assert (ME, item.post) not in world.likes | world.views


def check_later_pages(client: Client, world: World, first: Feed, asked: Settings) -> None:
    """What I liked or saw since stays on them; what I may not be shown does not."""
    if first.slate is None:
        return
    again = replay(client, ME, first.slate).items
    world.check(again)
    seen = [item.post for item in first.items]
    cursor = first.cursor
    while cursor:
        page = next_page(client, ME, cursor, limit=2)
        world.check(page.items, sensitive=asked.sensitive)
        seen += [item.post for item in page.items]
        cursor = page.cursor
    assert len(seen) == len(set(seen))
    assert not set(seen + [item.post for item in again]) & set(asked.exclude)


def check_lists(client: Client, world: World, asked: Settings) -> None:
    for ranked in ranked_lists(client, [ME], asked.request(), 100):
        for post, _ in ranked.items:
            assert not world.is_post_filtered(post, **asked.allowed), post
            assert (ME, post) not in world.likes | world.views


def check_trending(client: Client, world: World, asked: Settings) -> None:
    """What I find beside the feed tells of nothing that is filtered, either."""
    for followed in (False, True):
        cursor: str | None = None
        pages: list[TrendingPage] = []
        while cursor is not None or not pages:
            page = trending(client, ME, limit=3, cursor=cursor, followed=followed, sensitive=asked.sensitive)
            pages.append(page)
            cursor = page.cursor
        found = [item for page in pages for item in page.items]
        assert len({item.post for item in found}) == len(found)
        for item in found:
            assert not world.is_post_filtered(item.post, sensitive=asked.sensitive), item
            assert item.author == world.posts[item.post].author
            world.check_said(item.text)
        if not followed:
            shown = {post for post in POSTS if not world.is_post_filtered(post, sensitive=asked.sensitive)}
            assert {item.post for item in found} == shown


def check_explanations(client: Client, world: World, asked: Settings) -> None:
    """What is said of a post tells of nothing that is filtered, and a post that is has no reason to be shown."""
    for post in POSTS[:3]:
        said = why(client, asked.request(), post)
        if said.item is not None:
            world.check([said.item], **asked.allowed)
            assert (ME, post) not in world.likes | world.views
        elif world.is_post_filtered(post, sensitive=asked.sensitive):
            assert said.kept_out


def check_suggestions(client: Client, world: World) -> None:
    """Nobody filtered or followed is suggested, and each count and name is of what I may be shown."""
    followees = {id for who, id in world.follows if who == ME and id != ME and not world.is_person_filtered(id)}
    likes = {post for who, post in world.likes if who == ME and not world.is_post_filtered(post)}
    for item in suggestions(client, ME, as_of=NOW).items:
        assert item.person != ME
        assert not world.is_person_filtered(item.person), item
        assert (ME, item.person) not in world.follows
        counts = {
            "followed_by": len({via for via in followees if (via, item.person) in world.follows}),
            "liked": len({post for post in likes if world.posts[post].author == item.person}),
            "likes_alike": len({post for post in likes if (item.person, post) in world.likes}),
            "follows_alike": len({one for one in followees if (item.person, one) in world.follows}),
        }
        for reason in item.reasons:
            assert not any(name in reason.text for name in world.unspeakable()), reason
            assert reason.reason != "follows_you" or (item.person, ME) in world.follows
            if reason.count is not None:
                assert reason.count == counts[reason.reason], item
        told = {reason.reason for reason in item.reasons}
        assert told >= {name for name in ("followed_by", "liked", "follows_alike") if counts[name]}


RELATE = """
    MATCH (one:Hashtag)<-[:TAGGED]-() WITH DISTINCT one
    MATCH (other:Hashtag)<-[:TAGGED]-() WHERE other <> one WITH DISTINCT one, other
    MERGE (one)-[arc:RELATED_TO]->(other)
    ON CREATE SET arc.weight = 0.5, arc.by = CASE WHEN one.name < other.name THEN 'likes' ELSE 'emoji' END
"""
"""All hashtags, as those that the same people like, and as emoji."""


def check_search(client: Client, world: World, asked: Settings) -> None:
    """Search, what is similar to a post, and related hashtags: nothing filtered is found, named or counted."""
    request = asked.request(limit=100)
    for text in ("one", "two", "three", "zero", "snow", "good day"):
        answer = search(client, text, request)
        for person in answer.people:
            assert not world.is_person_filtered(person["user"]), person
            world.check_said(person["why"] or "")
        for post in answer.posts:
            assert not world.is_post_filtered(post["post"], **asked.allowed), post
    for id in POSTS:
        author = world.posts[id].author
        hidden = author is not None and world.is_person_filtered(author)
        for_others = id in world.private and author != ME and (ME, author) not in world.follows
        if hidden or for_others or (world.posts[id].taken_at or 0) > NOW:
            with pytest.raises(NotFound):
                similar_posts(client, id, request)
            continue
        for row in (row for by in By for row in similar_posts(client, id, request, by)):
            assert not world.is_post_filtered(row["post"], **asked.allowed), row
            world.check_said(row["why"])
            if row["why"][0].isdigit():
                assert int(row["why"].split()[0]) <= world.likers(id, row["post"])
    check_cards(client, world, asked)
    ask(client, RELATE)
    for name in HASHTAGS:
        for row in related_hashtags(client, name, request).items:
            assert not world.is_muted(row["hashtag"])
            assert world.open_posts(row["hashtag"], **asked.allowed), row
            count = world.fans if "posts of both" in row["why"] else world.users
            for number in re.findall(r"(\d+) (?:person|people)", row["why"]):
                assert 0 < int(number) <= count(name, row["hashtag"], **asked.allowed), row
            for post in row["examples"]:
                assert not world.is_post_filtered(post, **asked.allowed), row
    for row in [*topics(client, ME).items, *interesting_topics(client, ME, DEFAULT, NOW)]:
        world.check_topic(row["name"])
    for row in interests(client, ME, DEFAULT, NOW):
        if row["topic"]:
            world.check_topic(row["topic"]["name"])


def check_cards(client: Client, world: World, asked: Settings) -> None:
    """Cards of posts and of people: just those that may be shown, and of whom I muted or blocked only that."""
    request = asked.request(limit=100)
    shown = [row["post"] for row in cards(client, POSTS, request)]
    there = [id for id in POSTS if (world.posts[id].taken_at or 0) <= NOW]
    assert shown == [id for id in there if not world.is_post_filtered(id, **asked.allowed)]
    for id in PEOPLE:
        is_muted, is_blocked = (ME, id) in world.mutes, (ME, id) in world.blocks
        if world.is_person_filtered(id) and not (is_muted or is_blocked):
            with pytest.raises(NotFound):
                person_card(client, id, request)
            continue
        row = person_card(client, id, request)
        assert (row["muted"], row["blocked"]) == (is_muted, is_blocked)
        assert all(not world.is_post_filtered(post, **asked.allowed) for post in row["newest"])
        if world.is_person_filtered(id):
            told = {row[name] for name in ("username", "fullName", "followers", "follows", "posts", "followsMe")}
            assert not any(told)


def check_what_if(client: Client, world: World, asked: Settings) -> None:
    """No act is proposed upon, and no sentence names, what is filtered; nor does one about who was shown my posts."""
    request = asked.request(limit=3)
    for place in (next_places(client, request, 3) or [])[:1]:
        answer = whatif(client, request, place.post, 3)
        world.check_said(answer.text)
        for change in answer.changes:
            world.check_said(change.text)
            assert change.person is None or not world.is_person_filtered(change.person), change
            assert change.post is None or not world.is_post_filtered(change.post, **asked.allowed), change
            assert change.hashtag is None or (ME, change.hashtag) not in world.mutes, change
    for item in reach(client, ME, NOW).items:
        assert world.posts[item.post].author == ME
        world.check_said(item.text)


def check_packs(client: Client, world: World) -> None:
    """A pack has, counts and follows whom I may be shown, and there is none without such people, or of a maker who
    is filtered."""
    shown = {
        id: {person for person in pack.people if not world.is_person_filtered(person)}
        for id, pack in world.packs.items()
        if not world.is_person_filtered(pack.maker)
    }
    rows = packs.listed(client, ME)
    assert {row["pack"]: row["people"] for row in rows} == {id: len(people) for id, people in shown.items() if people}
    for maker in PEOPLE:
        assert [row for row in rows if row["by"] == maker] == packs.listed(client, ME, by=maker)
    for row in rows:
        world.check_said(str((row["by"], row["byName"])))
    for id in world.packs:
        if not shown.get(id):
            with pytest.raises(NotFound):
                packs.one(client, id, ME)
            continue
        found = packs.one(client, id, ME)
        world.check_said(str(found))
        assert {member.person for member in found.people} == shown[id]
        followees = {person for who, person in world.follows if who == ME}
        assert {member.person for member in found.people if member.followed} == shown[id] & followees
        outcomes = packs.follow(client, ME, id)
        assert {person for person, outcome in outcomes if outcome.status == "done"} == shown[id] - followees - {ME}
        world.follows |= {(ME, person) for person, _ in outcomes}


MINE = Post("u1", NOW - 2 * DAY, False, frozenset({"sun"}), frozenset())
NEW = Post(None, NOW - DAY, False, frozenset(), frozenset())
LIKED = "Because you liked Ana One's photo of 30 May"


@pytest.mark.parametrize(
    ("acts", "told"),
    [
        ([("mute", ME, {"person": "u2"})], f"{LIKED}; Cem Three liked both."),
        ([("block", ME, {"person": "u2"})], f"{LIKED}; Cem Three liked both."),
        ([("block", "u2", {"person": ME})], f"{LIKED}; Cem Three liked both."),
        ([("opt out", "u2", {})], f"{LIKED}; Cem Three liked both."),
        ([("follow", ME, {"person": "u4"})], f"{LIKED}; user u4, whom you follow, liked both."),
        ([("mute", ME, {"person": id}) for id in ("u2", "u3", "u4")], f"{LIKED}."),
        ([("hide", ME, {"post": "p0"})], None),
        ([("mute", ME, {"hashtag": "sun"})], None),
        ([("mute", ME, {"person": "u1"})], None),
        ([("block", "u1", {"person": ME})], None),
        ([("opt out", "u1", {})], None),
    ],
)
def test_a_post_stays_without_its_reason_when_that_may_not_be_told_any_more(
    client: Client, acts: list[Act], told: str | None
) -> None:
    fans = {(fan, post) for fan in ("u2", "u3", "u4") for post in ("p0", "p1")}
    world = World({"p0": MINE, "p1": NEW}, set(), set(), set(), {(ME, "p0"), *fans})
    world.create(client)
    build(client, DEFAULT, as_of=NOW)
    first = feed(client, Request(ME, as_of=NOW), record=True)
    [item] = first.items
    assert [node["id"] for node in item.reason.path] == [ME, "p0", "p1"]
    assert item.reason.text == f"{LIKED}; Ben Two liked both."
    world.act(client, acts, "act")
    [item] = replay(client, ME, str(first.slate)).items
    world.check([item])
    assert [node["id"] for node in item.reason.path] == ([ME, "p0", "p1"] if told else [ME, "p1"])
    assert item.reason.text == (told or "Popular: 3 likes.")


def test_another_like_of_mine_that_leads_to_it_is_told_instead(client: Client) -> None:
    fans = {(fan, post) for fan in ("u2", "u3", "u4") for post in ("p0", "p1", "p2")}
    world = World({"p0": MINE, "p1": NEW, "p2": MINE}, set(), set(), set(), {(ME, "p0"), (ME, "p2"), *fans})
    world.create(client)
    build(client, DEFAULT, as_of=NOW)
    first = feed(client, Request(ME, as_of=NOW), record=True)
    [item] = first.items
    told = str(item.reason.path[1]["id"])
    world.act(client, [("hide", ME, {"post": told})], "act")
    [item] = replay(client, ME, str(first.slate)).items
    assert [node["id"] for node in item.reason.path] == [ME, *({"p0", "p2"} - {told}), "p1"]


@pytest.mark.parametrize("kind", ["mute", "block", "block me"])
def test_a_followee_who_may_not_be_named_any_more_gives_way_to_the_next(client: Client, kind: str) -> None:
    follows, likes = {(ME, "u2"), (ME, "u3")}, {("u2", "p1"), ("u3", "p1")}
    world = World({"p1": NEW}, set(), set(), follows, likes)
    world.create(client)
    first = feed(client, Request(ME, as_of=NOW), record=True)
    [item] = first.items
    told = str(item.reason.path[1]["id"])
    [other] = {"u2", "u3"} - {told}
    assert item.reason.text == f"{NAMES[told]} and 1 other, whom you follow, liked this."
    act = ("block", told, {"person": ME}) if kind == "block me" else (kind, ME, {"person": told})
    world.act(client, [act], "act")
    [item] = replay(client, ME, str(first.slate)).items
    assert item.reason.text == f"{NAMES[other]}, whom you follow, liked this."
    assert [node["id"] for node in item.reason.path] == [ME, other, "p1"]
    world.act(client, [("mute", ME, {"person": other})], "later")
    [item] = replay(client, ME, str(first.slate)).items
    assert item.reason.text == "Popular: 2 likes."
    assert [node["id"] for node in item.reason.path] == [ME, "p1"]


# --- the tutorial's


@pytest.mark.long
@given(world=worlds(), before=acts(), asked=SETTINGS, source=st.sampled_from(TUTORIAL.sources))
@settings(max_examples=10, deadline=None)
def test_nothing_filtered_is_in_the_tutorials_feed(
    session_client: Client, world: World, before: list[Act], asked: Settings, source: str
) -> None:
    world.create(session_client)
    world.act(session_client, before, "before")
    for name in ("mixed", source):
        request = asked.request(profile=TUTORIAL, window_days=None, source=name, limit=30)
        world.check(feed(session_client, request).items, **asked.allowed)
