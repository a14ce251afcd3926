"""What a person sees in a browser: the statements pasted into Neo4j Browser, and the page of the service."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cypher import FOLDER, PARAMS, load, names
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from tests import browsing
from tests.browsing import SECONDS, cards, posts, settled
from tests.support import ask

pytestmark = [pytest.mark.live, pytest.mark.browser]

chromium, service, page = browsing.chromium, browsing.service, browsing.page
SHOWN = [
    name
    for name in names()
    if name.split("/")[0] in {"network", "interests", "feed"} and name not in {"feed/looks", "interests/topics"}
]
"""The statements that people run to see something; nobody has looked at anything here, and no build made topics."""
MARKUP = "<img src=x onerror='window.fooled = true'>"
STRANGERS = f"""
CREATE (:User {{id: 'reader'}})-[:FOLLOWS]->(:User {{id: 'hostile', username: "{MARKUP}"}})
  -[:POSTED]->(:Post {{id: 'h1', takenAt: timestamp(), imageUrl: 'javascript:window.fooled = true'}})
CREATE (:User {{id: 'viewer'}})-[:FOLLOWS]->(:User {{id: 'careless'}})
  -[:POSTED]->(:Post {{id: 'g1', takenAt: timestamp(), imageUrl: '/pictures/gone.svg', visibility: 'followers'}})
"""
"""People who follow somebody with a hostile name, and somebody whose picture is gone: for followers only, as any other
feed may draw a new post, and its picture is an error in the console."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of its own, for its Browser; the tests only read."""
    with browsing.demo_server(tmp_path_factory) as (server, client):
        ask(client, STRANGERS)
        yield server


@pytest.fixture(scope="module")
def neo4j_browser(server: EmbeddedServer, chromium: Browser) -> Iterator[Page]:
    """Neo4j Browser, connected by its form, after a paste of the parameters and of both projections."""
    with chromium.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(server.ports.browser)
        page.get_by_test_id("username").fill(server.address.user)
        page.get_by_test_id("password").fill(server.address.password)
        page.get_by_test_id("connect").click()
        expect(page.get_by_text("You are connected")).to_be_visible()
        text = (FOLDER / f"{PARAMS}.cypher").read_text(encoding="utf-8")
        done = paste_and_run(page, text).get_by_test_id("multi-statement-list-icon")
        expect(done.and_(page.get_by_title("Status: success"))).to_have_count(text.count("\n:param"))
        for name in sorted({needed for shown in SHOWN for needed in load(shown).needs}):
            assert rows(paste_and_run(page, load(name).text)) == 1
        yield page


def paste_and_run(page: Page, text: str) -> Locator:
    """Do in Neo4j Browser what a person would; the frame that comes of it, alone in the stream."""
    frames = page.get_by_test_id("frame")
    submit(page, ":clear")
    expect(frames).to_have_count(0)
    submit(page, text)
    expect(frames).to_have_count(1)
    return frames


def submit(page: Page, text: str) -> None:
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator(".monaco-editor").first.click()
    page.keyboard.press("Control+V")
    page.keyboard.press("Control+Enter")


def rows(frame: Locator) -> int:
    """How many rows (or nodes of a graph) a frame tells of when its statement is done; an error fails the test."""
    done = frame.get_by_text(re.compile(r"^(ERROR|\(no changes, no records\)|Started streaming .*|Displaying .*)$"))
    text = done.first.inner_text()
    assert text != "ERROR", frame.get_by_test_id("frameContents").inner_text()
    count = re.search(r"\d+", text)
    return int(count[0]) if count else 0


@pytest.mark.long
@pytest.mark.parametrize("name", SHOWN)
def test_a_statement_pasted_into_neo4j_browser_as_it_stands_shows_rows(neo4j_browser: Page, name: str) -> None:
    assert rows(paste_and_run(neo4j_browser, load(name).text)) > 0


@pytest.mark.long
def test_the_picture_in_neo4j_browser_is_a_graph_of_my_network(neo4j_browser: Page, server: EmbeddedServer) -> None:
    with Client(server.address) as client:
        followed = ask(client, "RETURN COUNT { (:User {id: '42'})-[:FOLLOWS]->() } AS count")[0]["count"]
    frame = paste_and_run(neo4j_browser, load("network/picture").text)
    expect(frame.locator("svg g.node").nth(1 + followed)).to_be_attached()  # me, my followees, and some of theirs
    assert frame.locator("svg g.relationship").count() > followed


