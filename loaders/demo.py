"""The demo: a generated network of the last weeks, loaded once a day at most."""

import json
import shutil
from pathlib import Path

from graph import clock
from graph.client import Client
from graph.progress import Progress
from graph.ranking.profiles import profile
from graph.refresher import refresh
from loaders.generator import generate
from loaders.generator.pictures import write_pictures
from loaders.importer import Options, import_folder

PERSON = "42"
"""Whose feed the demo shows."""
PEOPLE = 2000
STALE_AFTER = 86_400_000
"""Milliseconds after its newest post that a demo is made anew, so that there always is a feed of today."""


def ensure(client: Client, home: Path, progress: Progress) -> None:
    """Have the demo's network in the graph: whole and of today, else it is made anew. `home` keeps its files."""
    drawn = any(pictures(home).glob("*.svg"))
    if not drawn or not _is_whole(client, home / "demo.json") or not _is_fresh(client):
        _make(client, home, progress)


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
    refresh(client, profile("default"), [PERSON], progress=progress)
