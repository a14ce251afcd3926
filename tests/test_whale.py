"""Nothing that a request runs costs more for a crowd: every statement, with whales as who asks and as who is asked for.

docs/bounded.md has what each takes on a tenth of the network and on the whole: `make whale` measures both and holds
them to what stands there, and `make bounded` writes the table anew.
"""

import os
import re
import time
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cypher import names
from graph import entities
from graph.background import affinity, renewal
from graph.background.state import stages
from graph.background.watch import PRUNED_SLATES
from graph.client import Client, Transaction
from graph.discovery import packs
from graph.discovery.cards import cards, person_card
from graph.discovery.reach import reach
from graph.discovery.search import search
from graph.discovery.similar import BOUNDS, By, related_hashtags, similar_posts
from graph.discovery.suggestions import suggestions
from graph.discovery.topics import topics
from graph.discovery.tops import top_of_hashtag
from graph.discovery.trending import trending
from graph.drawing import drawing
from graph.errors import NotFound, OutOfMemory, SettingsError, TookTooLong
from graph.events import END_BATCH_SIZE, KINDS, PRUNE_BATCH_SIZE, Event, record
from graph.hashtag_meaning import merges
from graph.hashtag_meaning import renewal as hashtag_merges
from graph.hashtag_meaning.dictionary import Simplemma
from graph.health import health
from graph.network import interesting_topics, interests, network
from graph.ranking import stored_profiles, why_empty
from graph.ranking.batch import ranked_lists
from graph.ranking.bubble import bubble
from graph.ranking.composition import composition
from graph.ranking.effect import next_places
from graph.ranking.feed import ANY_AGE, Request, feed, next_page, replay
from graph.ranking.profiles import profile
from graph.ranking.whatif import whatif
from graph.ranking.why import why
from loaders.exporter import export_person
from loaders.forgetting import LAST_STEPS, SLATES, STEPS, TIES, forget_post
from tests.costs import Cost, Costs, profiled
from tests.little_network import DAY, DEFAULT, changed, ranking
from tests.support import ask
from tests.whale import BIG, HOT, NOW, ORDINARY, PEOPLE, SEEN, TENTH, WHOLE, whales

pytestmark = pytest.mark.live
TABLE = Path(__file__).parents[1] / "docs" / "bounded.md"
RENEWS = "GRAPHFEED_TEST_RENEW_BOUNDED"
"""Set, the table is written rather than held to."""
MEGABYTES = 50
"""Of the server's memory, at most, for any statement."""
GROWTH = 1.2
"""The whole takes at most so many times the hits of the tenth; and no run more than that of what the table says."""
GROWTH_OF_PAIRS = 20
"""Of what takes as many hits as the smaller of two whales has ties, once or twice: the whole has ten times as many."""
FEW = 500
"""Hits that do not count: a page may hold another post, and a node lie elsewhere in the store."""
GROWING = re.compile(
    r"network/(rows|picture)|forget/|person/|affinity/(?!walk$)|build/(?!state|lag)|hashtags/(said|spelled|tag_rest|tag_rest_back|used)$"
    r"|events/(\w+_topic|hashtags_of_topics)$"
)
"""Statements held by their budget and memory alone: a whole network, what is read in pages, the builder's, what finds
the ties of a hashtag that is merged, once, and what finds all wishes of a person about a topic."""
PAIRS = re.compile(
    r"(events/(un)?(block|follow|like|mute_person)|explain/why) "
    r"|feed/(page|ranked) .*, (blocker|blockedall|liker)$"
    r"|discovery/(people|similar_posts|suggestions|trending) .*, (blocker|blockedall|follower)$"
    r"|packs/about .*, blockedall$"
)
"""Whether two are tied is asked of the one who has fewer ties, so of two whales it takes the ties of the smaller: the
events that tie them, why a whale is shown a whale's post, feeds of who blocks, is blocked or likes that much, and
whales of whom who blocks, is blocked or follows that much may be told, or who puts one that is blocked into a pack."""

