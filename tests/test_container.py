"""The live smoke tests on the official image (or GRAPHFEED_TEST_IMAGE) in a container: `make test-container`."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import clock, schema
from graph.background.builder import build
from graph.client import Address, Client
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from loaders.generator import generate
from tests.support import ask, load

pytestmark = pytest.mark.container
IMAGE = os.environ.get("GRAPHFEED_TEST_IMAGE", "neo4j:5.26-community")


@pytest.fixture(scope="module")
def container() -> Iterator[Client]:
    """A client of a Neo4j with GDS in a container of its own."""
    from testcontainers.community.neo4j import Neo4jContainer  # reads the environment when it is imported

    require_engine()
    neo4j = Neo4jContainer(IMAGE, password=secrets.token_urlsafe(12))
    neo4j.with_env("NEO4J_PLUGINS", '["graph-data-science"]')
    neo4j.with_env("NEO4J_server_memory_heap_max__size", "1G")
    with neo4j, Client(Address(neo4j.get_connection_url(), neo4j.username, neo4j.password)) as client:
        client.verify()
        yield client


def require_engine() -> None:
    """End the run with a plain word where no Docker engine answers."""
    import docker

    try:
        docker.from_env(timeout=2).close()
    except docker.errors.DockerException as error:
        pytest.exit(f"No Docker engine answers ({error}). Start one, or set DOCKER_HOST.", 2)


def test_the_schema_is_made_and_made_again(container: Client) -> None:
    for _ in range(2):
        schema.ensure(container)
    assert schema.version(container) == schema.VERSION
    constraints = {row["name"] for row in ask(container, "SHOW CONSTRAINTS YIELD name")}
    assert {"user_id", "post_id", "hashtag_name", "comment_id"} <= constraints


def test_an_import_and_a_feed_with_gds(container: Client, tmp_path: Path) -> None:
    schema.ensure(container)
    made = generate(tmp_path, users=500, likes_per_user=60, until=clock.now())
    report = load(container, tmp_path)
    assert report.rejects is None
    assert {file.file: file.created for file in report.files}["likes.csv"] == made.likes
    answered = profile("default")
    assert build(container, answered).missing == ()
    answer = feed(container, Request("42"))
    assert answer.missing == ()
    assert len(answer.items) == 10
    assert {item.source for item in answer.items} <= set(answered.sources)
    assert all(item.reason.text and item.reason.path for item in answer.items)
