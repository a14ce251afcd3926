"""From the page, the command and the guide into the real Neo4j Browser: the same posts, and what the tour promises."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cypher import FOLDER, load
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.settings import read_settings
from service import guide
from service.app import create_app
from service.documents import the_guide
from tests import browsing
from tests.browsing import CHROMIUM_ARGS, cards, posts
from tests.support import ask, serving
from tests.test_browser import paste_and_run, rows, submit

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.long]
SECONDS = 90
DOCS = Path(__file__).parents[1] / "docs"
RENEWS = "GRAPHFEED_TEST_RENEW_PICTURES"
"""With this variable, the pictures of docs/browser.md are taken anew."""
ARGS = [f"{arg}, EXCLUDE localhost" if "resolver" in arg else arg for arg in CHROMIUM_ARGS]
ME = "42"
GRAPHS = {"network/picture", "explain/path"}
"""The statements of the tour that draw."""
STEPS = [
    ([code.strip() for code in re.findall(r"```\n(.*?)```", body, re.DOTALL)], guide.STATEMENT.findall(body), picture)
    for body in guide.STEP.split(guide.TOUR.search((DOCS / "browser.md").read_text(encoding="utf-8"))[1])[2::2]  # type: ignore[index]
    for picture in [(re.findall(r"\((pictures/.*?)\)", body) or [None])[0]]
]
"""The parameters, the statements and the picture of each step of the tour."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with browsing.demo_server(tmp_path_factory) as (server, _):
        yield server


@pytest.fixture(scope="module")
def service(server: EmbeddedServer) -> Iterator[httpx.Client]:
    settings = read_settings(
        uri=server.address.uri, password=server.address.password, home=server.home, browser=server.ports.browser
    )
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:
        yield service


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing.launched(ARGS, SECONDS) as browser:
        yield browser


@pytest.fixture(scope="module")
def neo4j(server: EmbeddedServer, chromium: Browser) -> Iterator[Page]:
    """Neo4j Browser, connected, in a window that is kept."""
    with chromium.new_context(permissions=["clipboard-read", "clipboard-write"], device_scale_factor=1) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 1100, "height": 800})
        page.goto(server.ports.browser)
        page.get_by_test_id("username").fill(server.address.user)
        page.get_by_test_id("password").fill(server.address.password)
        page.get_by_test_id("connect").click()
        expect(page.get_by_text("You are connected")).to_be_visible()
        page.wait_for_function("localStorage['neo4j.connections']?.includes('password')")  # it is kept a while after
        yield page


def follow(page: Page, address: str) -> Locator:
    """Open a deep link in the window and run what is in the editor; the frame that comes of it."""
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_text("You are connected").first).to_be_visible()
    expect(page.locator(".monaco-editor .view-lines").first).to_contain_text("//")
    page.locator(".monaco-editor").first.click()
    page.keyboard.press("Control+Enter")
    frame = page.get_by_test_id("frame").first
    expect(frame.get_by_text(re.compile("Started streaming|Displaying|ERROR")).first).to_be_visible(
        timeout=3 * SECONDS * 1000
    )
    return frame


def set_parameters(page: Page, text: str) -> None:
    """Paste lines that set parameters, and wait until all are."""
    done = paste_and_run(page, text).get_by_test_id("multi-statement-list-icon")
    expect(done.and_(page.get_by_title("Status: success"))).to_have_count(
        len(re.findall("^:param", text, re.MULTILINE))
    )


def ids(frame: Locator) -> list[str]:
    """The column `post` of a table."""
    frame.get_by_text("Table", exact=True).first.click()
    headings = frame.get_by_role("columnheader").all_inner_texts()
    place = [heading.strip() for heading in headings].index("post")
    return [row.get_by_role("cell").nth(place).inner_text().strip(' \n"') for row in frame.get_by_role("row").all()[1:]]


def statements(service: httpx.Client, path: str) -> dict[str, dict[str, Any]]:
    answer = service.get(path, headers={"Graphfeed-Statements": "yes"})
    assert answer.status_code == 200, answer.text
    return {each["statement"]: each for each in answer.json()["statements"]}


def test_the_feed_of_the_page_opens_in_browser_with_the_same_posts_in_the_same_order(
    neo4j: Page, chromium: Browser, service: httpx.Client
) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(str(service.base_url))
        expect(cards(page)).to_have_count(10)
        shown = posts(page)
        page.get_by_role("button", name="Open in Neo4j Browser").click()
        dialog = page.get_by_role("dialog", name="Neo4j Browser")
        opens = dialog.get_by_role("link", name="Open feed/page")
        expect(opens).to_have_attribute("target", "_blank")
        address = opens.get_attribute("href") or ""
        expect(dialog.get_by_role("link", name="Open feed/ranked")).to_be_visible()
    assert ids(follow(neo4j, address))[: len(shown)] == shown


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/users/{ME}/feed",
        f"/v1/users/{ME}/suggestions",
        f"/v1/users/{ME}/interests",
        f"/v1/users/{ME}/network",
        f"/v1/people/7?user={ME}",
        f"/v1/search?user={ME}&q=an",
    ],
)
def test_a_statement_with_its_values_returns_what_it_did_with_parameters(
    server: EmbeddedServer, service: httpx.Client, path: str
) -> None:
    with Client(server.address) as client:
        for each in statements(service, path).values():
            lines = re.findall(r":param (\w+) => (.*);", each["parameters"])
            given = (
                ask(client, f"RETURN {', '.join(f'{value} AS {name}' for name, value in lines)}")[0] if lines else {}
            )
            assert ask(client, each["filled"]) == ask(client, each["cypher"], **given), each["statement"]


def test_the_tour_shows_what_it_says(neo4j: Page, server: EmbeddedServer, service: httpx.Client) -> None:
    service.get(f"/v1/users/{ME}/feed")  # the page was opened
    neo4j.goto("about:blank")
    neo4j.goto(server.ports.browser)
    expect(neo4j.get_by_text("You are connected").first).to_be_visible()
    for parameters, names, picture in STEPS:
        for text in parameters:
            set_parameters(neo4j, text)
        for name in names:
            if name == "params":
                set_parameters(neo4j, (FOLDER / "params.cypher").read_text(encoding="utf-8"))
                continue
            frame = paste_and_run(neo4j, load(name).text)
            assert rows(frame) > 0, name
            drawn = frame.locator("svg g.node")
            if name in GRAPHS:
                expect(drawn.nth(1)).to_be_attached()
                expect(frame.locator("svg g.relationship").first).to_be_attached()
            else:
                expect(drawn).to_have_count(0)
        if picture and os.environ.get(RENEWS):
            neo4j.wait_for_timeout(3000)  # until a graph has come to rest
            frame.screenshot(path=DOCS / picture)


@pytest.mark.parametrize("command", ["guide", "play"])
def test_browser_shows_the_tour_as_a_guide_whose_statements_a_click_puts_into_the_editor(
    neo4j: Page, service: httpx.Client, command: str
) -> None:
    submit(neo4j, ":clear")
    submit(neo4j, f":{command} http://localhost:{service.base_url.port}/guide")
    expect(neo4j.get_by_role("heading", name="1. The parameters").last).to_be_visible()
    neo4j.locator("pre.runnable:visible").first.click()
    expect(neo4j.locator(".monaco-editor .view-lines").first).to_contain_text(":param me")


def test_the_guide_holds_each_statement_of_the_tour_whole(service: httpx.Client) -> None:
    answer = service.get("/guide")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert guide.filled(the_guide()) == answer.text
    assert "{{" not in answer.text
