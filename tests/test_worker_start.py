"""A worker starts with little: it imports neither the command line nor what only few requests need."""

import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import uvicorn
from uvicorn.supervisors import Multiprocess

from graph.settings import read_settings
from service import serving
from service.connections import Connection
from tests.guarded import NOWHERE

HEAVY = (
    "typer",
    "rich",
    "httpx",
    "duckdb",
    "implicit",
    "scipy",
    "jgo",
    "loaders",
    "service.cli",
    "graph.background.builder",
)


def python(code: str, *args: str) -> str:
    done = subprocess.run([sys.executable, *args, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.long
def test_the_application_imports_nothing_that_few_requests_need() -> None:
    found = python("import sys, service.app; print(*sys.modules)").split()
    assert {*HEAVY} & {*found} == set()


def test_the_demo_serves_in_one_process_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    monkeypatch.setattr("service.builder.running", lambda *_, **__: nullcontext())
    monkeypatch.setattr(serving, "Multiprocess", lambda *_, **__: pytest.fail("It starts workers."))
    served: list[int] = []

    def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        sockets[0].close()
        served.append(server.config.workers)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    serving.serve_here(read_settings(uri=NOWHERE), 0)
    assert served == [1]


@pytest.mark.long
def test_a_worker_does_not_import_the_main_module(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text(
        "import multiprocessing, os\n"
        "from service.serving import _without_main\n"
        "print('main', flush=True)\n"
        "if __name__ == '__main__':\n"
        "    spawn = multiprocessing.get_context('spawn')\n"
        "    with _without_main():\n"
        "        process = spawn.Process(target=os._exit, args=(7,))\n"
        "        process.start(); process.join()\n"
        "    print(process.exitcode)\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, str(main)], capture_output=True, text=True, timeout=120, env={"PYTHONPATH": str(root)}
    )
    assert done.stdout.split() == ["main", "7"], done.stderr


def test_a_slow_start_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvicorn itself kills a worker that does not answer for 5 s."""
    seen: list[uvicorn.Config] = []

    def made(self: Multiprocess, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        seen.append(config)
        for each in sockets:
            each.close()

    monkeypatch.setattr(Multiprocess, "__init__", made)
    monkeypatch.setattr(Multiprocess, "run", lambda self: None)
    monkeypatch.setattr(Multiprocess, "processes", [], raising=False)
    serving._run("service.app:from_environment", "127.0.0.1", 0, factory=True, workers=2)
    [config] = seen
    assert config.timeout_worker_healthcheck >= 60
    assert config.http is Connection
