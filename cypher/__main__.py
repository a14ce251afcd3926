"""Writes the blocks and headers of the files in cypher/: python -m cypher --write; --check fails if one is outdated."""

import argparse
import sys
from collections.abc import Sequence

from cypher import FOLDER, StatementFormError, fragments


def main(given: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 1 if a file is outdated or cannot be completed."""
    parser = argparse.ArgumentParser(prog="python -m cypher", description="Blocks and headers of the files in cypher/")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write them, and print which files changed")
    action.add_argument("--check", action="store_true", help="print the files that are outdated, and fail if any is")
    arguments = parser.parse_args(given)
    try:
        return _write() if arguments.write else _check()
    except StatementFormError as error:
        print(error, file=sys.stderr)
        return 1


def _write() -> int:
    files = fragments.read()
    for name, text in fragments.complete(files).items():
        if text != files[name]:
            (FOLDER / f"{name}.cypher").write_text(text, encoding="utf-8")
            print(f"wrote cypher/{name}.cypher")
    return 0


def _check() -> int:
    differences = fragments.differences(fragments.read())
    for difference in differences:
        print(difference, file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
