"""Readers: whatever kind of file the rows are in, the same records come out, in bounded memory."""

import csv
import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from graph import clock
from graph.errors import LoadError
from loaders.files import csv_files, json_lines, parquet_files
from loaders.files.blocks import Source
from loaders.files.folder import sources_in
from loaders.format import neutral
from loaders.format.cells import TIME
from loaders.format.neutral import BY_NAME, Record
from loaders.frames import frame_source, from_frames

POSTS = BY_NAME["posts"]
ROWS = [
    {"id": "p1", "author": "u1", "taken_at": "2024-01-02T03:04:05Z", "caption": 'a "b",\r\nc 😀', "like_count": 7},
    {"id": "2", "author": None, "taken_at": None, "caption": " ", "like_count": None, "sensitive": True},
]


def records(source: Source) -> list[Record]:
    return [
        row
        for block in source.blocks()
        for row in neutral.parse(source.format, source.columns, block.rows).records.rows(source.format)
    ]


def rejects(source: Source) -> list[tuple[int, str, str]]:
    found = []
    for block in source.blocks():
        reasons = neutral.parse(source.format, source.columns, block.rows).reasons
        for reject in [*block.rejects, *(block.reject("", reason.place, reason.text) for reason in reasons)]:
            found.append((reject.line, reject.reason, reject.row))
    return found


@pytest.fixture(params=["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet", "frame"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """The same two posts in each kind of file."""
    kind = request.param
    frame = pd.DataFrame(ROWS)
    if kind == "frame":
        return frame_source("posts", frame)
    path = tmp_path / f"posts.{kind}"
    if kind == "parquet":
        frame["taken_at"] = pd.to_datetime(frame["taken_at"])
        frame.to_parquet(path)
    else:
        text = frame.to_csv(index=False) if "csv" in kind else "".join(json.dumps(row) + "\n" for row in ROWS)
        data = text.encode()
        path.write_bytes(gzip.compress(data) if kind.endswith(".gz") else data)
    [found], _ = sources_in(tmp_path)
    return found


def test_every_kind_of_file_gives_the_same_records(source: Source) -> None:
    one, other = records(source)
    assert one["id"] == "p1"
    assert (one["author"], one["likeCount"]) == ("u1", 7)
    assert one["properties"] == {"takenAt": 1704164645000, "caption": 'a "b",\r\nc 😀', "words": " a b c "}
    assert (other["id"], other["author"], other["likeCount"]) == ("2", None, None)
    assert other["properties"] == {"caption": " ", "words": " ", "sensitive": True}
    assert records(source) == [one, other]  # it can be read again


@pytest.mark.long
@given(st.lists(st.lists(st.text(alphabet='a,"\r\n 😀\x00\ud800', max_size=6), min_size=2, max_size=2), max_size=30))
def test_csv_of_any_text_comes_back_cell_by_cell(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["id", "caption"], *rows])
    path = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp") / f"graphfeed-test-{id(text)}.csv"
    path.write_bytes(text.getvalue().encode(errors="surrogatepass"))
    try:
        found = [list(row) for block in csv_files.source(path, POSTS).blocks() for row in block.rows]
    finally:
        path.unlink()
    assert found == [
        [cell.encode(errors="surrogatepass").decode(errors="surrogateescape") for cell in row] for row in rows
    ]


@pytest.mark.long
@given(st.lists(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda t: t.replace(microsecond=0))))
def test_times_read_all_at_once_are_those_read_one_by_one(times: list[datetime]) -> None:
    cells = [time.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0") for time in times]
    assert list(TIME.parse_all(cells)) == [clock.parse(cell) for cell in cells]


@pytest.mark.parametrize(
    "cell",
    [
        "2024-02-30T00:00:00Z",
        "2024-01-01T24:30:00Z",
        "2024-01-01T00:00:60Z",
        "0000-01-01T00:00:00Z",
        "2024-01-0aT00:00:00Z",
    ],
)
def test_a_time_that_is_none_is_found_in_the_crowd(cell: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 8601 time"):
        TIME.parse_all(["2024-01-01T00:00:00Z", cell])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "is not valid JSON: "),
        ("[1]", "is not a JSON object"),
        ('{"id": "1", "caption": ["x"]}', "caption holds a list"),
        ('{"id": "1", "colour": "red"}', "has the unknown key 'colour'"),
        ('{"caption": "x"}', "id is empty"),
        ('{"id": "\\ud800"}', "id is not UTF-8"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_bad_line_of_json_is_a_reject(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": "0"}\n\n' + line + '\n{"id": 2}\n')
    source = json_lines.source(path, POSTS)
    [(number, why, row)] = rejects(source)
    assert (number, row) == (3, line)
    assert why.startswith(reason)
    assert [record["id"] for record in records(source)] == ["0", "2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "1", "colour": 1}\n', "unknown column 'colour'"),
        ("id,caption\n", "line 1 is not valid JSON"),
        ("[]", "object"),
    ],
)
def test_json_lines_that_are_none_are_refused_before_anything_is_written(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "posts.jsonl").write_text(text)
    with pytest.raises(LoadError, match=message):
        sources_in(tmp_path)


def test_an_empty_json_lines_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("")
    [source], _ = sources_in(tmp_path)
    assert records(source) == []


def test_parquet_of_other_types_is_read(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int32()),
            "taken_at": pa.array([1_704_164_645_123_456_789, None], pa.timestamp("ns", "Europe/Paris")),
            "media_type": pa.array(["image", "video"]).dictionary_encode(),
            "like_count": pa.array([3.0, None], pa.float64()),
            "sensitive": pa.array([True, None], pa.bool_()),
        }
    )
    parquet.write_table(table, tmp_path / "posts.parquet")
    one, other = records(parquet_files.source(tmp_path / "posts.parquet", POSTS))
    assert (one["id"], one["likeCount"], other["id"], other["likeCount"]) == ("1", 3, "2", None)
    assert one["properties"] == {"takenAt": 1_704_164_645_123, "mediaType": "image", "sensitive": True}
    assert other["properties"] == {"mediaType": "video"}


