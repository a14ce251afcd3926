"""Files as people have them: times, floats, nulls, parts, wide rows. Each is read right, or refused with what to do."""

import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

import loaders.report
from graph import clock
from graph.client import Client
from graph.errors import LoadError, UnreadFile
from graph.progress import Silent
from loaders.adapters import rows
from loaders.files.blocks import BLOCK_ROWS, Block, Reject
from loaders.files.folder import sources_in
from loaders.files.reading import Reading
from loaders.format import neutral
from loaders.format.cells import ID, value_of
from loaders.format.neutral import Record
from loaders.frames import frame_source, from_frames
from loaders.importer import Options, import_sources
from loaders.offline import tables
from loaders.offline.bulk import check, stage
from loaders.offline.long_texts import LONG, LongTexts
from loaders.offline.staging import Staging
from loaders.offline.staging import staged as opened
from loaders.report import RejectsFile, Report
from service.cli import app
from tests.support import write_csv

MS = 1_764_061_512_345
NOT_TIMES = [
    "1764061512345",
    "20240501",
    "20240501123000Z",
    "2024-05-01+02:00",
    "2024-05-01Z",
    "2024-W18-3",
    "2024-121",
    "2024-05",
    "2024-05-01T12",
    "2024-05-01T24:00",
    "2024-05-01x12:30",
    "2024-05-01T12:30:00 02:00",
    "２０２４-05-01",
    "1714566600.5",
    "-1",
    "1.76406E+12",
    "",
    "nan",
]
Read = tuple[list[Record], list[tuple[str, int, str, str]], list[str]]


def read(folder: Path, reading: Reading | None = None) -> dict[str, Read]:
    """Records, rejects and notes of each file of a folder."""
    sources, _ = sources_in(folder, reading or Reading())
    found = {}
    for source in sources:
        records, rejects = list[Record](), list[Reject]()
        for block in source.blocks():
            parsed = neutral.parse(source.format, source.columns, block.rows)
            records += parsed.records.rows(source.format)
            rejects += [*block.rejects, *(block.reject(source.file, each.place, each.text) for each in parsed.reasons)]
        told = [(reject.file, reject.line, reject.reason, reject.row) for reject in rejects]
        found[source.format.name] = records, told, list(source.notes)
    return found


def write(folder: Path, kind: str, name: str, rows: list[dict[str, Any]]) -> Path:
    """A folder with one file of a kind."""
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame(rows, dtype=object)
    if kind == "csv":
        frame.to_csv(folder / f"{name}.csv", index=False)
    elif kind == "jsonl":
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


# --- Times


@pytest.mark.parametrize("text", NOT_TIMES)
def test_what_is_no_time_is_refused_wherever_times_come_in(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is not an ISO 8601 time|hour must be"):
        clock.parse(text)
    result = CliRunner().invoke(app, ["feed", "me", "--as-of", text])
    assert result.exit_code == 2
    if text:
        [reject] = read(write_csv(tmp_path, posts=[{"id": "p", "taken_at": text}]))["posts"][1]
        assert reject[2].startswith("taken_at: ")


@given(st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,6})?", fullmatch=True) | st.text("0123456789-+:.TZW ", max_size=24))
def test_digits_are_no_date_and_what_is_read_begins_with_one(text: str) -> None:
    try:
        millis = clock.parse(text)
    except (ValueError, OverflowError):
        return
    assert not clock.is_number(text)
    written = datetime.fromtimestamp(0, UTC) + clock.MILLISECOND * millis
    assert abs((written.date() - datetime.fromisoformat(text[:10] if text[4] == "-" else text[:8]).date()).days) <= 1


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("unit", "cell"),
    [("s", "1764061512.345"), ("ms", f"{MS}.0"), ("ms", str(MS)), ("us", f"{MS}999"), ("ns", f"{MS}999999")],
)
def test_numbers_are_times_where_their_unit_is_named(tmp_path: Path, kind: str, unit: clock.Unit, cell: str) -> None:
    folder = write(tmp_path, kind, "posts", [{"id": "p", "taken_at": cell}, {"id": "q", "taken_at": "2024-05-01"}])
    records, rejects, _ = read(folder, Reading(unit))["posts"]
    assert [record["properties"]["takenAt"] for record in records] == [MS, clock.parse("2024-05-01")]
    assert rejects == []
    records, [reject], _ = read(folder)["posts"]
    assert len(records) == 1
    assert reject[2] == (
        f"taken_at: '{cell}' is not an ISO 8601 time but a number: if it counts from 1970, name its unit, "
        "--times s, ms, us or ns"
    )


