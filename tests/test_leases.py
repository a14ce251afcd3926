"""Leases: one holds each at a time, and nobody holds one for ever."""

import time

import pytest

from graph import clock, leases
from graph.client import Client
from graph.errors import Busy
from graph.leases import leased
from tests.support import ask

pytestmark = pytest.mark.live


def hold(client: Client, owner: str, until: int) -> None:
    """Have somebody else hold the lease."""
    text = "MERGE (lease:Lease {name: 'build'}) SET lease.owner = $owner, lease.until = $until"
    ask(client, text, owner=owner, until=until)


def test_while_one_works_however_long_another_is_told_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 500)
    with leased(client, "build") as lost:
        time.sleep(1)
        with pytest.raises(Busy, match="Another builder is at work"), leased(client, "build"):
            pass
        with leased(client, "other"):
            pass
        assert not lost.is_set()
    with leased(client, "build"):
        pass
    assert ask(client, "MATCH (lease:Lease) RETURN lease") == []


def test_the_lease_of_one_who_died_is_taken_over_when_it_has_run_out(client: Client) -> None:
    hold(client, "dead", clock.now() + 60_000)
    with pytest.raises(Busy, match="if it was killed, try again in 60 s"), leased(client, "build"):
        pass
    hold(client, "dead", clock.now() - 1)
    with leased(client, "build"):
        pass


def test_who_has_lost_a_lease_is_told_and_leaves_it_to_the_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 300)
    with leased(client, "build") as lost:
        hold(client, "other", clock.now() + 60_000)
        assert lost.wait(5)
    assert ask(client, "MATCH (lease:Lease) RETURN lease.owner AS owner") == [{"owner": "other"}]


def test_a_lease_that_another_had_meanwhile_is_not_taken_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_MS", 300)
    with leased(client, "build") as lost:
        ask(client, "MATCH (lease:Lease) DELETE lease")  # the other has given it back
        assert lost.wait(5)
    assert ask(client, "MATCH (lease:Lease) RETURN lease") == []
