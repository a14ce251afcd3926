"""A hashtag that somebody asks about, in any spelling."""

from dataclasses import dataclass

from graph import hashtags
from graph.client import Client, Row
from graph.errors import NotFound
from graph.validation import check_hashtag


@dataclass(frozen=True)
class FoundHashtag:
    """A hashtag as it was asked for, and as the graph has it."""

    asked: str
    row: Row | None
    """Its name and display; None if the graph has not got it."""

    @property
    def name(self) -> str:
        """The name of the hashtag that it belongs to; of an unknown one, its own."""
        return str(self.row["name"]) if self.row else hashtags.name(self.asked)

    def require(self) -> Row:
        """Its name and display. Raises NotFound if the graph has not got it; an unknown person is told of before."""
        if self.row is None:
            raise NotFound(f"The graph has no hashtag {self.asked[:60]!r}.", "Check the spelling.")
        return self.row


def find_hashtag(client: Client, hashtag: str) -> FoundHashtag:
    """Looks a hashtag up. Raises SettingsError for what is none."""
    check_hashtag(hashtag)
    rows = client.read("discovery/hashtag", {"hashtag": hashtags.name(hashtag)})
    return FoundHashtag(hashtag, rows[0] if rows else None)
