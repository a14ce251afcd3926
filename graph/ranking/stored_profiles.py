"""Profiles by name: those of files, and those that `graphfeed tune` stored in the graph.

Files are searched first. A stored profile is immutable, as its name ends with digits of its hash, so processes cache it
without limit. The name `tuned` stands for the profile that the last tuning chose; it is cached for a few seconds.
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
"""The name that stands for the profile of the last tuning, or for `default` before the first."""
LOOK_SECONDS = 5.0
"""The time for which `tuned` is cached."""
HASH_DIGITS = 6


@dataclass(frozen=True)
class Tuning:
    """The last tuning of a graph."""

    at: int
    """Epoch milliseconds."""
    profile: str
    """The name of the chosen profile."""
    outcome: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The results, as `keep` received them; empty for a tuning of an older version."""


@dataclass
class _Known:
    """The cached profiles of a client's graph."""

    by_name: dict[str, Profile] = field(default_factory=dict)
    tuned: Profile | None = None
    looked_at: float = 0.0
    """The time of the last lookup of `tuned`, in monotonic seconds."""
    absent: dict[str, float] = field(default_factory=dict)
    """The time of the last lookup of each name that neither a file nor the graph had, in monotonic seconds."""


_known: WeakKeyDictionary[Client, _Known] = WeakKeyDictionary()


def in_files(name: str, more: Path | None = None) -> Profile | None:
    """The profile of a name in profiles.toml or the user's file; None if neither has it."""
    return profiles(more).get(name)


def names(client: Client, more: Path | None = None) -> list[str]:
    """The names of all profiles: of files, then those that are kept in the graph, the newest first."""
    return [*profiles(more), *client.read("profiles/names")[0]["names"]]


def was_tuned(name: str, more: Path | None = None) -> bool:
    """Returns True if a tuning made the profile of a name: no file has it, or one that `graphfeed tune --out` wrote."""
    return in_files(name, more) is None or name.startswith(f"{TUNED}-")


def at_hand(client: Client, name: str, more: Path | None = None) -> Profile | None:
    """The profile of a name from files or the cache, without a statement; None if that needs one."""
    if (found := in_files(name, more)) is not None:
        return found
    known = _known_of(client)
    if name == TUNED:
        return known.tuned if time.monotonic() - known.looked_at < LOOK_SECONDS else None
    return known.by_name.get(name)


def find(client: Client, name: str, more: Path | None = None) -> Profile:
    """The profile of a name. Raises SettingsError with the existing names for an unknown one."""
    if (found := at_hand(client, name, more)) is not None:
        return found
    known = _known_of(client)
    if name == TUNED:
        known.tuned, known.looked_at = _tuned(client, more), time.monotonic()
        return known.tuned
    text = client.read("profiles/named", {"profile": name})[0]["text"]
    if text is None:
        raise SettingsError(f"Unknown profile {name!r}.", f"Use one of: {', '.join(names(client, more))}.")
    known.by_name[name] = _read(name, text, more)
    return known.by_name[name]


def serving(client: Client, name: str, more: Path | None = None) -> tuple[Profile, bool]:
    """The profile of a name, and True; `default` and False while neither a file nor the graph has the name.

    An unknown name is looked up again after LOOK_SECONDS.
    """
    absent = _known_of(client).absent
    if time.monotonic() - absent.get(name, -LOOK_SECONDS) >= LOOK_SECONDS:
        try:
            found = find(client, name, more)
        except SettingsError as error:
            if name not in absent:
                log.warning("The profile default serves: %s", error)
            absent[name] = time.monotonic()
        else:
            absent.pop(name, None)
            return found, True
    return profile("default", more), False


def lack(client: Client, name: str, more: Path | None = None) -> tuple[str, ...]:
    """A sentence for health if neither a file nor the graph has the profile that should serve."""
    if serving(client, name, more)[1]:
        return ()
    return (f"The profile {name} of GRAPHFEED_PROFILE is gone: default ranks instead. Set another.",)


def last_tuning(client: Client) -> Tuning | None:
    """The last tuning; None before the first."""
    row = client.read("profiles/tuning")[0]
    if row["at"] is None:
        return None
    return Tuning(row["at"], row["profile"], json.loads(row.get("outcome") or "{}"))


def named(found: Profile, at: int) -> Profile:
    """The profile under its name in the graph, from the day and its hash: tuned-20240601-3f2a91."""
    day = str(clock.iso(at))[:10].replace("-", "")
    return found.model_copy(update={"name": f"{TUNED}-{day}-{found.hash[:HASH_DIGITS]}"})


def keep(
    client: Client,
    chosen: Profile,
    at: int,
    measured: Mapping[str, Any] | None = None,
    outcome: Mapping[str, Any] | None = None,
) -> None:
    """Makes `tuned` stand for a profile, and stores it in the graph if it is `measured`: if no file has it.

    `measured` has the number of `people`, and the measures `before` and `after` by name; `outcome` is what
    `last_tuning` returns with it.
    """

    def work(transaction: Transaction) -> None:
        if measured is not None:
            texts = {name: json.dumps(measured[name]) for name in ("before", "after")}
            rows = {"text": _written(chosen), "createdAt": at, "people": measured["people"], **texts}
            transaction.run("profiles/keep", {"profile": chosen.name, "rows": rows})
        transaction.run("profiles/choose", {"profile": chosen.name, "now": at, "outcome": json.dumps(outcome or {})})

    client.transaction("profiles/keep", work)
    _known_of(client).looked_at = 0.0


def stand_in(name: str, more: Path | None = None) -> Profile:
    """A profile equal to the one of a name but for weights, found without the graph: to build, and to plan statements.

    Tuned profiles differ from `default` in weights alone. The tutorial has no ranking, so `default` stands in for it.
    """
    found = in_files(name, more)
    return profile("default", more) if found is None or found.ranking is None else found


def _known_of(client: Client) -> _Known:
    return _known.setdefault(client, _Known())


def _tuned(client: Client, more: Path | None) -> Profile:
    """The profile of the last tuning; `default` if there is none, or this version cannot read it."""
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
