"""Files that commands write: complete, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from graph.errors import SettingsError


def require_folder(path: Path) -> None:
    """Raises SettingsError if the folder of a file does not exist."""
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent}.", "Create it, or choose another file.")


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file that replaces `path` once it is completely written, and is removed if that fails.

    Raises SettingsError if it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written: {error.strerror}.", "Choose a file in a writable folder."
        ) from None
    finally:
        part.unlink(missing_ok=True)
