"""Networks of every kind, also poor ones: each gives a sensible feed with a true reason for each post, or says why not.

Each is asked before anything is built and after a build, with GDS and on a server that has none.
"""

import math
import os
import random
import re
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import cypher
from graph.client import Client
from graph.errors import GdsMissing
from graph.progress import Silent
from graph.ranking.batch import everybody, ranked_lists
from graph.ranking.feed import ANY_AGE, Feed, Item, feed, next_page, replay
from graph.ranking.missing import AFFINITY, NEWS, NO_BUILD
from graph.ranking.person import read_person
from graph.ranking.retrieval import ranked_params
from graph.ranking.sources import FALLBACK, GENERAL
from graph.ranking.why import MAX_CANDIDATES, why
from loaders.adapters import sources
from loaders.importer import Options, import_sources
from tests.little_network import NOW, Network, act, asked, built, posts_of, ranking, reason_of
from tests.support import ask

pytestmark = pytest.mark.live
INSTAGRAM = Path(__file__).parent / "fixtures" / "instagram"
ASKED, LISTED = 4, 40
"""People whose feeds and whose lists are asked for, at most."""


@pytest.fixture(params=["with GDS", "without GDS"])
def gds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the server has GDS; if not, it refuses every statement that speaks of it."""
    if request.param == "without GDS":
        execute, stream = Client._execute, Client.stream

        def refuse(name: str) -> None:
            if re.search(r"^(?!//).*\bgds\.", cypher.load(name).text, re.MULTILINE):
                raise GdsMissing("Neo4j runs without GDS.", "Install it.")

        def executed(self: Client, name: str, *rest: Any) -> Any:
            refuse(name)
            return execute(self, name, *rest)

        def streamed(self: Client, name: str, *rest: Any, **more: Any) -> Any:
            refuse(name)
            return stream(self, name, *rest, **more)

        monkeypatch.setattr(Client, "_execute", executed)
        monkeypatch.setattr(Client, "stream", streamed)
    return bool(request.param == "with GDS")


@dataclass(frozen=True)
class Shape:
    """What a network has."""

    people: int = 14
    posts_each: int = 3
    has_authors: bool = True
    has_hashtags: bool = True
    has_follows: bool = True
    has_likes: bool = True
    has_times: bool = True
    """Of likes."""
    all_like_the_same: bool = False

    def draw(self) -> Network:
        """People of two tastes: each posts, likes and follows what is of their own, mostly."""
        rng = random.Random(7)
        network, people = Network(), [f"u{number:02}" for number in range(self.people)]
        network.person(*people)
        posts = [f"p{number:02}" for number in range(self.people * self.posts_each)]
        for number, post in enumerate(posts):
            author = people[number % self.people] if self.has_authors else ""
            hashtags = (("sun", "sea")[number % 2], "photo") if self.has_hashtags else ()
            network.post(author, post, days_ago=1 + number % 20, hashtags=hashtags)
        for number, person in enumerate(people):
            near = [other for other in people[number % 2 :: 2] if other != person]
            if self.has_follows and near:
                network.follow(person, *rng.sample(near, min(3, len(near))))
            mine = [post for post in posts[number % 2 :: 2] if rng.random() < 0.4]
            liked = posts[:5] if self.all_like_the_same else mine
            if self.has_likes:
                for post in liked:
                    network.like(person, post, days_ago=rng.random() * 20 if self.has_times else None)
        return network


SHAPES = {
    "all": Shape(),
    "no likes at all": Shape(has_likes=False),
    "one person": Shape(people=1, has_likes=False),
    "five people": Shape(people=5),
    "one post": Shape(people=1, posts_each=1, has_authors=False, has_likes=False),
    "no authors": Shape(has_authors=False),
    "no hashtags": Shape(has_hashtags=False),
    "no follows": Shape(has_follows=False),
    "no like times": Shape(has_times=False),
    "none of these": Shape(has_likes=False, has_authors=False, has_hashtags=False, has_follows=False),
    "only likes without times": Shape(has_authors=False, has_hashtags=False, has_follows=False, has_times=False),
    "everybody likes the same": Shape(all_like_the_same=True),
}
EMPTY = {"one person"}
"""Where there is nothing but what is one's own."""


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_a_network_gives_a_feed_with_true_reasons_or_says_why_it_gives_none(
    client: Client, tmp_path: Path, gds: bool, name: str
) -> None:
    shape = SHAPES[name]
    shape.draw().load(client, tmp_path)
    for has_build in (False, True):
        if has_build:
            missing = built(client).missing
            assert ("gds" in missing) == (not gds)
            assert ("trend" in missing) == (not (shape.has_likes and shape.has_times))
        answers = check(client, has_build=has_build)
        for answer in answers:
            assert bool(answer.items) == (name not in EMPTY)
            if not answer.items:
                assert re.fullmatch(
                    r"Of the (one|\d+) posts? of the last 30 days, \d+ (is|are) your own\.", str(answer.why_empty)
                )


