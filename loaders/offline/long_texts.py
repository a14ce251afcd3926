"""Storage of long texts in a file: DuckDB holds thousands of rows in memory at once, which long texts would exceed."""

import re
import secrets
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from loaders.format.cells import Values

LONG = 1_000
"""The most characters of a text that goes into DuckDB: thousands of these fit its memory."""


class LongTexts:
    """Long texts, each stored once and replaced in the tables by a token. Equal texts have equal tokens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb+")
        self._prefix = f"\0long:{secrets.token_hex(8)}:"
        """The prefix of tokens: random, so that no id or text equals a token."""
        token = rb'(?:(?<=^)|(?<=,))"' + re.escape(self._prefix.encode()) + rb'([0-9a-f]{32})"(?=[,\r\n]|\Z)'
        self._tokens = re.compile(token)
        """A token in a line of CSV. Quotes within a cell are doubled, so it is never the part of another text."""
        self._places: dict[bytes, tuple[int, int]] = {}
        """Place and length in the file, by the digest of the text: about 200 bytes for each."""

    def close(self) -> None:
        self._file.close()

    def shortened(self, texts: Values) -> Values:
        """The texts, with tokens in place of those that are long; the same if none is."""
        if not any(map(_is_long, texts)):
            return texts
        return [self._token(text) if _is_long(text) else text for text in texts]

    def restore(self, table: Path) -> None:
        """Puts the texts back into a CSV file whose texts are all quoted."""
        draft = table.with_name(f"{table.name}.new")
        with table.open("rb") as short, draft.open("wb") as whole:
            for line in short:
                whole.writelines(self._pieces(line))
        draft.replace(table)

    def _token(self, text: str) -> str:
        data = text.encode()
        digest = blake2b(data, digest_size=16).digest()
        if digest not in self._places:
            self._places[digest] = self._file.seek(0, 2), len(data)
            self._file.write(data)
        return self._prefix + digest.hex()

    def _pieces(self, line: bytes) -> Iterator[bytes]:
        end = 0
        for found in self._tokens.finditer(line):
            place, length = self._places[bytes.fromhex(found[1].decode())]
            self._file.seek(place)
            yield line[end : found.start()]
            yield b'"%s"' % self._file.read(length).replace(b'"', b'""')
            end = found.end()
        yield line[end:]


def _is_long(text: str | None) -> bool:
    return text is not None and len(text) > LONG
