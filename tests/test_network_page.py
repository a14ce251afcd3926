"""The network in a browser: drawn by a worker's places, filtered, searched, and steered from, also with keys alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from graph.client import Client
from graph.embedded.server import EmbeddedServer
from tests import browsing
from tests.browsing import faults
from tests.support import ask

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.long]
chromium, service = browsing.chromium, browsing.service
ME = "42"
FIRST_VIEW_BYTES = 500_000
COMMUNITIES = "MATCH (user:User) SET user.community = toInteger(user.id) % 5"
"""Instead of those that a build finds."""
NOT_FOLLOWED = """
MATCH (me:User {id: $me})-[:FOLLOWS]->()-[:FOLLOWS]->(person)
WHERE NOT EXISTS { (me)-[:FOLLOWS]->(person) } AND person <> me AND EXISTS { (person)-[:POSTED]->() }
RETURN person.id AS id, person.username AS name ORDER BY COUNT { (person)-[:POSTED]->() } DESC, id LIMIT 1
"""
"""Of the people of the second degree, whoever posts most."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with browsing.demo_server(tmp_path_factory, users=300, likes_per_user=30) as (server, client):
        ask(client, COMMUNITIES)
        yield server


@pytest.fixture
def said() -> list[str]:
    """What the page says in its console, and its errors."""
    return []


@pytest.fixture
def page(chromium: Browser, service: str, said: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """The network of a person, with a pointer and motion, unless a test asks for something else."""
    asked: dict[str, Any] = getattr(request, "param", {"viewport": {"width": 1280, "height": 900}})
    with chromium.new_context(**asked) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.add_init_script(f"sessionStorage.setItem('user', '{ME}')")
        page.goto(f"{service}/#/network")
        drawn(page)
        yield page
    assert said == []


def drawn(page: Page) -> dict[str, str]:
    """What the drawing tells of itself once all has its place."""
    expect(page.locator(".frame[data-laid-out-by]")).to_be_attached()
    found: dict[str, str] = page.locator(".frame").evaluate("node => ({ ...node.dataset })")
    return found


def rows(page: Page) -> Locator:
    return page.locator(".peopled tbody tr")


def network(server: EmbeddedServer, edges: str = "all") -> tuple[set[str], int]:
    """The people of the network, and the number of follows."""
    with Client(server.address) as client:
        follows = client.read("network/rows", {"me": ME, "edges": edges, "limit": 10**6})
    return {ME} | {row[end] for row in follows for end in ("srcId", "dstId")}, len(follows)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Person", exact=True)


def found_and_chosen(page: Page, name: str) -> None:
    """Find a person, and click in the middle of the drawing once it has moved there: late on a slow machine."""
    for _ in range(8):
        page.get_by_label("Find in the network").fill("")
        page.get_by_label("Find in the network").fill(name)
        page.wait_for_timeout(1500)
        page.locator(".frame canvas").click()
        if panel(page).get_by_role("link", name=name).count():
            return
    expect(panel(page).get_by_role("link", name=name)).to_be_visible()


def test_all_people_are_drawn_at_places_that_a_worker_found(page: Page, server: EmbeddedServer) -> None:
    people, follows = network(server)
    told = drawn(page)
    assert (int(told["nodes"]), int(told["links"])) == (len(people), follows)
    assert (told["laidOutBy"], told["pageTicks"]) == ("DedicatedWorkerGlobalScope", "0")
    expect(page.locator("#drawn")).to_have_text(f"{len(people)} people, {follows:,} follows.")
    expect(rows(page)).to_have_count(min(len(people), 200))
    canvas = page.get_by_role("img", name=re.compile("The table after it has the same people"))
    expect(canvas).to_be_visible()


def test_it_takes_few_requests_and_little_to_load(page: Page, service: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(service)))
    page.reload()
    drawn(page)
    files = [path for path in asked if path.startswith("/static/")]
    assert len(files) == len({*files}) < 25
    assert sum(path.startswith("/v1/users/42/network/drawing") for path in asked) == 1
    assert [path for path in asked if path.startswith("/v1/")][2:] == []  # the other is the name of the person
    weight = "performance.getEntries().reduce((sum, entry) => sum + (entry.decodedBodySize ?? 0), 0)"
    assert page.evaluate(weight) < FIRST_VIEW_BYTES