PATIENT = changed(budget_ms=600_000)
"""A profiled statement is slower than it is otherwise."""
POSTS = (HOT, SEEN, "x0", "n0", "p0", "p40")
"""Of whales, of nobody, and of ordinary people."""
HASHTAGS = (BIG, "topic0", "t0")


def asked(user: str, **details: Any) -> Request:
    return Request(user, PATIENT, as_of=NOW, **details)


def measured(client: Client, only: Container[str] | None = None) -> Costs:
    """What each statement takes, of every kind of request by each whale, or of `only` some; writes come last."""
    costs = Costs()
    with profiled(costs):
        for cases in (READS, WRITES):
            for user in PEOPLE:
                for name, do_it in cases.items():
                    costs.case = f"{name}, {user}"
                    if only is None or costs.case in only:
                        do_it(client, user)
        for name, work in FOR_ALL.items():
            costs.case = name
            if only is None or name in only:
                work(client)
    return costs


Case = Callable[[Client, str], object]


def _pages(client: Client, user: str) -> None:
    """A feed that is recorded, its next page, and its slate again; then it is forgotten."""
    answer = feed(client, asked(user), record=True)
    assert answer.items
    assert answer.missing == ()
    if answer.cursor:
        next_page(client, user, answer.cursor, record=True)
    replay(client, user, str(answer.slate))
    bubble(client, user, str(answer.slate))
    composition(client, hours=1e6)
    client.read(
        "slates/served", {"me": user, "now": NOW, "servedDays": 7, "posts": [item.post for item in answer.items]}
    )
    ask(client, "MATCH (slate:Slate) DETACH DELETE slate")


def _why(client: Client, user: str) -> None:
    for post in POSTS:
        why(client, asked(user), post)


def _why_empty(client: Client, user: str) -> None:
    """What somebody would be told whose feed is empty."""
    why_empty.of_mixed(client, {**asked(user).params(), "servedDays": 7}, (), ranking().bounds)


def _tops(client: Client, user: str) -> None:
    for hashtag in HASHTAGS:
        top_of_hashtag(client, hashtag, asked(user))


def _whatif(client: Client, user: str) -> None:
    for place in (next_places(client, asked(user), 2) or [])[:1]:
        whatif(client, asked(user), place.post, 2)


def _trending(client: Client, user: str) -> None:
    for followed in (False, True):
        trending(client, user, limit=100, followed=followed)


def _searched(client: Client, user: str) -> None:
    """What everybody is called, what few are, and what all captions say."""
    for text in ("an", "ana u1", "celeb", "lake", "day7 at la"):
        search(client, text, asked(user))


def _similar(client: Client, user: str) -> None:
    for post in POSTS:
        with suppress(NotFound):
            similar_posts(client, post, asked(user))
            similar_posts(client, post, asked(user), By.PICTURE)
            client.read("discovery/posts_with_rare_hashtags", {**asked(user).params(), "post": post, "similar": BOUNDS})
    for hashtag in HASHTAGS:
        related_hashtags(client, hashtag, asked(user))


def _packs(client: Client, user: str) -> None:
    """The newest of all, those of one who has thousands, and one of theirs."""
    for by in (None, user, "packer"):
        packs.listed(client, user, by=by, limit=packs.MAX_LIMIT)
    with suppress(NotFound):
        packs.one(client, "mine0", user)


def _walk(client: Client, user: str) -> None:
    """A feed of somebody whose affinity is due."""
    ask(client, "MATCH (me:User {id: $me}) SET me.affinityAt = 1", me=user)
    feed(client, asked(user))
    ask(client, "MATCH (me:User {id: $me}) REMOVE me.affinityAt", me=user)


def _folded(client: Client, user: str) -> None:
    """A feed of somebody whose factors are made from other likes."""
    [row] = ask(client, "MATCH (me:User {id: $me}) RETURN me.factorsLikes AS likes", me=user)
    ask(client, "MATCH (me:User {id: $me}) SET me.factorsLikes = -1", me=user)
    feed(client, asked(user))
    ask(client, "MATCH (me:User {id: $me}) SET me.factorsLikes = $likes", me=user, likes=row["likes"])


