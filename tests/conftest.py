"""One real server for the run, wiped before each test; and small ways to ask it.

Variables: GRAPHFEED_TEST_URI (and _PASSWORD) names another, empty server; GRAPHFEED_TEST_DATA the folder with real
data; GRAPHFEED_TEST_CHROMIUM a Chromium; GRAPHFEED_TEST_SMALL_DISK the root of a small disk. No other GRAPHFEED_
variable reaches a test.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

for _name in [name for name in os.environ if name.startswith("GRAPHFEED_") and not name.startswith("GRAPHFEED_TEST_")]:
    del os.environ[_name]
# A server of a test lives for minutes: what it compiles well does not pay any more. It plans each statement many times,
# and the code of all these plans would not fit into the 48 MB that this compiler has by itself
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m")
# How long an example takes tells how busy the machine is
hypothesis.settings.register_profile("any speed", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("any speed")

from graph import schema
from graph.client import Address, Client
from graph.progress import Silent
from graph.settings import Settings, read_settings
from loaders.files.folder import sources_in
from loaders.importer import Options
from loaders.offline.bulk import import_offline
from tests.support import ask, small_server

BEGUN_FIRST = (
    "tutorial",
    "server",
    "watch",
    "builder_process",
    "whale",
    "networks",
    "sources",
    "filters",
    "build",
    "upgrade",
    "offline",
    "demo",
    "resume",
    "service_under_fire",
    "data_cli",
    "browser",
    "evaluation",
)
"""The files that take longest: of two processes, none shall wait for the other in the end."""
NEEDS = {
    "data": "GRAPHFEED_TEST_DATA",
    "browser": "GRAPHFEED_TEST_CHROMIUM",
    "small_disk": "GRAPHFEED_TEST_SMALL_DISK",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, rather than skip, what this run is not equipped for."""
    items.sort(key=lambda item: item.path.stem.removeprefix("test_") not in BEGUN_FIRST)
    lacking = {mark for mark, variable in NEEDS.items() if not os.environ.get(variable)}
    unfit = [item for item in items if any(item.get_closest_marker(mark) for mark in lacking)]
    if os.environ.get("GRAPHFEED_TEST_URI"):
        unfit += [item for item in items if "tenth" in getattr(item, "fixturenames", ())]  # it has a server of its own
    if unfit:
        config.hook.pytest_deselected(items=unfit)
        items[:] = [item for item in items if item not in unfit]


@pytest.fixture(autouse=True)
def no_home_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A command that a test runs without saying where finds nothing, rather than the server of who runs the tests."""
    monkeypatch.setenv("GRAPHFEED_HOME", str(tmp_path_factory.getbasetemp() / "no-home"))


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Where the run's server is: one that we start, or the empty one that we were given."""
    if uri := os.environ.get("GRAPHFEED_TEST_URI"):
        yield Address(uri, "neo4j", os.environ.get("GRAPHFEED_TEST_PASSWORD", ""))
        return
    with small_server(tmp_path_factory.mktemp("home")) as server:
        yield server.address


@pytest.fixture(scope="session")
def session_client(address: Address) -> Iterator[Client]:
    """A client of the run's server. Refuses a server that holds data of somebody's."""
    with Client(address) as client:
        nodes = ask(client, "MATCH (node) WHERE NOT node:Schema RETURN count(node) AS count")[0]["count"]
        if nodes:
            pytest.exit(f"The server at {address.uri} holds {nodes} nodes; tests wipe, so give them an empty one.", 2)
        yield client
        client.run_in_transactions("admin/wipe")


@pytest.fixture
def client(session_client: Client) -> Client:
    """A client of an empty graph with its schema."""
    session_client.run_in_transactions("admin/wipe")
    schema.ensure(session_client)
    return session_client


@pytest.fixture
def settings(address: Address, tmp_path: Path) -> Settings:
    """Settings that lead to the run's server."""
    return read_settings(uri=address.uri, user=address.user, password=address.password, home=tmp_path / "home")


@pytest.fixture
def cli_environment(address: Address, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lets commands reach the run's server, as a person would: by variables."""
    variables = {"URI": address.uri, "USER": address.user, "PASSWORD": address.password, "HOME": str(tmp_path / "home")}
    for name, value in variables.items():
        monkeypatch.setenv(f"GRAPHFEED_{name}", value)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def flickr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server of its own that holds the real data: it is heavy, and tests only read it."""
    home = tmp_path_factory.mktemp("flickr")
    with small_server(home) as server:
        sources, _ = sources_in(flickr_folder())
        report = import_offline(server.settings, sources, Options(home / "rejects.csv"), Silent())
        assert report.total.created == report.total.rows == 1_080_528
        with Client(server.address) as client:
            yield client


def flickr_folder() -> Path:
    """Where the real data is."""
    return Path(os.environ["GRAPHFEED_TEST_DATA"]) / "flickr_fs"
