"""Evaluation of files or of the present graph, in a temporary server."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph import clock
from graph.background.arrays import newest
from graph.background.builder import build
from graph.client import Client
from graph.connect import command_ms, connect
from graph.embedded.server import EmbeddedServer, free_port
from graph.errors import LoadError
from graph.hashtag_meaning.dictionary import languages
from graph.memory import build_bytes
from graph.progress import Progress
from graph.quality import evaluation
from graph.quality.ablation import Ablation, ablate, read_comments
from graph.quality.evaluation import Evaluation, Likes
from graph.quality.report import Report
from graph.quality.tune import require_memory, tune
from graph.quality.world import read_world
from graph.ranking import stored_profiles
from graph.ranking.pool import LOOKS_ALIKE
from graph.ranking.profiles import Profile
from graph.settings import Settings
from loaders import exporter
from loaders.evaluation.catalog import Catalog, read_catalog
from loaders.evaluation.split import Split, by_share, of_cold_posts, of_file, without
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from loaders.importer import Options
from loaders.offline.bulk import import_offline

ANY_PORT = 0
WITHOUT_PICTURES = "without pictures"
"""The row of the profile without posts that look alike."""
WITHOUT_CONTENT = "without content"
"""The row of the profile without what is for cold posts."""


@dataclass(frozen=True)
class Plan:
    """The profile and data of an evaluation, and its options."""

    profile: Profile
    folder: Path | None = None
    """The folder of files in the neutral format; None for an export of the present graph."""
    holdout: Path | None = None
    """The file of likes to hold out; None to hold out a share."""
    share: float = 0.1
    cold: float | None = None
    """The share of posts all of whose likes are held out, instead of a share of likes; None for none."""
    window_days: float | None = None
    """The maximum age of posts that are ranked; None for any."""
    people: int = 5_000
    """The most people to rank for."""
    seed: int = 0
    tune: bool = False
    """True to also measure a profile fitted to the remaining likes."""
    parts: bool = False
    """True to add an ablation."""


def evaluate(settings: Settings, plan: Plan, progress: Progress) -> Report:
    """Measures the rankings of a profile. The graph of the settings is read at most.

    Raises SettingsError and LoadError for a profile or data that cannot be evaluated, and LeakFound.
    """
    evaluation.require_ranking(plan.profile)
    with tempfile.TemporaryDirectory(prefix="graphfeed-evaluate-") as name:
        work = Path(name)
        sources, _ = sources_in(plan.folder or _exported(settings, work / "files", progress))
        catalog = read_catalog(sources, progress)
        split = _split(catalog, plan)
        with _loaded(settings, work, without(sources, catalog, split), progress) as client:
            return _measured(client, settings, plan, catalog, split, progress)


def _split(catalog: Catalog, plan: Plan) -> Split:
    if not len(catalog.likes):
        raise LoadError("The network has no likes to learn from.", "Name a folder that has a file of likes.")
    if plan.holdout is not None:
        return of_file(catalog, plan.holdout)
    if plan.cold is not None:
        return of_cold_posts(catalog, plan.cold, plan.seed)
    return by_share(catalog, plan.share, plan.seed)


def _measured(
    client: Client, settings: Settings, plan: Plan, catalog: Catalog, split: Split, progress: Progress
) -> Report:
    """Builds, and measures."""
    as_of = clock_of(catalog)
    if plan.tune:  # told before the build, which takes long where the memory does not suffice
        require_memory(client, plan.profile, build_bytes(settings))
    began = time.monotonic()
    built = build(
        client,
        plan.profile,
        as_of=as_of,
        memory=build_bytes(settings),
        languages=languages(settings.languages),
        progress=progress,
    )
    seconds = {"build": time.monotonic() - began}
    posts = list(catalog.posts)
    likes = Likes(catalog.pairs(split.likes), split.description, frozenset(posts[post] for post in split.cold.tolist()))
    others: dict[str, Profile] = {}
    if plan.cold is not None:
        others[WITHOUT_CONTENT] = without_content(plan.profile)
        if built.written.get("looks"):
            others[WITHOUT_PICTURES] = without_sources(plan.profile, LOOKS_ALIKE)
    if plan.tune:
        began = time.monotonic()
        tuned = tune(client, [plan.profile], seed=plan.seed, memory=build_bytes(settings), progress=progress)
        others[stored_profiles.TUNED] = tuned.profile
        seconds["tuning"] = time.monotonic() - began
    options = evaluation.Options(
        plan.profile,
        as_of,
        plan.window_days,
        plan.people,
        plan.seed,
        others,
        memory=build_bytes(settings),
        was_tuned=stored_profiles.was_tuned(plan.profile.name, settings.profiles),
    )
    measuring = Evaluation(client, likes, options, progress)
    report = measuring.run(built.missing)
    report.seconds = {**seconds, **report.seconds}
    if plan.parts:
        people = measuring.people
        pairs = [pair for pair in likes.pairs if pair[0] in people]
        report.parts = _ablation(client, plan, pairs, as_of, progress)
    return report


def _ablation(
    client: Client, plan: Plan, held_out: Sequence[tuple[str, str]], as_of: int, progress: Progress
) -> Ablation:
    """The ablation of the profile on held-out likes: pairs of a person and a post, by id."""
    world = read_world(client, as_of)
    comments = read_comments(client, world)
    return ablate(world, plan.profile, held_out, comments=comments, seed=plan.seed, progress=progress)


def without_content(profile: Profile) -> Profile:
    """The profile without the part of the score and the source that are for cold posts."""
    return without_sources(profile.with_weights({"content": 0.0}), "new_posts", LOOKS_ALIKE)


def without_sources(profile: Profile, *names: str) -> Profile:
    """The profile without some sources, unless it has no others."""
    sources = tuple(source for source in profile.sources if source not in names)
    return profile.model_copy(update={"sources": sources or profile.sources})


def clock_of(catalog: Catalog) -> int:
    """The time to rank at: the newest time of the network up to now, so that old networks have trends, too."""
    return newest(catalog.taken_at, catalog.liked_at, until=clock.now())


def _exported(settings: Settings, folder: Path, progress: Progress) -> Path:
    """Exports the present graph. Returns the folder."""
    with connect(settings, progress) as client:
        if not exporter.export(client, folder, progress):
            raise LoadError("The graph is empty.", "Import a network first, or name the folder of one.")
    return folder


@contextmanager
def _loaded(settings: Settings, work: Path, sources: Sequence[Source], progress: Progress) -> Iterator[Client]:
    """A client of a temporary server with these sources, which is stopped when the block ends."""
    bolt, http = free_port(ANY_PORT), free_port(ANY_PORT)
    own = settings.model_copy(update={"home": work / "home", "uri": None, "bolt_port": bolt, "http_port": http})
    try:
        imported = import_offline(own, sources, Options(work / "rejects.csv"), progress)
        if imported.total.rejected:
            progress.say(
                f"{imported.total.rejected:,} rows were rejected: `graphfeed import --dry-run` gives the reasons."
            )
        with Client(EmbeddedServer(own, progress).up(), budget_ms=command_ms(settings)) as client:
            yield client
    finally:
        EmbeddedServer(own, progress).down()