def _of_source(source: str, client: Client, user: str) -> None:
    feed(client, asked(user, source=source))


def _cards(client: Client, user: str) -> None:
    cards(client, POSTS, asked(user))
    for person in ("celeb", "u7"):
        with suppress(NotFound):
            person_card(client, person, asked(user))


READS: dict[str, Case] = {
    "feed": _pages,
    "feed of any age": lambda client, user: feed(client, asked(user, window_days=ANY_AGE)),
    "feed of 400 days": lambda client, user: feed(client, asked(user, window_days=400, sensitive=True)),
    "long feed": lambda client, user: feed(client, asked(user, limit=50)),
    "feed as of long ago": lambda client, user: feed(client, Request(user, PATIENT, as_of=NOW - 60 * DAY)),
    "feed of an hour": lambda client, user: feed(client, asked(user, window_days=0.04, exclude=POSTS)),
    **{f"feed of {source}": partial(_of_source, source) for source in DEFAULT.sources},
    "feed before affinity": _walk,
    "feed after a like": _folded,
    "why": _why,
    "why empty": _why_empty,
    "top": _tops,
    "trending": _trending,
    "reach": lambda client, user: reach(client, user, NOW, 100),
    "what if": _whatif,
    "suggestions": lambda client, user: suggestions(client, user, limit=100, as_of=NOW),
    "search": _searched,
    "similar": _similar,
    "packs": _packs,
    "interests": lambda client, user: interests(client, user, DEFAULT, NOW, 100),
    "topics": lambda client, user: (topics(client, user), interesting_topics(client, user, DEFAULT, NOW)),
    "cards": _cards,
    "network": lambda client, user: network(client, user, "all", 1000),
    "drawing": lambda client, user: drawing(client, user),
    "list": lambda client, user: [*ranked_lists(client, [user], asked(user), 100)],
    "export": lambda client, user: [*export_person(client, user)],
}


def _events(client: Client, user: str) -> None:
    """Each kind, upon whales and others."""
    people = [person for person in ("celeb", "blockedall", "u7") if person != user]
    targets: dict[str, tuple[str, ...]] = {
        "person": tuple(people),
        "post": (HOT, "celeb2", "x5", "p7"),
        "hashtag": HASHTAGS,
        "topic": ("wished",),
        "word": ("word7", "other"),
        "use": ("profiling", "likes"),
        "slate": (str(feed(client, asked(user, limit=2), record=True, served="later").slate),),
    }
    for kind, about in KINDS.items():
        for named in [{field: target} for field in about.targets for target in targets[field]] or [{}]:
            needed: dict[str, Any] = {**named, **dict.fromkeys(about.needs, 1)}
            record(client, [Event(uuid4().hex, kind, user, at=NOW, **needed)])


def _put(client: Client, user: str) -> None:
    entities.put_person(client, user, entities.Person(username=user))
    for post, author in ((HOT, "celeb"), ("x0", "prolific")):
        told = entities.Post(author, NOW - 10_000_000, hashtags=[BIG, "topic0"], mentions=["mentioned", user])
        entities.put_post(client, post, told)


def _put_packs(client: Client, user: str) -> None:
    """A pack that is made or replaced, followed, left and deleted, by who is in it and by who made it."""
    members = [f"u{number}" for number in range(0, 50, 2)]
    id, maker = ("mine0", user) if user == "packer" else (f"pack of {user}", ORDINARY)
    for who in dict.fromkeys((user, maker)):
        with suppress(SettingsError):  # who has more than 100 makes none, and who blocks somebody puts them into none
            packs.put(client, who, id, [*members[:12], user], pack=id if who == maker else f"pack by {who}")
    for change in (packs.follow, packs.leave, packs.remove):
        with suppress(NotFound):
            change(client, user, id)
    with suppress(NotFound):
        packs.remove(client, maker, id)


