"""Pictures in a folder, by the post that each belongs to. What is in the folder may be hostile: links, pipes, bombs."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from graph.errors import LoadError
from loaders.images.decode import Limits, Rejected

ENDINGS = "jpg jpeg png webp gif svg bmp tif tiff avif heic".split()
"""Endings by which a file is found by its post's id; of some kinds that are not read, so that they are reported."""
NAMED = 5
"""The most files without a post that are named."""


class Folder:
    """The files of a folder. A post's is `ID.jpg`, or with another ending or none; or else the one whose path in the
    folder ends the path of the post's address: for https://host/x/a/b.jpg `x/a/b.jpg`, `a/b.jpg`, or `b.jpg`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        if not path.is_dir():
            raise LoadError(f"{path} is not a folder.", "Name the folder with the pictures.")
        self._root = path.resolve()
        self._limits = limits
        self._found: set[int] = set()
        """Hashes of the paths of files that belong to a post: 60 bytes for each."""

    def find(self, post: str, url: str | None) -> str | None:
        """The path in the folder of a post's file; None without one."""
        for name in (*_of_id(post), *_of_address(url)):
            if self._is_file(name):
                self._found.add(hash(name))
                return name
        return None

    def _is_file(self, name: str) -> bool:
        """True for anything with that name but a folder."""
        try:
            return not stat.S_ISDIR((self._root / name).lstat().st_mode)
        except (OSError, ValueError):  # there is none, or no file can have that name
            return False

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises Rejected for anything but an ordinary file within the folder."""
        try:
            path = (self._root / name).resolve(strict=True)
            if not path.is_relative_to(self._root):
                raise Rejected("is a link out of the folder")
            if not stat.S_ISREG(path.lstat().st_mode):
                raise Rejected("is not an ordinary file")
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Rejected("is not an ordinary file")
                return file.read(self._limits.bytes + 1)  # `decode` rejects what is longer
        except (OSError, RuntimeError) as error:  # a RuntimeError is a link to itself
            raise Rejected(f"could not be read: {getattr(error, 'strerror', None) or error}") from None

    def rest(self) -> tuple[int, list[str]]:
        """The number of files that no post was found for, and the names of some."""
        count, named = 0, []
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), self._root)
                if not name.startswith(".") and hash(path) not in self._found:
                    count += 1
                    if count <= NAMED:
                        named.append(path)
        return count, named


def _of_id(post: str) -> Iterator[str]:
    if "/" in post or "\0" in post:
        return
    for ending in ENDINGS:
        yield f"{post}.{ending}"
        yield f"{post}.{ending.upper()}"
    yield post


def _of_address(url: str | None) -> Iterator[str]:
    """The endings of an address's path, the longest first; none that leads out of the folder."""
    try:
        parts = [unquote(part) for part in urlsplit(url or "").path.split("/") if part]
    except ValueError:
        return
    for first in range(len(parts)):
        ending = parts[first:]
        if not any(part in (".", "..") or "/" in part or "\0" in part for part in ending):
            yield "/".join(ending)
