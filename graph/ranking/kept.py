"""Profiles by name, in files and in the graph, where `graphfeed tune` keeps what it finds.

A name in a file is found first. A kept profile never changes: its name ends with digits of its hash, so that a process
may remember it for good. `tuned` names the profile that the last tuning chose; it is looked up again every few seconds.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from graph import clock
from graph.client import Client, Transaction
from graph.errors import SettingsError
from graph.ranking.profiles import Profile, completed, profile, profiles

log = logging.getLogger(__name__)

TUNED = "tuned"
"""In place of a name: the profile that the last tuning chose, or `default` before the first."""
LOOK_SECONDS = 5.0
"""The time after which `tuned` is looked up again."""
HASH_DIGITS = 6


@dataclass(frozen=True)
class Tuning:
    """The last tuning."""

    at: int
    """Epoch milliseconds."""
    profile: str
    """The name of the profile that it chose."""


@dataclass
class _Known:
    """What a client has found in its graph."""

    by_name: dict[str, Profile] = field(default_factory=dict)
    tuned: Profile | None = None
    looked_at: float = 0.0
    """When `tuned` was looked up, in monotonic seconds."""


_known: WeakKeyDictionary[Client, _Known] = WeakKeyDictionary()


def in_files(name: str, more: Path | None = None) -> Profile | None:
    """The profile of this name in profiles.toml, or in the user's file; None if neither has it."""
    return profiles(more).get(name)


def at_hand(client: Client, name: str, more: Path | None = None) -> Profile | None:
    """The profile of this name, if no statement is needed to find it."""
    if (found := in_files(name, more)) is not None:
        return found
    known = _known_of(client)
    if name == TUNED:
        return known.tuned if time.monotonic() - known.looked_at < LOOK_SECONDS else None
    return known.by_name.get(name)


def find(client: Client, name: str, more: Path | None = None) -> Profile:
    """The profile of this name. Raises SettingsError that lists the names there are."""
    if (found := at_hand(client, name, more)) is not None:
        return found
    known = _known_of(client)
    if name == TUNED:
        known.tuned, known.looked_at = _tuned(client, more), time.monotonic()
        return known.tuned
    text = client.read("profiles/named", {"profile": name})[0]["text"]
    if text is None:
        names = [*profiles(more), *client.read("profiles/names")[0]["names"]]
        raise SettingsError(f"Unknown profile {name!r}.", f"Use one of: {', '.join(names)}.")
    known.by_name[name] = _read(name, text, more)
    return known.by_name[name]


def last_tuning(client: Client) -> Tuning | None:
    """The last tuning; None before the first."""
    row = client.read("profiles/tuning")[0]
    return None if row["at"] is None else Tuning(row["at"], row["profile"])


def named(found: Profile, at: int) -> Profile:
    """The profile under the name that it is kept by, of the day and its hash: tuned-20240601-3f2a91."""
    day = str(clock.iso(at))[:10].replace("-", "")
    return found.model_copy(update={"name": f"{TUNED}-{day}-{found.hash[:HASH_DIGITS]}"})


def keep(client: Client, chosen: Profile, at: int, measured: Mapping[str, Any] | None = None) -> None:
    """Let `tuned` name the profile from now on, and keep it with what was measured, unless it is in a file.

    `measured` has `people`, and `before` and `after` as numbers by measure.
    """

    def work(transaction: Transaction) -> None:
        if measured is not None:
            texts = {name: json.dumps(measured[name]) for name in ("before", "after")}
            rows = {"text": _written(chosen), "createdAt": at, "people": measured["people"], **texts}
            transaction.run("profiles/keep", {"profile": chosen.name, "rows": rows})
        transaction.run("profiles/choose", {"profile": chosen.name, "now": at})

    client.transaction("profiles/keep", work)
    _known_of(client).looked_at = 0.0


def stand_in(name: str, more: Path | None = None) -> Profile:
    """A profile like the one of this name but for weights, found without the graph: for builds, and to plan statements.

    Tuned profiles differ from `default` in weights alone; the tutorial has nothing to build.
    """
    found = in_files(name, more)
    return profile("default", more) if found is None or found.ranking is None else found


def _known_of(client: Client) -> _Known:
    return _known.setdefault(client, _Known())


def _tuned(client: Client, more: Path | None) -> Profile:
    """The profile that the last tuning chose; `default` if there is none, or none that this version can read."""
    row = client.read("profiles/tuning")[0]
    if row["profile"] is not None and (found := in_files(row["profile"], more)) is not None:
        return found
    if row["text"] is not None:
        try:
            return _read(row["profile"], row["text"], more)
        except SettingsError as error:
            log.warning("The profile default serves: %s", error)
    return profile("default", more)


def _written(chosen: Profile) -> str:
    return chosen.model_dump_json(exclude={"name"})


def _read(name: str, text: str, more: Path | None) -> Profile:
    try:
        table = json.loads(text)
    except ValueError:
        table = None
    if not isinstance(table, dict):
        raise SettingsError(f"The profile {name!r} in the graph cannot be read.", "Use another, or tune again.")
    return completed(name, table, more)
