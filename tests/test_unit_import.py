"""How an import divides rows, notes how far it is, goes on after it was cut off, and tells what it could not take."""

import csv
from pathlib import Path
from typing import Any

import pytest

from graph.client import Row, Written
from graph.errors import DiskFull, LoadError, Unreachable
from loaders import importer
from loaders.files.folder import sources_in
from loaders.importer import Options, identity
from loaders.report import Report
from tests.fake import Answer, Fake
from tests.support import load, write_csv

AWAY = Unreachable("Neo4j at bolt://fake:7687 does not answer: Connection refused.", "Is it running?")


class Graph:
    """Notes of imports, and counts of rows that each make something, as a graph keeps them."""

    def __init__(self, *unknown: str, **answers: Answer) -> None:
        self._notes: dict[tuple[str, str, int], Row] = {}
        self._unknown = {*unknown}
        self._answers = {f"import/{name}": answer for name, answer in answers.items()}

    def fake(self, **answers: Answer) -> Fake:
        """A client of this graph, where some statements may answer otherwise."""
        given: dict[str, Answer] = {
            "import/progress": self._progress,
            "import/record_progress": self._record,
            "import/end_progress": [],
            "import/unknown_users": self._lacking,
            "import/unknown_posts": self._lacking,
            "import/missing_users": [],
            "import/missing_posts": [],
            "import/users": lambda params: Written([counted(params)], len(params["rows"]), 0),
            "import/likes": lambda params: Written([counted(params)], 0, len(params["rows"])),
        }
        return Fake({**given, **self._answers, **{f"import/{name}": answer for name, answer in answers.items()}})

    def _progress(self, params: Row) -> list[Row]:
        names = ("batches", "rows", "created", "updated", "rejected")
        return [
            {"file": file, "lane": lane, **{name: note[name] for name in names}}
            for (name_, file, lane), note in self._notes.items()
            if name_ == params["import"]
        ]

    def _record(self, params: Row) -> list[Row]:
        key = (params["import"], params["file"], params["lane"])
        note = self._notes.get(key)
        if note is None or note["batches"] < params["progress"]["batches"]:
            note = self._notes[key] = params["progress"]
        return [{name: note[name] for name in ("rows", "created", "updated", "rejected")}]

    def _lacking(self, params: Row) -> list[Row]:
        return [{"id": id} for id in params["ids"] if id in self._unknown]


def counted(params: Row) -> Row:
    return {"rows": len(params["rows"]), "updated": 0}


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows, two for each writer."""
    monkeypatch.setattr(importer, "LANE_ROWS", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four people who like eleven posts."""
    return write_csv(
        tmp_path,
        users=[{"id": f"u{number}"} for number in range(4)],
        likes=[{"user": f"u{number % 4}", "post": f"p{number}", "at": ""} for number in range(11)],
    )


def written(*fakes: Fake, name: str = "likes") -> list[tuple[Any, ...]]:
    """The rows that were written of a file, sorted."""
    rows = [row for fake in fakes for params in fake.asked(f"import/{name}") for row in params["rows"]]
    return sorted((row["user"], row["post"]) if name == "likes" else (row["id"],) for row in rows)


def away_after(times: int, answer: Answer) -> Answer:
    """The answer so many times; then the server is away."""
    left = iter([answer] * times)
    return lambda params: next(left, AWAY)


def rejects(folder: Path) -> list[tuple[str, str, str]]:
    with (folder / "rejects.csv").open() as file:
        return [(row["file"], row["line"], row["reason"]) for row in csv.DictReader(file)]


def counts(report: Report) -> list[tuple[str, int, int, int]]:
    return [(file.file, file.rows, file.created, file.rejected) for file in report.files]


ALL = [("users.csv", 4, 4, 0), ("likes.csv", 11, 11, 0)]


def test_each_row_is_written_once_in_batches_that_are_noted_as_they_are_written(folder: Path) -> None:
    fake = Graph().fake()
    report = load(fake, folder)
    assert counts(report) == ALL
    assert len(written(fake)) == len({*written(fake)}) == 11
    assert max(len(params["rows"]) for params in fake.asked("import/likes")) <= 4
    for call in fake.calls:
        if call.name in ("import/likes", "import/users"):
            assert call.within == call.name  # with its note
    assert fake.names[-1] == "import/end_progress"
    assert report.rejects is None


def test_rows_of_one_post_are_one_writers_in_their_order(tmp_path: Path) -> None:
    rows = [{"user": f"u{number}", "post": "p", "at": ""} for number in (3, 1, 2, 0)]
    fake = Graph().fake()
    load(fake, write_csv(tmp_path, likes=rows))
    [params] = fake.asked("import/likes")
    assert [row["user"] for row in params["rows"]] == ["u0", "u1", "u2", "u3"]  # as all writers lock people


@pytest.mark.parametrize("after", range(4))
def test_an_import_that_was_cut_off_goes_on_where_it_stopped(folder: Path, after: int) -> None:
    graph = Graph()
    whole = Graph().fake()
    load(whole, folder)
    assert len(whole.asked("import/likes")) > after
    first = graph.fake(likes=away_after(after, whole.answers["import/likes"]))
    with pytest.raises(Unreachable, match=r"Is it running\? Repeat the import: it resumes where it stopped"):
        load(first, folder)
    noted = [call.params for call in first.calls if call.name == "import/record_progress"]
    assert "import/end_progress" not in first.names
    second = graph.fake()
    assert counts(load(second, folder)) == ALL
    assert not second.asked("import/users")  # all of the file is noted
    batches = len([params for params in noted if "likes" in params["file"]])
    assert len(second.asked("import/likes")) == len(whole.asked("import/likes")) - batches
    assert {*written(first), *written(second)} == {*written(whole)}