@pytest.mark.parametrize(
    ("cell", "at"), [("1.764061512345E9", None), ("1.764061512E9", MS // 1000 * 1000), ("1.76E+09", None)]
)
def test_a_double_of_spark_is_a_time_if_it_is_whole(tmp_path: Path, cell: str, at: int | None) -> None:
    records, rejects, _ = read(write_csv(tmp_path, posts=[{"id": "p", "taken_at": cell}]), Reading("s"))["posts"]
    assert [record["properties"]["takenAt"] for record in records] == ([] if at is None else [at])
    assert len(rejects) == (at is None)


@pytest.mark.parametrize(("unit", "cell"), [("s", str(MS)), ("ms", "9" * 30), ("ms", "-" + "9" * 50)])
def test_a_number_in_another_unit_is_refused(tmp_path: Path, unit: clock.Unit, cell: str) -> None:
    _, [reject], _ = read(write_csv(tmp_path, posts=[{"id": "p", "taken_at": cell}]), Reading(unit))["posts"]
    assert f"counted in {unit} since 1970 is outside the years 1 to 9999" in reject[2]


def test_a_double_without_a_unit_is_told_to_name_it(tmp_path: Path) -> None:
    (tmp_path / "users.jsonl").write_text('{"id": "1"}\n')
    (tmp_path / "posts.jsonl").write_text('{"id": "p", "taken_at": 1.764061512345e12}\n')
    [(_, _, reason, _)] = read(tmp_path)["posts"][1]
    assert "if it counts from 1970, name its unit, --times" in reason


def test_times_that_are_integers_by_type_need_a_unit_before_anything_is_read(tmp_path: Path) -> None:
    table = pa.table({"id": ["p"], "taken_at": pa.array([MS], pa.int64())})
    parquet.write_table(table, tmp_path / "posts.parquet")
    with pytest.raises(LoadError, match=r"has the times 'taken_at' as integers.*--times s, ms, us or ns"):
        sources_in(tmp_path)
    assert read(tmp_path, Reading("ms"))["posts"][0][0]["properties"] == {"takenAt": MS}
    frame = pd.DataFrame({"id": ["p"], "taken_at": [MS]})
    with pytest.raises(LoadError, match="has the times 'taken_at' as integers"):
        frame_source("posts", frame)
    unknown: Any = "minutes"
    with pytest.raises(LoadError, match=r"Unknown unit of times 'minutes'. Use one of s, ms, us, ns"):
        from_frames(posts=frame, times=unknown)


def test_parquet_times_have_their_unit_in_their_type(tmp_path: Path) -> None:
    for unit, value in (("s", MS // 1000), ("ms", MS), ("us", MS * 1000), ("ns", MS * 10**6)):
        parquet.write_table(
            pa.table({"id": ["p"], "taken_at": pa.array([value], pa.timestamp(unit))}), tmp_path / "posts.parquet"
        )
        [record] = read(tmp_path)["posts"][0]
        assert record["properties"]["takenAt"] == (MS // 1000 * 1000 if unit == "s" else MS)


# --- Floats that were ids and truths


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_column_of_ids_that_became_floats_is_read_as_ids(tmp_path: Path, kind: str) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "10", "author": 1.0, "like_count": 3.0, "sensitive": 1.0},
        {"id": "11", "author": None, "like_count": None, "sensitive": None},
        {"id": "12", "author": 30.0, "like_count": 7.0, "sensitive": 0.0},
    ]
    records, rejects, [note] = read(write(tmp_path, kind, "posts", rows))["posts"]
    assert rejects == []
    assert [(record["author"], record["likeCount"]) for record in records] == [("1", 3), (None, None), ("30", 7)]
    assert [record["properties"] for record in records] == [{"sensitive": True}, {}, {"sensitive": False}]
    assert note.startswith(f"posts.{kind}: all of author ends in .0")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("2.5E7", 25_000_000),
        ("1.2345678E7", 12_345_678),
        ("1e2", 100),
        ("1e+05", 100_000),
        ("100e-2", 1),
        ("-0.0", 0),
        ("9.007199254740991E15", 2**53 - 1),
        ("9007199254740991.0", 2**53 - 1),
        ("2.55E1", None),
        ("1.5", None),
        ("1e-2", None),
        ("-3.0", None),
        ("9.007199254740992E15", None),
        ("9007199254740992.0", None),
        ("1.23457E+15", None),
        ("1e999", None),
        ("1e99999999999", None),
    ],
)
def test_a_float_is_a_count_if_it_is_whole_and_exact(tmp_path: Path, kind: str, cell: str, count: int | None) -> None:
    if kind == "csv":
        write_csv(tmp_path, posts=[{"id": "p", "like_count": cell}])
    else:
        (tmp_path / "posts.jsonl").write_text(f'{{"id": "p", "like_count": {cell}}}\n')
    records, rejects, _ = read(tmp_path)["posts"]
    assert [record["likeCount"] for record in records] == ([] if count is None else [count])
    assert len(rejects) == (count is None)


@pytest.mark.parametrize(("cell", "truth"), [("1E0", True), ("0.0", False), ("10e-1", True), ("2.0", None)])
def test_a_float_is_a_truth_if_it_is_one_or_zero(tmp_path: Path, cell: str, truth: bool | None) -> None:
    records, rejects, _ = read(write_csv(tmp_path, users=[{"id": "u", "opted_out": cell}]))["users"]
    assert [record["properties"].get("optedOut") for record in records] == ([] if truth is None else [truth])
    assert len(rejects) == (truth is None)


@pytest.mark.parametrize("other", ["7", "1.5", "x", "2.0.0", "1e5", "1.", ".0"])
def test_ids_stay_as_they_are_where_one_of_them_is_other(tmp_path: Path, other: str) -> None:
    rows = [{"id": f"{number}.0"} for number in range(20_000)] + [{"id": other}]
    records, rejects, notes = read(write_csv(tmp_path, users=rows))["users"]
    assert (records[0]["id"], records[-1]["id"], rejects, notes) == ("0.0", other, [], [])


def test_a_float_too_large_to_be_exact_is_no_id(tmp_path: Path) -> None:
    _, [reject], _ = read(write_csv(tmp_path, users=[{"id": "1.0"}, {"id": "9007199254740992.0"}]))["users"]
    assert reject[2] == "id: '9007199254740992.0' is a float too large to be exact: export the column as text"


@pytest.mark.parametrize("cell", ["1.23457E+15", "1E+15", "1,23457E+15", "1.7841405e+16", "1.2345678E7"])
def test_what_a_spreadsheet_rounded_is_no_id(tmp_path: Path, cell: str) -> None:
    folder = write_csv(tmp_path, users=[{"id": "a+b"}, {"id": cell}, {"id": "7e12"}, {"id": "12e+4"}])
    records, [reject], _ = read(folder)["users"]
    assert [record["id"] for record in records] == ["a+b", "7e12", "12e+4"]
    assert reject[2] == f"id: '{cell}' was rounded by a spreadsheet: export the column as text"
    (tmp_path / "users.csv").unlink()
    (tmp_path / "users.jsonl").write_text('{"id": 1.23457E+15}\n{"id": Infinity}\n')
    assert [reason for _, _, reason, _ in read(tmp_path)["users"][1]] == [
        "id holds inf, which is not a number",
        "id: '1.23457E+15' was rounded by a spreadsheet: export the column as text",
    ]


def test_ids_stay_as_they_are_written_where_that_is_said(tmp_path: Path) -> None:
    ids = ["1.0", "2.0", "1E+15", "1.2345678E7"]
    users, likes = [{"id": id} for id in ids], [{"user": "1.0", "post": "1E+15"}]
    folder = write_csv(tmp_path, users=users, likes=likes)
    found = read(folder, Reading(ids="as-written"))
    assert [record["id"] for record in found["users"][0]] == ids
    assert [(record["user"], record["post"]) for record in found["likes"][0]] == [("1.0", "1E+15")]
    assert not any(rejects or notes for _, rejects, notes in found.values())
    assert sources_in(folder, Reading(ids="as-written"))[0][0].fingerprint != sources_in(folder)[0][0].fingerprint
    with pytest.raises(LoadError, match="Unknown way 'x' to read ids"):
        Reading(ids="x")  # type: ignore[arg-type]


def test_hashtags_that_stand_in_captions_alone_are_told(tmp_path: Path) -> None:
    posts = [{"id": "p1", "caption": "no. #1 &#233; a/#b"}, {"id": "p2", "caption": "Golden hour #Sunset #sea"}]
    [note] = read(write_csv(tmp_path / "alone", posts=posts))["posts"][2]
    assert note == (
        "posts.csv: captions have hashtags, such as #Sunset, which are not read from there: write them to the file "
        "tags (post, hashtag)."
    )
    assert read(write_csv(tmp_path / "none", posts=posts[:1]))["posts"][2] == []
    tags = [{"post": "p2", "hashtag": "sunset"}]
    assert read(write_csv(tmp_path / "both", posts=posts, tags=tags))["posts"][2] == []


@pytest.mark.parametrize(
    ("ids", "told"), [(["1.0", "2.0", "x"], True), (["ana"], True), (["1", "2"], False), ([], False)]
)
def test_a_column_of_whole_numbers_whose_people_have_other_ids_is_told(
    tmp_path: Path, ids: list[str], told: bool
) -> None:
    (tmp_path / "users.csv").write_text("".join(f"{line}\n" for line in ["id", *ids]))
    folder = write_csv(tmp_path, follows=[{"follower": "1.0", "followee": "2.0"}])
    _, _, notes = read(folder)["follows"]
    assert [note.startswith("follows.csv: follower is read as whole numbers, but") for note in notes[2:]] == (
        [True, False] if told else []
    )
    assert len(read(folder, Reading(ids="as-written"))["follows"][2]) == 0


@given(
    st.lists(
        st.from_regex(r"[0-9+.,eE -]{1,8}", fullmatch=True)
        | st.sampled_from(["1.2345678E7", "1E+15", "1.0", "x", "7e12", "3f.2e5", "é", "\x1f", "x" * 4097]),
        min_size=1,
    )
)
@example(["1.2345678E7"])
def test_an_id_is_read_or_refused_whatever_its_neighbours_are(cells: list[str]) -> None:
    def alone(cell: str) -> object:
        try:
            return value_of(ID, cell)
        except ValueError:
            return ValueError

    expected = [alone(cell) for cell in cells]
    if ValueError in expected:
        with pytest.raises(ValueError, match=r"."):
            ID.parse_all(cells)
    else:
        assert ID.parse_all(cells) == expected


def test_frames_keep_the_rule() -> None:
    for ids, expected in (([1.0, None, 3.0], ["1", "3"]), ([1.0, 2.5], ["1.0", "2.5"]), (["1.0", "x"], ["1.0", "x"])):
        source = frame_source("tags", pd.DataFrame({"post": ids, "hashtag": ["a"] * len(ids)}))
        [block] = source.blocks()
        parsed = neutral.parse(source.format, source.columns, block.rows)
        assert list(parsed.records.fields["post"]) == expected


# --- Words for null


def test_words_for_null_are_null_where_that_is_said(tmp_path: Path) -> None:
    row = {
        "id": "p",
        "author": "NULL",
        "taken_at": "\\N",
        "caption": "nan",
        "like_count": " None ",
        "sensitive": "NULL",
    }
    folder = write_csv(tmp_path, posts=[row, {**row, "id": "NULL"}])
    [record], [reject], _ = read(folder, Reading(nulls=frozenset({"NULL", "\\N", "None"})))["posts"]
    assert (record["author"], record["likeCount"], record["properties"]["caption"]) == (None, None, "nan")
    assert reject[2:] == ("id is empty", "NULL,NULL,\\N,nan, None ,NULL")  # as it was written


def test_the_report_says_how_to_read_words_for_null(tmp_path: Path) -> None:
    posts = [{"id": f"p{place}", "author": "", "taken_at": "\\N"} for place in range(3)]
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}], posts=[*posts, {"id": "q", "author": "NULL"}])
    args = ["import", str(folder), "--dry-run", "--rejects", str(tmp_path / "r.csv"), "--json"]
    report = json.loads(CliRunner().invoke(app, args).stdout)
    assert report["notes"] == [
        "4 rows are rejected for cells that hold \\N, NULL: if that means no value, import with --nulls '\\N,NULL'."
    ]
    report = json.loads(CliRunner().invoke(app, [*args, "--nulls", "NULL, \\N"]).stdout)
    assert (report["total"]["rejected"], report["notes"]) == (0, [])


