"""Text that is safe to print to a terminal. Names, captions, ids and errors may hold whatever strangers sent."""

import logging
import re
import sys
import traceback
from types import TracebackType

UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters but for tabs and ends of lines; and marks of direction, by which a text can look like another."""


def plain(text: str) -> str:
    r"""Returns a text with an escape, such as \x1b, for each character that a terminal would act on."""
    return UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def cell(text: str) -> str:
    r"""Returns a text for one cell of a table: also with \n for ends of lines, which would look like further rows."""
    return plain(text).replace("\n", r"\n")


def print_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints an unexpected error to stderr, as sys.excepthook does: its text may quote what strangers wrote."""
    sys.stderr.write(plain("".join(traceback.format_exception(kind, error, trace))))


def log(level: int, form: str) -> None:
    """Logs to stderr, as plain lines. Of the driver, only errors: it warns of each transaction that it retries."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quiet_driver()


def quiet_driver() -> None:
    """Silences the driver's warnings, which name locks of other transactions."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))