def test_five_people_get_a_full_feed(client: Client, tmp_path: Path, gds: bool) -> None:
    """Though four authors may have no more than two places of ten each."""
    SHAPES["five people"].draw().load(client, tmp_path)
    for has_build in (False, True):
        if has_build:
            built(client)
        for user in everybody(client):
            may_be_shown = ask(
                client,
                "MATCH (me:User {id: $me}), (post:Post) WHERE NOT EXISTS { (me)-[:LIKED|POSTED]->(post) } "
                "RETURN count(post) AS count",
                me=user,
            )[0]["count"]
            answer = feed(client, asked(user))
            assert len(answer.items) == min(10, may_be_shown) >= 7
            assert len(feed(client, asked(user, limit=50)).items) == may_be_shown


@pytest.mark.long
def test_hundreds_of_hashtags_a_post_and_no_authors(client: Client, tmp_path: Path, gds: bool) -> None:
    rng = random.Random(1)
    network, posts = Network(), [f"p{number:02}" for number in range(60)]
    hashtags = [f"tag{number}" for number in range(600)]
    for number, post in enumerate(posts):
        network.post("", post, days_ago=1 + number % 25, hashtags=rng.sample(hashtags, 200))
    for number in range(40):
        network.like(f"u{number:02}", *rng.sample(posts[number % 2 :: 2], 12), days_ago=rng.random() * 20)
    network.load(client, tmp_path)
    for has_build in (False, True):
        if has_build:
            assert ("gds" in built(client).missing) == (not gds)
        for answer in check(client, has_build=has_build):
            assert len(answer.items) == 10
            assert {item.source for item in answer.items} <= {"similar_posts", "interests", "new_posts", *GENERAL}


@pytest.mark.long
@pytest.mark.parametrize("export", ["current", "former"])
def test_an_instagram_export_of_one_person(client: Client, tmp_path: Path, gds: bool, export: str) -> None:
    made = sources("instagram", INSTAGRAM / export)
    import_sources(client, made, Options(tmp_path / "rejects.csv"), Silent())
    check_of_any_age(client, gds)


@pytest.mark.long
@pytest.mark.data
def test_the_graph_of_a_benchmark(client: Client, tmp_path: Path, gds: bool) -> None:
    """LDBC's social network, of the smallest size."""
    with tarfile.open(Path(os.environ["GRAPHFEED_TEST_DATA"]) / "ldbc_sf0003.tgz") as archive:
        archive.extractall(tmp_path / "ldbc", filter="data")
    [folder] = {path.parent.parent for path in (tmp_path / "ldbc").rglob("dynamic/person_0_0.csv")}
    import_sources(client, sources("ldbc", folder), Options(tmp_path / "rejects.csv"), Silent())
    for answer in check_of_any_age(client, gds):
        assert len(answer.items) == 10


def check_of_any_age(client: Client, gds: bool) -> list[Feed]:
    """The same of a network of its own time, with and without a window; the last feeds."""
    as_of = 1 + ask(client, "MATCH (post:Post) RETURN coalesce(max(post.takenAt), $now) AS at", now=NOW)[0]["at"]
    answers: list[Feed] = []
    for has_build in (False, True):
        if has_build:
            assert ("gds" in built(client, as_of=as_of).missing) == (not gds)
        check(client, has_build=has_build, as_of=as_of)
        answers = check(client, has_build=has_build, as_of=as_of, window_days=ANY_AGE)
    return answers


