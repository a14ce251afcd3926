"""A GDS that may not run, projections that were left behind, and statements that need too much memory."""

import logging
import re
from pathlib import Path

import pytest

import cypher
from graph import doctor, gds, projections, schema
from graph.background.affinity import Renewed, renew
from graph.background.vectors import vectors
from graph.client import Client
from graph.errors import GdsRefused, OutOfMemory
from graph.health import health
from graph.projections import BUILD_PREFIX, REQUEST_PREFIX, TIES, drop_left_behind, projected
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import profile
from graph.settings import Settings
from tests.little_network import NOW, asked, built, lively, ranking
from tests.support import ask, small_server

pytestmark = pytest.mark.live
RANKING = ranking()
UNRESTRICTED = "dbms.security.procedures.unrestricted"


def of_neo4j(settings: Settings) -> doctor.Finding:
    """What doctor finds about the server."""
    [finding] = [one for one in doctor.examine(settings) if one.subject == "neo4j"]
    return finding


@pytest.mark.long
def test_a_gds_that_may_not_run_and_a_statement_too_large_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Never told to trust GDS, and with little memory for transactions
    conf = {UNRESTRICTED: "apoc.*", "dbms.memory.transaction.total.max": "20m"}
    with (
        small_server(tmp_path / "home", conf, heap="512m", page_cache="64m") as server,
        Client(server.address) as client,
    ):
        schema.ensure(client)
        ask(client, "CREATE (:User {id: '1'})-[:FOLLOWS]->(:User {id: '2'})")
        with pytest.raises(GdsRefused, match=rf"{UNRESTRICTED}=gds\.\*"):
            client.read("admin/gds_version")
        found = health(client)
        assert found.gds is None
        assert any(f"{UNRESTRICTED}=gds.*" in lack for lack in found.degraded)
        assert RANKING is not None
        assert renew(client, RANKING) == Renewed(missing=("gds",))
        assert vectors(client, RANKING.vectors).missing == ("gds",)
        finding = of_neo4j(server.settings)
        assert not finding.ok
        assert f"{UNRESTRICTED}=gds.*" in finding.text
        _needs_too_much(client, monkeypatch, caplog)


@pytest.mark.long
def test_where_a_part_of_gds_may_be_called_the_rest_is_told_and_done_without(tmp_path: Path) -> None:
    # Enough for the profile tutorial
    conf = {"dbms.security.procedures.allowlist": "gds.version,gds.util.*,gds.graph.*,gds.pageRank.*"}
    with (
        small_server(tmp_path / "home", conf, heap="512m", page_cache="64m") as server,
        Client(server.address) as client,
    ):
        schema.ensure(client)
        lively().load(client, tmp_path / "network")
        done = built(client)
        assert {"affinity", "fastrp"} <= {*done.missing}
        assert "gds" not in done.missing
        [lack] = [text for text in health(client).degraded if "gds.randomWalk.stream" in text]
        assert "gds.pageRank.stream" not in lack
        assert "Unavailable: affinity, communities, FastRP, related hashtags, topics." in lack
        assert "dbms.security.procedures.allowlist" in lack
        finding = of_neo4j(server.settings)
        assert not finding.ok
        assert "gds.fastRP.stream" in finding.text
        answer = feed(client, asked())
        assert {*answer.missing} == {*done.missing}
        assert {"followees", "similar_posts", "friends_of_friends"} <= {item.source for item in answer.items}
        assert feed(client, Request("me", profile("tutorial"), as_of=NOW)).items
        for name in ("debug.log", "neo4j.log"):
            log = server.log.with_name(name).read_text()
            assert log
            assert "PageRank ::" not in log  # a hundred lines each


def test_every_procedure_of_gds_that_a_statement_calls_is_looked_for() -> None:
    texts = [cypher.load(name).text for name in cypher.names()]
    called = {name for text in texts for name in re.findall(r"CALL (gds\.[\w.]+)", text)}
    assert called == {name for part in gds.PROCEDURES_BY_USE.values() for name in part}


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
    builders, request = f"{BUILD_PREFIX}{hexes[0]}", f"{REQUEST_PREFIX}{hexes[1]}"
    former, refresher, own = f"graphfeed-{hexes[2]}", f"graphfeed-refresh-{hexes[3]}", "graphfeed-ties"
    for name in (builders, request, former, refresher, own):
        client.write("affinity/project_ties", {"tiesGraph": name})
    with projected(client, TIES, {}) as names:
        assert drop_left_behind(client) == [builders]
        monkeypatch.setattr(projections, "MAX_AGE_MINUTES", 0)
        assert {*drop_left_behind(client)} == {request, former, refresher, names["tiesGraph"]}
    client.write("affinity/project_ties", {"tiesGraph": builders})
    assert drop_left_behind(client, REQUEST_PREFIX) == []  # a builder's are not dropped for their age
    assert {*drop_left_behind(client), own} == {builders, own}
    client.write("affinity/drop", {"graphs": [own]})