@pytest.mark.parametrize(
    ("column", "message"),
    [(pa.array([["a"]]), "of the type list<"), (pa.array([b"x"]), "of the type binary"), (None, "lacks the column id")],
)
def test_parquet_with_a_wrong_schema_is_refused(tmp_path: Path, column: Any, message: str) -> None:
    table = pa.table({"caption": ["x"]} if column is None else {"id": ["1"], "caption": column})
    parquet.write_table(table, tmp_path / "posts.parquet")
    with pytest.raises(LoadError, match=message):
        sources_in(tmp_path)


def test_a_file_that_only_says_it_is_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "posts.parquet").write_text("id\n1\n")
    with pytest.raises(LoadError, match=r"posts\.parquet cannot be read"):
        sources_in(tmp_path)


def test_frames_may_hold_what_pandas_holds() -> None:
    frame = pd.DataFrame(
        {
            "id": [1, 2, 3],
            "taken_at": [pd.Timestamp("2024-01-01", tz="UTC"), pd.NaT, pd.Timestamp("2024-01-01T00:00:00.5+01:00")],
            "like_count": [5.0, np.nan, 2.0**60],
            "comment_count": pd.array([1, None, 2], "Int64"),
            "sensitive": pd.array([True, None, False], "boolean"),
            "caption": ["x", None, ["a", "list"]],
        }
    )
    source = frame_source("posts", frame)
    one, other = records(source)
    assert (one["likeCount"], one["commentCount"], other["likeCount"], other["commentCount"]) == (5, 1, None, None)
    assert one["properties"] == {
        "takenAt": int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000),
        "caption": "x",
        "words": " x ",
        "sensitive": True,
    }
    assert other["properties"] == {}
    assert [(line, reason[:30]) for line, reason, _ in rejects(source)] == [(2, "like_count holds 1.15292150460")]


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv.gz", "jsonl", "parquet"])
def test_a_large_file_is_read_in_bounded_memory(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"posts.{ending}"
    caption = "x" * 1000
    if ending == "parquet":
        with parquet.ParquetWriter(path, pa.schema([("id", pa.string()), ("caption", pa.string())])) as writer:
            for start in range(0, 100_000, 10_000):
                ids = [str(n) for n in range(start, start + 10_000)]
                writer.write_table(pa.table({"id": ids, "caption": [f"{n}{caption}" for n in ids]}))
    elif ending == "jsonl":
        path.write_text("".join(json.dumps({"id": n, "caption": caption}) + "\n" for n in range(100_000)))
    else:
        with gzip.open(path, "wt", compresslevel=1) as file:
            file.write("id,caption\n" + "".join(f"{n},{caption}\n" for n in range(100_000)))
    [source], _ = sources_in(tmp_path)
    tracemalloc.start()
    try:
        assert sum(len(block.rows) for block in source.blocks()) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 60e6  # of 100 MB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("text", "rows", "lines"),
    [
        ('id,caption\n1,"unclosed\n2,b\n3,c\n', [], [2, 3, 4]),
        ('id,caption\n0,x\n1,"a\nb" c\n2,b\n', ["0", "2"], [3, 4]),
        ('id,author,caption\nu"1,"open\nu2,",x"y\n\nu3,a,b\nbad\n', ['u"1', "u3"], [6]),
    ],
)
def test_no_line_of_a_broken_row_is_lost(tmp_path: Path, text: str, rows: list[str], lines: list[int]) -> None:
    (tmp_path / "posts.csv").write_text(text)
    [source], _ = sources_in(tmp_path)
    assert [line for line, _, _ in rejects(source)] == lines
    assert [record["id"] for record in records(source)] == rows


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("posts.csv", gzip.compress(b"id\n1\n", mtime=0), r"is compressed with gzip.*Rename it to posts\.csv\.gz"),
        ("posts.csv", "id,caption\n1,x\n".encode("utf-16"), "is UTF-16. Save it as UTF-8"),
        ("posts.csv", b"id;caption\n1;x\n", "uses ';' as separator. Save it with commas"),
        ("posts.csv", b"ID,caption\n1,x\n", "unknown column 'ID'.*in small letters"),
    ],
)
def test_what_is_often_taken_for_our_csv_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LoadError, match=message):
        sources_in(tmp_path)


def test_a_value_of_parquet_that_python_cannot_hold_is_a_reject(tmp_path: Path) -> None:
    text = pa.array([b"good", b"\xff\xfe", b"fine"]).view(pa.string())
    times = pa.array([0, 0, 2**50], pa.timestamp("ms", "Not/AZone"))
    table = pa.table({"id": pa.array([1, 2, 3]), "caption": text, "taken_at": times})
    parquet.write_table(table, tmp_path / "posts.parquet")
    source = parquet_files.source(tmp_path / "posts.parquet", POSTS)
    assert [record["id"] for record in records(source)] == ["1"]
    assert [(line, reason[:44], row) for line, reason, row in rejects(source)] == [
        (2, "caption is not UTF-8", "2,\udcff\udcfe,1970-01-01T00:00:00"),
        (3, "taken_at holds a time outside the years 1 to", "3,fine,1125899906842624000"),
    ]


def test_what_is_no_frame_is_told() -> None:
    with pytest.raises(LoadError, match="users is a list, not a DataFrame"):
        from_frames(users=[{"id": "1"}])
