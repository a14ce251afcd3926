"""The terminal is told nothing by what strangers wrote: names, captions, ids, errors, rejects."""

import json
import logging
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from graph.errors import SettingsError
from graph.ranking.feed import Feed, Item, Reason
from loaders.report import FileReport, Report
from service import cli, plain
from service.commands import console

HOSTILE = "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe\u2066\r\x08\x7fb\tc"
SHOWN = r"a\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe\u2066\r\x08\x7fb"


def is_harmless(text: str) -> bool:
    return not set(text) & {*map(chr, [*range(9), *range(11, 32), *range(127, 160)]), *"\u202e\u2066"}


def feed_of_a_stranger() -> Feed:
    item = Item(HOSTILE, HOSTILE, None, None, 0, 0, "followees", 1.0, {HOSTILE: 1.0}, Reason(f"By {HOSTILE}.", []))
    return Feed("me", "default", "0", "mixed", 0, 0, [item], missing=(HOSTILE,))


PRINTS: dict[str, Callable[[], object]] = {
    "a feed": lambda: console.show_feed(feed_of_a_stranger()),
    "parts": lambda: console.show_parts(feed_of_a_stranger().items[0]),
    "a line": lambda: console.say(HOSTILE),
    "a note": lambda: console.note(HOSTILE),
    "rows": lambda: console.show_rows([{"name": HOSTILE}], {"name": f"name {HOSTILE}"}, 5, "nothing"),
    "no rows": lambda: console.show_rows([], {}, 5, HOSTILE),
    "figures": lambda: console.show_table(["name", "n"], [[HOSTILE, "1"]]),
    "counts": lambda: console.show_counts({HOSTILE: 1}),
    "a report": lambda: console.show_report(Report([FileReport(HOSTILE, HOSTILE)], rejects=None, notes=[HOSTILE])),
}


@pytest.mark.parametrize("what", PRINTS)
def test_what_is_printed_tells_the_terminal_nothing(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    PRINTS[what]()
    out, err = capsys.readouterr()
    assert is_harmless(out + err), out + err
    assert SHOWN in out + err


def test_a_name_makes_no_row_of_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_rows([{"name": "ana\nforged"}], {"name": "who"}, 5, "nothing")
    console.show_table(["who", "n"], [["ana\nforged", "1"]])
    out, _ = capsys.readouterr()
    assert out.count(r"ana\nforged") == 2
    assert "\nforged" not in out


@pytest.mark.long
def test_unexpected_errors_are_harmless() -> None:
    """As the process prints them that ends by one."""
    code = f"from service import cli\n@cli.app.command()\ndef fails():\n    raise ValueError({HOSTILE!r})\ncli.main()"
    done = subprocess.run([sys.executable, "-c", code, "fails"], capture_output=True, timeout=120)
    err = done.stderr.decode()
    assert done.returncode == 1
    assert is_harmless(err)
    assert f"ValueError: {SHOWN}" in err


def test_json_is_harmless_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"name": HOSTILE, "other": "é ❤ \u2028"})
    out, _ = capsys.readouterr()
    assert is_harmless(out)
    assert "é ❤" in out
    assert json.loads(out) == {"name": HOSTILE, "other": "é ❤ \u2028"}


def test_errors_are_harmless(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise SettingsError(f"No person {HOSTILE}.", HOSTILE)

    monkeypatch.setattr(cli, "app", fails)
    with pytest.raises(SystemExit):
        cli.main()
    _, err = capsys.readouterr()
    assert is_harmless(err)
    assert err.count(SHOWN) == 2


def test_log_lines_are_harmless_and_the_driver_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    root, driver = logging.getLogger(), logging.getLogger("neo4j")
    before = (root.handlers[:], root.level, driver.level)
    try:
        plain.log(logging.INFO, "%(message)s")
        logging.getLogger("graph").info("failed on %s", HOSTILE)
        logging.getLogger("neo4j.io").warning("Transaction failed and will be retried in 1s (ForsetiClient[3])")
        _, err = capsys.readouterr()
    finally:
        root.handlers[:], root.level, driver.level = before
    assert err.splitlines()[0].startswith(f"failed on {SHOWN}")
    assert is_harmless(err)
    assert "ForsetiClient" not in err


def test_ordinary_texts_are_printed_as_they_are() -> None:
    for text in ("ana", "Zoë ❤️ 日本語", "👩‍👩‍👧", "a\tb\nc", "שלום", "[bold]x[/]", "\\x1b"):
        assert plain.plain(text) == text


@pytest.mark.long
def test_a_terminal_gets_no_more_than_a_pipe() -> None:
    """On a terminal rich draws with escapes of its own; strangers' are not among them."""
    acts = f"bars.say({HOSTILE!r}); bars.advance({HOSTILE!r}, 1, 2)"
    code = f"from service.commands import console\nwith console.Bars() as bars: {acts}"
    parent, child = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        got = b""
        with suppress(OSError):  # the end, on Linux
            while part := os.read(parent, 1 << 16):
                got += part
        assert process.wait() == 0
    os.close(parent)
    text = got.decode()
    assert "\x1b]0;" not in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert r"\x1b]0;owned" in text
