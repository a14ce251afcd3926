"""The operator's page in a browser: the key, figures that move, profiles side by side."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, Route, expect
from pydantic import SecretStr

from graph import clock, schema
from graph.client import Address, Client
from graph.settings import Settings, read_settings
from service.app import create_app
from tests import browsing
from tests.browsing import faults
from tests.guarded import KEYS, bearer
from tests.little_network import NOW, lively
from tests.support import ask, serving

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.long]
chromium = browsing.chromium
FEED = "GET /v1/users/{user}/feed"


@pytest.fixture(scope="module")
def network(session_client: Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """The lively network, moved to now."""
    session_client.run_in_transactions("admin/wipe")
    schema.ensure(session_client)
    lively().load(session_client, tmp_path_factory.mktemp("network"))
    moved = clock.now() - NOW
    ask(session_client, "MATCH (post:Post) SET post.takenAt = post.takenAt + $moved", moved=moved)
    ask(session_client, "MATCH ()-[like:LIKED]->() SET like.at = like.at + $moved", moved=moved)
    return session_client


@pytest.fixture(scope="module")
def settings(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return read_settings(uri=address.uri, user=address.user, password=address.password, home=home)


@pytest.fixture(scope="module")
def service(network: Client, settings: Settings) -> Iterator[httpx.Client]:
    """A service with keys; the client sends the admin's."""
    keys = SecretStr(",".join(f"{role}:{key}" for role, key in KEYS.items()))
    app = create_app(settings.model_copy(update={"api_keys": keys}))
    admin = bearer(KEYS["admin"])
    with serving(app) as url, httpx.Client(base_url=url, timeout=60, headers=admin) as service:
        yield service


@pytest.fixture
def page(chromium: Browser, service: httpx.Client) -> Iterator[Page]:
    """The page, which asks for a key."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(str(service.base_url.join("/operator")))
        yield page


@pytest.fixture
def opened(page: Page) -> Page:
    """The page with an admin's key."""
    give(page, KEYS["admin"])
    expect(page.get_by_role("heading", name="Builder")).to_be_visible()
    return page


def give(page: Page, key: str) -> None:
    dialog = page.get_by_role("dialog", name="Admin key")
    dialog.get_by_label("An admin's key").fill(key)
    dialog.get_by_role("button", name="Use it").click()


