"""A GDS that may not run, projections that were left behind, and statements that need too much memory."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

import cypher
from graph import doctor, projections, schema
from graph.background.affinity import Renewed, renew
from graph.background.vectors import vectors
from graph.client import Client
from graph.errors import GdsRefused, OutOfMemory
from graph.health import health
from graph.progress import Silent
from graph.projections import BUILD, REQUEST, TIES, drop_left_behind, projected
from graph.ranking.profiles import profile
from graph.settings import read_settings
from tests import support
from tests.support import ask

pytestmark = pytest.mark.live
RANKING = profile("default").ranking
UNRESTRICTED = "dbms.security.procedures.unrestricted"


class Sandboxed(support.TestServer):
    """One with GDS that was never told to trust it, and with little memory for transactions."""

    extra: ClassVar[Mapping[str, str]] = {
        **support.TestServer.extra,
        UNRESTRICTED: "apoc.*",
        "dbms.memory.transaction.total.max": "20m",
    }


def test_a_gds_that_may_not_run_and_a_statement_too_large_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = read_settings(home=tmp_path / "home", heap="512m", page_cache="64m")
    server = Sandboxed(settings, Silent())
    server.up()
    try:
        with Client(server.address) as client:
            schema.ensure(client)
            ask(client, "CREATE (:User {id: '1'})-[:FOLLOWS]->(:User {id: '2'})")
            with pytest.raises(GdsRefused, match=rf"{UNRESTRICTED}=gds\.\*"):
                client.read("admin/gds_version")
            found = health(client)
            assert found.gds is None
            assert any(f"{UNRESTRICTED}=gds.*" in lack for lack in found.degraded)
            assert RANKING is not None
            assert renew(client, RANKING.affinity) == Renewed(missing=("gds",))
            assert vectors(client, RANKING.vectors).missing == ("gds",)
            [finding] = [one for one in doctor.examine(settings) if one.subject == "neo4j"]
            assert not finding.ok
            assert f"{UNRESTRICTED}=gds.*" in finding.text
            _needs_too_much(client, monkeypatch, caplog)
    finally:
        server.down()


def _needs_too_much(client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    large = cypher.parse(
        "admin/large", "// All numbers up to a million, as a list\nUNWIND range(1, 1000000) AS n RETURN collect(n)"
    )
    monkeypatch.setattr(cypher, "load", lambda _: large)
    with caplog.at_level(logging.WARNING, "neo4j"):
        for run in (client.read, client.write, lambda name: [*client.stream(name)]):
            with pytest.raises(OutOfMemory, match="GRAPHFEED_HEAP"):
                run("admin/large")
        with pytest.raises(OutOfMemory):
            client.transaction("admin/large", lambda transaction: transaction.run("admin/large"))
    assert "retried" not in caplog.text


def test_projections_that_were_left_behind_are_dropped_whoever_made_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "CREATE (:User {id: '1'})-[:FOLLOWS]->(:User {id: '2'})")
    hexes = [f"{number:032x}" for number in range(4)]
    builders, request = f"{BUILD}{hexes[0]}", f"{REQUEST}{hexes[1]}"
    former, refresher, own = f"graphfeed-{hexes[2]}", f"graphfeed-refresh-{hexes[3]}", "graphfeed-ties"
    for name in (builders, request, former, refresher, own):
        client.write("affinity/project_ties", {"tiesGraph": name})
    with projected(client, TIES, {}) as names:
        assert drop_left_behind(client) == [builders]
        monkeypatch.setattr(projections, "OLD_MINUTES", 0)
        assert {*drop_left_behind(client)} == {request, former, refresher, names["tiesGraph"]}
    client.write("affinity/project_ties", {"tiesGraph": builders})
    assert drop_left_behind(client, REQUEST) == []  # a builder's are not dropped for their age
    assert {*drop_left_behind(client), own} == {builders, own}
    client.write("affinity/drop", {"graphs": [own]})