def test_an_import_that_a_full_disk_stopped_goes_on_when_there_is_space(folder: Path) -> None:
    graph = Graph()
    full = DiskFull("Neo4j's disk is full, so nothing is written.", "Free some space.")
    with pytest.raises(DiskFull, match=r"Free some space\. Repeat the import: it resumes where it stopped"):
        load(graph.fake(likes=full), folder)
    again = graph.fake()
    assert counts(load(again, folder)) == ALL
    assert not again.asked("import/users")


def test_an_import_that_is_complete_may_be_repeated(folder: Path) -> None:
    graph = Graph()
    with pytest.raises(Unreachable):
        load(graph.fake(end_progress=AWAY), folder)
    again = graph.fake()
    assert counts(load(again, folder)) == ALL
    assert again.names == ["import/progress", "import/end_progress"]


def test_another_import_is_not_taken_for_the_one_that_was_cut_off(folder: Path) -> None:
    graph = Graph()
    with pytest.raises(Unreachable):
        load(graph.fake(likes=AWAY), folder)
    other = graph.fake()
    load(other, folder, create_missing=True)
    assert other.asked("import/users")
    with (folder / "likes.csv").open("a") as file:
        file.write("u0,p99,\n")
    longer = graph.fake()
    assert counts(load(longer, folder))[1] == ("likes.csv", 12, 12, 0)


def test_where_only_the_answer_got_lost_what_is_noted_counts(tmp_path: Path) -> None:
    noted = {"rows": 1, "created": 0, "updated": 1, "rejected": 0}  # by the transaction whose answer was lost
    [users] = load(Graph().fake(record_progress=[noted]), write_csv(tmp_path, users=[{"id": "u0"}])).files
    assert (users.created, users.updated) == (0, 1)


def test_rows_that_name_nobody_are_rejected_with_their_line(folder: Path) -> None:
    report = load(Graph("u1", "p6").fake(), folder)
    assert counts(report)[1] == ("likes.csv", 11, 7, 4)
    assert rejects(folder) == [
        ("likes.csv", "3", "unknown user u1"),
        ("likes.csv", "7", "unknown user u1"),
        ("likes.csv", "8", "unknown post p6"),
        ("likes.csv", "11", "unknown user u1"),
    ]


def test_what_an_import_before_rejected_is_told_once_when_it_goes_on(folder: Path) -> None:
    graph = Graph("u1")
    with pytest.raises(Unreachable):
        load(graph.fake(likes=away_after(2, graph.fake().answers["import/likes"])), folder)
    assert counts(load(graph.fake(), folder))[1] == ("likes.csv", 11, 8, 3)
    assert [line for _, line, _ in rejects(folder)] == ["3", "7", "11"]


def test_whoever_lacks_is_made_where_that_is_asked_for(folder: Path) -> None:
    fake = Graph("u1", "p6").fake()
    report = load(fake, folder, create_missing=True)
    assert counts(report) == ALL
    made = {
        id for kind in ("users", "posts") for params in fake.asked(f"import/missing_{kind}") for id in params["ids"]
    }
    assert made == {"u1", "p6"}


def test_who_is_deleted_meanwhile_stops_the_import_and_nothing_of_the_batch_stays(folder: Path) -> None:
    fake = Graph().fake(likes=[{"rows": 0, "updated": 0}])
    with pytest.raises(LoadError, match=r"likes\.csv refer to were deleted during the import\. Repeat it"):
        load(fake, folder)
    assert "import/likes" in fake.taken_back
    assert "import/likes" not in fake.committed
    assert "import/end_progress" not in fake.names


def test_more_rejects_than_are_allowed_stop_it(folder: Path) -> None:
    with pytest.raises(LoadError, match=r"More than 2 rows are rejected .*rejects\.csv for the reasons"):
        load(Graph("u1").fake(), folder, max_rejects=2)
    assert counts(load(Graph("u1").fake(), folder, max_rejects=3))[1] == ("likes.csv", 11, 8, 3)


def test_a_row_that_says_the_same_again_is_not_written_and_another_time_is_a_round_later(tmp_path: Path) -> None:
    rows = [{"user": "u0", "post": "p", "at": at} for at in ("2024-01-02", "2024-01-02", "2024-01-01")]
    fake = Graph().fake()
    report = load(fake, write_csv(tmp_path, likes=rows))
    assert [len(params["rows"]) for params in fake.asked("import/likes")] == [1, 1]
    first, second = (params["rows"][0]["at"] for params in fake.asked("import/likes"))
    assert first > second
    assert report.files[0].rows == 3


def test_a_comment_whose_id_is_another_s_is_rejected_with_all_rows_like_it(tmp_path: Path) -> None:
    row = {"id": "c", "user": "u0", "post": "p", "at": "", "text": "Oh"}

    def taken(params: Row) -> list[Row]:
        others = [{"place": each["place"], "id": "c", "user": "u9", "post": "q"} for each in params["rows"]]
        return [{"rows": 1, "updated": 0, "taken": others}]

    folder = write_csv(tmp_path, comments=[row, row])
    report = load(Graph().fake(comments=taken), folder)
    assert report.files[0].rejected == 2
    reason = "comment c is by user u9 on post q already"
    assert rejects(folder) == [("comments.csv", "2", reason), ("comments.csv", "3", reason)]


def test_an_import_is_the_same_one_by_its_files_and_options(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def same(**options: Any) -> str:
        sources, _ = sources_in(folder)
        return identity(sources, Options(folder / "rejects.csv", **options))

    before = same()
    assert same() == same(max_rejects=3) == before
    assert same(create_missing=True) != before
    monkeypatch.setattr(importer, "LANE_ROWS", 3)  # other batches: what is noted does not fit them
    assert same() != before
