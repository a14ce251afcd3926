"""The demo: a generated network of the last weeks, loaded and built at most once a day."""

import json
import shutil
import time
from pathlib import Path

from graph import clock
from graph.background.state import state
from graph.client import Client
from graph.errors import Busy
from graph.hashtag_meaning.dictionary import languages
from graph.leases import LEASE_MS
from graph.memory import build_bytes
from graph.progress import Progress
from graph.ranking.profiles import profile
from graph.settings import Settings
from loaders.generator import generate
from loaders.generator.pictures import write_pictures
from loaders.importer import Options, import_folder

PERSON = "42"
"""The id of the person whose feed the demo shows."""
PEOPLE = 2000
STALE_AFTER = clock.DAY_MS
"""Milliseconds after its newest post when a demo is replaced, so that there is always a feed of today."""

OF_HASHTAGS = ("TAGGED", "INTERESTED_IN")
"""Types of ties to hashtags."""


def ensure(client: Client, settings: Settings, progress: Progress) -> None:
    """Ensures that the graph holds the demo's network, complete, of today, and built: else creates or builds it again.

    Its files are kept in the home of the settings.
    """
    home = settings.home
    drawn = any(pictures(home).glob("*.svg"))
    if not drawn or not _is_whole(client, home / "demo.json") or not _is_fresh(client):
        _make(client, home, progress)
    _build(client, settings, progress)


def pictures(home: Path) -> Path:
    """The folder with the demo's pictures."""
    return home / "pictures"


def _counts(client: Client) -> dict[str, int]:
    return {row["name"]: row["count"] for row in client.read("admin/counts")}


def _is_whole(client: Client, note: Path) -> bool:
    """True if everything that was loaded is there. There may be more: people may have liked and muted since; and fewer
    ties of hashtags, of which two are one once their spellings are merged."""
    try:
        loaded: dict[str, int] = json.loads(note.read_text())
    except (OSError, ValueError):
        return False
    has = _counts(client)
    return all(has.get(name, 0) >= count for name, count in loaded.items() if name not in OF_HASHTAGS)


def _is_fresh(client: Client) -> bool:
    newest = client.read("admin/newest_post")[0]["takenAt"]
    return newest is not None and clock.now() - newest < STALE_AFTER


def _make(client: Client, home: Path, progress: Progress) -> None:
    progress.say(f"Generating a network of {PEOPLE:,} people.")
    folder, note = home / "network", home / "demo.json"
    note.unlink(missing_ok=True)  # without it the demo counts as incomplete
    shutil.rmtree(folder, ignore_errors=True)
    client.run_in_transactions("admin/wipe")
    generate(folder, users=PEOPLE, until=clock.now(), picture_vectors=True, on_progress=progress.advance)
    write_pictures(pictures(home))
    import_folder(client, folder, Options(home / "rejects.csv"), progress)
    note.write_text(json.dumps(_counts(client)))


def _build(client: Client, settings: Settings, progress: Progress) -> None:
    """Runs a build for the feeds if one is due."""
    from graph.background.builder import build  # these take a second to import
    from graph.background.watch import why_due

    if why_due(client, settings, state(client)):
        progress.say("Building similar posts, vectors and affinities for the feeds.")
        memory, words = build_bytes(settings), languages(settings.languages)
        until = time.monotonic() + 2 * LEASE_MS / 1000
        while True:
            try:
                build(client, profile("default", settings.profiles), memory=memory, languages=words, progress=progress)
                return
            except Busy:  # a killed builder keeps its lease for up to a minute
                if time.monotonic() > until:
                    raise
                time.sleep(1)