def _forgotten(client: Client, user: str) -> None:
    """Each step of forgetting, once, and none of it for good."""

    class TakenBack(Exception):
        pass

    def work(transaction: Transaction) -> None:
        posts = [row["post"] for row in transaction.run("forget/posts_of", {"me": user}).rows]
        transaction.run("forget/close", {"me": user, "posts": posts[:TIES]})
        told = {"me": user, "posts": posts}
        [page] = transaction.run("forget/slates", {**told, "after": "", "batch": TIES}).rows
        transaction.run("forget/lists", {**told, "slates": page["slates"][:SLATES]})
        for step, batch in {**STEPS, **LAST_STEPS}.items():
            transaction.run(step, {"me": user, "batch": batch})
        raise TakenBack

    def untie(transaction: Transaction) -> None:
        for post in POSTS:
            ties = transaction.run("forget/others_of_post", {"post": post, "batch": TIES}).rows
            transaction.run("forget/ties_of_post", {"post": post, "ties": [tie["tie"] for tie in ties]})
        raise TakenBack

    for name, steps in {"forget": work, "forget/ties_of_post": untie}.items():
        with pytest.raises(TakenBack):
            client.transaction(name, steps)
    entities.put_post(client, "fresh", entities.Post(user, NOW - 10_000_000, hashtags=[BIG]))
    forget_post(client, "fresh")


def _pruned(client: Client) -> None:
    """A page of what a builder removes for its age."""
    client.write("events/prune", {"before": NOW, "batch": PRUNE_BATCH_SIZE})
    client.write("slates/prune", {"before": NOW, "batch": PRUNED_SLATES})
    for statement in ("events/end", "events/end_words"):
        client.write(statement, {"now": NOW + DAY, "batch": END_BATCH_SIZE})


def _tuned(client: Client) -> None:
    """What is read of a profile that is kept: by each request that names it, and by who tunes."""
    stored_profiles.last_tuning(client)
    with pytest.raises(SettingsError):
        stored_profiles.find(client, "nope")


def _merged(client: Client) -> None:
    """The hashtag on most posts becomes a variant of another, and another of it; who uses them; both are undone."""
    for variant, kept in ((BIG, "topic0"), ("t0", BIG)):
        merges.merge(client, variant, kept)
        merges.complete(client)
        hashtag_merges._read(client, (variant, kept), NOW, hashtag_merges.BOUNDS)
        merges.listed(client, variant)
        merges.undo(client, variant)
    [*hashtag_merges.proposed(client, Simplemma(["en"]), NOW)]


def _refreshed(client: Client) -> None:
    """The affinity of the whales, and the lists of posts that were marked."""
    affinity.renew(client, ranking(), users=PEOPLE)
    ask(client, "MATCH (post:Post) WHERE post.id IN $posts SET post.changedAt = 1", posts=POSTS)
    renewal.renew_marked(client)


WRITES: dict[str, Case] = {"events": _events, "put": _put, "packs changed": _put_packs, "forgetting": _forgotten}
FOR_ALL: dict[str, Callable[[Client], object]] = {
    "health": health,
    "stages": stages,
    "refresh": _refreshed,
    "profiles": _tuned,
    "pruning": _pruned,
    "merges": _merged,
}


@pytest.fixture(scope="module")
def tenth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with whales(tmp_path_factory.mktemp("tenth"), TENTH, "1g") as client:
        yield client


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Client]:
    with whales(tmp_path, WHOLE, "4g") as client:
        yield client


FILTERED = """
    MATCH (me:User {id: $me})
    UNWIND $posts AS id
    MATCH (post:Post {id: id})
    OPTIONAL MATCH (author)-[:POSTED]->(post)
    WITH me, post, author
    WHERE EXISTS { (me)-[:LIKED|VIEWED|HID|POSTED]->(post) } OR EXISTS { (me)-[:MUTED]->(author) }
      OR EXISTS { (me)-[:BLOCKED]-(author) } OR EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } }
    RETURN post.id AS post
"""


@pytest.mark.long
def test_what_whales_may_not_be_shown_is_in_none_of_their_lists(tenth: Client) -> None:
    for user in PEOPLE:
        [found] = ranked_lists(tenth, [user], asked(user, window_days=ANY_AGE), 200)
        posts = [post for post, _ in found.items]
        assert posts, user
        filtered = {row["post"] for row in ask(tenth, FILTERED, me=user, posts=posts)}
        assert filtered <= ({HOT} if user == "liker" else set()), user  # more liked it than are asked about


