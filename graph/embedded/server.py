"""The embedded server: a real Neo4j with GDS and Browser, on loopback, in a folder of its own.

The contents of its home:

    password      of the user neo4j, created at the first start, mode 0600
    server.json   the ports of the last start, wanted and taken
    down          exists if it was stopped on purpose, so that a keeper does not start it again
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

from graph import memory
from graph.client import Address, Client
from graph.embedded import jars, java, locks
from graph.embedded.java import Admin
from graph.embedded.store import Store
from graph.errors import LoginRefused, ServerError, Unreachable
from graph.progress import Progress
from graph.settings import Settings

HOST = "127.0.0.1"
STOP_SECONDS = 60
LOGS_FILE = Path(__file__).with_name("server-logs.xml")
"""The log levels of Neo4j's debug.log."""
MIN_FREE_MB = 300
"""Free disk space to start: a new database and its logs take about as much."""
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


class EmbeddedServer:
    """The server of a home. Its methods are safe to call from several processes at once."""

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

    def up(self) -> Address:
        """Start it if it does not run, and wait until it answers. Returns its address. Raises ServerError."""
        if self.is_alive and self._ready.exists() and _answers(self.ports.bolt):
            return self.address
        with self._changing() as lock:
            if not self.is_alive or not self._comes_up():
                self._start(lock)
        return self.address

    @property
    def _has_started(self) -> bool:
        """True if the log of this start says so. Bolt answers sooner, when HTTP may still fail."""
        return self.log.exists() and "Started." in self.log.read_text(errors="replace")

    def _comes_up(self) -> bool:
        """Wait for a launched server. Returns False if it ended because its port was taken."""
        try:
            self._wait_until_ready()
        except PortTaken:
            return False
        return True

    def down(self) -> bool:
        """Stop it and keep its data. Returns True if it ran. Raises ServerError if it does not stop in STOP_SECONDS."""
        if not self.home.exists():
            return False
        with self._changing():
            self._down.touch()
            return self._stop()

    @contextmanager
    def stopped(self) -> Iterator[Store]:
        """Stop it, and lock it while the block works on its store. It stays stopped.

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
        """Hold up.lock, and turn OSErrors into ServerErrors. Yields the descriptor of the lock."""
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            waiting = "Waiting for another process that starts or stops the server."
            with locks.held(self.home / "up.lock", lambda: self._progress.say(waiting)) as lock:
                yield lock
        except OSError as error:
            raise ServerError(
                f"The server's home {self.home} cannot be used: {error.strerror or error}.",
                "Free some space, correct the permissions, or set GRAPHFEED_HOME to another folder.",
            ) from error

    def _start(self, lock: int) -> None:
        self._require_space()
        self._down.unlink(missing_ok=True)
        where = self._fetched_jars()
        admin = self._admin(where, lock)
        self._lay_out(where, admin)
        Store(self._base, admin, self._progress).recover()
        for _ in range(3):
            ports = self._choose_ports()
            self._write_config(ports)
            self._launch(where, ports)
            if self._comes_up():
                return
        raise ServerError("No free port was found in three tries.", "Set GRAPHFEED_BOLT_PORT and GRAPHFEED_HTTP_PORT.")

    def _fetched_jars(self) -> Path:
        mirror = self.settings.maven_url
        return jars.ensure(self.settings.cache, str(mirror) if mirror else None, self._progress)

    def _require_space(self) -> None:
        free = shutil.disk_usage(self.home).free >> 20
        if free < MIN_FREE_MB:
            raise ServerError(
                f"The disk of {self.home} has {free} MB free, and Neo4j needs {MIN_FREE_MB} MB to start.",
                "Free some space, or set GRAPHFEED_HOME to a folder on another disk.",
            )

    def _lay_out(self, where: Path, admin: Admin) -> None:
        """Create the folders, plugins and password. Data of a first start that did not complete are set aside."""
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
        shutil.copy(LOGS_FILE, self._base / "conf")
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

    def _java_args(self) -> list[str]:
        heap = memory.heap(self.settings)
        entry = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={self._base}", f"--config-dir={self._base}/conf"]
        return [f"-Xms{heap}", f"-Xmx{heap}", *_JVM_FLAGS, *entry]

    def _launch(self, where: Path, ports: Ports) -> None:
        java.write_whole(self._state, json.dumps({"wanted": asdict(self._wanted), "taken": asdict(ports)}))
        self._pid.unlink(missing_ok=True)
        # The inner shell writes its pid and becomes Java, so the pid is always known; the outer one ends at once, so
        # the server is orphaned: it outlives us, and nobody has to reap it.
        inner = ["/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"', str(self._pid)]
        inner += java.command(self.home / "java.args", where, self._java_args())
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
        """Return when the server answers. Raises PortTaken, or ServerError with the end of its log."""
        timeout = self.settings.start_timeout
        began = time.monotonic()
        problem = "nothing listens yet"
        with Client(self.address) as client:
            while (waited := time.monotonic() - began) < timeout:
                if not self.is_alive:
                    if "already in use" in self._log_end(200):
                        raise PortTaken
                    raise ServerError("Neo4j ended while it started.", f"The end of {self.log}:\n{self._log_end()}")
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
                    problem = error.problem.rstrip(".")
                time.sleep(0.1)
        raise ServerError(
            f"Neo4j did not answer in {timeout} s (GRAPHFEED_START_TIMEOUT): {problem}.",
            f"It may still come up. The end of {self.log}:\n{self._log_end()}",
        )

    def _log_end(self, lines: int = 15) -> str:
        texts = (log.read_text(errors="replace") for log in (self._console, self.log) if log.exists())
        return "\n".join("\n".join(texts).splitlines()[-lines:]) or "(it is empty)"


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
