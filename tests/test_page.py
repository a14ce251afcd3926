"""The page with keys, and the documentation of the API, in a browser: tokens, and nothing from elsewhere."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from service.outputs import PersonCardAnswer
from service.tokens import Grant, Tokens
from tests import browsing, prepared
from tests.browsing import cards
from tests.guarded import KEYS, SECRET, answering, keyed
from tests.test_unit_feed import SERVED_BEFORE, graph

pytestmark = pytest.mark.browser
chromium = browsing.chromium
TOKEN, _ = Tokens(SECRET).sign(Grant("zoë/42", "read"), 3600)
PERSON = PersonCardAnswer.model_validate(
    {
        **{"person": "zoë/42", "username": "zoë", "full_name": None, "newest": []},
        **dict.fromkeys(("followers", "follows", "posts"), 0),
        **dict.fromkeys(("followed", "follows_me", "muted", "blocked"), False),
    }
)
NAMED = {"discovery/person": [PERSON.model_dump(by_alias=True)]}


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    app = keyed()
    with answering(app) as service:
        app.state.client = graph(NAMED)
        yield service


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        yield context.new_page()


def url(service: httpx.Client) -> str:
    return str(service.base_url).rstrip("/")


def test_a_link_brings_a_token_which_does_not_stay_in_the_address(page: Page, service: httpx.Client) -> None:
    with page.expect_request("**/feed?*") as asked:
        page.goto(f"{url(service)}/#token={TOKEN}")
    assert asked.value.headers["authorization"] == f"Bearer {TOKEN}"
    assert "/v1/users/zo%C3%AB%2F42/feed" in asked.value.url
    expect(cards(page)).to_have_count(10)
    assert page.url == f"{url(service)}/"
    person = page.get_by_role("combobox", name="Person")
    expect(person).to_have_value("zoë")
    expect(person).not_to_be_editable()  # a token is for one person
    page.reload()
    expect(cards(page)).to_have_count(10)  # kept for the tab


def test_a_token_that_may_only_read_shows_nothing_to_do(page: Page, service: httpx.Client) -> None:
    with page.expect_request("**/feed?*") as asked:
        page.goto(f"{url(service)}/#token={TOKEN}")
    assert "served=now" in asked.value.url  # it could not report how far the posts were seen
    expect(cards(page)).to_have_count(10)
    expect(cards(page).get_by_role("button")).to_have_count(0)


def test_the_page_asks_for_a_token_and_takes_no_key(page: Page, service: httpx.Client) -> None:
    page.goto(url(service))
    dialog = page.get_by_role("dialog", name="Token")
    dialog.get_by_role("textbox").fill(KEYS["admin"])
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog.get_by_role("alert")).to_have_text("This is not a token. The page takes no API keys.")
    assert page.evaluate("sessionStorage.getItem('token')") is None
    dialog.get_by_role("textbox").fill(TOKEN)
    dialog.get_by_role("button", name="Use it").click()
    expect(cards(page)).to_have_count(10)
    expect(page.get_by_role("combobox", name="Person")).to_have_value("zoë")


def test_whoever_gives_no_token_is_told_what_is_missing(page: Page, service: httpx.Client) -> None:
    page.goto(url(service))
    page.get_by_role("dialog", name="Token").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_contain_text("Missing or unknown API key or token.")


def test_where_nothing_is_new_the_page_says_so(page: Page) -> None:
    app = keyed()
    with answering(app) as service:
        app.state.client = graph(SERVED_BEFORE)
        page.goto(f"{url(service)}/#token={TOKEN}")
        expect(page.get_by_role("status")).to_contain_text("Nothing is new")
        expect(cards(page)).to_have_count(4)


@pytest.mark.long
def test_the_documentation_shows_each_route_by_files_of_this_service_alone(page: Page, service: httpx.Client) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url(service)}/docs", wait_until="networkidle")
    routes = {path for path in service.get("/openapi.json").json()["paths"]}
    assert {*page.locator("code.path").all_inner_texts()} == routes
    page.locator("summary").filter(has_text="/v1/events").first.click()
    expect(page.locator("details[open]").first).to_contain_text("POST")
    assert said == []
    assert {address.split("/", 3)[2] for address in asked} == {url(service).removeprefix("http://")}


def test_a_setting_keeps_pictures_of_other_hosts_out_without_an_error(page: Page) -> None:
    app = keyed(outside_pictures=False)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    with answering(app) as service:
        pictures = prepared.page(imageUrl="https://pictures.example/1.jpg")
        known = {"discovery/cards": [], "explain/surroundings": [prepared.surroundings()]}
        app.state.client = graph({"feed/page": pictures, **known, **NAMED})
        page.goto(f"{url(service)}/#token={TOKEN}")
        expect(cards(page)).to_have_count(10)
        expect(cards(page).first.locator(".picture")).to_have_text(re.compile(r"^post p\d\d$"))
        expect(cards(page).locator("img")).to_have_count(0)
    assert [address for address in asked if "pictures.example" in address] == []
    assert said == []
