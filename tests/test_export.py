"""Export: what its files hold, that an import of them gives the same graph, and that nobody's files are harmed."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

import cypher
from graph import clock, pictures, schema
from graph.client import Client
from graph.entities import Person, put_person
from graph.errors import LoadError
from graph.events import Event, record
from graph.progress import Silent
from loaders import exporter
from loaders.exporter import export
from loaders.files.reading import Reading
from loaders.format.neutral import FILES
from loaders.importer import Options, import_folder
from tests.small_graphs import Files, graphs, write
from tests.support import ask, everything, load, operators, write_csv

live = pytest.mark.live


def exported(client: Client, folder: Path, **options: Any) -> dict[str, list[dict[str, str]]]:
    """The rows of each file that an export writes."""
    export(client, folder, Silent(), **options)
    found = {}
    for path in folder.iterdir():
        with (
            gzip.open(path, "rt", encoding="utf-8", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8", newline="") as file
        ):
            found[path.name.split(".")[0]] = list(csv.DictReader(file))
    return found


def wipe(client: Client) -> None:
    client.run_in_transactions("admin/wipe")
    schema.ensure(client)


@pytest.mark.long
@live
@given(files=graphs(with_counts=True))
@settings(max_examples=25, deadline=None)
def test_import_of_the_export_is_the_graph(session_client: Client, files: Files) -> None:
    client = session_client
    wipe(client)
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert load(client, write(folder / "in", files)).rejects is None
        graph = everything(client)
        counts = export(client, folder / "out", Silent())
        wipe(client)
        assert load(client, folder / "out").rejects is None
    assert everything(client) == graph
    assert counts == {name: len(rows) for name, rows in files.items() if rows}


@live
def test_ids_that_look_like_numbers_come_back_as_they_were(client: Client, tmp_path: Path) -> None:
    for user in ("1.0", "2.0", "1E+15"):
        put_person(client, user, Person())
    follow = Event(id="e", kind="follow", user="1.0", person="2.0", at=clock.now())
    assert [outcome.status for outcome in record(client, [follow])] == ["done"]
    ties = "MATCH (one:User)-[:FOLLOWS]->(other:User) RETURN one.id AS one, other.id AS other"
    people = "MATCH (user:User) RETURN user.id AS id ORDER BY id"
    before = ask(client, ties), ask(client, people)
    export(client, tmp_path / "out", Silent())
    wipe(client)
    options = Options(tmp_path / "rejects.csv")
    report = import_folder(client, tmp_path / "out", options, Silent(), Reading(ids="as-written"))
    assert (report.rejects, report.notes) == (None, [])
    assert (ask(client, ties), ask(client, people)) == before


@pytest.fixture
def network(client: Client, tmp_path: Path) -> Client:
    """A client of a graph that has something of everything."""
    folder = write_csv(
        tmp_path / "in",
        users=[
            {
                "id": "2",
                "username": "ben",
                "full_name": "Ben, “B”",
                "opted_out": "false",
                "visibility": "followers",
                "not_profiled": "1",
            },
            {"id": "1", "username": "", "full_name": "", "opted_out": "", "visibility": "", "likes_for_self": "yes"},
        ],
        follows=[{"follower": "1", "followee": "2", "at": "2024-01-01T00:00:00.007Z"}],
        posts=[
            {"id": "q", "author": "", "taken_at": "", "media_type": "", "like_count": "", "comment_count": ""},
            {
                "id": "p",
                "author": "2",
                "taken_at": "2024-01-01",
                "media_type": "video",
                "like_count": "7",
                "visibility": "followers",
            },
        ],
        likes=[{"user": "1", "post": "p", "at": ""}, {"user": "1", "post": "q", "at": "0001-01-01"}],
        saves=[{"user": "1", "post": "p", "at": ""}],
        shares=[{"user": "2", "post": "p", "at": "2024-01-02"}, {"user": "1", "post": "p", "at": ""}],
        more_like=[{"user": "1", "post": "q", "at": "2024-01-03"}],
        comments=[{"id": "c", "user": "1", "post": "q", "at": "", "text": ""}],
        tags=[{"post": "q", "hashtag": "#ＳＵＮ Set"}, {"post": "p", "hashtag": "SUN SET"}],
        mentions=[{"post": "q", "user": "2"}],
        picture_vectors=[{"post": "q", "model": "own", "vector": VECTOR}],
        views=[{"user": "1", "post": "q", "at": "2024-01-05", "dwell_ms": ""}],
        mutes=[
            {"user": "1", "muted_user": "2", "hashtag": "", "until": "2024-01-06"},
            {"user": "1", "muted_user": "", "hashtag": "#sun set", "until": ""},
        ],
        muted_words=[{"user": "1", "word": "SNOW", "at": "", "until": "2024-01-06"}],
        blocks=[{"user": "1", "blocked": "2"}],
        hides=[{"user": "2", "post": "p", "at": "", "reason": "seen"}],
        interests=[
            {"user": "2", "hashtag": "#Cats", "inferred": ""},
            {"user": "1", "hashtag": "#cats", "inferred": "yes"},
        ],
        wants=[
            {"user": "2", "hashtag": "#cats", "how": "none", "at": "2024-01-07", "until": "2024-01-06"},
            {"user": "1", "hashtag": "#sun set", "how": "More", "at": "", "until": "", "topic": "t, 1"},
        ],
        unlearned=[{"user": "1", "person": "2", "at": ""}, {"user": "1", "post": "p", "at": "2024-01-08"}],
        dismissed=[{"user": "1", "person": "2", "at": "2024-01-08"}, {"user": "2", "person": "1", "at": ""}],
        packs=[
            {"pack": "k", "name": "Cats, “big”", "by": "1", "person": "2", "at": "2024-01-08", "made_at": "2024-01-07"},
            {"pack": "k", "name": "Cats, “big”", "by": "1", "person": "1", "left": "yes", "made_at": "2024-01-07"},
        ],
        resets=[{"user": "2", "at": "2024-01-09"}, {"user": "2", "at": "2024-01-08"}],
        variants=[{"hashtag": "#Cat", "variant_of": "cats", "at": "2024-01-10", "merged_by": "Dictionary"}],
        not_variants=[{"hashtag": "catty", "variant_of": "#Cats", "at": ""}],
    )
    assert load(client, folder).rejects is None
    return client


VECTOR = pictures.to_text(pictures.unit(range(pictures.SIZE)))

EXPORTED = {
    "users": "id,username,full_name,opted_out,visibility,not_profiled,likes_for_self\r\n1,,,,,,true\r\n"
    '2,ben,"Ben, “B”",false,followers,true,\r\n',
    "posts": "id,author,taken_at,media_type,caption,image_url,like_count,comment_count,sensitive,visibility\r\n"
    "p,2,2024-01-01T00:00:00Z,video,,,7,,,followers\r\nq,,,,,,,,,\r\n",
    "follows": "follower,followee,at\r\n1,2,2024-01-01T00:00:00.007Z\r\n",
    "likes": "user,post,at\r\n1,p,\r\n1,q,0001-01-01T00:00:00Z\r\n",
    "saves": "user,post,at\r\n1,p,\r\n",
    "shares": "user,post,at\r\n1,p,\r\n2,p,2024-01-02T00:00:00Z\r\n",
    "more_like": "user,post,at\r\n1,q,2024-01-03T00:00:00Z\r\n",
    "comments": "id,user,post,at,text\r\nc,1,q,,\r\n",
    "tags": "post,hashtag\r\np,SUN Set\r\nq,SUN Set\r\n",
    "mentions": "post,user\r\nq,2\r\n",
    "picture_vectors": f"post,model,vector\r\nq,own,{VECTOR}\r\n",
    "views": "user,post,at,dwell_ms\r\n1,q,2024-01-05T00:00:00Z,\r\n",
    "mutes": "user,muted_user,hashtag,at,until\r\n1,2,,,2024-01-06T00:00:00Z\r\n1,,SUN Set,,\r\n",
    "muted_words": "user,word,at,until\r\n1,snow,,2024-01-06T00:00:00Z\r\n",
    "blocks": "user,blocked,at\r\n1,2,\r\n",
    "hides": "user,post,at,reason\r\n2,p,,seen\r\n",
    "interests": "user,hashtag,at,inferred\r\n1,Cats,,true\r\n2,Cats,,\r\n",
    "wants": "user,hashtag,how,at,until,topic\r\n"
    '1,SUN Set,more,,,"t, 1"\r\n2,Cats,none,2024-01-07T00:00:00Z,2024-01-06T00:00:00Z,\r\n',
    "unlearned": "user,post,person,at\r\n1,p,,2024-01-08T00:00:00Z\r\n1,,2,\r\n",
    "dismissed": "user,person,at\r\n1,2,2024-01-08T00:00:00Z\r\n2,1,\r\n",
    "packs": "pack,name,by,person,at,made_at,left\r\n"
    'k,"Cats, “big”",1,1,,2024-01-07T00:00:00Z,true\r\n'
    'k,"Cats, “big”",1,2,2024-01-08T00:00:00Z,2024-01-07T00:00:00Z,\r\n',
    "resets": "user,at\r\n2,2024-01-08T00:00:00Z\r\n2,2024-01-09T00:00:00Z\r\n",
    "variants": "hashtag,variant_of,at,merged_by\r\nCat,Cats,2024-01-10T00:00:00Z,dictionary\r\n",
    "not_variants": "hashtag,variant_of,at,merged_by\r\ncatty,Cats,,\r\n",
}


@live
def test_each_file_has_all_columns_and_rows_in_order(network: Client, tmp_path: Path) -> None:
    counts = export(network, tmp_path / "out", Silent())
    found = {path.name: path.read_bytes().decode() for path in (tmp_path / "out").iterdir()}
    assert found == {f"{name}.csv": text for name, text in EXPORTED.items()}
    assert list(counts.items()) == [(format.name, EXPORTED[format.name].count("\r\n") - 1) for format in FILES]


@live
def test_packed_files_hold_the_same_and_the_same_graph_gives_the_same_bytes(network: Client, tmp_path: Path) -> None:
    for out in ("a", "b"):
        export(network, tmp_path / out, Silent(), gz=True)
    a, b = ({path.name: path.read_bytes() for path in (tmp_path / out).iterdir()} for out in "ab")
    assert a == b
    assert {name: gzip.decompress(data).decode() for name, data in a.items()} == {
        f"{name}.csv.gz": text for name, text in EXPORTED.items()
    }


@live
def test_a_given_count_is_written_as_the_counter_stands_and_no_other(network: Client, tmp_path: Path) -> None:
    ask(network, "MATCH (post:Post) SET post.likeCount = post.likeCount + 2")
    posts = {row["id"]: row["like_count"] for row in exported(network, tmp_path / "out")["posts"]}
    assert posts == {"p": "9", "q": ""}


@live
def test_what_is_derived_and_hashtags_that_nothing_uses_stay_behind(network: Client, tmp_path: Path) -> None:
    before = exported(network, tmp_path / "before")
    ask(
        network,
        "MATCH (a:User {id: '1'}), (b:User {id: '2'}) CREATE (a)-[:AFFINITY {score: 1}]->(b), (:Slate)<-[:X]-(a)",
    )
    ask(network, "CREATE (:Hashtag {name: 'old', display: 'Old'})")
    assert exported(network, tmp_path / "after") == before


@live
def test_an_empty_graph_gives_no_files(client: Client, tmp_path: Path) -> None:
    assert export(client, tmp_path / "out", Silent()) == {}
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.long
@live
@pytest.mark.parametrize("gz", [False, True])
def test_a_text_of_ten_megabytes_comes_back(client: Client, tmp_path: Path, gz: bool) -> None:
    caption = 'é"\r\n\x00🌅,' * 1_000_000
    assert load(client, write_csv(tmp_path / "in", posts=[{"id": "p", "caption": caption}])).rejects is None
    export(client, tmp_path / "out", Silent(), gz=gz)
    wipe(client)
    assert load(client, tmp_path / "out").rejects is None
    [post] = ask(client, "MATCH (post:Post) RETURN post.caption AS caption")
    assert post["caption"] == caption


# --- the folder


@live
@pytest.mark.parametrize("name", ["users.csv", "likes.csv.gz", "views.jsonl"])
def test_a_folder_that_holds_files_of_the_format_is_left_as_it_is(network: Client, tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    with pytest.raises(LoadError, match=f"holds {name}, which an import would mix"):
        export(network, tmp_path / "out", Silent())
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["mine"]


@live
def test_what_a_killed_export_has_left_is_no_obstacle(network: Client, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("likes.csv.part", "views.csv.gz.part"):
        (tmp_path / "out" / name).write_text("half a li")
    assert exported(network, tmp_path / "out").keys() == EXPORTED.keys()


@live
@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/nothing"])
def test_a_folder_that_cannot_be_written_to_is_told(network: Client, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LoadError, match=r"cannot be written to .*Name a writable folder"):
        export(network, tmp_path / folder, Silent())


class Listener(Silent):
    """Somebody who does something when a file is done, and keeps what was said of others."""

    def __init__(self, file: str = "", deed: Callable[[], object] = lambda: None) -> None:
        self.file = file
        self.deed = deed
        self.told: list[tuple[str, int, int]] = []

    def advance(self, task: str, done: int, total: int) -> None:
        self.told.append((task, done, total))
        if task == self.file and done == total:
            self.deed()


@live
def test_until_all_is_written_no_file_has_its_name_and_an_interruption_leaves_none(
    network: Client, tmp_path: Path
) -> None:
    names: list[str] = []

    def interrupt() -> None:
        names.extend(sorted(path.name for path in (tmp_path / "out").iterdir()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(network, tmp_path / "out", Listener("users.csv", interrupt))
    assert names == sorted(f"{name}.csv.part" for name in EXPORTED)
    assert list((tmp_path / "out").iterdir()) == []


@live
@pytest.mark.parametrize("time", ["253402300800000", "'2024-01-01'", "datetime()"])
def test_a_time_that_no_file_can_hold_is_told_with_its_row(network: Client, tmp_path: Path, time: str) -> None:
    ask(network, f"MATCH (:User {{id: '1'}})-[liked:LIKED]->(:Post {{id: 'q'}}) SET liked.at = {time}")
    with pytest.raises(LoadError, match="likes with user '1', post 'q' has a time outside the years 1 to 9999"):
        export(network, tmp_path / "out", Silent())
    assert list((tmp_path / "out").iterdir()) == []


# --- a large and a living graph


@pytest.mark.long
@live
@pytest.mark.parametrize("file", [format.name for format in FILES if format.name not in ("users", "posts")])
def test_what_comes_in_meanwhile_spoils_nothing(network: Client, tmp_path: Path, file: str) -> None:
    def come_in() -> None:
        ask(
            network,
            "MATCH (b:User {id: '2'}) CREATE (a:User {id: '3'})-[:POSTED]->(p:Post {id: 'r'}), (a)-[:FOLLOWS]->(b), "
            "(a)-[:BLOCKED]->(b), (a)-[:MUTED]->(b), (a)-[:LIKED]->(p), (a)-[:SAVED]->(p), (a)-[:SHARED]->(p), "
            "(a)-[:MORE_LIKE]->(p), (a)-[:COMMENTED {id: 'd'}]->(p), "
            "(a)-[:VIEWED {at: 1}]->(p), (a)-[:HID]->(p), (p)-[:MENTIONS]->(a), "
            "(p)-[:TAGGED]->(x:Hashtag {name: 'x', display: 'x'}), (a)-[:INTERESTED_IN]->(x), "
            "(a)-[:WANTS {how: 'less'}]->(x), (a)-[:UNLEARNED]->(p), (a)-[:RESET {at: 1}]->(a), "
            "(a)-[:DISMISSED]->(b), (x)-[:NOT_VARIANT_OF]->(y:Hashtag {name: 'y'}), "
            "(x)-[:VARIANT_OF]->(y), (a)-[:MADE]->(:Pack {id: 'l', name: 'x'})-[:HAS]->(a)",
        )

    export(network, tmp_path / "out", Listener(f"{file}.csv", come_in))
    wipe(network)
    report = load(network, tmp_path / "out")
    assert report.rejects is None
    assert {file.file: file.rows for file in report.files}["users.csv"] == 3


@live
@pytest.mark.parametrize("name", [f"export/{format.name}" for format in FILES])
def test_the_server_sorts_no_whole_file(network: Client, name: str) -> None:
    plan = network._driver.execute_query(f"EXPLAIN {cypher.load(name).text}").summary.plan
    assert plan is not None
    assert "Sort@neo4j" not in {step.split()[0] for step in operators(plan)}


@live
def test_progress_moves_and_ends_at_the_number_of_rows(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "STEP", 2)
    load(client, write_csv(tmp_path / "in", users=[{"id": str(n)} for n in range(5)]))
    listener = Listener()
    export(client, tmp_path / "out", listener)
    assert listener.told == [("users.csv", 2, 5), ("users.csv", 4, 5), ("users.csv", 5, 5)]
