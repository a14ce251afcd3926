"""Runs the builder as a child process of the service: starts it, restarts it when it dies, and stops it.

The parent holds one end of a pipe. When the parent ends, however it ends, the kernel closes it and the builder exits.
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
from service import plain
from service.telemetry import MULTIPROC_DIR_VARIABLE, log_json

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "service.builder")
QUIET_OPTION = "--quiet"
NICENESS = 10
ONE_THREAD_VARIABLES = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Set before the start, because the libraries allocate memory for each thread when they are imported."""
MIN_RESTART_SECONDS, MAX_RESTART_SECONDS = 5.0, 300.0
"""Pause before a dead builder is restarted. It doubles each time, unless the builder ran longer than the maximum."""
SHUTDOWN_SECONDS = 5.0
"""The time that a builder that is stopped may take to finish the page that it writes."""
WITHHELD_SETTINGS = {"api_keys", "token_secret", "cors_origins"}
"""Settings that the builder does not get, because it does not need them."""


@contextmanager
def running(settings: Settings, *, quiet: bool = False) -> Iterator[None]:
    """Runs a builder while the block does, unless the settings turn it off; `quiet` logs only warnings, as text."""
    if not settings.builder:
        yield
        return
    supervisor = Supervisor([*COMMAND, *([QUIET_OPTION] if quiet else [])], environment(settings))
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


def environment(settings: Settings) -> dict[str, str]:
    """Our environment variables with these settings added, for a process that reads its settings from there."""
    variables = {**os.environ, **ONE_THREAD_VARIABLES}
    variables.pop(MULTIPROC_DIR_VARIABLE, None)  # the builder has no metrics
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        variable = f"GRAPHFEED_{name.upper()}"
        variables.pop(variable, None)
        if name not in WITHHELD_SETTINGS and value is not None:
            variables[variable] = _as_text(value)
    return variables


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


class Supervisor:
    """Keeps a process running, from a thread of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._supervise, name="builder", daemon=True)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process, and restarts it whenever it dies."""
        self._thread.start()

    def stop(self) -> None:
        """Asks the process to end, and kills it if it has not ended after twice SHUTDOWN_SECONDS."""
        with self._starting:
            self._stopping.set()
        if self.process is None:
            return
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(2 * SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _supervise(self) -> None:
        pause = MIN_RESTART_SECONDS / 2
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
            lived_long = time.monotonic() - began > MAX_RESTART_SECONDS
            pause = MIN_RESTART_SECONDS if lived_long else min(2 * pause, MAX_RESTART_SECONDS)
            log.warning("The builder exited with code %d; restarting it in %.0f s.", code, pause)
            if self._stopping.wait(pause):
                return

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal then reaches only us, and we stop the builder
        return subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )


def main() -> None:
    """Runs the builder until its parent process ends or closes its standard input."""
    os.nice(NICENESS)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    threading.Thread(target=_stop_with_parent, args=(stopped,), name="parent", daemon=True).start()
    # Imported here, because they load slowly and the workers do not need them
    from graph import connect
    from graph.background.watch import watch
    from graph.ranking.stored_profiles import stand_in

    if QUIET_OPTION in sys.argv:
        plain.log(logging.WARNING, "%(message)s")
    else:
        log_json()
    settings = read_settings()
    with connect.client(settings) as client:
        watch(client, settings, stand_in(settings.serving, settings.profiles), stopped)


def _stop_with_parent(stopped: threading.Event) -> None:
    """Waits until standard input is closed, then stops the builder: by force if it takes over SHUTDOWN_SECONDS."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopped.set()
    time.sleep(SHUTDOWN_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