@pytest.mark.long
def test_the_tutorials_formula_answers_whales_within_its_budget_or_names_the_limit(tenth: Client) -> None:
    tutorial, refused = profile("tutorial"), []
    with Client(tenth.address, budget_ms=2_000) as brief:
        for user in PEOPLE:
            began = time.monotonic()
            try:
                feed(brief, Request(user, tutorial, as_of=NOW))
            except (TookTooLong, OutOfMemory) as error:
                refused.append(str(error))
            assert time.monotonic() - began < 60, user
    assert all("budget of 2 s" in error or "GRAPHFEED_HEAP" in error for error in refused)


@pytest.mark.long
def test_a_tenth_of_the_whales_costs_what_the_table_says(tenth: Client) -> None:
    """Of each request that takes most of some statement: all of them are measured by who renews the table."""
    told = Table.read()
    if os.environ.get(RENEWS):
        costs = measured(tenth)
        told.tenth |= costs.by_statement  # not all are run each time: a lease is renewed after a while
        told.write()
    else:
        costs = measured(tenth, only={cost.hits_by for cost in told.tenth.values()})
        assert costs.by_statement.keys() >= {name for name, cost in told.tenth.items() if ", " in cost.hits_by}
    told.hold(costs)


@pytest.mark.whale
def test_the_whole_costs_what_a_tenth_does(whole: Client) -> None:
    costs = measured(whole)
    told = Table.read()
    if os.environ.get(RENEWS):
        told.whole |= costs.by_statement
        told.write()
    told.hold(costs)


class Table:
    """The table of docs/bounded.md: what each statement took on a tenth and on the whole."""

    columns = "| statement | hits, a tenth | hits, the whole | MB, a tenth | MB, the whole | most hits for |"

    def __init__(self, text: str, tenth: dict[str, Cost], whole: dict[str, Cost]) -> None:
        self.text = text
        self.tenth = tenth
        self.whole = whole

    @classmethod
    def read(cls) -> "Table":
        text = TABLE.read_text(encoding="utf-8")
        tenth: dict[str, Cost] = {}
        whole: dict[str, Cost] = {}
        for name, *cells, most in re.findall(rf"^\| `(.+?)` {5 * r'[|] (.*?) '}[|]$", text, re.MULTILINE):
            few, many, small, large = (cell.replace(",", "") for cell in cells)
            for costs, hits, memory in ((tenth, few, small), (whole, many, large)):
                if hits:  # else it was not measured
                    costs[name] = Cost(int(hits), int(float(memory) * 2**20), hits_by=most)
        return cls(text[: text.index(cls.columns)], tenth, whole)

    def hold(self, costs: Costs) -> None:
        """Fail for a statement that takes too much memory, or too many more hits than stand here for a tenth."""
        for name, cost in costs.by_statement.items():
            assert name in self.tenth, f"{name} is not in {TABLE.name}: `make bounded` renews it"
            assert cost.memory < MEGABYTES * 2**20, (name, cost.memory_by)
        for (name, case), cost in costs.by_case.items():
            if not GROWING.match(name):
                growth = GROWTH_OF_PAIRS if PAIRS.match(f"{name} {case}") else GROWTH
                assert cost.hits <= growth * self.tenth[name].hits + FEW, (name, case)

    def write(self) -> None:
        lines = [self.columns, "|---|--:|--:|--:|--:|---|"]
        for name in sorted((self.tenth.keys() | self.whole.keys()) & {*names()}):
            costs = [self.tenth.get(name), self.whole.get(name)]
            hits = ["" if cost is None else f"{cost.hits:,}" for cost in costs]
            memory = ["" if cost is None else f"{cost.memory / 2**20:.1f}" for cost in costs]
            most = next(cost.hits_by for cost in reversed(costs) if cost is not None)
            lines.append(f"| {' | '.join([f'`{name}`', *hits, *memory, most])} |")
        TABLE.write_text(self.text + "\n".join(lines) + "\n", encoding="utf-8")
