"""The embedded server: a real Neo4j with GDS and Browser, on loopback, in a folder of its own.

The contents of its home:

    password      of the user neo4j, created at the first start, mode 0600
    server.json   the ports of the last start, wanted and taken
    down          exists if it was stopped on purpose, so that a keeper does not start it again
    exit          the exit code of the last start, once it has ended
    ended.json    the last unwanted end, which `warnings` reports for a day
    alive.lock    held by the server's own process while it lives: a stale pid file does no harm
    up.lock       held while a process starts or stops it
    neo4j/        conf, data, logs, plugins
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from graph import clock, memory
from graph.client import Address, Client
from graph.embedded import home, jars, java, locks
from graph.embedded.disk import Disk
from graph.embedded.ending import Endings, is_out_of_heap, last_lines
from graph.embedded.java import Admin
from graph.embedded.store import DATABASE, Store
from graph.errors import DatabaseError, LoginRefused, Panicked, ServerError, Unreachable
from graph.progress import Progress
from graph.settings import Settings

HOST = "127.0.0.1"
STOP_SECONDS = 60
LOG_FILES = [Path(__file__).with_name(name) for name in ("server-logs.xml", "user-logs.xml")]
"""The log levels of Neo4j's debug.log and neo4j.log."""
MIN_FREE_MB = 300
"""Free disk space to start: a new database and its logs take about as much."""
PROBE_SECONDS = 5.0
"""The time that `up` waits for a running server to say that its database has not panicked."""
RECOVERY_FACTOR = 4
"""The heap of a start after one that ran out of it, as a multiple."""
SPARE_SHARE = 3 / 4
"""The share of the free memory that such a heap may take."""
_LAUNCHER = 'exit_file=$1; shift; "$@" & echo $! >"$0"; wait $!; echo $? >"$exit_file"'
"""Shell script: runs a command, and writes its pid into the file $0 and then its exit code into the file $1."""
_OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.lang", "java.util.concurrent")
_JVM_FLAGS = (
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",  # a keeper restarts a dead server, not one that thrashes
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS),
)


@dataclass(frozen=True)
class Ports:
    """The ports of a server."""

    bolt: int
    http: int

    @property
    def browser(self) -> str:
        """The address of Neo4j Browser."""
        return f"http://{HOST}:{self.http}/browser/"


class PortTaken(Exception):
    """A port was taken by another process after we had found it free."""


class OutOfHeap(Exception):
    """A server ran out of heap while it started."""