def test_the_advice_on_words_for_null_is_given_where_one_of_two_cells_must_be_empty(tmp_path: Path) -> None:
    mutes = [{"user": "1", "muted_user": "2", "hashtag": "NULL"}, {"user": "1", "muted_user": "\\N", "hashtag": "x"}]
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}, {"id": "2"}], mutes=mutes)
    assert [reason for _, _, reason, _ in read(folder)["mutes"][1]] == [
        "needs exactly one of muted_user and hashtag, and has both: '2' and 'NULL'",
        "needs exactly one of muted_user and hashtag, and has both: '\\\\N' and 'x'",
    ]
    args = ["import", str(folder), "--dry-run", "--rejects", str(tmp_path / "r.csv"), "--json"]
    [note] = json.loads(CliRunner().invoke(app, args).stdout)["notes"]
    assert note.startswith("2 rows are rejected for cells that hold NULL, \\N")


def test_advice_for_frames_is_in_words_of_python(tmp_path: Path) -> None:
    made = frame_source("posts", pd.DataFrame({"id": ["p", "q"], "taken_at": [str(MS), "NULL"]}))
    [block] = made.blocks()
    first, _ = neutral.parse(made.format, made.columns, block.rows).reasons
    assert first.text.endswith("if it counts from 1970, name its unit, times='s', 'ms', 'us' or 'ns'")
    report, options = Report(), Options(tmp_path / "r.csv")
    with closing(Staging(tmp_path, [made])) as staging:
        check(staging, [made], options, report, Silent())
    [note] = report.notes
    assert note.endswith("if that means no value, import with nulls=['NULL'].")