def test_what_a_read_holds_grows_no_faster_than_its_pool(client: Client) -> None:
    """A list beside a sort counts for each row of it: then 1,000 posts without author took all the memory there was."""
    ask(client, "UNWIND range(1, 1000) AS i CREATE (:Post {id: 'p' + i, takenAt: $now - i})", now=NOW)
    ask(client, "CREATE (:User {id: 'me'})")
    person = read_person(client, "me", NOW, ranking())
    assert person is not None
    wide = ranking().page.model_copy(update={"pool": MAX_CANDIDATES, "best": MAX_CANDIDATES})
    given = ranked_params(asked().for_pool(), ranking(), wide, person, {FALLBACK: wide.pool})
    statement = f"PROFILE {cypher.load('feed/ranked').text}"
    records, summary, _ = client._driver.execute_query(statement, given)
    assert len(records) == 1000
    assert summary.profile is not None
    assert summary.profile["args"]["GlobalMemory"] < 20_000_000


# --- what holds of every network


def check(client: Client, *, has_build: bool, **details: Any) -> list[Feed]:
    """Ask for all that can be asked, of some of the people: a list of their first pages."""
    users = everybody(client)
    check_lists(client, users[:LISTED], **details)
    return [check_person(client, user, has_build=has_build, **details) for user in users[:ASKED]]


def check_lists(client: Client, users: Sequence[str], **details: Any) -> None:
    for ranked in ranked_lists(client, users, asked("", **details), 100):
        assert all(math.isfinite(score) for _, score in ranked.items)
        assert ranked.items == sorted(ranked.items, key=lambda item: (-item[1], item[0]))
        assert len({post for post, _ in ranked.items}) == len(ranked.items)


def check_person(client: Client, user: str, *, has_build: bool, **details: Any) -> Feed:
    """The feed, all its pages, what is said of its posts, and of one that is not in it; nothing of it is noted."""
    look = feed(client, asked(user, **details))
    assert (NO_BUILD in look.missing) == (not has_build)
    assert AFFINITY not in look.missing or has_build
    check_items(client, user, look.items)
    if not look.items:
        assert look.why_empty
        return look
    for item in look.items[:3]:
        said = why(client, asked(user, **details), item.post)
        assert said.kept_out == []
        assert said.item is not None
        assert said.rank is not None
        assert math.isclose(sum(said.item.parts.values()), said.item.score, abs_tol=1e-9)
        assert said.text.startswith(said.item.reason.text)
        check_items(client, user, [said.item])
    check_another(client, user, {item.post for item in look.items}, **details)
    check_pages(client, user, look, **details)
    return look


def check_another(client: Client, user: str, shown: set[str], **details: Any) -> None:
    """Of a post that is not on the first page, it is told what keeps it out, or what place it has."""
    rows = ask(client, "MATCH (post:Post) RETURN post.id AS id ORDER BY id")
    other = next((row["id"] for row in rows if row["id"] not in shown), None)
    if other is not None:
        said = why(client, asked(user, **details), other)
        assert said.kept_out or said.rank is not None or "it is not among the posts that" in said.text.lower()


def check_pages(client: Client, user: str, look: Feed, **details: Any) -> None:
    """All pages together are the slate, and none of it comes twice unless nothing else is left; the slate is forgotten
    afterwards."""
    answer = feed(client, asked(user, **details), record=True)
    assert posts_of(answer) == posts_of(look)
    seen, cursor = [*answer.items], answer.cursor
    while cursor:
        page = next_page(client, user, cursor, record=True)
        check_items(client, user, page.items)
        seen += page.items
        cursor = page.cursor
    assert len({item.post for item in seen}) == len(seen)
    assert posts_of(replay(client, user, str(answer.slate))) == [item.post for item in seen]
    after = feed(client, asked(user, **details))
    again = {*posts_of(after)} & {item.post for item in seen}
    assert not again or (NEWS in after.missing and again == {*posts_of(after)})  # where nothing else is left
    assert after.items or after.why_empty
    ask(client, "MATCH (slate:Slate) DETACH DELETE slate")


def check_items(client: Client, user: str, items: Sequence[Item]) -> None:
    for item in items:
        assert math.isfinite(item.score)
        assert all(map(math.isfinite, item.parts.values()))
        assert math.isclose(sum(item.parts.values()), item.score, abs_tol=1e-9)
        assert is_true(client, user, item), item


