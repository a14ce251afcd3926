"""Sources: each brings candidates of one kind, with their score, its parts and the path that is the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.client import Client, Row
from graph.errors import SettingsError
from graph.projections import FOLLOWEES, FRIENDS_OF_FRIENDS, projected


@dataclass(frozen=True)
class Source:
    """A named statement, and the projections that it needs."""

    name: str
    projections: Mapping[str, str] = field(default_factory=dict)

    def candidates(self, client: Client, vocabulary: Mapping[str, Any]) -> list[Row]:
        """The rows of cypher/feed/<name>.cypher, the best first, read where the projections are."""
        with projected(client, self.projections, vocabulary) as named:
            statement = f"feed/{self.name}"
            return client.write(statement, named).rows if self.projections else client.read(statement, named)


SOURCES = {
    source.name: source
    for source in (
        Source("followees", FOLLOWEES),
        Source("friends_of_friends", FRIENDS_OF_FRIENDS),
        Source("interests"),
        Source("mixed", {**FOLLOWEES, **FRIENDS_OF_FRIENDS}),
    )
}


def source(name: str) -> Source:
    """The source of this name. Raises SettingsError that lists the names there are."""
    try:
        return SOURCES[name]
    except KeyError:
        raise SettingsError(f"There is no source {name!r}.", f"Use one of: {', '.join(SOURCES)}.") from None