def show(page: Page, person: str) -> None:
    """Ask for the feed of a person, by id, and wait until the page is done with it."""
    page.get_by_role("combobox", name="Person").fill(person)
    page.get_by_role("option", name=f"The person with the id {person}").click()
    settled(page)


@pytest.mark.long
def test_the_page_shows_ten_posts_each_with_its_reason(page: Page) -> None:
    with page.expect_response("**/feed?*") as asked:
        page.reload()
    answer = asked.value.json()
    expect(cards(page)).to_have_count(10)
    assert cards(page).locator(".reason").all_inner_texts() == [item["reason"]["text"] for item in answer["items"]]
    assert page.get_by_role("status").inner_text() == ""


def test_another_source_is_shown_as_soon_as_it_is_chosen(page: Page) -> None:
    page.get_by_label("Source").select_option(label="my interests")
    settled(page)
    expect(cards(page).filter(has_not_text=re.compile("You .* #"))).to_have_count(0)
    assert cards(page).count() > 0


def test_the_feed_goes_on_as_one_scrolls_and_repeats_nothing(page: Page) -> None:
    first = posts(page)
    for pages in (2, 3):
        page.mouse.wheel(0, 10_000)
        expect(cards(page)).to_have_count(10 * pages)
    assert posts(page)[:10] == first
    assert len({*posts(page)}) == 30


def test_a_card_says_who_posted_what_and_why(page: Page, server: EmbeddedServer) -> None:
    with Client(server.address) as client:
        posted = "MATCH (author)-[:POSTED]->(post:Post {id: $id}) OPTIONAL MATCH (post)-[:TAGGED]->(tag) "
        returned = "RETURN author.username AS name, collect(tag.display) AS tags"
        [facts] = ask(client, posted + returned, id=posts(page)[0])
    card = cards(page).first
    expect(card.locator(".by")).to_contain_text(facts["name"])
    assert {*card.locator(".tags a").all_inner_texts()} == {f"#{tag}" for tag in facts["tags"]}
    author = card.locator(".by").get_by_role("link", name=facts["name"])
    expect(author).to_have_attribute("href", re.compile("#/person/"))


def test_a_mute_takes_posts_away_says_what_left_and_can_be_undone(page: Page) -> None:
    before = posts(page)
    tagged = cards(page).filter(has=page.locator(".tags a")).first  # some posts have no hashtags
    tag = tagged.locator(".tags a").first.inner_text()
    with_it = cards(page).filter(has=page.get_by_role("link", name=tag, exact=True)).count()
    menu = tagged.locator("details.menu")
    menu.locator("summary").click()
    menu.get_by_label("What to mute").select_option(label=tag)
    menu.get_by_label("How long").select_option(label="for a week")
    menu.get_by_role("button", name="Mute").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text(f"You muted {tag} for a week.")
    expect(said).to_contain_text(re.compile(r"of your next 20 posts left|None of your next 20 posts"))
    expect(
        cards(page).locator("visible=true").filter(has=page.get_by_role("link", name=tag, exact=True))
    ).to_have_count(0)
    assert page.locator("#feed > .card[hidden]").count() == with_it
    said.get_by_role("button", name="Undo").click()
    expect(said).to_contain_text("Undone.")
    expect(page.locator("#feed > .card[hidden]")).to_have_count(0)
    assert posts(page) == before


