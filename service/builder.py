"""The builder as a process of its own beside the service, which starts it, starts it anew, and takes it along.

The parent holds one end of a pipe. When it ends, however it ends, the kernel closes that, and the builder ends itself.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from graph.settings import Settings, read_settings
from service.telemetry import SHARED, log_json

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "service.builder")
QUIET = "--quiet"
NICENESS = 10
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""For a library reads it when it is imported, and makes room for each thread."""
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds until a builder that died is started again: twice as many each time, unless it lived for long."""
ENDING_SECONDS = 5.0
"""For so long a builder that is told to end may finish the page that it writes."""
NOT_PASSED = {"api_keys", "cors_origins"}


@contextmanager
def beside(settings: Settings, *, quiet: bool = False) -> Iterator[None]:
    """Have a builder run while the block does, unless the settings say none; `quiet` logs warnings alone, as text."""
    if not settings.builder:
        yield
        return
    keeper = Keeper([*COMMAND, *([QUIET] if quiet else [])], environment(settings))
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def environment(settings: Settings) -> dict[str, str]:
    """Our environment with these settings in it, for a process that reads them there."""
    given = {**os.environ, **ONE_THREAD}
    given.pop(SHARED, None)  # it counts nothing
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        variable = f"GRAPHFEED_{name.upper()}"
        given.pop(variable, None)
        if name not in NOT_PASSED and value is not None:
            given[variable] = _written(value)
    return given


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class Keeper:
    """Keeps a process running from a thread."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="builder", daemon=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and again whenever it has died."""
        self._thread.start()

    def stop(self) -> None:
        """Have it end; if it does not within some seconds, kill it."""
        with self._starting:
            self._stopping.set()
        if self.process is None:
            return
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(2 * ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _keep(self) -> None:
        pause = SHORTEST_PAUSE / 2
        while True:
            began = time.monotonic()
            with self._starting:
                if self._stopping.is_set():
                    return
                self.process = self._spawn()
            code = self.process.wait()
            if self.process.stdin:
                self.process.stdin.close()
            if self._stopping.is_set():
                return
            lived_long = time.monotonic() - began > LONGEST_PAUSE
            pause = SHORTEST_PAUSE if lived_long else min(2 * pause, LONGEST_PAUSE)
            log.warning("The builder ended with code %d, and is started again in %.0f s.", code, pause)
            if self._stopping.wait(pause):
                return

    def _spawn(self) -> subprocess.Popen[bytes]:
        # In a session of its own: Ctrl-C at our terminal is for us, and we tell it
        return subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )


def main() -> None:
    """Be the builder: work until the parent ends, or tells so by closing our standard input."""
    os.nice(NICENESS)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    threading.Thread(target=_end_with_parent, args=(stopped,), name="parent", daemon=True).start()
    # The workers do without these, which take long to import
    from graph.background.watch import watch
    from graph.client import Client
    from graph.connect import address, command_ms
    from graph.ranking.kept import stand_in

    if QUIET in sys.argv:
        logging.basicConfig(level=logging.WARNING, format="%(message)s")
    else:
        log_json()
    settings = read_settings()
    with Client(address(settings), budget_ms=command_ms(settings)) as client:
        watch(client, settings, stand_in(settings.serving, settings.profiles), stopped)


def _end_with_parent(stopped: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopped.set()
    time.sleep(ENDING_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
