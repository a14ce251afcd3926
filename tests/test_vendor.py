"""Files of others that the page loads are as their packages have them."""

from hashlib import sha256

from service.pages import FOLDER
from tests.documents import ROOT, coded, tables

VENDOR = FOLDER / "vendor"
README = (VENDOR / "README.md").relative_to(ROOT)


def test_each_file_of_others_has_its_hash_and_its_licence() -> None:
    rows = tables(str(README), "file")
    told = {coded(file)[0]: coded(digest)[0] for file, *_, digest in rows}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir() if path.name != "README.md"}
    assert told == found
    licensed = {package for file, package, *_ in rows if "LICENSE" in file}
    assert licensed == {package for _, package, *_ in rows}
