"""Vectors of pictures in files and in the graph: imported, refused, exported, gone with their picture."""

import base64
import csv
from pathlib import Path

import numpy as np
import pytest

from graph import entities, pictures
from graph.client import Client
from graph.progress import Silent
from loaders.exporter import export, export_person
from loaders.forgetting import forget
from tests.support import ask, load, write_csv

pytestmark = pytest.mark.live
VECTOR = pictures.unit(np.random.default_rng(1).standard_normal(pictures.SIZE))
OTHER = pictures.unit(np.random.default_rng(2).standard_normal(pictures.SIZE))
PEOPLE = [{"id": "1"}]
POSTS = [
    {"id": "p", "author": "1", "image_url": "https://a.example/p.jpg", "caption": ""},
    {"id": "q", "author": "1", "image_url": "", "caption": ""},
]


def row(post: str, vector: pictures.Vector, model: str = "m") -> dict[str, str]:
    return {"post": post, "model": model, "vector": pictures.to_text(vector)}


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return [*csv.DictReader(text)]


def stored(client: Client) -> dict[str, tuple[str, list[float]]]:
    """The model and the vector of each post that has any of them; as bytes, all vectors are the same."""
    found = ask(
        client,
        "MATCH (p:Post) WHERE p.picture IS NOT NULL OR p.pictureBytes IS NOT NULL OR p.pictureModel IS NOT NULL "
        "RETURN p.id AS id, p.pictureModel AS m, p.picture AS v, p.pictureBytes AS bytes",
    )
    assert [each["bytes"] for each in found] == [pictures.to_bytes(each["v"]) for each in found]
    return {each["id"]: (each["m"], each["v"]) for each in found}


def filled(client: Client, folder: Path) -> Client:
    load(client, write_csv(folder, users=PEOPLE, posts=POSTS, picture_vectors=[row("p", VECTOR), row("q", OTHER)]))
    return client


def test_vectors_are_imported_once_and_replaced(client: Client, tmp_path: Path) -> None:
    filled(client, tmp_path / "a")
    assert stored(client) == {"p": ("m", VECTOR.tolist()), "q": ("m", OTHER.tolist())}
    again = [row("p", VECTOR), row("q", OTHER, "n"), row("q", VECTOR, "n")]
    [report] = load(client, write_csv(tmp_path / "b", picture_vectors=again)).files
    assert report.counts == {"rows": 3, "created": 0, "updated": 2, "rejected": 0}
    assert stored(client) == {"p": ("m", VECTOR.tolist()), "q": ("n", VECTOR.tolist())}
    [near] = ask(client, "CALL db.index.vector.queryNodes('post_picture', 2, $v) YIELD node, score "
                 "RETURN collect([node.id, round(score, 2)]) AS found", v=VECTOR.tolist())  # fmt: skip
    assert sorted(near["found"]) == [["p", 1.0], ["q", 1.0]]


def test_a_vector_is_brought_to_the_norm_1(client: Client, tmp_path: Path) -> None:
    longer = [row("p", (7 * VECTOR).astype(np.float32))]
    load(client, write_csv(tmp_path, users=PEOPLE, posts=POSTS, picture_vectors=longer))
    assert stored(client)["p"][1] == pytest.approx(VECTOR.tolist(), abs=1e-6)


REFUSED = {
    "AAAA": "vector: holds 3 bytes, not the 1024 of 256 four-byte floats",
    "1.0;2.0": "vector: '1.0;2.0' is not base64",
    base64.b64encode(bytes(1024)).decode(): "vector: holds only zeros",
    base64.b64encode(np.full(256, np.nan, "<f4").tobytes()).decode(): "vector: holds a number that is not finite",
    base64.b64encode(np.full(256, np.inf, "<f4").tobytes()).decode(): "vector: holds a number that is not finite",
    base64.b64encode(np.ones(256, "<f8").tobytes()).decode(): "vector: holds 2048 bytes, not the 1024 of 256 four-byte "
    "floats",
    "": "vector is empty",
}


def test_what_is_no_vector_is_rejected_with_the_reason(client: Client, tmp_path: Path) -> None:
    rows = [{"post": "p", "model": "m", "vector": text} for text in REFUSED]
    rows += [row("none", VECTOR), row("p", VECTOR, " "), row("p", VECTOR, "x" * 5000)]
    report = load(client, write_csv(tmp_path, users=PEOPLE, posts=POSTS, picture_vectors=rows))
    assert report.rejects is not None
    reasons = [each["reason"] for each in read_csv(report.rejects)]
    named = ["unknown post none", "model is empty", "model: the name of a model has more than 4096 bytes"]
    assert reasons == [*REFUSED.values(), *named]
    assert stored(client) == {}


def test_an_export_holds_them_and_so_does_what_a_person_gets(client: Client, tmp_path: Path) -> None:
    filled(client, tmp_path / "in")
    assert export(client, tmp_path / "out", Silent())["picture_vectors"] == 2
    assert read_csv(tmp_path / "out" / "picture_vectors.csv") == [row("p", VECTOR), row("q", OTHER)]
    mine = [{**each} for each in export_person(client, "1") if each["file"] == "picture_vectors"]
    assert sorted(mine, key=lambda each: each["post"]) == [
        {"file": "picture_vectors", **row("p", VECTOR)},
        {"file": "picture_vectors", **row("q", OTHER)},
    ]
    ask(client, "MATCH (p:Post {id: 'p'}) SET p.picture = 'none'")
    assert {each["vector"] for each in export_person(client, "1") if each["file"] == "picture_vectors"} > {"none"}
    forget(client, "1")
    assert stored(client) == {}


def test_a_vector_goes_with_its_picture(client: Client, tmp_path: Path) -> None:
    filled(client, tmp_path / "a")
    load(client, write_csv(tmp_path / "b", posts=[{**POSTS[0], "caption": "new"}]))  # the same address
    load(client, write_csv(tmp_path / "c", posts=[{"id": "p", "image_url": ""}]))  # none given: it changes nothing
    load(client, write_csv(tmp_path / "d", posts=[{"id": "q", "image_url": "https://a.example/q.jpg"}]))  # its first
    assert stored(client).keys() == {"p", "q"}
    load(client, write_csv(tmp_path / "e", posts=[{"id": "p", "image_url": "https://a.example/other.jpg"}]))
    assert stored(client).keys() == {"q"}
    assert ask(client, "MATCH (p:Post {id: 'p'}) RETURN p.pictureModel AS m, p.imageUrl AS url") == [
        {"m": None, "url": "https://a.example/other.jpg"}
    ]


@pytest.mark.parametrize(
    ("image_url", "stays"), [("https://a.example/p.jpg", True), ("https://b.example/p", False), (None, False)]
)
def test_a_put_that_changes_the_picture_removes_its_vector(
    client: Client, tmp_path: Path, image_url: str | None, stays: bool
) -> None:
    filled(client, tmp_path)
    entities.put_post(client, "p", entities.Post(author="1", image_url=image_url))
    assert ("p" in stored(client)) == stays