def test_advice_for_rows_of_an_adapter_names_no_option_that_it_refuses(tmp_path: Path) -> None:
    items = [rows.Row(1, ("p", "1764061512345"), "p"), rows.Row(2, ("NULL", "nan"), "NULL")]
    made = rows.source("posts.json", "posts", ("id", "taken_at"), lambda: items)
    [block] = made.blocks()
    first, second = neutral.parse(made.format, made.columns, block.rows).reasons
    assert first.text == "taken_at: '1764061512345' is not an ISO 8601 time but a number"
    assert second.text.startswith("taken_at: 'nan' is not an ISO 8601 time")
    report, options = Report(), Options(tmp_path / "r.csv")
    with closing(Staging(tmp_path, [made])) as staging:
        check(staging, [made], options, report, Silent())
    assert (report.total.rejected, report.notes) == (2, [])


def test_what_is_said_of_cells_is_for_the_neutral_format(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["import", str(tmp_path), "--from", "ldbc", "--times", "ms"])
    assert result.exit_code == 2


# --- Folders of parts


def parts(folder: Path, *names: str, **columns: list[Any]) -> Path:
    """A folder with the same Parquet or CSV part under each name, its id the place of the part."""
    for place, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = pd.DataFrame({"id": [f"u{place}"], **columns})
        if name.endswith("parquet") or "parquet" in folder.name:
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, compression="gzip" if name.endswith("gz") else None)
    return folder.parent


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("users.parquet", ("part-00000-c000.snappy.parquet", "part-00001-c000.snappy.parquet")),
        ("users.parquet", ("part.0.parquet", "part.1.parquet")),
        ("users.parquet", ("000000_0", "000001_0")),
        ("users.csv", ("part-00000-x.csv", "part-00001-x.csv")),
        ("users.csv", ("0.part", "1.part")),
        ("users.csv", ("part-00000.gz", "part-00001.csv.gz")),
        ("users", ("part-00000.csv", "part-00001.csv")),
        ("users", ("day=1/000000_0", "day=2/000000_0")),
        ("users.csv.gz", ("part-00000.csv.gz", "part-00001.gz")),
    ],
)
def test_a_folder_of_parts_is_one_table(tmp_path: Path, folder: str, names: tuple[str, ...]) -> None:
    parts(tmp_path / folder, *names)
    for name in ("_SUCCESS", ".part-00000.crc", "_metadata"):
        (tmp_path / folder / name).touch()
    records, rejects, _ = read(tmp_path)["users"]
    assert ([record["id"] for record in records], rejects) == (["u0", "u1"], [])


def test_sparks_json_is_json_lines_and_empty_parts_are_empty(tmp_path: Path) -> None:
    (tmp_path / "users.json").mkdir()
    (tmp_path / "users.json" / "part-00000.json").write_text('{"id": "1"}\n')
    (tmp_path / "users.json" / "part-00001.json").write_text("")
    assert [record["id"] for record in read(tmp_path)["users"][0]] == ["1"]
    (tmp_path / "follows.csv").mkdir()
    (tmp_path / "follows.csv" / "part-00000.csv").write_text("")
    (tmp_path / "follows.csv" / "part-00001.csv").write_text("follower,followee\n1,2\n")
    assert len(read(tmp_path)["follows"][0]) == 1


def test_rejects_name_the_part_and_columns_may_be_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "users").mkdir()
    (tmp_path / "users" / "a.csv").write_text("id,username\n1,ana\n,x\n")
    (tmp_path / "users" / "b.csv").write_text("opted_out,id\nno,2\nno,3,4\nperhaps,5\n")
    records, rejects, _ = read(tmp_path)["users"]
    assert [record["id"] for record in records] == ["1", "2"]
    assert rejects == [
        ("users/a.csv", 3, "id is empty", ",x"),
        ("users/b.csv", 3, "has 3 cells, but the header has 2", "no,3,4"),
        ("users/b.csv", 4, "opted_out: 'perhaps' is neither true nor false", "perhaps,5"),
    ]


def test_all_parts_decide_whether_ids_are_floats(tmp_path: Path) -> None:
    for text, expected in (("3.0", ["1", "3"]), ("x", ["1.0", "x"])):
        write_csv(tmp_path / "users", a=[{"id": "1.0"}], b=[{"id": text}])
        assert [record["id"] for record in read(tmp_path)["users"][0]] == expected


@pytest.mark.parametrize(
    ("one", "other", "ids"),
    [
        (["1.0", "2.0"], ["3"], ["1", "2", "3"]),
        (["3"], ["1.0", ""], ["3", "1"]),
        (["", ""], ["1.0"], ["1"]),
        (["1.0", "2"], ["3.0"], ["1.0", "2", "3.0"]),
        (["1.0", "1.5"], ["3"], ["1.0", "1.5", "3"]),
        (["1.0"], ["3", "x"], ["1.0", "3", "x"]),
        (["3"], ["4"], ["3", "4"]),
    ],
)
def test_a_part_with_missing_values_has_floats_where_others_have_ids(
    tmp_path: Path, one: list[str], other: list[str], ids: list[str]
) -> None:
    rows = [
        [{"id": f"{name}{place}", "author": id} for place, id in enumerate(part)]
        for name, part in zip("ab", (one, other), strict=True)
    ]
    records, rejects, notes = read(write_csv(tmp_path / "posts", a=rows[0], b=rows[1]).parent)["posts"]
    assert [record["author"] for record in records if record["author"]] == ids
    assert (rejects, len(notes)) == ([], ids != [*filter(None, one), *filter(None, other)])


