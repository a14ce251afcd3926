"""Files of others, which the page or a test loads, are as their packages have them."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from service.headers import FORCE_GRAPH_STYLES
from service.pages import FOLDER
from tests.documents import ROOT, coded, tables


@pytest.mark.parametrize("vendor", [FOLDER / "vendor", Path(__file__).with_name("vendor")], ids=["page", "tests"])
def test_each_file_of_others_has_its_hash_and_its_licence(vendor: Path) -> None:
    rows = tables(str((vendor / "README.md").relative_to(ROOT)), "file")
    told = {coded(file)[0]: coded(digest)[0] for file, *_, digest in rows}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in vendor.iterdir() if path.name != "README.md"}
    assert told == found
    licensed = {package for file, package, *_ in rows if "LICENSE" in file}
    assert licensed == {package for _, package, *_ in rows}
    assert all(version in file or "LICENSE" in file for file, _, version, *_ in rows)  # browsers keep them for long


def test_the_policy_allows_the_styles_of_force_graph_and_no_others() -> None:
    library = (FOLDER / "vendor" / "force-graph-1.52.0.min.js").read_text(encoding="utf-8")
    texts = [json.loads(text) for text in re.findall(r'createTextNode\(t\)\)\}\}\(("(?:[^"\\]|\\.)*")', library)]
    assert len(texts) == 2
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in ("", *texts)]
    assert FORCE_GRAPH_STYLES.split() == [f"'sha256-{digest}'" for digest in digests]
