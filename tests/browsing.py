"""A Chromium, the demo's network in small, and the page: fixtures that modules take by their names."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from graph import clock, schema
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.settings import read_settings
from loaders import demo
from loaders.generator import generate
from loaders.generator.pictures import write_pictures
from service.app import create_app
from tests import support
from tests.support import ask, serving, small_server

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # Neo4j Browser would call home
]
SECONDS = 30
"""How long something may take to show."""
AXE = Path(__file__).with_name("vendor").joinpath("axe-4.14.1.min.js").read_text(encoding="utf-8")


@contextmanager
def launched(args: Sequence[str] = CHROMIUM_ARGS, seconds: int = SECONDS) -> Iterator[Browser]:
    """A Chromium; what a test expects has so many seconds to come."""
    expect.set_options(timeout=seconds * 1000)
    with sync_playwright() as playwright:
        path = os.environ["GRAPHFEED_TEST_CHROMIUM"]
        with playwright.chromium.launch(executable_path=path, args=args) as browser:
            yield browser


@contextmanager
def demo_server(
    folders: pytest.TempPathFactory, users: int = 600, likes_per_user: int = 60
) -> Iterator[tuple[EmbeddedServer, Client]]:
    """A server of its own that holds the demo's network in small, and a client of it."""
    network = folders.mktemp("network")
    with small_server(folders.mktemp("home")) as server, Client(server.address) as client:
        schema.ensure(client)
        generate(network, users=users, likes_per_user=likes_per_user, until=clock.now(), picture_vectors=True)
        support.load(client, network)
        yield server, client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def service(server: EmbeddedServer) -> Iterator[str]:
    """The address of the service, with the demo's pictures."""
    write_pictures(demo.pictures(server.home))
    settings = read_settings(uri=server.address.uri, password=server.address.password, home=server.home)
    with serving(create_app(settings)) as url:
        yield url


@pytest.fixture
def page(chromium: Browser, server: EmbeddedServer, service: str) -> Iterator[Page]:
    """The service's page, as it opens to whom nothing was served yet: with the feed of person 42."""
    with Client(server.address) as client:
        ask(client, "MATCH (slate:Slate) DETACH DELETE slate")
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(service)
        expect(cards(page)).to_have_count(10)
        yield page


def cards(page: Page) -> Locator:
    return page.locator("#feed > .card:not(.empty)")


def posts(page: Page) -> list[str]:
    """The ids of the posts of the cards, in their order."""
    return [str(id) for id in cards(page).evaluate_all("nodes => nodes.map(node => node.dataset.post)")]


def settled(page: Page) -> None:
    """Wait until the page is done with what it was asked."""
    expect(page.locator("#message")).not_to_have_text("Looking …")


def faults(page: Page) -> list[str]:
    """What axe finds that keeps people out, each with the first element that has it."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in {"serious", "critical"}]
