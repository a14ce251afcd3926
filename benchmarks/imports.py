"""Import, measured: `make bench`, or `python -m benchmarks.imports --people 250000 --likes-per-user 20`.

Online: `graphfeed import` beside a bare driver loop that sends the same rows with the same statements, ready-made and
unchecked, in turn on the same server. Offline: from reading to the end of the import beside Neo4j's own import of
ready-made tables. Each is a process or a server of its own in a temporary folder; nothing of yours is touched.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from graph import clock, schema
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.embedded.store import Table
from graph.progress import Silent
from graph.settings import Settings, read_settings
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from loaders.format import neutral
from loaders.format.neutral import FileFormat, Record
from loaders.generator import generate
from loaders.importer import LANE_ROWS, Options, import_sources
from loaders.offline.bulk import stage
from loaders.report import Report

TABLES = "tables.json"
UNTIL = 1_760_000_000_000


def main() -> None:
    """Measures what the arguments ask for, and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--online-people", type=int, default=2_000, help="size of the network for the online way")
    parser.add_argument("--people", type=int, default=250_000, help="size of the network for the offline way; 0: none")
    parser.add_argument("--likes-per-user", type=int, default=20, help="in the network for the offline way")
    parser.add_argument("--data", type=Path, help="a folder to import online instead of a generated network")
    parser.add_argument("--runs", type=int, default=3, help="of each of the two, in turn; 0: none")
    parser.add_argument("--stage", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stage:
        _stage_here(*given.stage)
        return
    with tempfile.TemporaryDirectory(prefix="graphfeed-bench-") as folder:
        if given.runs:
            online(Path(folder), given.data, given.online_people, given.runs)
        if given.people:
            offline(Path(folder), given.people, given.likes_per_user)


def online(folder: Path, data: Path | None, people: int, runs: int) -> None:
    """Rows a second of the import and of the bare loop, on a graph that is empty each time."""
    if data is None:
        data = folder / "small"
        generate(data, users=people, until=UNTIL)
    sources, _ = sources_in(data)
    batches = ready_made(sources)
    rows = sum(len(batch) for _, batch in batches)
    ours: list[float] = []
    bare: list[float] = []
    settings = read_settings(home=folder / "home", uri=None, heap="2g", page_cache="512m")
    server = EmbeddedServer(settings, Silent())
    server.up()
    try:
        with Client(server.address) as client:
            for run in range(runs + 1):  # the first of each warms the server up, and does not count
                bare_seconds = timed(client, lambda: send(client, batches))
                our_seconds = timed(client, lambda: import_all(client, sources, folder))
                if run:
                    bare.append(bare_seconds)
                    ours.append(our_seconds)
    finally:
        server.down()
    print(f"online, {rows:,} rows, {runs} runs in turn, medians")
    for name, seconds in (("bare driver loop", bare), ("graphfeed import", ours)):
        median = statistics.median(seconds)
        print(
            f"  {name:<18} {median:6.1f} s {rows / median:9,.0f} rows/s   ({min(seconds):.1f} to {max(seconds):.1f} s)"
        )
    print(
        f"  rate of the import  {statistics.median(bare) / statistics.median(ours):.0%} of the bare loop's (goal: 60 %)"
    )


def timed(client: Client, work: Callable[[], None]) -> float:
    """Seconds of some work on an empty graph."""
    client.run_in_transactions("admin/wipe")
    schema.ensure(client)
    began = time.monotonic()
    work()
    return time.monotonic() - began


def import_all(client: Client, sources: Sequence[Source], folder: Path) -> None:
    """The import as it is, reading and checking and all."""
    import_sources(client, sources, Options(folder / "rejects.csv"), Silent())


def ready_made(sources: Sequence[Source]) -> list[tuple[FileFormat, list[Record]]]:
    """Every row as the statements take it, in the order of the files."""
    batches: list[tuple[FileFormat, list[Record]]] = []
    for source in sources:
        rows: list[Record] = []
        for block in source.blocks():
            rows += neutral.parse(source.format, source.columns, block.rows).records.rows(source.format)
        batches += [(source.format, rows[start : start + LANE_ROWS]) for start in range(0, len(rows), LANE_ROWS)]
    return batches


def send(client: Client, batches: Sequence[tuple[FileFormat, list[Record]]]) -> None:
    """The bare loop."""
    for format, rows in batches:
        client.write(format.statement, {"rows": rows, "recordedAt": clock.now()})


def offline(folder: Path, people: int, likes_per_user: int) -> None:
    """Seconds from reading to the end of the import, and those of Neo4j's own import of the tables that it wrote."""
    data, work = folder / "large", folder / "work"
    made = generate(data, users=people, likes_per_user=likes_per_user, until=UNTIL)
    rows = sum(count for name, count in vars(made).items() if name != "celebrity")
    relationships = rows - made.users
    work.mkdir()
    began = time.monotonic()
    staged = subprocess.run(
        [sys.executable, "-m", "benchmarks.imports", "--stage", str(data), str(work)],
        check=True,
        capture_output=True,
        text=True,
    )
    reading = time.monotonic() - began
    shutil.rmtree(data)
    print(f"offline, {people:,} people, {relationships:,} relationships")
    print(staged.stdout, end="")
    stages = fill(read_settings(home=folder / "first", uri=None), work)
    bare = fill(read_settings(home=folder / "second", uri=None), work)
    whole = reading + stages["import"]
    print(f"  reading to the end of the import {whole:.1f} s, of which the import is {stages['import']:.1f} s")
    print(f"  stop {stages['stop']:.1f} s, start {stages['start']:.1f} s, indexes {stages['indexes']:.1f} s")
    print(f"  bare import of ready-made tables {bare['import']:.1f} s")
    print(f"  {whole / bare['import']:.1f} times the bare import (goal: 3 at most)")


def _stage_here(data: Path, work: Path) -> None:
    """Checks the rows and writes the tables, in this process alone, whose memory is the loader's."""
    sources, _ = sources_in(data)
    report = Report()
    tables, longest = stage(work, sources, Options(work / "rejects.csv"), report, Silent())
    (work / TABLES).write_text(json.dumps({"tables": [asdict(table) for table in tables], "longest": longest}))
    peak = _peak_memory() >> 20
    print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.seconds.items()))
    print(f"  peak memory of the loader's process {peak} MB (goal: under 500)")


def _peak_memory() -> int:
    """Returns the peak of this process in bytes; on Linux, without the memory from before its program started."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def load_tables(work: Path) -> tuple[list[Table], int]:
    """The tables that `_stage_here` has written."""
    noted = json.loads((work / TABLES).read_text())
    return [Table(**table) for table in noted["tables"]], noted["longest"]


def fill(settings: Settings, work: Path) -> dict[str, float]:
    """Seconds of each stage of filling an empty server of its own from staged tables."""
    tables, longest = load_tables(work)
    server, seconds = EmbeddedServer(settings, Silent()), {}
    server.up()
    try:
        began = time.monotonic()
        with server.stopped() as store:
            seconds["stop"] = time.monotonic() - began
            began = time.monotonic()
            store.fill(work, tables, longest)
            seconds["import"] = time.monotonic() - began
        began = time.monotonic()
        server.up()
        seconds["start"] = time.monotonic() - began
        began = time.monotonic()
        with Client(server.address) as client:
            schema.ensure(client)
        seconds["indexes"] = time.monotonic() - began
    finally:
        server.down()
    shutil.rmtree(settings.home)
    return seconds


if __name__ == "__main__":
    main()
