"""Servers with GDS of another version, a part of it, or none: what is told, and what is done without."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from graph import doctor, gds, schema
from graph.background import affinity
from graph.background.vectors import vectors
from graph.client import Client, Row
from graph.errors import GdsMissing, GdsRefused
from graph.gds import Gds
from graph.health import Health, health
from graph.settings import read_settings
from tests.fake import Answer, Fake, refused
from tests.little_network import ranking
from tests.prepared import NOT_BUILT, lag

ALL = {name for part in gds.PROCEDURES_BY_USE.values() for name in part}
NO_GDS = refused("Neo.ClientError.Statement.SyntaxError", "Unknown function 'gds.version' (line 3, column 8)")
SANDBOXED = refused(
    "Neo.ClientError.Procedure.ProcedureRegistrationFailed",
    "gds.util.asNode is unavailable because it is sandboxed and has dependencies outside of the sandbox.",
)


def server(version: str | Exception, *lacks: str) -> Fake:
    """One that answers as a server with this version of GDS, without some of its procedures, or with an error."""

    def procedures(params: Row) -> Sequence[Row]:
        return [{"name": name} for name in reversed(params["names"]) if name not in lacks]

    told: Answer = version if isinstance(version, Exception) else [{"version": version, "nobody": None}]
    return Fake(
        {
            "admin/gds_version": told,
            "admin/procedures": procedures,
            "build/state": [NOT_BUILT],
            "build/lag": [lag()],
            "schema/version": [{"version": schema.VERSION}],
        }
    )


def finding(fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> doctor.Finding:
    """What doctor finds about this server."""
    monkeypatch.setattr("graph.connect.client", lambda _: fake)
    found = doctor.examine(read_settings(uri="bolt://fake:7687", home=tmp_path))
    [neo4j] = [one for one in found if one.subject == "neo4j"]
    return neo4j


def told_by_health(fake: Client) -> list[str]:
    return [text for text in health(fake).degraded if "build" not in text]


# --- other versions


@pytest.mark.parametrize("version", ["2.5.1", "2.12.0", "2.130.1", "2026.1.0"])
def test_another_version_that_has_all_is_told_and_serves(
    version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = server(version)
    assert gds.examine(fake) == Gds(version)
    for needed in gds.PROCEDURES_BY_USE.values():
        gds.require(fake, needed)
    assert health(fake).gds == version
    assert told_by_health(fake) == []
    found = finding(fake, monkeypatch, tmp_path)
    assert found.ok
    assert f"GDS {version} (made for 2.13), schema version {schema.VERSION} of {schema.VERSION}" in found.text


def test_the_version_that_this_is_made_for_is_told_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "GDS 2.13.4, schema" in finding(server("2.13.4"), monkeypatch, tmp_path).text


def test_an_older_version_lacks_a_procedure_and_what_needs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = server("2.1.0", "gds.debug.sysInfo")
    assert gds.examine(fake).without == ["FastRP", "related hashtags", "topics"]
    assert told_by_health(fake) == [
        "Procedures of Neo4j's Graph Data Science library are missing or not allowed: gds.debug.sysInfo. Unavailable: "
        "FastRP, related hashtags, topics. Add gds.* to dbms.security.procedures.allowlist in its neo4j.conf, or "
        "install GDS 2.13."
    ]
    gds.require(fake, gds.AFFINITY_PROCEDURES)
    gds.require(fake, gds.TUTORIAL_PROCEDURES)
    with pytest.raises(GdsMissing, match=r"missing or not allowed: gds\.debug\.sysInfo\. .*GDS 2\.13"):
        gds.require(fake, gds.FASTRP_PROCEDURES)
    found = finding(fake, monkeypatch, tmp_path)
    assert not found.ok
    assert "gds.debug.sysInfo" in found.text
    assert "install GDS 2.13" in found.text


def test_a_newer_version_that_renamed_what_all_parts_need_names_all_of_them() -> None:
    fake = server("3.0.0", "gds.graph.drop", "gds.randomWalk.stream")
    found = gds.examine(fake)
    assert found.lacks == ("gds.graph.drop", "gds.randomWalk.stream")
    assert found.without == ["affinity", "FastRP", "related hashtags", "topics", "the profile tutorial"]
    [told] = told_by_health(fake)
    for name in (*found.lacks, *found.without):
        assert name in told
    with pytest.raises(GdsMissing) as raised:
        gds.require(fake, gds.TUTORIAL_PROCEDURES)
    assert "gds.graph.drop" in raised.value.problem
    assert "randomWalk" not in raised.value.problem  # which the tutorial does not need


def test_each_procedure_is_asked_for_once() -> None:
    fake = server("2.13.1")
    gds.examine(fake)
    [params] = fake.asked("admin/procedures")
    assert {*params["names"]} == ALL
    assert len(params["names"]) == len(ALL)


# --- none, or one that may not run


@pytest.mark.parametrize(
    ("error", "raises", "remedy"),
    [(NO_GDS, GdsMissing, "Install the GDS plugin"), (SANDBOXED, GdsRefused, "procedures.unrestricted=gds.*")],
)
def test_without_a_library_that_runs_what_to_do_is_told(
    error: Exception, raises: type[GdsMissing], remedy: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = server(error)
    assert gds.examine(fake) == Gds(None, is_refused=error is SANDBOXED)
    with pytest.raises(raises) as raised:
        gds.require(fake, gds.TUTORIAL_PROCEDURES)
    assert type(raised.value) is raises
    assert remedy in raised.value.remedy
    assert not fake.asked("admin/procedures")
    found = finding(fake, monkeypatch, tmp_path)
    assert not found.ok
    assert remedy in found.text
    [told] = told_by_health(fake)
    assert "affinity is limited to two steps" in told
    assert ("unrestricted" in told) == (error is SANDBOXED)


@pytest.mark.parametrize(
    ("fake", "missing"),
    [
        (server(NO_GDS), "gds"),
        (server(SANDBOXED), "gds"),
        (server("2.1.0", "gds.graph.list"), "part"),
        (server("3.0.0", *ALL), "part"),
    ],
)
def test_builds_do_without_and_name_it(fake: Fake, missing: str, caplog: pytest.LogCaptureFixture) -> None:
    fake.answers |= {
        "affinity/everyone": [{"node": 0, "user": "u", "mark": None}],
        "affinity/unlearn": [{"people": 0}],
        "build/leaves_out_likes": [{"leaves": False}],
    }
    with caplog.at_level(logging.WARNING):
        assert affinity.renew(fake, ranking()).missing == ("gds" if missing == "gds" else "affinity",)
        assert vectors(fake, ranking().vectors).missing == ("gds" if missing == "gds" else "fastrp",)
    assert [text.split(":")[0] for text in caplog.messages] == [
        "Affinity was not renewed",
        "FastRP vectors were not built",
    ]
    asked = {"admin/gds_version", "admin/procedures", "affinity/everyone", "affinity/unlearn", "build/leaves_out_likes"}
    assert {*fake.names} <= asked  # nothing else was tried


def test_marks_of_people_are_no_lag_where_nobody_renews_affinity() -> None:
    def of(fake: Fake) -> Health:
        fake.answers["build/lag"] = [lag(people=3, peopleSince=0, posts=1, postsSince=2**50)]
        return health(fake)

    assert of(server("2.13.1")).stale == 4
    assert of(server("2.13.1")).lag_seconds > 1_000_000
    for fake in (server(NO_GDS), server("2.13.1", "gds.randomWalk.stream")):
        assert of(fake).stale == 1
        assert of(fake).lag_seconds == 0
