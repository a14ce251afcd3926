"""An evaluation from files or from the present graph, in a server of its own, which is gone afterwards."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph import clock
from graph.background.builder import build
from graph.client import Client
from graph.connect import command_ms, connect
from graph.embedded.server import EmbeddedServer, free_port
from graph.errors import LoadError, SettingsError
from graph.memory import build_bytes
from graph.progress import Progress
from graph.quality import evaluation
from graph.quality.evaluation import Evaluation, Likes
from graph.quality.report import Report
from graph.ranking.profiles import Profile
from graph.settings import Settings
from loaders import exporter
from loaders.evaluation.catalog import Catalog, read_catalog
from loaders.evaluation.split import Split, by_share, of_file, without
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from loaders.importer import Options
from loaders.offline.bulk import import_offline

ANY_PORT = 0


@dataclass(frozen=True)
class Plan:
    """What to evaluate."""

    profile: Profile
    folder: Path | None = None
    """Files of the neutral format; None for an export of the present graph."""
    holdout: Path | None = None
    """A file with the likes to hold out; None to hold out a share."""
    share: float = 0.1
    window_days: float | None = None
    """The age of the posts that are ranked; None for any."""
    people: int = 5_000
    """The most people to rank for."""
    seed: int = 0


def evaluate(settings: Settings, plan: Plan, progress: Progress) -> Report:
    """Measure what the profile serves. The graph of the settings is at most read.

    Raises SettingsError and LoadError for what cannot be measured, and LeakFound.
    """
    if plan.profile.ranking is None:
        raise SettingsError(f"The profile {plan.profile.name} makes no lists to measure.", "Use another profile.")
    with tempfile.TemporaryDirectory(prefix="graphfeed-evaluate-") as name:
        work = Path(name)
        sources, _ = sources_in(plan.folder or _exported(settings, work / "files", progress))
        catalog = read_catalog(sources, progress)
        split = _split(catalog, plan)
        with _loaded(settings, work, without(sources, catalog, split), progress) as client:
            return _measured(client, settings, plan, catalog, split, progress)


def _split(catalog: Catalog, plan: Plan) -> Split:
    if not len(catalog.likes):
        raise LoadError("The network has no likes to learn from.", "Name one that has a file of likes.")
    if plan.holdout is not None:
        return of_file(catalog, plan.holdout)
    return by_share(catalog, plan.share, plan.seed)


def _measured(
    client: Client, settings: Settings, plan: Plan, catalog: Catalog, split: Split, progress: Progress
) -> Report:
    """Build, and measure."""
    as_of = clock_of(catalog)
    began = time.monotonic()
    built = build(client, plan.profile, as_of=as_of, memory=build_bytes(settings), progress=progress)
    seconds = time.monotonic() - began
    likes = Likes(catalog.pairs(split.likes), split.words)
    options = evaluation.Options(plan.profile, as_of, plan.window_days, plan.people, plan.seed)
    report = Evaluation(client, likes, options, progress).run(built.missing)
    report.seconds = {"build": seconds, **report.seconds}
    return report


def clock_of(catalog: Catalog) -> int:
    """The newest time of the network, so that what fades does not fade for its age; never later than now."""
    now = clock.now()
    return now if catalog.newest is None else min(catalog.newest, now)


def _exported(settings: Settings, folder: Path, progress: Progress) -> Path:
    """The present graph as files."""
    with connect(settings, progress) as client:
        if not exporter.export(client, folder, progress):
            raise LoadError("The graph is empty.", "Import a network first, or name the folder of one.")
    return folder


@contextmanager
def _loaded(settings: Settings, work: Path, sources: Sequence[Source], progress: Progress) -> Iterator[Client]:
    """A client of a server in this folder that holds the sources; it is stopped when the block ends."""
    bolt, http = free_port(ANY_PORT), free_port(ANY_PORT)
    own = settings.model_copy(update={"home": work / "home", "uri": None, "bolt_port": bolt, "http_port": http})
    try:
        imported = import_offline(own, sources, Options(work / "rejects.csv"), progress)
        if imported.total.rejected:
            progress.say(
                f"{imported.total.rejected:,} rows cannot be imported: `graphfeed import --dry-run` tells why."
            )
        with Client(EmbeddedServer(own, progress).up(), budget_ms=command_ms(settings)) as client:
            yield client
    finally:
        EmbeddedServer(own, progress).down()