def test_a_part_of_doubles_fits_one_of_integers(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    for name, authors in (("a", pa.array([1.0, None])), ("b", pa.array([30, 4]))):
        table = pa.table({"author": authors, "id": [f"{name}0", f"{name}1"]})
        parquet.write_table(table, tmp_path / "posts" / f"{name}.parquet")
    records, rejects, _ = read(tmp_path)["posts"]
    assert ([record["author"] for record in records], rejects) == (["1", None, "30", "4"], [])


def test_names_of_folders_tell_columns(tmp_path: Path) -> None:
    parts(tmp_path / "posts", "media_type=video/day=1/a.csv", "media_type=__HIVE_DEFAULT_PARTITION__/b.csv")
    records, rejects, notes = read(tmp_path)["posts"]
    assert [record["properties"] for record in records] == [{}, {"mediaType": "video"}]
    assert rejects == []
    assert notes == ["posts: day=… in the names of its folders is not a column, and ignored."]


def test_what_names_of_folders_tell_may_be_a_column_that_must_be_there(tmp_path: Path) -> None:
    for kind, text in (("csv", "post\np\n"), ("jsonl", '{"post": "p"}\n')):
        folder = tmp_path / kind
        for tag in ("hashtag=Sun%20Set", "hashtag=sea", "hashtag=__HIVE_DEFAULT_PARTITION__"):
            (folder / "tags" / tag).mkdir(parents=True)
            (folder / "tags" / tag / f"part-0.{kind}").write_text(text)
        records, [reject], _ = read(folder)["tags"]
        assert [(record["post"], record["display"]) for record in records] == [("p", "Sun Set"), ("p", "sea")]
        assert reject[2] == "hashtag is empty"
    (tmp_path / "both" / "tags" / "hashtag=sea").mkdir(parents=True)
    (tmp_path / "both" / "tags" / "hashtag=sea" / "a.csv").write_text("post,hashtag\np,sun\nq,\n")
    records, _, _ = read(tmp_path / "both")["tags"]
    assert [record["hashtag"] for record in records] == ["sun", "sea"]  # what the file says stands
    parquet_folder = tmp_path / "parquet" / "likes.parquet" / "user=7" / "at=2024-05-01"
    parquet_folder.mkdir(parents=True)
    parquet.write_table(pa.table({"post": ["p"]}), parquet_folder / "part-0.parquet")
    [record], _, _ = read(tmp_path / "parquet")["likes"]
    assert (record["user"], record["post"], record["at"]) == ("7", "p", clock.parse("2024-05-01"))


def test_folders_of_parts_may_lie_in_folders_and_packed_parts_may_be_empty(tmp_path: Path) -> None:
    parts(tmp_path / "users", "2024/05/a.csv.gz", "2024/06/b.csv.gz")
    (tmp_path / "users" / "2024" / "c.csv.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "users" / "2024" / "05" / ".a.csv.gz.crc").write_bytes(b"crc")
    records, rejects, _ = read(tmp_path)["users"]
    assert ([record["id"] for record in records], rejects) == (["u0", "u1"], [])


SERIES = [
    ("users-00000-of-00003.parquet", "users-00001-of-00003.parquet", "users-00002-of-00003.parquet"),
    ("users-00000-of-00002-0a1b2c3d4e5f6789.parquet", "users-00001-of-00002-9f8e7d6c5b4a3210.parquet"),
    ("users-1-of-2.csv", "users-2-of-2.csv"),
    ("users-00000-of-00001.parquet",),
    ("users_0.csv", "users_1.csv", "users_2.csv"),
    ("users.0.csv.gz", "users.1.csv.gz"),
    ("users-part-1.csv", "users-part-2.csv"),
    tuple(f"users{number}.csv" for number in range(1, 12)),
]


@pytest.mark.parametrize("names", SERIES)
def test_numbered_files_beside_each_other_are_one_table(tmp_path: Path, names: tuple[str, ...]) -> None:
    parts(tmp_path / "in", *names)
    folder = write_csv(tmp_path / "in", follows=[{"follower": "u0", "followee": "u1"}])
    made, others = sources_in(folder)
    assert [source.format.name for source in made] == ["users", "follows"]
    records, rejects, [note] = read(folder)["users"]
    assert ([record["id"] for record in records], rejects) == ([f"u{place}" for place in range(len(names))], [])
    assert note.endswith("read as one table.")
    assert (names[0] in note, names[-1] in note, others) == (True, True, [])


def test_rejects_of_numbered_files_name_them_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_csv(folder, likes_1=[{"user": "", "post": "p"}], likes_2=[{"user": "", "post": "q"}], users=[{"id": ""}])
    args = ["import", str(folder), "--dry-run", "--rejects", str(tmp_path / "r.csv")]
    assert CliRunner().invoke(app, args).exit_code == 0
    rows = (tmp_path / "r.csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["users.csv", "likes_1.csv", "likes_2.csv"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("likes-00000-of-00003.csv", "likes-00002-of-00003.csv"), "holds 2 of the 3 parts of likes"),
        (("likes_1.csv", "likes_3.csv"), "Rename it to likes.csv if it is that table"),
        (("likes_2.csv", "likes_3.csv"), "Rename it to likes.csv"),
        (("likes_1.csv", "likes-2.csv"), "Rename it to likes.csv"),
        (("likes_1.csv", "likes_2.csv.gz"), "Rename it to likes.csv"),
        (("likes_1.csv", "likes_01.csv"), "Rename it to likes.csv"),
        (("likes.csv", "likes_1.csv", "likes_2.csv"), "Put it and likes.csv into a folder likes if they are parts"),
        (("likes.csv", "likes copy.csv"), "Put it and likes.csv into a folder likes"),
        (("likes (1).csv", "likes (2).csv"), "Rename it to likes.csv"),
        (("like.csv",), "Rename it to likes.csv."),
        (("Likes.JSONL.GZ",), "Rename it to likes.jsonl.gz."),
        (("likes.csv", "LIKES.csv"), "or remove it"),
        (("likes copy.csv",), "Rename it to likes.csv"),
        (("likes copy 2.csv.gz",), "Rename it to likes.csv.gz"),
        (("Copy of likes.csv",), "Rename it to likes.csv"),
        (("likes - Kopie.jsonl",), "Rename it to likes.jsonl"),
        (("LIKES_OLD.CSV",), "Rename it to likes.csv"),
        (("likes-2024-05-01.parquet",), "Rename it to likes.parquet"),
        (("public.likes.csv",), "Rename it to likes.csv"),
        (("dim_likes.parquet",), "Rename it to likes.parquet"),
        (("my likes.xlsx",), "Rename it to likes.csv"),
        (("likes.snappy.parquet",), "Save it as likes.csv"),
        (("likes_2024/part-0.csv",), "Rename it to likes.csv"),
        (("likes copy.parquet/part-0.parquet",), "Rename it to likes.parquet"),
        (("userLikes.csv",), "Rename it to likes.csv if it is that table"),
        (("like_export.csv",), "Rename it to likes.csv if it is that table"),
        (("exportedLike.parquet",), "Rename it to likes.parquet if it is that table"),
        (("all_likes.txt",), "Rename it to likes.csv if it is that table"),
        (("likes_export.json.lz4",), "Rename it to likes.csv if it is that table"),
        (("my_likes.tar.gz",), "Rename it to likes.csv if it is that table"),
    ],
)
def test_what_may_be_a_files_is_an_error_that_says_what_to_rename(
    tmp_path: Path, names: tuple[str, ...], told: str
) -> None:
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}])
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("user,post\n")
    with pytest.raises(UnreadFile) as raised:
        sources_in(folder)
    assert (raised.value.exit_code, told in str(raised.value)) == (2, True)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "notes on users.txt",
        ".users.csv.crc",
        "~$users.xlsx",
        "rejects-users.csv",
        "superusers.csv",
        "post.md",
        "view/x.html",
        "postscript.csv",
        "pictures of posts/1.jpg",
        "user_settings.csv",
        "posts_1.jpg",
    ],
)
def test_what_has_no_files_name_is_left_alone(tmp_path: Path, name: str) -> None:
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}])
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    assert sources_in(folder)[1] == [name.partition("/")[0]]


