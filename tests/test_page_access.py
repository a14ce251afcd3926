"""The page for everybody: by keyboard, on a phone, in both themes, as axe-core sees it; and how little it loads."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, ViewportSize, expect

from graph.client import Client
from graph.embedded.server import EmbeddedServer
from tests import browsing
from tests.browsing import SECONDS, cards, faults, posts, settled
from tests.little_network import built
from tests.support import ask

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.long]

chromium, service, page = browsing.chromium, browsing.service, browsing.page
PHONE: ViewportSize = {"width": 390, "height": 844}
FIRST_VIEW_BYTES = 500_000
"""The most that the first view may load without pictures."""
FIRST_VIEW_REQUESTS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The demo's network in small, with what a build makes of it."""
    with browsing.demo_server(tmp_path_factory) as (server, client):
        built(client)
        yield server


@pytest.fixture(scope="module")
def views(server: EmbeddedServer) -> dict[str, str]:
    """The address of each view, by its name."""
    with Client(server.address) as client:
        [found] = ask(
            client,
            "MATCH (:User {id: '42'})-[:FOLLOWS]->(one)-[:POSTED]->(post)-[:TAGGED]->(tag) "
            "RETURN one.id AS person, post.id AS post, tag.name AS hashtag ORDER BY post.id LIMIT 1",
        )
    return {"feed": "feed", "steering": "steering", "explore": "explore"} | {
        label: f"{label}/{found[label]}" for label in ("hashtag", "post", "person")
    }


VIEWS = ("feed", "steering", "explore", "hashtag", "post", "person")


