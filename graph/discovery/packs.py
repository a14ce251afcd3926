"""Packs: named lists of people by a person, to follow from the first day.

A pack, (:User)-[:MADE]->(:Pack {id, name, at})-[:HAS {at}]->(:User), has up to 25 people. Who leaves one,
(:User)-[:LEFT {at, name}]->(:Pack), is never put into it again, whatever it is called later; nor into another one of
its maker's that has its name of then, or that they are put into after it was deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from graph import clock
from graph.client import Client, Row, Transaction
from graph.errors import NotFound, SettingsError
from graph.events import Event, Outcome, record
from graph.locking import lock
from graph.validation import check_key, check_text

MAX_PEOPLE = 25
MAX_PACKS = 100
"""Packs of a person."""
MAX_NAME_LETTERS = 100
LIMIT, MAX_LIMIT = 20, 100


@dataclass(frozen=True)
class Member:
    """A person in a pack."""

    person: str
    username: str | None
    full_name: str | None
    followed: bool
    """True if who asks follows them."""


@dataclass(frozen=True)
class Pack:
    """A pack, as somebody may be shown it."""

    pack: str
    name: str
    at: int | None
    by: str | None
    """Id of the person who made it."""
    by_name: str | None
    people: list[Member]
    """Without those that are filtered for who asks, by their ids."""


def put(client: Client, user: str, name: str, people: Sequence[str], *, pack: str | None = None) -> tuple[str, bool]:
    """Makes a pack of a person's, or replaces its name and people. Returns its id, and True if it is new.

    Without an id, it is their pack of that name. Raises SettingsError for bad names, too many people or packs, people
    who left it or whom the person may not be shown, and another person's pack, and NotFound for unknown people; then
    nothing is stored.
    """
    called = _checked(user, name, people, pack)
    named = list(dict.fromkeys(people))

    def work(transaction: Transaction) -> tuple[str, bool]:
        known = lock(transaction, people=[user, *named])
        if unknown := [one for one in (user, *named) if ("person", one) not in known]:
            raise NotFound(f"The graph has no person {unknown[0]!r}.", "Check the id.")
        about = {"me": user, "pack": pack or "", "name": called, "people": named}
        found = transaction.run("packs/about", about).rows[0]
        id = pack or found["sameName"] or uuid4().hex
        if pack is None and found["sameName"]:  # who left it is known by its id
            found = transaction.run("packs/about", {**about, "pack": id}).rows[0]
        _refuse(user, id, found)
        given = {"me": user, "pack": id, "name": called, "people": named, "at": clock.now()}
        if not transaction.run("packs/put", given).rows[0]["people"]:  # somebody made it since
            raise _is_anothers(id)
        return id, not found["isKnown"]

    return client.transaction("packs/put", work)


def remove(client: Client, user: str, pack: str) -> None:
    """Deletes a pack of a person's, whose name and id are free then. Raises NotFound if they have none of that id."""

    def work(transaction: Transaction) -> int:
        lock(transaction, people=[user])
        return int(transaction.run("packs/remove", {"me": user, "pack": pack}).rows[0]["packs"])

    if not client.transaction("packs/remove", work):
        raise NotFound(f"{user} has no pack {pack!r}.", "`graphfeed packs --by USER` lists theirs.")


def leave(client: Client, user: str, pack: str) -> bool:
    """Takes a person out of a pack for good. Returns False if they left it before. Raises NotFound otherwise."""

    def work(transaction: Transaction) -> list[Row]:
        lock(transaction, people=[user])
        return transaction.run("packs/leave", {"me": user, "pack": pack, "at": clock.now()}).rows

    rows = client.transaction("packs/leave", work)
    if not rows:
        raise NotFound(f"{user} is in no pack {pack!r}.", "Check both ids.")
    return bool(rows[0]["changed"])


def listed(client: Client, user: str = "", *, by: str | None = None, limit: int = LIMIT) -> list[Row]:
    """Packs that a person may be shown, or anybody if it is '', the newest first: pack, name, at, by, byName, people.

    `people` counts those whom they may be shown; packs without any are left out. Raises NotFound for unknown people.
    """
    for one in filter(None, (user, by)):
        if client.read("import/unknown_users", {"ids": [one]}):
            raise NotFound(f"The graph has no person {one!r}.", "Check the id.")
    return client.read("packs/listed", {"me": user, "by": by, "now": clock.now(), "limit": limit})


def one(client: Client, pack: str, user: str = "") -> Pack:
    """A pack with the people whom a person may be shown, or anybody if it is ''. Raises NotFound if there is none."""
    rows = client.read("packs/one", {"me": user, "pack": pack})
    if not rows:
        raise NotFound(
            f"There is no pack {pack!r}{f' that {user} may be shown' if user else ''}.", "Check the id of the pack."
        )
    about = rows[0]
    people = [Member(row["person"], row["username"], row["fullName"], row["followed"]) for row in rows]
    return Pack(about["pack"], about["name"], about["at"], about["by"], about["byName"], people)


def follow(client: Client, user: str, pack: str) -> list[tuple[str, Outcome]]:
    """Follows everybody in a pack whom a person may be shown and does not follow yet: pairs of an id and the outcome.

    Each is an event of now. Raises NotFound if there is no such pack.
    """
    now = clock.now()
    found = [
        member.person for member in one(client, pack, user).people if not member.followed and member.person != user
    ]
    events = [Event(uuid4().hex, "follow", user, now, person=person) for person in found]
    return list(zip(found, record(client, events), strict=True))


def _checked(user: str, name: str, people: Sequence[str], pack: str | None) -> str:
    """The name without blanks around it. Raises SettingsError for what is wrong without a look at the graph."""
    check_key("The person's id", user)
    check_key("The pack's id", pack)
    check_text("The pack's name", name)
    called = name.strip()
    if not 0 < len(called) <= MAX_NAME_LETTERS:
        raise SettingsError(
            f"The pack's name has {len(called)} letters.", f"Give it a name of 1 to {MAX_NAME_LETTERS} letters."
        )
    for person in people:
        check_key("The person's id", person)
    if not 0 < len({*people}) <= MAX_PEOPLE:
        raise SettingsError(f"The pack has {len({*people})} people.", f"Put 1 to {MAX_PEOPLE} people into it.")
    return called


def _refuse(user: str, pack: str, found: Row) -> None:
    """Raises SettingsError for what the graph says against a pack."""
    if found["isKnown"] and not found["isMine"]:
        raise _is_anothers(pack)
    if found["sameName"] not in (None, pack):
        raise SettingsError(
            f"{user} has another pack of that name.", f"Rename it, or replace the pack {found['sameName']!r}."
        )
    if found["left"]:
        raise SettingsError(f"{found['left'][0]} left the pack for good.", "Leave them out.")
    if found["hidden"]:
        raise SettingsError(
            f"{found['hidden'][0]} may not be shown to {user}, so not be put into a pack.", "Leave them out."
        )
    if not found["isKnown"] and found["packs"] >= MAX_PACKS:
        raise SettingsError(f"{user} has {MAX_PACKS} packs already, the most there can be.", "Delete one first.")


def _is_anothers(pack: str) -> SettingsError:
    return SettingsError(f"The pack {pack!r} is another person's.", "Use another id.")