def test_it_can_be_cut_to_my_follows_searched_and_labelled(page: Page, server: EmbeddedServer) -> None:
    page.get_by_label("Only my follows").check()
    mine, follows = network(server, "mine")
    expect(page.locator("#drawn")).to_have_text(f"{len(mine)} people, {follows:,} follows.")
    assert int(drawn(page)["nodes"]) == len(mine)
    name = rows(page).nth(1).get_by_role("button").inner_text()
    page.get_by_label("Find in the network").fill(name)
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 match")).to_be_visible()
    page.get_by_label("Labels").select_option("ids")
    assert rows(page).get_by_role("button").inner_text() in mine
    page.get_by_label("Find in the network").fill("")
    expect(rows(page)).to_have_count(len(mine))
    page.get_by_label("Colours").select_option("communities")
    expect(page.locator(".legend li").filter(has_text="around")).to_have_count(5)


def test_a_person_chosen_in_the_drawing_is_followed_and_is_then_in_the_feed(page: Page, server: EmbeddedServer) -> None:
    with Client(server.address) as client:
        [person] = ask(client, NOT_FOLLOWED, me=ME)
    found_and_chosen(page, person["name"])
    expect(panel(page).get_by_role("status")).to_contain_text(re.compile("of your next .* posts"))
    with page.expect_response("**/v1/events*"):
        panel(page).get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(f"You follow {person['name']}.")
    expect(panel(page).get_by_role("button", name="Unfollow")).to_be_visible()
    page.goto(page.url.replace("network", "feed"))
    page.get_by_label("Source").select_option(label="people I follow")
    expect(page.locator("#feed > .card:not(.empty)").first).to_be_visible()
    for _ in range(20):
        theirs = page.locator(".card .by").get_by_role("link", name=person["name"], exact=True)
        if theirs.count():
            break
        page.mouse.wheel(0, 10_000)
        page.wait_for_timeout(300)
    expect(theirs.first).to_be_attached()
    with Client(server.address) as client:
        ended = ask(client, "MATCH ({id: $me})-[f:FOLLOWS]->({id: $id}) DELETE f RETURN f", me=ME, id=person["id"])
    assert len(ended) == 1


PHONE = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "color_scheme": "dark"}


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_with_keys_alone_at_phone_width_somebody_is_found_and_muted(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    name = rows(page).nth(2).get_by_role("button").inner_text()
    page.get_by_label("Find in the network").focus()
    page.keyboard.type(name)
    expect(rows(page)).to_have_count(1)
    tab_to(page, rows(page).get_by_role("button"))
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading")).to_be_focused()
    expect(panel(page).get_by_role("status")).to_contain_text("next")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab_to(page, panel(page).get_by_role("button", name="Mute"))
    page.keyboard.press("Enter")
    said = page.get_by_role("alert")
    expect(said).to_contain_text(f"You muted {name} for good.")
    expect(panel(page)).to_be_hidden()
    expect(rows(page)).to_have_count(0)
    said.get_by_role("button", name="Undo").press("Enter")
    expect(said).to_contain_text("Undone.")
    expect(rows(page)).to_have_count(1)


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("The keyboard does not get there.")


def test_too_many_people_are_communities_which_open(page: Page, server: EmbeddedServer) -> None:
    def few(route: Route) -> None:
        """As if it were too many people to draw."""
        route.continue_(url=f"{route.request.url}&limit=100")

    page.route("**/network/drawing*", few)
    page.reload()
    assert int(drawn(page)["nodes"]) == 5
    expect(page.locator("#drawn")).to_contain_text("too many to draw at once: each circle is a community")
    expect(rows(page)).to_have_count(5)
    rows(page).first.get_by_role("button").click()
    expect(page.locator("#drawn")).to_contain_text("of this community")
    assert 5 < int(drawn(page)["nodes"]) <= 100
    page.get_by_role("button", name="All communities").click()
    expect(page.locator("#drawn")).to_contain_text("each circle is a community")
    with Client(server.address) as client:
        [person] = ask(client, NOT_FOLLOWED, me=ME)
    page.get_by_label("Find in the network").fill(person["name"])
    page.keyboard.press("Enter")
    expect(page.locator("#drawn")).to_contain_text(f"called {person['name']}, with you")
    expect(rows(page).get_by_role("button", name=person["name"], exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    assert faults(page) == []
    page.get_by_label("Colours").select_option("communities")
    rows(page).nth(3).get_by_role("button").click()
    expect(panel(page).get_by_role("status")).to_contain_text("next")
    assert faults(page) == []
