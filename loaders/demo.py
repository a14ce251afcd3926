"""The demo: a generated network of the last weeks, loaded and built once a day at most."""

import json
import shutil
import time
from pathlib import Path

from graph import clock
from graph.background.state import state
from graph.client import Client
from graph.errors import Busy
from graph.leases import LEASE_MS
from graph.memory import build_bytes
from graph.progress import Progress
from graph.ranking.profiles import profile
from graph.settings import Settings
from loaders.generator import generate
from loaders.generator.pictures import write_pictures
from loaders.importer import Options, import_folder

PERSON = "42"
"""Whose feed the demo shows."""
PEOPLE = 2000
STALE_AFTER = 86_400_000
"""Milliseconds after its newest post that a demo is made anew, so that there always is a feed of today."""


def ensure(client: Client, settings: Settings, progress: Progress) -> None:
    """Have the demo's network in the graph, whole, of today and built; else it is made anew, or built anew.

    The home of the settings keeps its files.
    """
    home = settings.home
    drawn = any(pictures(home).glob("*.svg"))
    if not drawn or not _is_whole(client, home / "demo.json") or not _is_fresh(client):
        _make(client, home, progress)
    _build(client, settings, progress)


def pictures(home: Path) -> Path:
    """The folder of the demo's pictures."""
    return home / "pictures"


def _counts(client: Client) -> dict[str, int]:
    return {row["name"]: row["count"] for row in client.read("admin/counts")}


def _is_whole(client: Client, note: Path) -> bool:
    """Whether all is there that was loaded. People may have liked and muted since: more is no harm."""
    try:
        loaded: dict[str, int] = json.loads(note.read_text())
    except (OSError, ValueError):
        return False
    has = _counts(client)
    return all(has.get(name, 0) >= count for name, count in loaded.items())


def _is_fresh(client: Client) -> bool:
    newest = client.read("admin/newest_post")[0]["takenAt"]
    return newest is not None and clock.now() - newest < STALE_AFTER


def _make(client: Client, home: Path, progress: Progress) -> None:
    progress.say(f"Making a network of {PEOPLE:,} people.")
    folder, note = home / "network", home / "demo.json"
    note.unlink(missing_ok=True)  # from here on the demo is half made, until the note is back
    shutil.rmtree(folder, ignore_errors=True)
    client.run_in_transactions("admin/wipe")
    generate(folder, users=PEOPLE, until=clock.now(), on_progress=progress.advance)
    write_pictures(pictures(home))
    import_folder(client, folder, Options(home / "rejects.csv"), progress)
    note.write_text(json.dumps(_counts(client)))


def _build(client: Client, settings: Settings, progress: Progress) -> None:
    """Build what feeds are made from, if that is due."""
    from graph.background.builder import build  # these take a second to import
    from graph.background.watch import why_due

    if why_due(client, settings, state(client)):
        progress.say("Building what feeds are made from.")
        memory, until = build_bytes(settings), time.monotonic() + 2 * LEASE_MS / 1000
        while True:
            try:
                build(client, profile("default", settings.profiles), memory=memory, progress=progress)
                return
            except Busy:  # a builder that was killed still has its lease, for a minute at most
                if time.monotonic() > until:
                    raise
                time.sleep(1)