class EmbeddedServer:
    """The server of a home. Its methods are safe to call from several processes at once. It is a graph.client.Host."""

    def __init__(self, settings: Settings, progress: Progress, conf: Mapping[str, str] | None = None) -> None:
        """`conf`: further settings of neo4j.conf."""
        self.settings = settings
        self._conf = conf or {}
        self._progress = progress
        self.home = settings.home
        self._base = self.home / "neo4j"
        self._alive = self.home / "alive.lock"
        self._password = self.home / "password"
        self._state = self.home / "server.json"
        self._pid = self.home / "pid"
        self._down = self.home / "down"
        self._ready = self._base / "initialised"
        self.log = self._base / "logs" / "neo4j.log"
        self._console = self._base / "logs" / "console.log"  # Java's output before Neo4j opens its log
        self.disk = Disk(self.home, memory.bytes_of(settings.min_disk))
        self._endings = Endings(self.home, self._console)

    @property
    def is_alive(self) -> bool:
        """True if the server's process lives; it may not answer yet."""
        return locks.is_held(self._alive)

    @property
    def has_run(self) -> bool:
        """True if it has ever been up, so that there may be data."""
        return self._ready.exists()

    @property
    def is_missed(self) -> bool:
        """True if it has run, and ended without `down`."""
        return self.has_run and not self.is_alive and not self._down.exists()

    @property
    def pid(self) -> int | None:
        """The process id; None if it does not run."""
        with suppress(OSError, ValueError):
            if self.is_alive:
                return int(self._pid.read_text())
        return None

    @property
    def store_bytes(self) -> int:
        """The size of the store's files, without the log of transactions."""
        return sum(file.stat().st_size for file in (self._base / "data" / "databases" / DATABASE).rglob("*"))

    @property
    def ports(self) -> Ports:
        """The ports of the last start, or the wanted ones before the first."""
        return self._last_start().get("taken", self._wanted)

    @property
    def _wanted(self) -> Ports:
        return Ports(self.settings.bolt_port, self.settings.http_port)

    def _last_start(self) -> dict[str, Ports]:
        """The ports of the last start, as `wanted` and `taken`; empty if unknown."""
        try:
            return {name: Ports(**ports) for name, ports in json.loads(self._state.read_text()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    @property
    def address(self) -> Address:
        """The address for a driver."""
        return Address(f"bolt://{HOST}:{self.ports.bolt}", "neo4j", self._read_password())

    def require_room(self) -> None:
        """Returns if its disk has space for writes. Raises DiskFull."""
        self.disk.require_room()

    def ending(self) -> str | None:
        """The reason why it ended, with the next step; None if it runs, was stopped on purpose, or nothing is known."""
        if not self.is_missed:
            return None
        ending = self._endings.of_last_start()
        return ending.text if ending.is_failure else None

    def memory_warning(self) -> str | None:
        """A sentence on its last end for lack of memory, for a day; None if there was none."""
        ending = self._endings.of_last_start() if self.is_missed else self._endings.recent()
        if ending is None or not ending.is_for_memory:
            return None
        return f"Neo4j ended at {clock.iso(ending.at // 1000 * 1000)}: {ending.text}"

    def warnings(self) -> list[str]:
        """A sentence for each lack of its machine: of space, of memory."""
        return [text for text in (self.disk.warning, self.memory_warning()) if text]

    def up(self) -> Address:
        """Starts it if it does not run, or restarts it if its database panicked, and waits until it answers.

        Returns its address. Raises ServerError.
        """
        if self._answers and not self._has_panicked():
            self._close_home()
            return self.address
        with self._changing() as lock:
            self._stop_panicked()
            if not self.is_alive or not self._launched_comes_up():
                self._start(lock)
        return self.address

    @property
    def _answers(self) -> bool:
        return self.is_alive and self._ready.exists() and _answers(self.ports.bolt)

    def _has_panicked(self) -> bool:
        """Returns True if it answers that its database must be restarted: an open port alone does not show that."""
        try:
            with Client(self.address, patience=0, acquire=PROBE_SECONDS) as client:
                client.read("schema/version")
        except Panicked:
            return True
        except DatabaseError:  # whatever it is, a restart is not known to mend it
            return False
        return False

    def _stop_panicked(self) -> None:
        if self._answers and self._has_panicked():
            self._require_space()
            self._progress.say("Neo4j's database stopped after an error, such as a full disk; restarting it.")
            self._stop()

    @property
    def _has_started(self) -> bool:
        """True if the log of this start says so. Bolt answers sooner, when HTTP may still fail."""
        return self.log.exists() and "Started." in self.log.read_text(errors="replace")

    def _comes_up(self) -> bool:
        """Waits for a launched server. Returns False if it ended because its port was taken."""
        try:
            self._wait_until_ready()
        except PortTaken:
            return False
        return True

    def _launched_comes_up(self) -> bool:
        """Waits for a server that another process launched. Returns False if it ended, and a start may do better."""
        try:
            return self._comes_up()
        except OutOfHeap:
            return False

    def down(self) -> bool:
        """Stops it; its data stays. Returns True if it ran. Raises ServerError if it does not stop in STOP_SECONDS."""
        if not self.home.exists():
            return False
        with self._changing():
            self._down.touch()
            return self._stop()

    @contextmanager
    def stopped(self) -> Iterator[Store]:
        """Stops it, and locks it while the block works on its store. It stays stopped.

        Raises ServerError if it has never run.
        """
        with self._changing() as lock:
            if not self.has_run:
                raise ServerError(f"There is no server in {self.home}.", "Start one with `graphfeed up`.")
            self._stop()
            yield Store(self._base, self._admin(self._fetched_jars(), lock), self._progress)

    def _admin(self, where: Path, lock: int) -> Admin:
        return Admin(self.home, self._base, where, lock)

    def _stop(self) -> bool:
        if not self.is_alive:
            return False
        pid = self.pid
        if pid is None:
            raise ServerError(f"The server in {self.home} runs, but its pid is unknown.", "End its process by hand.")
        with suppress(ProcessLookupError):  # it ended by itself just now
            os.kill(pid, signal.SIGTERM)
        if not _within(STOP_SECONDS, lambda: not self.is_alive):
            raise ServerError(
                f"The server (process {pid}) did not stop in {STOP_SECONDS} s.", f"End it with `kill -9 {pid}`."
            )
        return True

    @contextmanager
    def _changing(self) -> Iterator[int]:
        """Holds up.lock, and turns OSErrors into ServerErrors. Yields the descriptor of the lock."""
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._close_home()
            waiting = "Waiting for another process that starts or stops the server."
            with locks.held(self.home / "up.lock", lambda: self._progress.say(waiting)) as lock:
                yield lock
        except OSError as error:
            raise ServerError(
                f"The server's home {self.home} cannot be used: {error.strerror or error}.",
                "Free some space, correct the permissions, or set GRAPHFEED_HOME to another folder.",
            ) from error

    def _close_home(self) -> None:
        """Restricts the home folder to its owner, even while the server runs; raises ServerError if that fails."""
        if notice := home.close(self.home):
            self._progress.say(notice)

    def _start(self, lock: int) -> None:
        self._require_space()
        self._tell_ending()
        self._down.unlink(missing_ok=True)
        where = self._fetched_jars()
        admin = self._admin(where, lock)
        self._lay_out(where, admin)
        Store(self._base, admin, self._progress).recover()
        heap = memory.heap(self.settings)
        while not self._starts(where, heap):
            heap = self._more_heap(heap)

    def _tell_ending(self) -> None:
        """Says why the last start ended, and keeps it for `warnings`, unless it was stopped on purpose."""
        ending = self._endings.of_last_start()
        if self.is_missed and ending.is_failure:
            self._endings.keep(ending)
            self._progress.say(f"Neo4j was gone: {ending.text} Starting it again.")

    def _starts(self, where: Path, heap: str) -> bool:
        """Starts it with at most this heap. Returns False if that is too little."""
        for _ in range(3):
            ports = self._choose_ports()
            self._write_config(ports)
            self._launch(where, ports, heap)
            try:
                if self._comes_up():
                    return True
            except OutOfHeap:
                return False
        raise ServerError("No free port was found in three tries.", "Set GRAPHFEED_BOLT_PORT and GRAPHFEED_HTTP_PORT.")

    def _more_heap(self, heap: str) -> str:
        """Up to RECOVERY_FACTOR times the heap: recovery after a full disk may need more than the server ran with.

        Raises ServerError if the machine has not even twice as much to spare.
        """
        had = memory.bytes_of(heap)
        more = min(RECOVERY_FACTOR * had, int(memory.available_bytes() * SPARE_SHARE))
        if more < 2 * had:
            raise ServerError(
                f"Neo4j ran out of heap ({heap}) while it started, and the machine cannot spare twice as much.",
                f"Free some memory, or raise GRAPHFEED_HEAP. {self._log_ends()}",
            )
        larger = f"{more // memory.MB}m"
        self._progress.say(
            f"Neo4j ran out of heap ({heap}) while it started, as it may after a full disk. Trying again with "
            f"{larger}, which it keeps until its next start."
        )
        return larger

    def _fetched_jars(self) -> Path:
        mirror = self.settings.maven_url
        return jars.ensure(self.settings.cache, str(mirror) if mirror else None, self._progress)

    def _require_space(self) -> None:
        free = shutil.disk_usage(self.home).free >> 20
        if free < MIN_FREE_MB:
            raise ServerError(
                f"The disk of {self.home} has {free} MB free, but Neo4j needs {MIN_FREE_MB} MB to start.",
                "Free some space, or set GRAPHFEED_HOME to a folder on another disk.",
            )

    def _lay_out(self, where: Path, admin: Admin) -> None:
        """Creates the folders, plugins and password. Data of a first start that did not complete are set aside."""
        data = self._base / "data"
        if data.exists() and not self._ready.exists():
            aside = self._base / time.strftime("data-unfinished-%Y%m%d-%H%M%S")
            data.replace(aside)
            self._progress.say(f"The first start did not complete; its data are in {aside} and may be deleted.")
        if self._ready.exists() and not self._password.exists():
            raise ServerError(
                f"{self._password} is missing, and the data in {data} cannot be opened without it.",
                "Restore the file, or delete the home to start over.",
            )
        plugins = self._base / "plugins"
        shutil.rmtree(plugins, ignore_errors=True)
        for folder in (plugins, data, self._base / "conf", self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        (self._base / "conf" / "neo4j.conf").unlink(missing_ok=True)  # it may be another version's
        (self.home / "admin.args").unlink(missing_ok=True)  # of a tool that was killed
        for file in LOG_FILES:
            shutil.copy(file, self._base / "conf")
        for jar in jars.locked():
            if jar.is_plugin:
                shutil.copy(where / jar.filename, plugins)
        if not self._password.exists():
            java.write_whole(self._password, secrets.token_hex(16))
        self._password.chmod(0o600)
        if not self._ready.exists():
            self._set_initial_password(admin)

    def _read_password(self) -> str:
        try:
            return self._password.read_text().strip()
        except FileNotFoundError:
            raise ServerError(f"There is no server in {self.home}.", "Start one with `graphfeed up`.") from None

    def _set_initial_password(self, admin: Admin) -> None:
        admin.run(
            ["dbms", "set-initial-password", self._read_password()],
            "The server's first password could not be set.",
            flags=["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
        )

    def _choose_ports(self) -> Ports:
        """The ports of the last start, so that links keep working, or of the settings if these have changed; ports in
        use are replaced by free ones."""
        last = self.ports if self._last_start().get("wanted") == self._wanted else self._wanted
        chosen = Ports(free_port(last.bolt), free_port(last.http))
        for what, old, new in (("Bolt", last.bolt, chosen.bolt), ("Browser", last.http, chosen.http)):
            if old != new:
                self._progress.say(f"Port {old} is in use; {what} takes {new} instead.")
        return chosen

    def _write_config(self, ports: Ports) -> None:
        lines = {
            "server.default_listen_address": HOST,
            "server.bolt.listen_address": f"{HOST}:{ports.bolt}",
            "server.bolt.advertised_address": f"{HOST}:{ports.bolt}",
            "server.http.listen_address": f"{HOST}:{ports.http}",
            "server.http.advertised_address": f"{HOST}:{ports.http}",
            "server.memory.pagecache.size": memory.page_cache(self.settings),
            "dbms.security.procedures.unrestricted": "gds.*",
            "dbms.usage_report.enabled": "false",
            "db.transaction.monitor.check.interval": "100ms",  # for budgets of less than its default, 2 s
            # A stop would wait 5 s for further messages.
            "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
            "db.tx_log.rotation.retention_policy": "256M size",
        }
        text = "".join(f"{key}={value}\n" for key, value in {**lines, **self._conf}.items())
        (self._base / "conf" / "neo4j.conf").write_text(text)

    def _java_args(self, heap: str) -> list[str]:
        entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={self._base}", f"--config-dir={self._base}/conf"]
        return [f"-Xms{heap}", f"-Xmx{heap}", *_JVM_FLAGS, *entry]

    def _launch(self, where: Path, ports: Ports, heap: str) -> None:
        java.write_whole(self._state, json.dumps({"wanted": asdict(self._wanted), "taken": asdict(ports)}))
        self._pid.unlink(missing_ok=True)
        self._endings.begin()
        # The inner shell waits for Java, so that the exit code is known; the outer one ends at once, so the server is
        # orphaned: it outlives us, and we need not reap it.
        inner = ["/bin/sh", "-c", _LAUNCHER, str(self._pid), str(self._endings.exit_file)]
        inner += java.command(self.home / "java.args", where, self._java_args(heap))
        self.log.unlink(missing_ok=True)  # so that it has only this start
        with locks.for_child(self._alive) as alive, self._console.open("wb") as console:
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *inner],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=java.environment(),
                start_new_session=True,  # Ctrl-C in our terminal must not stop the server
                pass_fds=[alive],
                check=True,
            )

    def _wait_until_ready(self) -> None:
        """Returns when the server answers. Raises PortTaken, OutOfHeap, or ServerError with the ends of its logs."""
        timeout = self.settings.start_timeout
        began = time.monotonic()
        problem = "nothing listens yet"
        with Client(self.address) as client:
            while (waited := time.monotonic() - began) < timeout:
                if not self.is_alive:
                    raise self._failure()
                self._progress.advance("Starting Neo4j", int(waited), timeout)
                try:
                    if self._has_started:
                        client.read("schema/version")  # Bolt answers before the database does
                        self._ready.touch()  # from now on there may be data to keep
                        self._progress.advance("Starting Neo4j", timeout, timeout)
                        return
                except LoginRefused as error:
                    raise ServerError(
                        f"The password in {self._password} is wrong.", "Write the server's password into that file."
                    ) from error
                except Unreachable as error:
                    problem = error.said or error.problem
                time.sleep(0.1)
        raise ServerError(
            f"Neo4j did not answer in {timeout} s (GRAPHFEED_START_TIMEOUT): {problem}.",
            f"It may still come up. {self._log_ends()}",
        )

    def _failure(self) -> Exception:
        """The error for a server that ended while it started."""
        if any("already in use" in last_lines(log, 200) for log in (self._console, self.log)):
            return PortTaken()
        if is_out_of_heap(self._console):
            return OutOfHeap()
        ending = self._endings.of_last_start()
        return ServerError(f"Neo4j ended while it started: {ending.text}", self._log_ends())

    def _log_ends(self) -> str:
        """The last lines of the console, which are Java's own, and of the log."""
        logs = [log for log in (self._console, self.log) if log.exists()]
        return "\n".join(f"The end of {log}:\n{last_lines(log)}" for log in logs)


def _answers(port: int, host: str = HOST) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def free_port(wanted: int, host: str = HOST) -> int:
    """The wanted port if it is free, else any free one. Raises ServerError if there is none."""
    for port in (wanted, 0):
        if port and _answers(port, host):
            continue
        with suppress(OSError), socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    raise ServerError(f"No port is free on {host}.", "Use an address of this machine, or stop a process that listens.")


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return condition()