def requests(page: Page, route: str) -> Locator:
    """The cell with the number of requests of a route."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=route, exact=True)).locator("td").first


def test_a_wrong_key_is_told_and_asked_for_again_and_the_right_one_is_kept_nowhere(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="Admin key")
    for key, said in (("wrong-0123456789abcdef", "does not know this key"), (KEYS["write"], "is not an admin's")):
        give(page, key)
        expect(dialog.get_by_role("alert")).to_contain_text(said)
    address = page.url
    give(page, KEYS["admin"])
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Forget the key")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state])")
    assert kept == '[{},{},"",null]'
    assert page.url == address
    assert KEYS["admin"] not in page.content()
    page.reload()
    expect(dialog).to_be_visible()


def test_whoever_gives_no_key_sees_nothing_and_may_give_one_later(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Admin key")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").first).to_have_text("The figures are for admins: give a key.")
    expect(page.get_by_role("heading", name="Builder")).to_be_hidden()
    page.get_by_role("button", name="Give a key").click()
    give(page, KEYS["admin"])
    expect(page.get_by_role("heading", name="Builder")).to_be_visible()
    page.get_by_role("button", name="Forget the key").click()
    expect(page.get_by_role("dialog", name="Admin key")).to_be_visible()
    expect(page.get_by_role("heading", name="Builder")).to_be_hidden()


def test_figures_move_with_requests(opened: Page, service: httpx.Client) -> None:
    service.get("/v1/users/me/feed").raise_for_status()
    expect(requests(opened, FEED)).to_have_text("1")
    for _ in range(2):
        service.get("/v1/users/me/feed").raise_for_status()
    service.get("/v1/users/nobody/feed")
    expect(requests(opened, FEED)).to_have_text("4")
    refused = opened.get_by_role("row").filter(has_text=FEED).locator("td").nth(2)
    expect(refused).to_have_text("1")
    opened.get_by_label("Route of the charts").select_option(label=FEED)
    expect(opened.get_by_role("img", name="Latency").locator("canvas")).to_be_visible()
    opened.get_by_label("Slates of").select_option(label="the last hour")
    expect(opened.get_by_role("rowheader", name="followees", exact=True)).to_be_visible()
    expect(opened.get_by_role("rowheader", name="all", exact=True)).to_be_visible()


def test_profiles_stand_side_by_side_and_nothing_is_recorded(opened: Page, network: Client) -> None:
    before = ask(network, "MATCH (slate:Slate) RETURN count(slate) AS count")
    feeds: dict[str, list[str]] = {}

    def keep(response: Response) -> None:
        if "/feed?" in response.url:
            answer = response.json()
            feeds[answer["profile"]] = [item["reason"]["text"] for item in answer["items"]]

    opened.on("response", keep)
    compare(opened, "me")
    columns = opened.locator(".columns section")
    expect(columns).to_have_count(2)
    for number, profile in enumerate(("default", "newest")):
        expect(columns.nth(number).get_by_role("heading")).to_have_text(profile)
        assert columns.nth(number).locator(".reason").all_inner_texts() == feeds[profile]
    both = [columns.nth(number).get_by_text("in both").count() for number in range(2)]
    assert both[0] == both[1] > 0
    expect(opened.get_by_text(f"Both have {both[0]} of their first 10 posts in common.")).to_be_visible()
    assert ask(network, "MATCH (slate:Slate) RETURN count(slate) AS count") == before


def compare(page: Page, person: str) -> None:
    page.get_by_label("Person, by id or name").fill(person)
    page.get_by_label("One profile").select_option(label="default")
    page.get_by_label("The other").select_option(label="newest")
    page.get_by_role("button", name="Compare").click()


def test_an_unknown_person_is_told(opened: Page) -> None:
    compare(opened, "nobody")
    expect(opened.get_by_text("no person 'nobody'")).to_be_visible()


def test_without_an_answer_the_last_figures_stay_and_their_time_is_told(opened: Page) -> None:
    expect(opened.locator("dl")).to_contain_text("GDS")

    def refuse(route: Route) -> None:
        route.abort()

    opened.route("**/v1/operator/figures", refuse)
    status = opened.get_by_role("status").first
    expect(status).to_contain_text("The service gave no answer.")
    expect(status).to_contain_text("The last figures are of")
    expect(opened.locator("dl")).to_contain_text("GDS")
    opened.unroute("**/v1/operator/figures", refuse)
    expect(status).to_have_text("")


def test_a_page_that_nobody_sees_asks_nothing(opened: Page) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    hide = "is => { Object.defineProperty(document, 'hidden', { get: () => is, configurable: true }); "
    tell = "document.dispatchEvent(new Event('visibilitychange')); }"
    opened.evaluate(hide + tell, True)
    asked.clear()
    time.sleep(7)
    assert asked == []
    with opened.expect_request("**/v1/operator/figures"):
        opened.evaluate(hide + tell, False)


def test_quantiles_are_those_of_prometheus_and_a_service_that_started_anew_begins_anew(opened: Page) -> None:
    quantiles = opened.evaluate(
        """async () => {
          const { quantile } = await import("/static/figures.js");
          const of = (within) => [0.5, 0.95, 1].map((share) => quantile(within, [0.1, 0.2, 0.5], share));
          return [of([2, 4, 4, 4]), of([0, 0, 0, 3]), of([0, 0, 0, 0])];
        }"""
    )
    assert quantiles == [[100, pytest.approx(190), 200], [500, 500, 500], [None, None, None]]
    requests = opened.evaluate(
        """async () => {
          const { History } = await import("/static/figures.js");
          const history = new History();
          const of = (route, count) => ({ method: "GET", route, statuses: { 200: count }, within: [count, count] });
          const take = (seconds, count) => history.add({ at: new Date(1e12 + 1000 * seconds).toISOString(), bounds: [1],
            state: null, routes: [of("/a", count), of("/v1/operator/figures", 9 * count)] });
          const during = (span) => history.during(span).routes.map((route) => route.requests);
          take(0, 3); take(30, 5); take(90, 9);
          const before = [during(undefined), during(60_000), during(3_600_000), history.lines()[1]];
          take(95, 2);
          return [...before, during(undefined), during(60_000)];
        }"""
    )
    assert requests == [[9], [4], [6], [None, 4, 4], [2], []]


def test_it_is_worked_by_the_keyboard_alone_on_a_phone(chromium: Browser, service: httpx.Client) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(str(service.base_url.join("/operator")))
        expect(page.get_by_role("dialog", name="Admin key")).to_be_visible()
        page.keyboard.type(KEYS["admin"])
        page.keyboard.press("Enter")
        expect(page.get_by_label("Person, by id or name")).to_be_visible()
        reach(page, page.get_by_label("Route of the charts"))
        reach(page, page.get_by_label("Person, by id or name"))
        page.keyboard.type("me")
        reach(page, page.get_by_role("button", name="Compare"))
        page.keyboard.press("Enter")
        expect(page.locator(".columns section")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def reach(page: Page, wanted: Locator) -> None:
    """Press the tabulator until the focus is there."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    pytest.fail("The focus never comes there.")


def test_without_keys_it_opens_at_once_and_makes_no_error_in_either_theme(
    chromium: Browser, network: Client, settings: Settings
) -> None:
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(f"{message.type}: {message.text}")

    with serving(create_app(settings)) as url:
        for theme in ("light", "dark"):
            with chromium.new_context(color_scheme=theme) as context:
                page = context.new_page()
                page.on("console", hear)
                page.on("pageerror", lambda error: said.append(str(error)))
                page.add_init_script("sessionStorage.setItem('user', 'me')")  # 42 is unknown here
                page.goto(f"{url}/#/explore")
                page.get_by_role("link", name="For operators").click()
                expect(page.locator("canvas")).to_have_count(3)
                compare(page, "me")
                expect(page.locator(".columns section")).to_have_count(2)
                page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
                expect(page.locator("canvas")).to_have_count(3)
    assert said == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    assert faults(page) == []  # of the dialog
    give(page, KEYS["admin"])
    expect(page.get_by_role("heading", name="Builder")).to_be_visible()
    expect(page.get_by_role("heading", name="Profiles side by side")).to_be_visible()
    assert faults(page) == []