def test_tables_in_folders_that_are_left_alone_are_told(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}])
    write_csv(folder / "more", likes=[{"user": "1", "post": "2"}], users=[{"id": "2"}])
    (folder / "notes.md").touch()
    assert sources_in(folder)[1] == ["more/likes.csv", "more/users.csv", "notes.md"]


def test_parts_behind_links_are_read(tmp_path: Path) -> None:
    elsewhere = write_csv(tmp_path / "elsewhere", users=[{"id": "2"}])
    folder = write_csv(tmp_path / "in" / "users", users=[{"id": "1"}])
    (folder / "day=1").symlink_to(elsewhere)
    (folder / "z.csv").symlink_to(elsewhere / "users.csv")
    assert [record["id"] for record in read(tmp_path / "in")["users"][0]] == ["2", "1", "2"]


@pytest.mark.parametrize("target", ["lost.csv", ".", "..", "z.csv"])
def test_a_link_that_leads_nowhere_or_back_is_an_error(tmp_path: Path, target: str) -> None:
    folder = write_csv(tmp_path / "in" / "users", users=[{"id": "1"}])
    (folder / "z.csv").symlink_to(target)
    with pytest.raises(UnreadFile, match=r"links to a folder that it is in|is neither a file nor a folder"):
        sources_in(tmp_path / "in")


def test_a_link_of_a_tables_name_that_leads_nowhere_is_to_be_repaired(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}])
    (folder / "likes.csv").symlink_to("lost.csv")
    with pytest.raises(UnreadFile, match="repair the link"):
        sources_in(folder)


@pytest.mark.parametrize("place", ["users", "users/day=1"])
def test_a_folder_of_parts_that_may_not_be_read_is_an_error(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entries(path: Path) -> Iterator[Path]:
        if path == tmp_path / place:
            raise PermissionError(13, "Permission denied")
        return real(path)

    real = Path.iterdir
    write_csv(tmp_path / "users" / "day=1", users=[{"id": "1"}])
    monkeypatch.setattr(Path, "iterdir", entries)
    with pytest.raises(UnreadFile, match="cannot be read: Permission denied"):
        sources_in(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "likes.xlsx",
        "likes.json",
        "likes.csv.bz2",
        "likes.tsv",
        "Likes.csv",
        "likes.CSV",
        "likes.csv.part",
        "likes_1.csv",
        "likes (1).csv",
        "likes-part-0.csv",
        "likes/",
        "likes/notes.txt",
        "likes.parquet/_delta_log/0.json",
        "likes.parquet/_temporary/0/part-0.parquet",
        "likes.parquet/.hoodie/x",
        "likes.parquet/part-0.orc",
        "likes.zip/part-0.csv",
    ],
)
def test_what_has_a_files_name_and_is_not_read_is_an_error(tmp_path: Path, name: str) -> None:
    folder = write_csv(tmp_path / "in", users=[{"id": "1"}])
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    if name.endswith("/"):
        path.mkdir()
    else:
        path.write_text("user,post\n")
    with pytest.raises(UnreadFile) as raised:
        sources_in(folder)
    assert raised.value.exit_code == 2
    assert str(folder) in raised.value.problem


def test_parts_of_two_kinds_are_refused(tmp_path: Path) -> None:
    parts(tmp_path / "users", "a.csv", "b.parquet")
    with pytest.raises(UnreadFile, match="holds parts of different kinds"):
        sources_in(tmp_path)


# --- Wide rows


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id;username\n1;a\n", r"uses ';' as separator"),
        ("id\tusername\n1\ta\n", r"uses '\\t' as separator"),
        ("id|username\n1|a\n", r"uses '\|' as separator"),
        ("1\x01ana\n", r"uses '\\x01' as separator"),
        (",".join(["id", *(f"c{place}" for place in range(3000))]), "unknown columns 'c0', .*'c4' and 2,995 more"),
        ("id," + "x" * 100_000, r"unknown column 'x{60}'\."),
        ("id,username,id\n", "names the column 'id' twice"),
    ],
)
def test_a_header_that_is_none_is_told_in_few_words(tmp_path: Path, ending: str, text: str, message: str) -> None:
    data = text.encode()
    (tmp_path / f"users.{ending}").write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    with pytest.raises(LoadError, match=message) as raised:
        sources_in(tmp_path)
    assert len(str(raised.value)) < 500 + len(str(tmp_path))


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "jsonl.gz"])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"id": "1"}\n'.encode("utf-16"), "is UTF-16"),
        (b"PK\x03\x04" + bytes(100), "is a zip, or a spreadsheet"),
        (b"PAR1" + bytes(100), "is a Parquet file.*Rename it to users.parquet"),
        (gzip.compress(b"id\n1\n", mtime=0), "is compressed with gzip"),
    ],
)
def test_a_file_of_another_kind_is_told_as_such(tmp_path: Path, ending: str, data: bytes, told: str) -> None:
    (tmp_path / f"users.{ending}").write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    with pytest.raises(LoadError, match=told):
        sources_in(tmp_path)


