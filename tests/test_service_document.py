"""The service does what its documents say: the table of routes, the OpenAPI document, the example of a client."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from graph import entities
from graph import schema as graph_schema
from graph.client import Address, Client
from graph.discovery import packs
from graph.hashtag_meaning import merges
from graph.settings import read_settings
from service.app import create_app
from service.tokens import Grant, Tokens
from tests.documents import coded, table
from tests.support import ask, load, serving, write_csv

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[1]
ROUTES = [(*coded(route)[0].split(), role, coded(names)) for route, role, _, names in table("docs/api.md", "route")]
TABLE = [(method, path, role) for method, path, role, _ in ROUTES]
KEYS = {role: f"{role}-0123456789abcdef" for role in ("read", "write", "admin")}
SECRET = "0123456789abcdef" * 2
SAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/users/{user}/feed/preview"): {"json": {"weights": {"recency": 3}}},
    ("GET", "/v1/users/{user}/bubble"): {"params": {"post": ["a1", "a2"]}},
    ("GET", "/v1/posts"): {"params": {"post": ["a1", "a2"]}},
    ("GET", "/v1/people/{person}"): {"params": {"user": "me"}},
    ("GET", "/v1/search"): {"params": {"q": "ana"}},
    ("POST", "/v1/events"): {"json": [{"id": "e-1", "kind": "mute", "user": "me", "hashtag": "#moon"}]},
    ("POST", "/v1/tokens"): {"json": {"user": "me", "can": "act", "seconds": 60}},
    ("PUT", "/v1/users/{user}"): {"json": {"username": "me", "fullName": "Me Myself", "optedOut": False}},
    ("PUT", "/v1/users/{user}/packs/{pack}"): {"json": {"name": "Sun", "people": ["ana"]}},
    ("POST", "/v1/users/{user}/packs/{pack}/leave"): {"json": {}},
    ("POST", "/v1/users/{user}/packs/{pack}/follow"): {"json": {}},
    ("POST", "/v1/hashtags/{name}/merge"): {"json": {"variantOf": "sea"}},
    ("POST", "/v1/hashtags/{name}/unmerge"): {"json": {}},
    ("PUT", "/v1/posts/{post}"): {"json": {"author": "ana", "takenAt": "2024-05-30", "hashtags": ["sun"]}},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def service(address: Address, session_client: Client, home: Path) -> Iterator[httpx.Client]:
    """A service with keys; none is sent."""
    session_client.run_in_transactions("admin/wipe")
    graph_schema.ensure(session_client)
    keys = SecretStr(",".join(f"{role}:{key}" for role, key in KEYS.items()))
    settings = read_settings(
        uri=address.uri,
        password=address.password,
        home=home,
        api_keys=keys,
        token_secret=SecretStr(SECRET),
        requests_per_minute=1_000_000,  # counted, and never too many
        feeds_per_minute=1_000_000,
    )
    with (
        serving(create_app(settings)) as url,
        httpx.Client(base_url=url, timeout=60) as service,
    ):
        yield service


@pytest.fixture
def small(client: Client, service: httpx.Client, tmp_path: Path) -> Client:
    write_csv(
        tmp_path / "files",
        users=[{"id": "me"}, {"id": "ana"}, {"id": "ben"}],
        follows=[{"follower": "me", "followee": "ana"}],
        posts=[{"id": f"a{n}", "author": "ana", "taken_at": f"2024-05-{n + 10}"} for n in range(9)],
        tags=[{"post": f"a{n}", "hashtag": "sun"} for n in range(9)],
        likes=[{"user": "me", "post": "a8"}],
    )
    load(client, tmp_path / "files")
    return client


def key_of(role: str) -> dict[str, str]:
    return {} if role == "none" else {"Authorization": f"Bearer {KEYS[role]}"}


# --- the table of routes


def test_the_table_has_each_address_that_there_is(service: httpx.Client) -> None:
    document = service.get("/openapi.json").json()
    there_are = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert {(method, path) for method, path, _ in TABLE} == there_are
    assert len(TABLE) == len(there_are)


@pytest.mark.parametrize(("method", "path", "role"), TABLE)
def test_each_address_of_the_table_answers_who_has_its_role_and_nobody_else(
    service: httpx.Client, small: Client, method: str, path: str, role: str
) -> None:
    page = service.get("/v1/users/me/feed", params={"as_of": "2024-05-20"}, headers=key_of("read")).json()
    if "{pack}" in path:
        packs.put(small, "me", "Sun", ["ana", "me"], pack="k")
    if "merge" in path:
        entities.put_post(small, "b1", entities.Post("ben", hashtags=["sea"]))
    if path.endswith("/unmerge"):
        merges.merge(small, "sun", "sea")
    names = {"user": "me", "person": "ana", "pack": "k", "post": "a1", "name": "sun", "profile": "default"}
    here = path.format(slate=page["slate"], **names)
    more = SAMPLES.get((method, path), {})
    roles = ["none", "read", "write", "admin"]
    for lesser in roles[: roles.index(role)]:
        refused = service.request(method, here, headers=key_of(lesser), **more)
        assert refused.status_code == (401 if lesser == "none" else 403)
    answer = service.request(method, here, headers=key_of(role), **more)
    assert answer.is_success, answer.text


def parameters(document: Mapping[str, Any], method: str, path: str) -> list[str]:
    """The names that a route takes in its query and in its body, as the OpenAPI document has them."""
    operation = document["paths"][path][method.lower()]
    names = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    body = operation.get("requestBody", {"content": {}})["content"]
    for reference in set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(body))):
        names += document["components"]["schemas"][reference]["properties"]
    return names


@pytest.mark.parametrize(("method", "path", "told"), [(method, path, told) for method, path, _, told in ROUTES])
def test_the_table_names_each_parameter_of_a_route_and_no_other(
    service: httpx.Client, method: str, path: str, told: list[str]
) -> None:
    document = service.get("/openapi.json").json()
    assert sorted(told) == sorted(parameters(document, method, path))


# --- the OpenAPI document


document = schemathesis.openapi.from_dict(create_app(read_settings()).openapi())


OPERATIONS: list[Any] = [found.ok() for found in document.get_all_operations()]  # type: ignore[union-attr]  # or it fails
CASES = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters or operation.body
]  # of an address without parameters, nothing can be wrong
# Not schemathesis' own parametrize: its tests have one id together, and of such xdist runs but the first


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_no_request_that_fits_the_document_or_does_not_has_an_answer_that_it_does_not_tell(
    service: httpx.Client, operation: Any, mode: GenerationMode
) -> None:
    check_answers(service, operation, mode, key_of("admin"), 25)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nor_has_one_with_the_token_of_a_person(service: httpx.Client, operation: Any) -> None:
    token, _ = Tokens(SECRET).sign(Grant("0", "act"), 3600)
    check_answers(service, operation, GenerationMode.POSITIVE, {"Authorization": f"Bearer {token}"}, 5)


def test_each_route_that_asks_for_a_key_tells_of_rates(service: httpx.Client) -> None:
    paths = service.get("/openapi.json").json()["paths"]
    for method, path, role in TABLE:
        answers = paths[path][str(method).lower()]["responses"]
        assert ("429" in answers) == (role != "none"), path
        assert all("Retry-After" in answers[status]["headers"] for status in ("429", "503") if status in answers)


def check_answers(
    service: httpx.Client, operation: Any, mode: GenerationMode, headers: dict[str, str], examples: int
) -> None:
    """Check that the document tells of each answer to requests of its making."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )
    def check(case: Any) -> None:
        case.call_and_validate(
            base_url=str(service.base_url),
            headers=headers,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    check()


def test_all_that_the_document_refers_to_is_in_it(service: httpx.Client) -> None:
    document = service.get("/openapi.json").json()
    references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(document)))
    assert "Problem" in references
    assert references <= document["components"]["schemas"].keys()


def test_each_error_is_documented_as_a_problem(service: httpx.Client) -> None:
    paths = service.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


# --- the client


def test_the_example_of_a_client_works(service: httpx.Client, small: Client) -> None:
    path = ROOT / "examples" / "client.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40
    command = [sys.executable, str(path), str(service.base_url).rstrip("/"), KEYS["write"]]
    for status in ("done", "unchanged"):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert f"'status': '{status}'" in done.stdout
        assert "You follow client-ben." in done.stdout  # again, as nothing else is left
    assert ask(small, "MATCH (:User {id: 'client-ana'})-[f:FOLLOWS]->() RETURN count(f) AS n") == [{"n": 1}]
