"""Statements in place of the answer of a read: what was run, with its values; nothing is kept."""

from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import pytest

from cypher import load
from service.statements import HEADER
from service.tokens import Grant, Tokens
from tests.fake import Fake
from tests.guarded import KEYS, SECRET, answering, app_of, bearer, keyed
from tests.prepared import page
from tests.test_unit_feed import graph, tied

ASKS = {HEADER: "yes"}
FEED = "/v1/users/42/feed"


@pytest.fixture
def fake() -> Fake:
    return graph({"feed/page": page(reasons=[tied("followees")])})


@pytest.fixture
def service(fake: Fake) -> Iterator[httpx.Client]:
    """A service with keys, whose settings name no address of Neo4j Browser."""
    app = keyed()
    with answering(app) as service:
        app.state.client = fake
        yield service


def test_a_read_tells_what_it_ran_with_its_values_and_records_nothing(service: httpx.Client, fake: Fake) -> None:
    answer = service.get(FEED, headers={**ASKS, **bearer(KEYS["read"])}).json()
    assert [each["statement"] for each in answer["statements"]] == ["feed/me", "feed/ranked", "feed/page"]
    assert fake.names == ["feed/me", "feed/ranked", "feed/page"]  # and no slate is made
    first = answer["statements"][0]
    assert first["cypher"] == load("feed/me").text
    assert ':param request => head([{me: "42", servedDays: 7.0}]);' in first["parameters"]
    assert '{id: "42"}' in first["filled"]
    assert "$" not in first["filled"]


def test_a_token_does_not_get_what_names_people_near_to_its_person(service: httpx.Client) -> None:
    token, _ = Tokens(SECRET).sign(Grant("42", "read"), 3600)
    answer = service.get(FEED, headers={**ASKS, **bearer(token)}).json()
    assert [each["statement"] for each in answer["statements"]] == ["feed/me", "feed/page"]
    of_another = service.get("/v1/users/7/feed", headers={**ASKS, **bearer(token)})
    assert of_another.status_code == 403
    assert "statements" not in of_another.json()


def test_with_keys_there_are_links_only_to_an_address_of_the_settings(service: httpx.Client, fake: Fake) -> None:
    read = {**ASKS, **bearer(KEYS["read"])}
    answer = service.get(FEED, headers=read).json()
    assert answer["browser"] is None
    assert {each["link"] for each in answer["statements"]} == {None}
    app = keyed(browser="https://graph.example/browser/")
    with answering(app) as other:
        app.state.client = fake
        [first, *_] = other.get(FEED, headers=read).json()["statements"]
    assert first["link"].startswith("https://graph.example/browser/?")
    assert first["filled"] in unquote(first["link"])


def test_a_write_and_a_refusal_are_answered_as_ever() -> None:
    with answering(app_of(), {"explain/surroundings": [], "interests/hashtags": []}) as service:
        assert service.post("/v1/events", json=[], headers=ASKS).json()["status"] == 422
        assert service.get("/v1/users/42/interests", headers=ASKS).json()["status"] == 404
