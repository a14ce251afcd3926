"""A build, in the background: similar posts, vectors, trend and tops for all, and each person's affinity.

It reads the graph once into arrays, computes there, and writes the changes. Vectors have generations: they are written
under the property names of the idle slot (A or B), and one write switches slots. If a build is killed, the vectors of
the generation before still serve, and each post has its old arcs or its new ones.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from graph import clock
from graph.background import tops
from graph.background.affinity import renew
from graph.background.arrays import FETCH_ROWS, Ints, Listen, Network, Vectors, for_everybody, newest, pages, read
from graph.background.blas import one_blas_thread
from graph.background.content import cold_posts, content, expected
from graph.background.dwell import usual_dwells
from graph.background.factors import factors
from graph.background.keys import keys
from graph.background.looks import due
from graph.background.looks import renew as renew_looks
from graph.background.memory import needed_bytes
from graph.background.recent import renew as renew_recent
from graph.background.related import RELATED, RELATED_BY_LIKES, related
from graph.background.shown import SHOWN_DAYS, VIEWS, shown
from graph.background.similar import RECIPE, Arcs, similar_posts
from graph.background.state import LEASE, SHARED_STAGES, STAGES, TASKS, state
from graph.background.store import GRACE_SECONDS, SIMILAR, SIMILAR_NEW, Stopped, Store
from graph.background.topics import TOPICS, present, topics
from graph.background.trending import trending
from graph.background.vectors import vectors as fastrp
from graph.client import Client, Row
from graph.errors import Busy, DatabaseError, GdsMissing, SettingsError
from graph.hashtag_meaning.renewal import renew as merge_spellings
from graph.leases import leased
from graph.progress import Forecast, Progress, Silent
from graph.projections import drop_left_behind
from graph.ranking.profiles import Profile, Ranking, profiles

log = logging.getLogger(__name__)

VECTOR_KINDS = {"factors": ("factors", "content"), "vectors": ("fastrp",)}
"""The stages that make vectors, and the kinds of these."""
WINDOW_FACTOR = 2
"""SIMILAR_NEW reaches posts of this many of the widest windows, so that windows may move on without a build."""
PYTHON_BYTES = 150 * 2**20
"""Memory of Python and its packages."""
MIN_REPLAN_POSTS = 10_000
"""Posts from which the first build has Neo4j replan: plans made for an empty graph scan indexes."""
PAGE_COLD_POSTS = 50_000
"""Posts whose expected factors are held at a time."""
PROGRESS_SECONDS = 2
"""The least time between two writes of the progress to the graph."""


@dataclass
class Built:
    """The result of a build."""

    generation: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """By stage."""
    written: dict[str, int] = field(default_factory=dict)
    """Changes by kind: arcs, vectors, tops, numbers."""
    missing: tuple[str, ...] = ()
    """Parts that could not be built: 'gds', 'lists', 'factors', 'fastrp', 'trend', 'related', 'topics',
    'affinity'."""
    stopped: bool = False
    """True if it was stopped before the end: the build before still serves."""


def build(
    client: Client,
    profile: Profile,
    *,
    only: Collection[str] = STAGES,
    as_of: int | None = None,
    memory: int | None = None,
    languages: Sequence[str] = (),
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Built:
    """Builds everything, or some stages, from the graph as of a time in epoch milliseconds.

    `memory` is the limit for this process, in bytes; `languages` are those in whose dictionaries spellings of hashtags
    are looked up, see graph/hashtag_meaning. Raises Busy while another builder is at work, and SettingsError
    for an unknown stage, too little memory, or for only some stages if the graph has no build yet.
    """
    if unknown := set(only) - set(STAGES):
        raise SettingsError(f"There is no stage {min(unknown)!r}.", f"The stages are {', '.join(STAGES)}.")
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has nothing to build.", "Use another profile.")
    stopped = stopped or Event()
    with leased(client, LEASE) as lost, one_blas_thread():

        def check() -> None:
            if stopped.is_set() or lost.is_set():
                raise Stopped

        builder = _Builder(
            client, lost.owner, profile.window_days, profile.ranking, only, as_of, Forecast(progress or Silent()), check
        )
        try:
            builder.run(memory, languages)
        except Stopped:
            if lost.is_set():
                raise Busy("Another builder has taken over.", "Wait until it has finished.") from None
            builder.built.stopped = True
        finally:
            builder.tell(None, 0, 0)
        return builder.built


class _Builder:
    """One build, stage by stage."""

    def __init__(
        self,
        client: Client,
        owner: str,
        window_days: float,
        ranking: Ranking,
        only: Collection[str],
        as_of: int | None,
        progress: Forecast,
        check: Callable[[], None],
    ) -> None:
        self.built = Built()
        self._client = client
        self._owner = owner
        self._window_days = window_days
        self._ranking = ranking
        self._stages = tuple(stage for stage in STAGES if stage in only)
        self._progress = progress
        self._check = check
        self._before = state(client)
        if self._before is None and not self._is_whole and set(self._stages) - {"affinity"}:
            raise SettingsError("This graph has no build yet.", "Build everything once: `graphfeed refresh`.")
        self._now = clock.now()
        self._given_as_of = as_of  # None allows GDS to project the stored graph as it is, which is ten times as fast
        self._as_of = self._now if as_of is None else as_of
        known = self._now if self._before is None else max(self._now, self._before.built_at + 1)
        self._store = Store(client, known, owner, check, self.built.written)
        self._asked: set[str] = set()
        self._missing: set[str] = set()
        self._facts: dict[str, Any] = {}
        self._tops_of_all: Row | None = None
        self._switched_at: float | None = None
        self._reported = 0.0
        self._likes = 0
        self._ended: dict[str, int] = {}
        self._languages: Sequence[str] = ()

    def run(self, memory: int | None, languages: Sequence[str]) -> None:
        """Runs all stages in their order. The switch of slots comes before affinity, which needs none."""
        self._require(memory)
        self._languages = languages
        with suppress(GdsMissing):  # projections of a builder that was killed
            drop_left_behind(self._client)
        given = self._read() if set(self._stages) - {"affinity"} else None
        if given and not set(SHARED_STAGES).isdisjoint(self._stages):
            self._share(given)
        if "affinity" in self._stages:
            with self._timed("affinity") as listen:
                self._affinity(listen)
            self._store.facts({**self._facts, **self._of_stages("affinity"), "missing": self._all_missing()})
        if given and "trending" in self._stages:  # last, as it needs the communities that affinity brings
            with self._timed("trending") as listen:
                self._trending(for_everybody(given), listen)
            self._store.facts({**self._of_stages("trending"), "trendingLikes": self._likes})
        if switched_at := self._switched_at:
            self._leave(switched_at)

    def _read(self) -> Network:
        """The network, with one hashtag for all spellings of a word. What comes while it is read makes the next build
        due."""
        self._likes = self._client.read("build/size")[0]["likes"]
        if self._is_whole:
            self._facts["likes"] = self._likes
        with self._timed("reading") as listen:
            if "tops" in self._stages:
                merge_spellings(self._client, self._languages, self._as_of, self._check)
                renew_recent(self._client, self._as_of, self._ranking.bounds.scanned, self._check)
            return read(self._client, self._as_of, self._store.known, listen)

    def _share(self, given: Network) -> None:
        """Runs the stages whose results are the same for all people, and lets them serve."""
        network = for_everybody(given)
        if self._before is None and len(network.posts) > MIN_REPLAN_POSTS:
            with suppress(DatabaseError):  # not allowed, or too slow: some statements take longer then
                self._client.read("admin/replan")
        if self._makes_vectors:
            self._make_room()
        for stage in SHARED_STAGES:
            if stage in self._stages:
                with self._timed(stage) as listen:
                    getattr(self, f"_{stage}")(network, listen)
        self._switch(network, given.likes_of_factors)

    @property
    def _makes_vectors(self) -> bool:
        return not VECTOR_KINDS.keys().isdisjoint(self._stages)

    @property
    def _is_whole(self) -> bool:
        """True if it builds all that is the same for all people."""
        return set(SHARED_STAGES) <= set(self._stages)

    @property
    def _slot(self) -> str:
        """The slot of this build's vectors."""
        return "B" if self._before is not None and self._before.slot == "A" else "A"

    @contextmanager
    def _timed(self, stage: str) -> Iterator[Listen]:
        began = time.monotonic()

        def listen(done: int, total: int) -> None:
            self._check()
            self._progress.advance(TASKS[stage], done, total)
            if time.monotonic() - self._reported >= PROGRESS_SECONDS:
                self.tell(stage, done, total)

        self.tell(stage, 0, 0)
        try:
            yield listen
        finally:
            self.built.seconds[stage] = self.built.seconds.get(stage, 0) + time.monotonic() - began
            self._ended[stage] = clock.now()

    def tell(self, stage: str | None, done: int, total: int) -> None:
        """Writes the progress to the graph."""
        rows = {"stage": stage, "done": done, "total": total, "left": self._progress.seconds_left}
        self._client.write("build/tell", {"lease": LEASE, "owner": self._owner, "rows": rows})
        self._reported = time.monotonic()

    # The stages. Each writes what does not disturb the build that serves

    def _lists(self, network: Network, listen: Listen) -> None:
        window_from = reach_of_windows(network, self._window_days)
        found = similar_posts(
            network.likes,
            keys(network.people.ids),
            keys(network.posts.ids),
            network.taken_at >= window_from,
            progress=_Passed(listen),
        )
        for statements, arcs in zip((SIMILAR, SIMILAR_NEW), found, strict=True):
            self._store.arcs(statements, network, _matrix(arcs, len(network.posts)), listen)
        likes = network.likes_of_posts.astype(np.float64)
        listed = np.where(likes >= RECIPE.least_likes, likes, np.nan)
        self._store.numbers("listedLikes", network.posts, network.listed_likes, listed, listen, whole=True)
        self._store.unmark(network, likes)
        self._facts["windowFrom"] = window_from
        self._found("lists", len(found[0].sources) > 0)
        self._looks(listen)

    def _looks(self, listen: Listen) -> None:
        """The arcs of posts whose pictures have not been compared yet: of a post its old or its new ones serve."""
        posts = list(due(self._client))
        if posts:
            self.built.written["looks"] = renew_looks(self._client, posts, listen=listen)

    def _factors(self, network: Network, listen: Listen) -> None:
        try:
            found = factors(network.likes)
        except ImportError as error:  # its wheel takes OpenMP from the system
            log.warning("Factors were not built: %s. On Debian, run apt-get install libgomp1.", error)
            self._found("factors", False)
            return
        written = 0
        for nodes, rows in ((network.people, found.people), (network.posts, found.posts)):
            written += self._store.vectors("factors", self._slot, nodes.nodes, rows, listen)
        if written:
            self._content(network, found.posts, listen)
        self._facts["factorsSize"] = found.posts.shape[1] if written else 0
        self._facts["userGram"] = found.people_gram.ravel().tolist()
        self._facts["postGram"] = found.post_gram.ravel().tolist()
        self._found("factors", written > 0)

    def _content(self, network: Network, factors: Vectors, listen: Listen) -> None:
        """The parts that expected factors are sums of, for posts that come later, and those of cold posts."""
        found = content(network, factors)
        for nodes, rows in ((network.people, found.authors), (network.hashtags, found.hashtags)):
            self._store.vectors("content", self._slot, nodes.nodes, rows, listen)
        for page in pages(cold_posts(network), PAGE_COLD_POSTS):
            rows = expected(found, network, np.array(page))
            self._store.vectors("content", self._slot, network.posts.nodes[page], rows, listen)
        self._facts["contentMean"] = found.mean.tolist()

    def _vectors(self, network: Network, listen: Listen) -> None:
        listen(0, 0)
        found = fastrp(self._client, self._ranking.vectors, as_of=self._given_as_of)
        self._store.vectors("fastrp", self._slot, found.nodes, found.vectors, listen)
        self._facts["fastrpSize"] = found.size
        self._found("gds", "gds" not in found.missing)
        self._found("fastrp", found.size > 0)

    def _trend(self, network: Network, listen: Listen) -> None:
        timed = network.liked_at is not None
        trend = tops.faded_likes(network, tops.TREND_HALF_LIFE_DAYS)
        trend = np.where(trend > 0, trend, np.nan) if timed else np.full(len(network.posts), np.nan)
        self._store.numbers("trend", network.posts, network.trend, trend, listen)
        self._found("trend", timed)
        self._dwell(network, listen)
        self._reach(network, listen)

    def _dwell(self, network: Network, listen: Listen) -> None:
        """The usual time of a view of each post, and of all."""
        usual, of_each = usual_dwells(self._client.stream("build/dwells"), network.posts)
        self._store.numbers("dwell", network.posts, network.dwell, of_each, listen)
        self._facts["dwell"] = usual

    def _reach(self, network: Network, listen: Listen) -> None:
        """How many people each post was shown to."""
        rows = self._client.stream("build/shown", {"now": self._as_of, "servedDays": SHOWN_DAYS}, fetch=FETCH_ROWS)
        views = self._client.stream("build/viewed", {"now": self._as_of, "views": VIEWS}, fetch=FETCH_ROWS)
        found = shown(rows, views, network.people, network.posts, network.likes)
        self._store.reach(network.posts, found, listen)
        self._facts["shownAt"] = self._as_of

    def _tops(self, network: Network, listen: Listen) -> None:
        self._store.tops(network, tops.of_hashtags(network), listen)
        self._store.shares(network, tops.shares(network), listen)
        self._tops_of_all = self._store.tops_of_all(network, tops.of_all(network))
        self._related(network, listen)

    def _related(self, network: Network, listen: Listen) -> None:
        """Where they cannot be built, those of before stay."""
        found = related(self._client, network, self._languages)
        for code in dict.fromkeys((RELATED, RELATED_BY_LIKES, *found.missing)):
            self._found(code, code not in found.missing)
        if not found.is_built:
            self._found(TOPICS, False)
            return
        self._store.related(network, found, listen)
        self._topics(network, found.weights, listen)

    def _topics(self, network: Network, arcs: csr_matrix, listen: Listen) -> None:
        """Like related hashtags, of which they are made, those of before stay where they cannot be built."""
        before = present(self._client)
        found = topics(self._client, network, arcs, before)
        for code in dict.fromkeys((TOPICS, found if isinstance(found, str) else TOPICS)):
            self._found(code, code != found)
        if isinstance(found, str):
            return
        self._facts["topicsMade"] = before.highest(found)
        if before.highest(found) > before.made:  # at once, so that no number is given again if this build is killed
            self._store.facts({"topicsMade": before.highest(found)})
        self._store.topics(network, found, before, listen)

    def _affinity(self, listen: Listen) -> None:
        began = clock.now()
        done = renew(self._client, self._ranking, progress=_Passed(listen))
        for name in ("gds", "affinity"):
            self._found(name, name not in done.missing)
        if not done.missing:
            self._facts["affinityAt"] = began
        self.built.written["affinity"] = done.people

    def _trending(self, network: Network, listen: Listen) -> None:
        listen(0, 0)
        rows = list(self._client.stream("build/communities"))
        people = network.people.rows(np.array([row["node"] for row in rows], np.int64))
        community = np.full(len(network.people), -1)
        community[people[people >= 0]] = np.array([row["community"] for row in rows], np.int64)[people >= 0]
        self._store.trending(network, trending(replace(network, community=community)), clock.now())

    # Between the stages

    def _require(self, memory: int | None) -> None:
        """Raises SettingsError if the stages need more memory than the limit."""
        if memory is None:
            return
        size = self._client.read("build/size")[0]
        needs = needed_bytes(size["people"], size["posts"], size["likes"])
        stages = {"lists": needs.similar, "factors": needs.factors}
        needed = PYTHON_BYTES + needs.arrays + max([0, *(stages[stage] for stage in self._stages if stage in stages)])
        if needed > memory:
            raise SettingsError(
                f"A build of this graph needs about {needed / 2**20:,.0f} MB of memory, but may take only "
                f"{memory / 2**20:,.0f} MB.",
                "Raise GRAPHFEED_BUILD_MEMORY, or run `graphfeed refresh` on a machine with more memory.",
            )

    @property
    def _generation(self) -> int:
        self.built.generation = (self._before.generation if self._before else 0) + self._makes_vectors
        return self.built.generation

    def _make_room(self) -> None:
        """Clears the idle slot of the vectors that served before the last switch, or that a killed build left."""
        self._wait_for_readers()
        self._store.clear(self._slot)
        if self._before is not None:
            kept = [kind for stage, kinds in VECTOR_KINDS.items() if stage not in self._stages for kind in kinds]
            self._store.copy(kept, self._before.slot, self._slot)

    def _wait_for_readers(self) -> None:
        """Waits until no request reads vectors of the idle slot any more."""
        while self._before is not None and clock.now() < self._before.switched_at + 1_000 * GRACE_SECONDS:
            if not next(self._client.stream("build/holders", {"rows": {"slot": self._slot}}), None):
                return
            self._check()
            time.sleep(0.2)

    def _switch(self, network: Network, likes: Ints) -> None:
        """Lets the new build serve; then stores the number of likes that each person's factors were made from."""
        facts = {**self._facts, "missing": self._all_missing(), "generation": self._generation}
        facts |= self._of_stages(*self._ended)
        if self._makes_vectors:
            facts |= {"slot": self._slot, "switchedAt": clock.now()}
        if "vectors" in self._stages:
            facts["readAt"] = self._now
        if "trend" in self._stages:
            facts["asOf"] = self._as_of
        if self._is_whole:
            facts["builtAt"] = clock.now()
        self._store.switch(facts, self._tops_of_all)
        self._facts = {}
        if self._makes_vectors:
            self._switched_at = time.monotonic()
        if "factors" in self._stages:  # after the switch: the old factors were made from other likes
            self._store.factors_likes(network, likes)

    def _of_stages(self, *stages: str) -> dict[str, Any]:
        """Facts of the build about stages that ran, as build/stages reads them."""
        seconds = {f"{stage}Seconds": self.built.seconds[stage] for stage in stages}
        return {**seconds, **{f"{stage}EndedAt": self._ended[stage] for stage in stages}}

    def _leave(self, switched_at: float) -> None:
        """Removes the vectors that served before, if no request can read them any more; else `watch` or the next build
        does."""
        if self._before is not None and time.monotonic() >= switched_at + GRACE_SECONDS:
            self._store.clear(self._before.slot)

    def _found(self, name: str, there: bool) -> None:
        self._asked.add(name)
        if not there:
            self._missing.add(name)

    def _all_missing(self) -> list[str]:
        """Names of the missing parts: of this build, or of earlier ones for stages that this one does not run."""
        before = set(self._before.missing) - self._asked if self._before else set()
        self.built.missing = tuple(sorted(self._missing | before))
        return list(self.built.missing)


def reach_of_windows(network: Network, window_days: float = 0.0) -> int:
    """The time from which posts are in SIMILAR_NEW, counted from the newest post if that is older than the network.

    It is far enough back for windows of `window_days`, and for those of all profiles that come with graphfeed.
    """
    widest = max([window_days, *(each.window_days for each in profiles().values())])
    return int(newest(network.taken_at, until=network.as_of) - WINDOW_FACTOR * widest * clock.DAY_MS)


def _matrix(arcs: Arcs, posts: int) -> csr_matrix:
    return csr_matrix((arcs.weights, (arcs.sources, arcs.targets)), shape=(posts, posts))


class _Passed(Silent):
    """Passes the progress of one task on to a callback."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen

    def advance(self, task: str, done: int, total: int) -> None:
        self._listen(done, total)