def test_utf_16_is_told_in_a_packed_file_too(tmp_path: Path) -> None:
    (tmp_path / "users.csv.gz").write_bytes(gzip.compress("id\n1\n".encode("utf-16")))
    with pytest.raises(LoadError, match="is UTF-16"):
        sources_in(tmp_path)


@pytest.mark.parametrize(
    "again",
    [
        "id,username",
        "\ufeffid,username",
        '"id","username"',
        " id , username",
        '\ufeff"id",username',
        "ID,Username",
        "username,id",
        '\ufeff"USERNAME", "Id"',
    ],
)
@pytest.mark.parametrize("before", ["1,ana", '1,"a\nb"'])
def test_a_header_in_the_middle_makes_nobody(tmp_path: Path, again: str, before: str) -> None:
    (tmp_path / "users.csv").write_text(f"id,username\n{before}\n{again}\n2,username\n", encoding="utf-8")
    records, [(_, line, reason, _)], _ = read(tmp_path)["users"]
    assert [record["id"] for record in records] == ["1", "2"]
    assert (line, reason) == (3 + before.count("\n"), "repeats the header")


def test_somebody_may_be_called_as_the_only_column(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("id\n1\nid\nID\n")
    records, rejects, _ = read(tmp_path)["users"]
    assert ([record["id"] for record in records], rejects) == (["1", "id", "ID"], [])


@pytest.mark.parametrize("group_rows", [100_000, 1000])
def test_a_block_of_parquet_has_few_rows_where_they_are_wide(tmp_path: Path, group_rows: int) -> None:
    def blocks_of(captions: list[str]) -> list[Block]:
        ids = [str(place) for place in range(len(captions))]
        table = pa.table({"id": ids, "caption": captions})
        parquet.write_table(table, tmp_path / "posts.parquet", row_group_size=group_rows)
        [source], _ = sources_in(tmp_path)
        blocks = list(source.blocks())
        assert [row for block in blocks for row in block.rows] == list(zip(ids, captions, strict=True))
        assert [line for block in blocks for line in block.lines] == [*range(1, len(ids) + 1)]
        assert blocks[-1].position == source.size == len(ids)
        return blocks

    wide = [f"{place}{'x' * 1_000_000}" for place in range(20)]
    assert [len(block.rows) for block in blocks_of(wide)] == [2] * 10
    assert max(len(block.rows) for block in blocks_of([*["x"] * 25_000, *wide, *["y"] * 300])) <= BLOCK_ROWS
    assert len(blocks_of(["x"] * 25_000)) == 3


def test_a_cell_of_parquet_that_cannot_be_read_is_told_with_its_value(tmp_path: Path) -> None:
    bad = pa.array([b"ok", b"\xff\xfe"]).view(pa.string())
    table = pa.table({"id": ["1", "2"], "username": bad.dictionary_encode(), "full_name": pa.array(["x", "y"])})
    parquet.write_table(table, tmp_path / "users.parquet")
    [record], [(_, line, reason, row)], _ = read(tmp_path)["users"]
    assert (record["id"], line, reason, row) == ("1", 2, "username is not UTF-8", "2,\udcff\udcfe,y")


def test_parquet_whose_names_are_broken_is_refused(tmp_path: Path) -> None:
    """Found by fuzzing: a byte of a column's name, in both places where the file has it, is not UTF-8."""
    parquet.write_table(pa.table({"id": ["1"], "username": ["a"]}), tmp_path / "users.parquet", store_schema=False)
    data = (tmp_path / "users.parquet").read_bytes()
    (tmp_path / "users.parquet").write_bytes(data.replace(b"username", b"u\xfeername"))
    with pytest.raises(LoadError, match=r"users\.parquet cannot be read"):
        sources_in(tmp_path)


def staged(folder: Path, work: Path) -> tuple[Report, str]:
    """The report of the offline way without a server, and its table of posts."""
    work.mkdir()
    sources, _ = sources_in(folder)
    report = Report()
    with opened(work, sources) as staging:
        check(staging, sources, Options(work / "rejects.csv"), report, Silent())
        tables.write(staging, Silent())
    return report, (work / "post.csv").read_bytes().decode()


@pytest.mark.slow
def test_captions_of_a_megabyte_are_staged_in_little_memory(tmp_path: Path) -> None:
    captions = [f'{place}"\n{"é" * 1_000_000}' for place in range(60)]
    write_csv(tmp_path / "in", posts=[{"id": f"p{place}", "caption": text} for place, text in enumerate(captions)])
    report, posts = staged(tmp_path / "in", tmp_path / "work")
    assert (report.total.created, report.total.rejected) == (60, 0)
    assert all(text.replace('"', '""') in posts for text in captions)
    assert "\0long:" not in posts


def test_long_texts_are_compared_and_the_last_one_wins(tmp_path: Path) -> None:
    texts = ["a" * LONG, "a" * (LONG + 1), "a" * (LONG + 1), "b" * 5000, "\0long:" + "0" * 32, 'x,"\0long:",']
    write_csv(tmp_path / "in", posts=[{"id": "p", "caption": text} for text in texts])
    report, posts = staged(tmp_path / "in", tmp_path / "work")
    assert (report.total.created, report.total.updated, report.total.unchanged) == (1, 4, 1)
    assert texts[-1].replace('"', '""') in posts


def test_a_full_disk_while_rows_are_checked_is_told(tmp_path: Path) -> None:
    write_csv(tmp_path / "in", posts=[{"id": f"p{place}", "caption": f"{place}" * 20_000} for place in range(20)])
    sources, _ = sources_in(tmp_path / "in")
    options = Options(tmp_path / "rejects.csv")
    for full in ("texts", "post.csv"):
        work = tmp_path / full
        work.mkdir()
        (work / full).symlink_to("/dev/full")
        with pytest.raises(LoadError, match=r"could not be checked in .*No space left(?s:.*)nothing was written"):
            stage(work, sources, options, Report(), Silent())
    (tmp_path / "locked" / "rows.duckdb").mkdir(parents=True)
    with pytest.raises(LoadError, match="could not be checked in"):
        stage(tmp_path / "locked", sources, options, Report(), Silent())


def test_rejects_stay_unsorted_where_the_disk_has_no_room_to_sort_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "rejects.csv", loaders.report._open_rejects
    found = [Reject("b.csv", 2, "why", "x"), Reject("a.csv", 2, "why", "y")]
    with RejectsFile(path, ["a.csv", "b.csv"]) as rejected:
        rejected.add(1, found)
    assert path.read_text().splitlines()[1:] == ["a.csv,2,why,y", "b.csv,2,why,x"]

    def open_rejects(path: Path, mode: str) -> IO[str]:
        return real(Path("/dev/full") if path.suffix == ".new" else path, mode)

    monkeypatch.setattr(loaders.report, "_open_rejects", open_rejects)
    with RejectsFile(path, ["a.csv", "b.csv"]) as rejected:
        rejected.add(1, found)
    assert path.read_text().splitlines()[1:] == ["b.csv,2,why,x", "a.csv,2,why,y"]
    with pytest.raises(LoadError, match=r"rejects\.csv could not be written: No space left"):
        RejectsFile(path, ["a.csv", "b.csv"], resumed=True)


@pytest.mark.long
@pytest.mark.slow
def test_many_rows_of_one_key_with_long_texts_are_merged_in_little_memory(tmp_path: Path) -> None:
    rows = [{"id": f"p{place % 10_000}", "caption": f"{place}{'😀' * (LONG - 10)}"} for place in range(20_000)]
    report, _ = staged(write_csv(tmp_path / "in", posts=rows), tmp_path / "work")
    assert (report.total.created, report.total.updated) == (10_000, 10_000)


@given(st.lists(st.text('a,"\n\0') | st.just("x" * 2000) | st.just("\0long:" + "0" * 32) | st.none(), min_size=1))
def test_texts_come_back_from_their_tokens(texts: list[str | None]) -> None:
    with TemporaryDirectory() as name, closing(LongTexts(Path(name) / "texts")) as long:
        table = Path(name) / "table.csv"
        table.write_bytes(as_table(long.shortened(texts)))
        long.restore(table)
        assert table.read_bytes() == as_table(texts)


def as_table(texts: Sequence[str | None]) -> bytes:
    """A line with all texts, and a line for each, all quoted."""
    cells = ['"' + (text or "").replace('"', '""') + '"' for text in texts]
    return "\n".join([",".join(cells), *cells]).encode()


# --- Whatever a folder holds

CELLS = st.sampled_from(
    ["1.0", "2.5E7", "1.23457E+15", "NULL", "2024-05-01T24:00Z", str(MS), "#️⃣", "\u200b", '"', ",", "\n", "\0"]
)
TEXTS = st.lists(CELLS | st.text(max_size=8), max_size=20).map("".join)
PLACES = st.sampled_from(
    [
        "users.csv",
        "users.csv.gz",
        "posts.jsonl",
        "posts.parquet",
        "likes/a.csv",
        "likes/user=7/b.jsonl",
        "tags/hashtag=a/0",
        "likes_1.csv",
        "likes_2.csv",
        "views-00000-of-00002.csv",
        "views-00001-of-00002.csv",
        "mutes copy.csv",
        "notes.txt",
    ]
)
HEADERS = st.sampled_from(
    ["", "id\n", "user,post\n", "post\n", "id,taken_at,like_count\n", '{"id": 1e2}\n', "\ufeffuser,post,at\n"]
)
FILES = st.dictionaries(PLACES, st.tuples(HEADERS, TEXTS, st.booleans()), max_size=4)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(FILES, st.sampled_from([Reading(), Reading("ms", frozenset({"NULL"}))]))
@example(
    {"likes/user=7/b.jsonl": ("", '{"post": 1e2}', False), "likes/a.csv": ("user,post\n", "1.0,\0", False)}, Reading()
)
@example({"views-00000-of-00002.csv": ("", "", False)}, Reading())
@example({"users.csv.gz": ("id\n", "1", False)}, Reading())
def test_whatever_a_folder_holds_it_is_read_or_refused(
    files: dict[str, tuple[str, str, bool]], reading: Reading
) -> None:
    with TemporaryDirectory() as name:
        for place, (header, text, packs) in files.items():
            path = Path(name) / place
            path.parent.mkdir(parents=True, exist_ok=True)
            data = (header + text).encode("utf-8", "surrogatepass")
            path.write_bytes(gzip.compress(data) if packs else data)
        with suppress(LoadError, UnreadFile):
            read(Path(name), reading)


# --- Into a graph


@pytest.mark.live
def test_a_frame_with_missing_values_is_imported_as_its_file_is(client: Client, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [10, 11], "author": [1.0, None], "taken_at": [MS, MS + 1], "like_count": [3.0, None]})
    users = pd.DataFrame({"id": [1], "opted_out": [1.0]})
    report = from_frames(client, users=users, posts=frame, times="ms", rejects=tmp_path / "r.csv")
    assert (report.total.created, report.total.rejected) == (3, 0)
    frame.to_csv(tmp_path / "posts.csv", index=False)
    users.to_csv(tmp_path / "users.csv", index=False)
    sources, _ = sources_in(tmp_path, Reading("ms"))
    again = import_sources(client, sources, Options(tmp_path / "r.csv"), Silent())
    assert (again.total.unchanged, again.total.rows) == (3, 3)
    assert again.notes == report.notes or "author" in again.notes[0]