def test_what_i_keep_out_is_listed_and_taken_back(page: Page, server: EmbeddedServer) -> None:
    with Client(server.address) as client:
        [tag] = ask(client, "MATCH (tag:Hashtag) RETURN tag.name AS name, tag.display AS display ORDER BY name LIMIT 1")
    page.goto(f"{page.url.partition('#')[0]}#/hashtag/{tag['name']}")
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(f"You muted #{tag['display']} for good.")
    expect(page.get_by_role("button", name="Unmute", exact=True)).to_be_visible()
    page.goto(f"{page.url.partition('#')[0]}#/steering")
    panel = page.locator("details.filters")
    panel.get_by_text("Muted, blocked and hidden").click()
    back = panel.get_by_role("button", name=f"Unmute #{tag['display']}")
    back.click()
    expect(page.get_by_role("alert")).to_contain_text(f"You mute #{tag['display']} no more.")
    expect(back).to_have_count(0)
    expect(panel).to_contain_text("Nothing: the menu of a post mutes its author or a hashtag, and hides it.")
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(back).to_be_visible()  # the panel is still open
    page.goto(f"{page.url.partition('#')[0]}#/hashtag/{tag['name']}")
    expect(page.get_by_text("None: you muted it.")).to_be_visible()
    page.get_by_role("button", name="Unmute", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("no more.")


def test_a_like_is_kept_and_told(page: Page, server: EmbeddedServer) -> None:
    like = cards(page).first.get_by_role("button", name="Like", exact=True)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    with Client(server.address) as client:
        query = "RETURN EXISTS { (:User {id: '42'})-[:LIKED]->(:Post {id: $id}) } AS liked"
        assert ask(client, query, id=posts(page)[0])[0]["liked"]
        page.get_by_role("alert").get_by_role("button", name="Undo").click()
        expect(like).to_have_attribute("aria-pressed", "false")
        assert not ask(client, query, id=posts(page)[0])[0]["liked"]


def test_why_shows_the_parts_and_what_would_change_it(page: Page) -> None:
    cards(page).first.get_by_role("button", name="Why?").click()
    dialog = page.get_by_role("dialog", name="Why this post")
    expect(dialog.get_by_role("row").first).to_be_visible()
    expect(dialog.get_by_role("status")).not_to_contain_text("Looking")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_posts_count_as_served_once_they_were_in_view(page: Page, server: EmbeddedServer) -> None:
    page.mouse.wheel(0, 300)
    with Client(server.address) as client:
        deadline = time.monotonic() + SECONDS
        while not (served := ask(client, "MATCH (slate:Slate) RETURN max(slate.served) AS served")[0]["served"]):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert 0 < served < 10


def test_the_network_s_newest_come_unranked(page: Page) -> None:
    page.get_by_label("Newest first, unranked").check()
    settled(page)
    expect(cards(page).filter(has_not_text="You follow")).to_have_count(0)
    times = cards(page).locator("time").evaluate_all("nodes => nodes.map(node => node.dateTime)")
    assert times == sorted(times, reverse=True)


def test_an_archive_is_shown_as_of_its_newest_post_by_a_click_and_so_are_all_views(page: Page) -> None:
    page.get_by_text("Time and mix").click()
    page.get_by_label("As of").fill("2031-05-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("over 30 days before 2031-05-01.")
    expect(page.get_by_role("status")).not_to_contain_text("--")
    page.get_by_role("status").get_by_role("button", name="Show it as of").click()
    expect(cards(page)).to_have_count(10)
    day = page.get_by_label("As of").input_value()
    with page.expect_request("**/feed/preview?*") as asked:
        page.get_by_role("link", name="Steering").click()
    assert f"as_of={day}T23" in asked.value.url.replace("%3A", ":")
    expect(page.get_by_role("list", name="The first posts, re-ranked").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("link", name="Feed", exact=True).click()
    page.get_by_label("As of").fill("")
    settled(page)
    with page.expect_request("**/feed/preview?*") as asked:
        page.get_by_role("link", name="Steering").click()
    assert "as_of=20" in asked.value.url  # now, and the same for each move of a slider


def test_each_view_begins_at_its_top(page: Page) -> None:
    for name in ("Explore", "Feed"):
        page.get_by_role("link", name=name, exact=True).click()
        settled(page)
        expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
        page.wait_for_timeout(200)  # for a scroll that should not come
        assert page.evaluate("scrollY") == 0


def test_a_source_without_posts_names_no_option_of_the_command(page: Page) -> None:
    show(page, "reader")
    page.get_by_label("Source").select_option(label="looks like what I liked")
    settled(page)
    expect(page.get_by_role("status")).to_contain_text("or try another source.")


def test_an_unknown_person_is_told_what_is_wrong_and_what_to_do(page: Page) -> None:
    show(page, "nobody")
    expect(page.get_by_role("status")).to_contain_text("no person 'nobody'")
    expect(page.get_by_role("status")).to_contain_text("graphfeed import")
    expect(cards(page)).to_have_count(0)


def test_markup_in_a_name_is_text_and_a_script_is_no_picture(page: Page) -> None:
    show(page, "reader")
    card = cards(page).filter(has_text=f"You follow {MARKUP}.")
    expect(card.locator(".picture")).to_have_text("post h1")
    assert page.evaluate("window.fooled") is None


def test_a_picture_that_is_gone_is_named(page: Page) -> None:
    show(page, "viewer")
    expect(cards(page).locator(".picture").filter(has_text="post g1")).to_have_count(1)


def test_the_page_makes_no_error_in_the_console(chromium: Browser, service: str) -> None:
    said: list[str] = []
    with chromium.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(service, wait_until="networkidle")
        for person in ("reader", "42"):
            show(page, person)
        page.wait_for_load_state("networkidle")
        assert cards(page).locator("img").count() == 10
    assert said == []


# --- going back and forth


@pytest.mark.long
def test_who_comes_back_finds_the_same_posts_at_the_same_place(page: Page) -> None:
    for pages in (2, 3):
        page.mouse.wheel(0, 10_000)
        expect(cards(page)).to_have_count(10 * pages)
    shown = posts(page)
    cards(page).nth(24).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Post", exact=True)).to_be_focused()
    expect(page.get_by_role("heading", name="What would change that")).to_be_visible()
    page.go_back()
    expect(cards(page)).to_have_count(30)
    assert posts(page) == shown
    expect(cards(page).nth(24)).to_be_in_viewport()


@pytest.mark.long
def test_an_undo_is_of_whose_act_it_was_and_a_double_click_acts_once(page: Page, server: EmbeddedServer) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/v1/events" in request.url else None)
    with page.expect_response("**/v1/events?effect=true"):
        cards(page).first.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("alert")).to_contain_text("You save this post.")
    assert len([text for text in sent if '"save"' in text]) == 1
    cards(page).first.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You save this post no more.")
    show(page, "reader")
    expect(page.get_by_role("alert").get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("address", ["constructor", "post/%", "post", "hashtag/", "xyz"])
def test_an_address_of_no_view_is_told(page: Page, address: str) -> None:
    page.evaluate("address => { location.hash = address; }", f"#/{address}")
    expect(page.locator("#message")).to_contain_text("There is no such view.")


@pytest.mark.long
def test_a_dialog_closes_with_its_view_and_no_focus_is_lost_with_a_card(page: Page) -> None:
    cards(page).first.get_by_role("button", name="Why?").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate("location.hash = '#/explore'")
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.go_back()
    expect(cards(page)).to_have_count(10)
    cards(page).first.locator("summary").click()
    hide = cards(page).first.get_by_role("button", name="Hide")
    hide.focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("alert").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Undone.")


@pytest.mark.long
def test_a_view_that_is_left_while_it_loads_leaves_nothing_behind(page: Page) -> None:
    for _ in range(3):
        page.evaluate("location.hash = '#/steering'")
        page.evaluate("location.hash = '#/feed'")
    expect(cards(page)).to_have_count(10)
    page.wait_for_load_state("networkidle")
    previews: list[str] = []
    page.on("request", lambda request: previews.append(request.url) if "preview" in request.url else None)
    cards(page).first.get_by_role("button", name="Like", exact=True).click()
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("alert")).to_contain_text("Undone.")
    page.wait_for_load_state("networkidle")
    assert previews == []


@pytest.mark.long
def test_an_option_that_cannot_be_is_not_asked_for_and_a_failure_is_told(page: Page) -> None:
    page.get_by_text("Time and mix").click()
    page.get_by_label("Days back").fill("0")
    page.keyboard.press("Tab")
    assert page.evaluate("sessionStorage.getItem('options')") is None
    page.route("**/feed?*", lambda route: route.abort())
    page.get_by_label("Source").select_option(label="popular")
    expect(page.locator("#message")).to_have_text("The service gave no answer. Try again in a while.")
