"""Files as people have them: times, floats, nulls, parts, wide rows. Each is read right, or refused with what to do."""

import gzip
import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

from graph import clock
from graph.client import Client
from graph.errors import LoadError, UnreadFile
from graph.progress import Silent
from loaders.files.blocks import Reject
from loaders.files.folder import sources_in
from loaders.files.reading import Reading
from loaders.format import neutral
from loaders.format.neutral import Record
from loaders.frames import frame_source, from_frames
from loaders.importer import Options, import_sources
from loaders.offline import tables
from loaders.offline.bulk import check
from loaders.offline.long_texts import LONG, LongTexts
from loaders.offline.staging import Staging
from loaders.report import Report
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
    ("unit", "cell"), [("s", "1764061512.345"), ("ms", str(MS)), ("us", f"{MS}999"), ("ns", f"{MS}999999")]
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


@pytest.mark.parametrize(("unit", "cell"), [("s", str(MS)), ("ms", "9" * 30), ("ms", "-" + "9" * 50)])
def test_a_number_in_another_unit_is_refused(tmp_path: Path, unit: clock.Unit, cell: str) -> None:
    _, [reject], _ = read(write_csv(tmp_path, posts=[{"id": "p", "taken_at": cell}]), Reading(unit))["posts"]
    assert f"counted in {unit} since 1970 is outside the years 1 to 9999" in reject[2]


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
    assert (record["author"], record["likeCount"], record["properties"]) == (None, None, {"caption": "nan"})
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
        ("users/b.csv", 3, "has 3 cells, and the header has 2", "no,3,4"),
        ("users/b.csv", 4, "opted_out: 'perhaps' is neither true nor false", "perhaps,5"),
    ]


def test_all_parts_decide_whether_ids_are_floats(tmp_path: Path) -> None:
    for text, expected in (("3.0", ["1", "3"]), ("x", ["1.0", "x"])):
        write_csv(tmp_path / "users", a=[{"id": "1.0"}], b=[{"id": text}])
        assert [record["id"] for record in read(tmp_path)["users"][0]] == expected


def test_names_of_folders_tell_columns(tmp_path: Path) -> None:
    parts(tmp_path / "posts", "media_type=video/day=1/a.csv", "media_type=__HIVE_DEFAULT_PARTITION__/b.csv")
    records, rejects, notes = read(tmp_path)["posts"]
    assert [record["properties"] for record in records] == [{}, {"mediaType": "video"}]
    assert rejects == []
    assert notes == ["posts: day=… in the names of its folders is no column, and ignored."]


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


def test_utf_16_is_told_in_a_packed_file_too(tmp_path: Path) -> None:
    (tmp_path / "users.csv.gz").write_bytes(gzip.compress("id\n1\n".encode("utf-16")))
    with pytest.raises(LoadError, match="is UTF-16"):
        sources_in(tmp_path)


@pytest.mark.parametrize(
    "again", ["id,username", "\ufeffid,username", '"id","username"', " id , username", '\ufeff"id",username']
)
@pytest.mark.parametrize("before", ["1,ana", '1,"a\nb"'])
def test_a_header_in_the_middle_makes_nobody(tmp_path: Path, again: str, before: str) -> None:
    (tmp_path / "users.csv").write_text(f"id,username\n{before}\n{again}\n2,username\n", encoding="utf-8")
    records, [(_, line, reason, _)], _ = read(tmp_path)["users"]
    assert [record["id"] for record in records] == ["1", "2"]
    assert (line, reason) == (3 + before.count("\n"), "is the header again")


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
    with closing(Staging(work, sources)) as staging:
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