Types = Sequence[str | None]
BETWEEN = {
    r".+, whom you follow, follows .+\.": ["->", "->"],
    r"[^,]+ follows you\.": ["<-"],
    r".+ follows .+, as you do\.": ["->", "<-"],
    r".+, who follows you, follows .+\.": ["<-", "->"],
    r"[^,]+ follows [^,]+, who follows you\.": ["<-", "<-"],
}
"""The direction of each follow between me and an author who is near, by what the sentence says."""
UNLIKED = r"(; hardly anybody liked this one yet)?\."
"""How a reason for a new post ends."""
SENTENCES: dict[str, Callable[[Types], bool]] = {
    r"(You follow .+|In case you missed it: you follow .+, who posts seldom)\.": lambda types: (
        types == ["FOLLOWS", "POSTED"]
    ),
    r"Because you liked .+": lambda types: types in (["LIKED", "SIMILAR"], ["LIKED", "SIMILAR_NEW"]),
    r"It looks like .+ that you liked\.": lambda types: types == ["LIKED", "SIMILAR_PICTURE"],
    r".+, whom you follow, liked this\.": lambda types: types == ["FOLLOWS", "LIKED"],
    r"You liked \d+ posts? of .+\.": lambda types: types == ["LIKED", "POSTED", "POSTED"],
    **dict.fromkeys(BETWEEN, lambda types: types[:-1] == ["FOLLOWS"] * (len(types) - 1) and types[-1] == "POSTED"),
    r"You picked #.+?" + UNLIKED: lambda types: types == ["INTERESTED_IN", "TAGGED"],
    r"You liked (a post|posts) with #.+?" + UNLIKED: lambda types: types == ["LIKED", "TAGGED", "TAGGED"],
    r"You liked posts about .+?" + UNLIKED: lambda types: types == ["LIKED", "TAGGED", "TAGGED"],
    r"You are shown in posts about .+?" + UNLIKED: lambda types: types == ["MENTIONS", "TAGGED", "TAGGED"],
    r"You are shown in (a post|posts) with #.+?" + UNLIKED: lambda types: types == ["MENTIONS", "TAGGED", "TAGGED"],
    r"(Trending|Popular): \d+ likes?\.|New, and open to everybody\.": lambda types: types == [None],
}
"""What leads from me to the post, by what the sentence says."""


def is_true(client: Client, user: str, item: Item) -> bool:
    """Whether the sentence is one of those, what it says leads to the post, and each step of it is in the graph."""
    path = item.reason.path
    ends = (path[0]["id"], path[0]["label"], path[-1]["id"], path[-1]["label"])
    types = [node["type"] for node in path[1:]]
    [(pattern, fits)] = [one for one in SENTENCES.items() if re.fullmatch(one[0], reason_of(item))]
    if ends != (user, "User", item.post, "Post") or not fits(types):
        return False
    if types == [None]:
        likes = re.search(r"\d+", reason_of(item))
        return likes is None or int(likes[0]) == item.like_count
    arrows = BETWEEN.get(pattern) or ["-" if type in ("POSTED", "TAGGED", "MENTIONS") else "->" for type in types]
    arrows = [*arrows, "-"][: len(types)]
    return all(is_tied(client, *two, arrow) for two, arrow in zip(pairwise(path), arrows, strict=True))


def is_tied(client: Client, before: dict[str, str | None], after: dict[str, str | None], arrow: str) -> bool:
    """Whether such a relationship leads from one node to the other, as the arrow says."""
    begins, ends = ("<-", "-") if arrow == "<-" else ("-", arrow)
    text = (
        f"RETURN EXISTS {{ (a:{before['label']}){begins}[:{after['type']}]{ends}(b:{after['label']}) "
        "WHERE $a IN [a.id, a.name] AND $b IN [b.id, b.name] } AS tied"
    )
    return bool(ask(client, text, a=before["id"], b=after["id"])[0]["tied"])


def test_likes_of_a_feed_are_read_at_the_next_request(client: Client, tmp_path: Path, gds: bool) -> None:
    """Also where nothing is built, and where the build knew nothing of them."""
    SHAPES["no likes at all"].draw().load(client, tmp_path)
    for has_build in (False, True):
        if has_build:
            built(client)
        first = feed(client, asked("u00")).items[0]
        act(client, "like", "u00", post=first.post)
        after = feed(client, asked("u00"))
        assert first.post not in posts_of(after)
        check_items(client, "u00", after.items)