def open_view(page: Page, service: str, address: str) -> None:
    page.goto(f"{service}/#/{address}")
    page.reload()  # or a view that was open stays
    settled(page)
    expect(page.get_by_text("Looking …")).to_have_count(0)
    shown = page.get_by_role("main")
    expect((shown.get_by_role("cell") if address == "network" else shown.get_by_role("link")).first).to_be_attached()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_serious_fault(page: Page, service: str, views: dict[str, str], view: str, theme: Any) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    open_view(page, service, views[view])
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nor_in_what_opens(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    cards(page).first.locator("summary").click()
    cards(page).first.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You like this post.")
    assert faults(page) == []
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_contain_text("Undone.")
    page.get_by_role("combobox", name="Person").fill("ma")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    cards(page).first.get_by_role("button", name="Why?").click()
    expect(page.get_by_role("dialog").get_by_role("status")).not_to_contain_text("Looking")
    assert faults(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_sticks_out_on_a_phone(page: Page, service: str, views: dict[str, str], view: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    open_view(page, service, views[view])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.fixture
def long_names(server: EmbeddedServer) -> Iterator[dict[str, str]]:
    """The views of somebody who is called by one word of 3,000 letters, of their post, and of its long hashtag."""
    word = "w" * 300
    names = {"name": "n" * 3000, "full": "f" * 3000, "word": word, "caption": "c" * 1000}
    with Client(server.address) as client:
        ask(
            client,
            "MATCH (me:User {id: '42'}) "
            "CREATE (me)-[:FOLLOWS]->(long:User {id: 'long', username: $name, fullName: $full})-[:POSTED]->"
            "(:Post {id: 'long', takenAt: timestamp() - 1000, caption: $caption, likeCount: 1, commentCount: 0})"
            "-[:TAGGED]->(tag:Hashtag {name: $word, display: $word}), (me)-[:INTERESTED_IN]->(tag), "
            "(me)-[:MUTED]->(:Hashtag {name: $word + 'x', display: $word + 'x'}) "
            "WITH long MATCH (some:User) WHERE some.id IN ['1', '2', '3'] CREATE (long)-[:FOLLOWS]->(some)",
            **names,
        )
        yield {
            **{view: view for view in ("feed", "steering", "explore", "network")},
            **{"hashtag": f"hashtag/{word}", "post": "post/long", "person": "person/long"},
        }
        ask(
            client, "MATCH (n) WHERE n.id = 'long' OR n:Hashtag AND n.name STARTS WITH $word DETACH DELETE n", word=word
        )


@pytest.mark.parametrize("width", [320, 1200])
def test_long_words_for_names_stick_out_nowhere_and_cards_stay_short(
    page: Page, service: str, long_names: dict[str, str], width: int
) -> None:
    height = 900
    page.set_viewport_size({"width": width, "height": height})
    wide = {}
    for view, address in long_names.items():
        open_view(page, service, address)
        wide[view] = page.evaluate("document.documentElement.scrollWidth")
        cards = page.locator(".card, .people > li").evaluate_all("nodes => nodes.map((node) => node.offsetHeight)")
        assert max(cards, default=0) < 1.5 * height, view
    assert {view: found for view, found in wide.items() if found > width} == {}
    open_view(page, service, long_names["post"])  # others may leave out what was served
    expect(page.locator(".by a").filter(has_text=re.compile("^n{59}…$")).first).to_be_attached()
    expect(page.locator(".tags a").filter(has_text=re.compile("^#w{59}…$")).first).to_be_attached()


def test_who_wants_no_motion_sees_none(page: Page, service: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.route("**/feed?*", lambda route: None)  # which never answers: the cards stay empty
    page.goto(f"{service}/")
    page.reload()
    expect(page.locator(".card.empty")).to_have_count(6)
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("document.getAnimations().length") > 0


def test_the_first_view_loads_little_and_nothing_from_elsewhere(chromium: Browser, service: str) -> None:
    loaded: list[Response] = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("response", lambda response: loaded.append(response))
        page.goto(service, wait_until="networkidle")
        expect(cards(page)).to_have_count(10)
        own = [response for response in loaded if "/pictures/" not in response.url]
        assert sum(len(response.body()) for response in own) < FIRST_VIEW_BYTES
    assert len(own) <= FIRST_VIEW_REQUESTS
    assert {response.url.split("/")[2] for response in loaded} == {service.split("/")[2]}


# --- what a person does, with the pointer


def ranking(page: Page) -> list[str]:
    """The addresses of the posts of the preview, in their order."""
    found: list[str] = page.locator(".ranking li > a").evaluate_all("links => links.map(link => link.hash)")
    return found


def changes(page: Page, do: Callable[[], None]) -> None:
    """Do something that re-ranks, and wait until the order is another."""
    before = ranking(page)
    assert len(before) == 10
    do()
    deadline = time.monotonic() + SECONDS
    while ranking(page) == before:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    expect(page.locator(".moved:not(:empty)").first).to_be_visible()


def slates(server: EmbeddedServer) -> int:
    with Client(server.address) as client:
        return int(ask(client, "RETURN COUNT { (:Slate) } AS slates")[0]["slates"])


def test_a_slider_and_the_dial_change_the_order_and_record_nothing(
    page: Page, service: str, server: EmbeddedServer
) -> None:
    recorded = slates(server)
    open_view(page, service, "steering")
    changes(page, lambda: page.get_by_role("slider", name=re.compile("^recency")).fill("2"))
    bubble = page.get_by_text(re.compile("^Of 10 posts, "))
    before = bubble.inner_text()
    changes(page, lambda: page.get_by_role("slider", name="From people farther away, or closer").fill("-1"))
    expect(bubble).not_to_have_text(before)
    page.get_by_label("Newest first, unranked").check()
    expect(page.locator(".ranking .reason").filter(has_not_text="You follow")).to_have_count(0)
    assert slates(server) == recorded
    page.get_by_text("In plain words").click()
    expect(page.get_by_text("nothing is paid for")).to_be_visible()


def test_whom_i_follow_has_posts_in_my_feed(page: Page, service: str, server: EmbeddedServer) -> None:
    open_view(page, service, "explore")
    first = page.get_by_role("button", name=re.compile("^Follow ")).first
    name = (first.get_attribute("aria-label") or "").removeprefix("Follow ")
    first.click()
    expect(page.get_by_role("alert")).to_contain_text(f"You follow {name}.")
    try:
        open_view(page, service, "feed")
        page.get_by_label("Source").select_option(label="people I follow")
        settled(page)
        scroll_to(page, cards(page).filter(has_text=f"You follow {name}."))
    finally:
        with Client(server.address) as client:
            ask(client, "MATCH (:User {id: '42'})-[follows:FOLLOWS]->({username: $name}) DELETE follows", name=name)


def scroll_to(page: Page, wanted: Locator) -> None:
    """Scroll through the feed until something is in it."""
    while not wanted.count():
        before = cards(page).count()
        page.mouse.wheel(0, 20_000)
        expect(cards(page).nth(before)).to_be_attached()  # or the feed ended without it
    expect(wanted.first).to_be_attached()


# --- the same by keyboard alone


def tab_to(page: Page, wanted: Locator, key: str = "Tab", most: int = 150) -> None:
    """Go to something as one does without a pointer; fails if it cannot be reached."""
    wanted = wanted.first
    for _ in range(most):
        if wanted.evaluate("node => node === document.activeElement"):
            assert wanted.evaluate("node => getComputedStyle(node).outlineStyle") != "none"  # and one sees where one is
            return
        page.keyboard.press(key)
    raise AssertionError(f"not reached: {wanted}")


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)
    page.reload()
    expect(cards(page)).to_have_count(10)
    return page


def test_by_keyboard_somebody_is_found_and_their_feed_scrolled(phone: Page) -> None:
    person = phone.get_by_role("combobox", name="Person")
    tab_to(phone, person)
    phone.keyboard.type("ma")
    expect(phone.get_by_role("option").nth(1)).to_be_visible()
    phone.keyboard.press("ArrowDown")
    chosen = phone.locator("[role=option][aria-selected=true]")
    name = chosen.evaluate("node => node.firstChild.textContent")
    with phone.expect_response("**/feed?*"):
        phone.keyboard.press("Enter")
    expect(person).to_have_value(name)
    expect(phone.get_by_role("list", name=f"The feed of {name}")).to_be_visible()
    settled(phone)
    for pages in (2, 3):
        for _ in range(60):
            if cards(phone).count() >= 10 * pages:
                break
            phone.keyboard.press("PageDown")
            phone.wait_for_timeout(100)
        assert cards(phone).count() >= 10 * pages
    assert len({*posts(phone)}) == cards(phone).count()


def test_by_keyboard_a_hashtag_is_muted_and_the_mute_undone(phone: Page) -> None:
    card = cards(phone).filter(has=phone.locator(".tags a")).first  # some posts have no hashtags
    tag = card.locator(".tags a").first.inner_text()
    tab_to(phone, card.locator("summary"))
    phone.keyboard.press("Enter")
    what = card.get_by_label("What to mute")
    tab_to(phone, what)
    for _ in range(30):
        if what.evaluate("node => node.selectedOptions[0].textContent") == tag:
            break
        phone.keyboard.press("ArrowDown")
    mute = card.get_by_role("button", name="Mute")
    tab_to(phone, mute)
    phone.keyboard.press("Enter")
    said = phone.get_by_role("alert")
    expect(said).to_contain_text(f"You muted {tag} for good.")
    with_it = cards(phone).filter(has=phone.get_by_role("link", name=tag, exact=True))
    expect(with_it.locator("visible=true")).to_have_count(0)
    tab_to(phone, said.get_by_role("button", name="Undo"), "Shift+Tab")
    phone.keyboard.press("Enter")
    expect(said).to_contain_text("Undone.")
    expect(with_it.first).to_be_visible()


def test_by_keyboard_the_feed_is_steered(phone: Page) -> None:
    tab_to(phone, phone.get_by_role("navigation").get_by_role("link", name="Steering"))
    phone.keyboard.press("Enter")
    heading = phone.get_by_role("heading", name="What your feed goes by")
    expect(heading).to_be_focused()  # where the view begins
    settled(phone)
    expect(phone.locator(".ranking li")).to_have_count(10)
    tab_to(phone, phone.get_by_role("slider", name=re.compile("^recency")))
    changes(phone, lambda: phone.keyboard.press("End"))
    tab_to(phone, phone.get_by_role("slider", name="From people farther away, or closer"), "Shift+Tab")
    changes(phone, lambda: phone.keyboard.press("Home"))


def test_by_keyboard_somebody_is_followed_and_not(phone: Page) -> None:
    tab_to(phone, phone.get_by_role("navigation").get_by_role("link", name="Explore"))
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Explore")).to_be_focused()
    follow = phone.get_by_role("button", name=re.compile("^Follow "))
    expect(follow.first).to_be_visible()
    tab_to(phone, follow)
    name = (follow.first.get_attribute("aria-label") or "").removeprefix("Follow ")
    phone.keyboard.press("Enter")
    said = phone.get_by_role("alert")
    expect(said).to_contain_text(f"You follow {name}.")
    tab_to(phone, said.get_by_role("button", name="Undo"), "Shift+Tab")
    phone.keyboard.press("Enter")
    expect(said).to_contain_text("Undone.")
