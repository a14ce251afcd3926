"""The stack of docker-compose.yml comes up from nothing, and answers a feed after an import: `make compose-smoke`."""

import json
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph import clock
from graph.client import Address, Client
from graph.embedded.server import free_port
from loaders.generator import generate
from tests.support import load

pytestmark = pytest.mark.compose
ROOT = Path(__file__).parents[1]


@dataclass
class Stack:
    """A stack that runs."""

    api: httpx.Client
    client: Client
    """Of its Neo4j."""
    variables: dict[str, str]
    """What it was started with."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    key, password = secrets.token_hex(16), secrets.token_hex(12)
    bolt, http, port = free_port(0), free_port(0), free_port(0)
    variables = {
        "GRAPHFEED_PASSWORD": password,
        "GRAPHFEED_API_KEYS": f"admin:{key}",
        "GRAPHFEED_TOKEN_SECRET": secrets.token_hex(32),
        "GRAPHFEED_BOLT_PORT": str(bolt),
        "GRAPHFEED_HTTP_PORT": str(http),
        "GRAPHFEED_PORT": str(port),
        "GRAPHFEED_HEAP": "1g",
        "GRAPHFEED_PAGE_CACHE": "256m",
    }
    try:
        compose(variables, "up", "--detach", "--build")
        wait_until_healthy(variables)
        headers = {"Authorization": f"Bearer {key}"}
        with (
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as api,
            Client(Address(f"bolt://127.0.0.1:{bolt}", "neo4j", password)) as client,
        ):
            yield Stack(api, client, variables)
    finally:
        compose(variables, "down", "--volumes")


def compose(variables: dict[str, str], *args: str) -> str:
    """What `docker compose` says, of whichever kind there is."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    command = ["docker", "compose"] if plugin else [shutil.which("docker-compose") or "docker-compose"]
    done = subprocess.run(
        [*command, "--project-name", "graphfeed-smoke", *args],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_until_healthy(variables: dict[str, str]) -> None:
    """As Docker tells: what the service's own healthcheck found."""
    container = ""
    for _ in range(240):
        container = container or compose(variables, "ps", "--quiet", "service").strip()
        state = subprocess.run(
            ["docker", "inspect", "--format", "{{.State.Health.Status}}", container], capture_output=True, text=True
        ).stdout.strip()
        if state == "healthy":
            return
        time.sleep(0.5)
    raise AssertionError(f"The service is {state}:\n{compose(variables, 'logs', '--tail=40')}")


def test_the_stack_answers_a_feed_after_an_import(stack: Stack, tmp_path: Path) -> None:
    ready = stack.api.get("/health/ready").json()
    assert (ready["status"], ready["degraded"]) == ("ok", [])
    generate(tmp_path, users=300, likes_per_user=40, until=clock.now())
    assert load(stack.client, tmp_path).rejects is None
    page = stack.api.get("/v1/users/42/feed").json()
    assert len(page["items"]) == 10
    assert "followees" not in page["missing"]  # the first feed after an import is not late
    assert all(item["reason"]["text"] for item in page["items"])
    assert stack.api.get("/v1/users/42/feed", params={"cursor": page["cursor"]}).json()["items"]


def test_the_builder_may_have_a_container_of_its_own() -> None:
    variables = {"GRAPHFEED_PASSWORD": "not asked", "GRAPHFEED_BUILDER": "off"}
    assert set(compose(variables, "config", "--services").split()) >= {"neo4j", "service"}
    config = compose(variables, "--profile", "builder", "config")
    assert re.search(r"builder:(\n {4}.*)*\n {4} *- --watch", config), config
    assert re.search(r"GRAPHFEED_BUILDER: [\"']?off", config), config


def test_who_has_no_key_is_not_let_in(stack: Stack) -> None:
    assert stack.api.get("/v1/users/42/feed", headers={"Authorization": "Bearer none"}).status_code == 401


def test_a_token_lets_in_one_person(stack: Stack) -> None:
    made = stack.api.post("/v1/tokens", json={"user": "42"}).raise_for_status().json()
    mine = {"Authorization": f"Bearer {made['token']}"}
    assert stack.api.get("/v1/users/43/interests", headers=mine).status_code == 403
    assert stack.api.get("/v1/users/42/interests", headers=mine).status_code in (200, 404)


def inspected(stack: Stack, service: str) -> dict[str, Any]:
    """What Docker tells of a container of the stack."""
    container = compose(stack.variables, "ps", "--quiet", service).strip()
    found = subprocess.run(["docker", "inspect", container], capture_output=True, text=True, check=True).stdout
    [one] = json.loads(found)
    return {**one, "container": container}


@pytest.mark.parametrize("service", ["neo4j", "service"])
def test_each_container_is_healthy_limited_and_gains_no_privileges(stack: Stack, service: str) -> None:
    found = inspected(stack, service)
    assert found["State"]["Health"]["Status"] == "healthy"
    assert found["HostConfig"]["Memory"] >= 2 << 30
    assert any(option.startswith("no-new-privileges") for option in found["HostConfig"]["SecurityOpt"])
    ports = found["HostConfig"]["PortBindings"].values()
    assert {binding["HostIp"] for bindings in ports for binding in bindings} == {"127.0.0.1"}


def test_the_service_has_a_read_only_root_no_capabilities_and_is_nobody(stack: Stack) -> None:
    found = inspected(stack, "service")
    assert found["HostConfig"]["ReadonlyRootfs"] is True
    assert found["HostConfig"]["CapDrop"] == ["ALL"]
    code = (
        "import os, pathlib\n"
        "pathlib.Path('/tmp/x').write_text('x')\n"
        "for place in ('/x', '/graphfeed/x', '/var/x'):\n"
        "    try: pathlib.Path(place).write_text('x')\n"
        "    except OSError as error: print(type(error).__name__)\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(os.getuid(), status['CapEff'].strip(), status['NoNewPrivs'].strip())"
    )
    done = subprocess.run(
        ["docker", "exec", found["container"], "python3", "-c", code], capture_output=True, text=True, timeout=60
    )
    *refused, last = done.stdout.splitlines()
    assert len(refused) == 3, done.stdout + done.stderr
    assert last == "10001 0000000000000000 1"
