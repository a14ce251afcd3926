"""The files in cypher/: their form, their parameters, and that they run as they stand in Neo4j Browser."""

import re
from pathlib import Path

import numpy as np
import pytest

import cypher
from cypher import StatementFormError, fragments, load, names, parse
from graph import clock, schema
from graph.client import Client, Row
from graph.ranking.profiles import profile
from graph.ranking.sources import SOURCES
from loaders.generator import generate
from tests import support
from tests.fake import columns
from tests.little_network import built
from tests.support import ask, operators, small_server

ROOT = Path(__file__).parents[1]
FILES = fragments.read()
PARAMS = fragments.samples(FILES[cypher.PARAMS])
FOR_BROWSER_ALONE = {"network/picture"}
MOST_LINES_WITHOUT_HEADINGS = 80
FILTERED_BY_ROWS = {
    "feed/ranked": "asks for hundreds of posts, where looking at each costs more than reading once what is out, as rows"
}
"""Statements that filter the posts that they bring by a form of their own, and why."""
FINDING_NONE = {
    *("admin/odd", "slates/kept", "experiments/people", "experiments/posts", "slates/creating"),
    *("schema/captions", "feed/looks", "discovery/posts_with_rare_hashtags"),
    *("discovery/spellings", "hashtags/left", "hashtags/named", "hashtags/said", "hashtags/spelled"),
    "events/hashtags_of_topics",
}
"""What is odd in the data of the demo, what is learned from slates, who stores one, captions of an older version, looks
that a build can tell from others, merges that were interrupted, spellings of #sunset, topics: it has none. The sample
of names is of procedures. Whether its first post has a hashtag that few others have is chance."""
BRINGING_NONE = {"discovery/reach", "feed/me", "feed/looks", "feed/hidden"}
"""They return the person, and what they looked at or hid, which is never shown again."""


def code(name: str) -> str:
    """A statement without its header."""
    return re.sub(r"\A(//.*\n)+", "", load(name).text)


def held(name: str) -> set[str]:
    """The blocks of a file and those of the files that they come from."""
    blocks = fragments.blocks(name, FILES[name])
    return {block.name for block in blocks}.union(*(held(block.source) for block in blocks))


@pytest.mark.parametrize("name", names())
def test_each_statement_has_its_form(name: str) -> None:
    statement = load(name)
    assert len(statement.title) > 20
    assert set(statement.needs) <= set(names())


def test_the_files_are_what_the_tool_writes() -> None:
    assert fragments.differences(FILES) == []
    assert fragments.complete(FILES) == FILES


@pytest.mark.parametrize("name", [name for name in FILES if name != cypher.PARAMS])
def test_long_files_have_a_numbered_heading_for_each_stage(name: str) -> None:
    lines = FILES[name].splitlines()
    numbers = [int(found["number"]) for line in lines if (found := cypher.HEADING.match(line))]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) > 1 or len(lines) <= MOST_LINES_WITHOUT_HEADINGS


def test_comments_fit_in_a_line() -> None:
    comments = {
        f"{name}:{number}": line
        for name, text in FILES.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if line.lstrip().startswith("//") and not cypher.PARAM.fullmatch(line)
    }
    assert [place for place, line in comments.items() if len(line) > 120] == []


def test_every_fragment_is_used_and_none_is_a_statement() -> None:
    pieces = {name.removeprefix(cypher.FRAGMENTS) for name in FILES if name.startswith(cypher.FRAGMENTS)}
    assert {"people", "posts"} <= pieces <= set().union(*(held(name) for name in names()))
    assert not any(name.startswith(cypher.FRAGMENTS) for name in names())


def test_every_statement_is_used() -> None:
    python = "".join(
        path.read_text(encoding="utf-8") for folder in ("graph", "loaders") for path in (ROOT / folder).rglob("*.py")
    )
    composed = {f"tutorial/{source}" for source in profile("tutorial").sources} | {"tutorial/mixed"}
    composed |= {
        name for name in names() if name.startswith(("import/", "export/", "schema/version_", "events/"))
    }  # by number, FileFormat, REFERENCES, KINDS
    unused = [name for name in names() if f'"{name}"' not in python and name not in composed | FOR_BROWSER_ALONE]
    assert unused == []


def test_gds_projections_are_made_and_dropped_in_one_module() -> None:
    speakers = {name for name in names() if "gds." in code(name)}
    assert {name.split("/")[0] for name in speakers} == {"affinity", "build", "tutorial", "admin"}
    projecting = {
        path.stem for path in (ROOT / "graph").rglob("*.py") if "/project_" in path.read_text(encoding="utf-8")
    }
    assert projecting == {"projections"}


def test_each_statement_that_brings_posts_filters_them() -> None:
    bringing = {name for name in names() if name.startswith(("feed/", "tutorial/", "discovery/"))}
    bringing -= {name for name in names() if name.startswith("tutorial/project_")}
    bringing -= {f"discovery/{name}" for name in ("hashtag", "people", "post", "spellings", "topics")}
    bringing |= {"explain/names"}  # it names the authors of posts
    assert {name for name in names() if "posts" in held(name)} == bringing - FILTERED_BY_ROWS.keys() - BRINGING_NONE


@pytest.mark.parametrize("name", FILTERED_BY_ROWS)
def test_a_statement_without_the_filter_of_posts_asks_for_all_that_it_asks_for(name: str) -> None:
    """That it shows nothing that is filtered, the tests of filters and sources tell."""
    text = code(name)
    for held_by_filter in re.findall(r":([A-Z]+)\]|\b(optedOut|sensitive|exclude|TAGGED)\b", filter_of_posts()):
        assert re.search(rf"\b{''.join(held_by_filter)}\b", text), held_by_filter
    assert "coalesce(author <> me, true)" in text


def filter_of_posts() -> str:
    return re.sub(r"(?m)^//.*$", "", FILES[f"{cypher.FRAGMENTS}posts"])


def test_whoever_is_named_to_a_person_or_counted_is_neither_muted_nor_blocked_nor_opted_out() -> None:
    naming = {
        "slates/bubble",
        "network/people",
        "network/rows",
        "network/picture",
        "discovery/trending",
        "feed/ranked",
        "feed/page",
        "discovery/people",
        "discovery/person",
        "discovery/post",
        "discovery/related_hashtags",
        "discovery/similar_posts",
        "tutorial/friends_of_friends",
        "tutorial/mixed",
        "discovery/suggestions",
        "explain/names",
        "packs/about",
        "packs/listed",
        "packs/one",
    }
    direct = {name for name in names() if any(block.name == "people" for block in fragments.blocks(name, FILES[name]))}
    assert direct | {"tutorial/mixed"} == naming
    for name in (name for name in names() if not name.startswith("events/")):
        lines = load(name).text.splitlines()
        for block in reversed(fragments.blocks(name, load(name).text)):
            del lines[block.begin : block.end]
        assert not re.search(r"NOT EXISTS \{ \(me\)-\[:(MUTED|BLOCKED)\]->?\((?!hashtag)", "\n".join(lines)), name


def test_every_source_of_the_ranking_is_a_block_of_one_statement() -> None:
    blocks = [block.name for block in fragments.blocks("feed/ranked", FILES["feed/ranked"])]
    for source in SOURCES.values():
        assert blocks.count(source.fragment) == 1, "two sources may share a block, which stands there once"


def test_the_mix_holds_the_three_sources() -> None:
    blocks = fragments.blocks("tutorial/mixed", FILES["tutorial/mixed"])
    assert [block.name for block in blocks] == [f"tutorial/{source}" for source in profile("tutorial").sources]


def test_the_sample_draws_are_those_of_seed_0() -> None:
    assert PARAMS["draws"] == str([round(float(draw), 4) for draw in np.random.default_rng(0).random(30)])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("MATCH (n) RETURN n", ":1: the first line must be"),
        ("// Reads\nRETURN $me", "uses but does not declare $me"),
        ("// Reads\n// :param me => '1'\nRETURN '$me' // $me", "declares but does not use $me"),
        ("// Reads\nRETURN 1;\nRETURN 2", "must hold one statement"),
    ],
)
def test_a_bad_file_fails_when_it_is_loaded_and_is_named(text: str, problem: str) -> None:
    with pytest.raises(StatementFormError, match=re.escape(problem)) as raised:
        parse("feed/bad", text)
    assert "cypher/feed/bad.cypher" in str(raised.value)


def test_an_unknown_name_says_which_file_is_missing() -> None:
    with pytest.raises(StatementFormError, match=r"cypher/no/such\.cypher"):
        load("no/such")


@pytest.mark.live
@pytest.mark.parametrize("name", names())
def test_each_statement_is_understood_by_the_server_which_warns_of_nothing(client: Client, name: str) -> None:
    samples = {parameter: sample(client, expression) for parameter, expression in load(name).samples.items()}
    for part in load(name).parts:
        explained = client._driver.execute_query(f"EXPLAIN {part}", samples)
        statuses = explained.summary.gql_status_objects
        assert [status.gql_status for status in statuses if status.is_notification] == []
        assert {*explained.keys} == columns(name)  # which the rows that tests prepare have


@pytest.mark.live
@pytest.mark.parametrize("name", [*(name for name in names() if "posts" in held(name)), "explain/why"])
def test_muted_hashtags_are_found_from_the_post_not_from_all_that_i_muted(client: Client, name: str) -> None:
    samples = {parameter: sample(client, PARAMS[parameter]) for parameter in load(name).samples}
    plan = client._driver.execute_query(f"EXPLAIN {load(name).text}", samples).summary.plan
    muted = [step for step in operators(plan) if step.startswith("Expand") and ":MUTED]->" in step]
    muted = [step for step in muted if "->(person)" not in step]  # whom I mute are read as rows where they are left out
    assert muted
    assert all(step.startswith("Expand(Into)") for step in muted)


def sample(client: Client, expression: str) -> object:
    """The value of a sample, which is written in Cypher."""
    return ask(client, f"RETURN {expression} AS value")[0]["value"]


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's network in small."""
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, users=600, likes_per_user=60, until=clock.now(), picture_vectors=True)
    return support.write_csv(  # what it makes none of
        folder,
        views=[{"user": "1", "post": "1", "at": "2024-01-01"}],
        mutes=[{"user": "1", "muted_user": "2"}],
        muted_words=[{"user": "1", "word": "snow"}],
        blocks=[{"user": "1", "blocked": "2"}],
        hides=[{"user": "1", "post": "1"}],
        saves=[{"user": "1", "post": "2"}],
        shares=[{"user": "1", "post": "2"}],
        more_like=[{"user": "1", "post": "2"}],
        interests=[{"user": "1", "hashtag": "sunset"}],
        wants=[{"user": "1", "hashtag": "sunset", "how": "more"}],
        unlearned=[{"user": "2", "post": "2"}],
        dismissed=[{"user": "1", "person": "3"}],
        packs=[{"pack": "p1", "name": "Snow", "by": "42", "person": person} for person in ("1", "7")],
        resets=[{"user": "3", "at": "2024-01-01"}],
        variants=[{"hashtag": "sunsets", "variant_of": "sunset"}],
        not_variants=[{"hashtag": "sundown", "variant_of": "sunset"}],
    )


@pytest.fixture
def demo(session_client: Client, demo_folder: Path) -> Client:
    """A client of the demo's graph, which is loaded and built if it is not there: the tests that use it only read."""
    if ask(session_client, "MATCH (user:User) RETURN count(user) AS count") != [{"count": 600}]:
        session_client.run_in_transactions("admin/wipe")
        schema.ensure(session_client)
        support.load(session_client, demo_folder)
        built(session_client, clock.now())
        newest = "MATCH (post:Post) WITH post ORDER BY post.takenAt DESC LIMIT 30 "
        ask(session_client, newest + "MATCH (tag:Hashtag {name: 'sunset'}) MERGE (post)-[:TAGGED]->(tag)")
    return session_client


OF_WORK_AT_HAND = {"slates/about", "admin/end_request", "affinity/marked"}
"""What they read is of somebody who has just been there: the demo holds no such thing."""
BY_INTERNAL_ID = {
    *(f"affinity/{name}" for name in ("weigh", "store", "join_communities", "postpone", "walks")),
    "forget/ties_of_post",
    *(f"hashtags/{name}" for name in ("mark", "tag_posts", "tag_back", "copy_ties", "copy_back", "drop_back")),
}
"""Their samples cannot name somebody or something that is there."""
RUN_ALONE = re.compile(
    r"build/(size|state|hashtags|fastrp|fastrp_bytes|vectors_room|project_vectors|project_vectors_by)"
)
OF_A_BUILD = {name for name in names() if name.startswith("build/") and not RUN_ALONE.fullmatch(name)}
"""They go by internal ids, or by what a build has written: test_build tells what they do."""


def reading() -> list[str]:
    """The statements that only read the graph."""
    words = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE)\b|\bdb\.(?!index\.fulltext\.query)")
    exceptions = {
        "affinity/drop",
        "import/progress",
        *OF_WORK_AT_HAND,
        *BY_INTERNAL_ID,
        *OF_A_BUILD,
    }
    return [name for name in names() if not words.search(code(name)) and name not in exceptions]


@pytest.mark.long
@pytest.mark.live
@pytest.mark.parametrize("name", reading())
def test_each_reading_statement_runs_with_the_samples_and_returns_rows(demo: Client, name: str) -> None:
    values = {parameter: sample(demo, expression) for parameter, expression in PARAMS.items()}
    try:
        for needed in load(name).needs:
            run(demo, needed, values)
        assert run(demo, name, values) or name in FINDING_NONE
    finally:
        run(demo, "affinity/drop", values)
        ask(demo, "MATCH (slate:Slate) DETACH DELETE slate")


def run(client: Client, name: str, values: dict[str, object]) -> list[Row]:
    """The rows of a statement; of `rows`, whose shape is its own, it takes its own sample."""
    samples = load(name).samples
    own = {"rows": sample(client, samples["rows"])} if "rows" in samples else {}
    return ask(client, load(name).text, **({parameter: values[parameter] for parameter in samples} | own))


NOT_BY_THEMSELVES = {
    "admin/replan",  # below, on a server of its own
    "schema/await_indexes",
    "schema/version_1",
    "schema/version_2",
    "schema/version_3",
    "schema/version_4",
    "schema/version_5",
    "schema/version_6",
    "schema/version_7",
    "schema/version_8",
    "schema/version_9",
    "schema/version_10",
    "schema/version_11",
    "schema/version_12",
    "schema/version_13",
    "schema/version_14",
    "schema/remove_candidates",  # these four commit by themselves: test_upgrade
    "schema/remove_rising",
    "schema/remove_near",
    "schema/remove_stored",
    "import/progress",
}


_SPELLINGS = (
    "MATCH (me:User {id: '42'}) MATCH (post:Post {id: '1'}) "
    "CREATE (variant:Hashtag {name: 'sunsets', display: 'Sunsets'}) "
    "CREATE (kept:Hashtag {name: 'sunset', display: 'Sunset'}) "
)
_BEGUN = _SPELLINGS + "CREATE (variant)-[:BECOMES]->(kept) CREATE (post)-[:TAGGED]->(variant) "
_MERGED = _SPELLINGS + "CREATE (variant)-[:VARIANT_OF {moving: true}]->(kept) CREATE (post)-[:TAGGED]->(variant) "
_UNDONE = (
    _SPELLINGS + "CREATE (variant)-[:VARIANT_OF {undoing: 1}]->(kept) CREATE (post)-[:TAGGED {as: ['sunsets']}]->(kept)"
)

_TOPIC = "CREATE (:Topic {id: 't1'})<-[:OF_TOPIC {place: 1}]-(:Hashtag {name: 'sunset'})"

OF_THEIR_OWN = {
    "hashtags/begin": _SPELLINGS,
    "hashtags/dropped": _BEGUN,
    "hashtags/tag_rest": _BEGUN,
    "hashtags/merge": _BEGUN,
    "hashtags/move_posts": _MERGED,
    "hashtags/drop_ties": _MERGED + "CREATE (me)-[:MUTED {copied: true}]->(variant)",
    "hashtags/end_moves": _MERGED,
    "hashtags/undoing": _SPELLINGS + "CREATE (kept)-[:VARIANT_OF]->(variant)",
    "hashtags/tag_rest_back": _UNDONE,
    "hashtags/undo": _UNDONE,
    "hashtags/mute_spellings": _MERGED + "SET me.mutedWords = ['sunset']",
    "forget/close": "MATCH (a:User {id: '42'}), (post:Post {id: '1'}) CREATE (a)-[:POSTED]->(post)",
    "forget/lists": "CREATE (:Slate {id: 'new', authors: ['42']})",
    "affinity/unlearn": "MATCH (a:User {id: '42'}) SET a.notProfiled = true, a.community = 1",
    **{f"events/{kind}_topic": _TOPIC for kind in ("more", "less", "dismiss", "neither")},
    "events/end_words": "MATCH (a:User {id: '42'}) SET a.mutedWordsEnd = 0",
    "events/end": "MATCH (a:User {id: '42'}), (b:User {id: '7'}) CREATE (a)-[:MUTED {until: 0}]->(b)",
}
"""What the samples of a statement need that those of others do not bear."""


@pytest.mark.live
@pytest.mark.parametrize(
    "name", sorted({*names()} - {*reading()} - NOT_BY_THEMSELVES - OF_WORK_AT_HAND - BY_INTERNAL_ID - OF_A_BUILD)
)
def test_each_writing_statement_changes_a_small_graph(client: Client, name: str) -> None:
    """What each changes is told by the tests of import, server and demo; here, that its own samples are of use."""
    ask(client, "CREATE (a:User {id: '42'}), (:User {id: '7'}), (a)-[:FOLLOWS]->(:User {id: '8'})")
    ask(client, "CREATE (:Post {id: '1'}) MERGE (note:Schema {name: 'graphfeed'}) SET note.version = 0")
    ask(client, "CREATE (:ImportProgress {import: 'sample', file: 'users.csv', lane: 0})")
    ask(client, "CREATE (:Event {id: 'old', user: '42', at: 0}), (:Slate {id: 'old', expiresAt: 0, authors: ['42']})")
    ask(
        client,
        "MATCH (a:User {id: '42'}) CREATE (a)-[:WAS_SHOWN]->(:Slate {id: 'shown', expiresAt: 0, authors: ['42']})",
    )
    ask(
        client,
        "MATCH (a:User {id: '42'}), (b:User {id: '7'}) CREATE (a)-[:INTERESTED_IN]->(:Hashtag {name: 'x'}), "
        "(a)-[:LIKED]->(:Post {id: '2'})<-[:COMMENTED {id: 'c2'}]-(a), (a)-[:POSTED]->(own:Post {id: '3'}), "
        "(own)-[:TAGGED]->(:Hashtag {name: 'y'}), (b)-[:LIKED]->(own), (b)-[:COMMENTED {id: 'c3'}]->(own)",
    )
    ask(client, "MATCH (post:Post {id: '1'}) CREATE (post)-[:TAGGED]->(:Hashtag {name: 'z'})")
    if name in OF_THEIR_OWN:
        ask(client, OF_THEIR_OWN[name])
    for needed in load(name).needs:
        run(client, needed, {parameter: sample(client, PARAMS[parameter]) for parameter in load(needed).samples})
    values = {parameter: sample(client, expression) for parameter, expression in load(name).samples.items()}
    if name == "affinity/drop":
        run(client, "tutorial/project_followees", {"me": "42", "followeesGraph": "graphfeed-followees"})
        assert run(client, name, values) == [{"graph": "graphfeed-followees"}]
    elif name == "admin/wipe":
        client.run_in_transactions(name)
        assert ask(client, "MATCH (node) WHERE NOT node:Schema RETURN node") == []
    else:
        counters = client._driver.execute_query(load(name).text, values).summary.counters
        assert counters.contains_updates


@pytest.mark.long
@pytest.mark.live
def test_what_is_planned_anew_reads_no_whole_index_to_find_a_node(tmp_path: Path) -> None:
    conf = {"db.index_sampling.background_enabled": "false"}  # as of one that has very much to do
    with (
        small_server(tmp_path / "home", conf, heap="512m", page_cache="64m") as server,
        Client(server.address) as client,
    ):
        schema.ensure(client)
        ask(
            client,
            "UNWIND range(1, 5000) AS n CREATE (:User {id: 'u' + n})-[:POSTED]->(:Post {id: 'p' + n, takenAt: n})"
            "-[:TAGGED]->(:Hashtag {name: 'h' + n})",
        )
        assert scanned(client, "build/named")  # for as far as the server knows, there is nothing in them
        client.read("admin/replan")
        assert {name for name in LOOKING_UP if scanned(client, name)} == set()


LOOKING_UP = ("build/named", "build/posts", "build/top", "entities/untie_post", "feed/me", "feed/ranked", "feed/page")


def scanned(client: Client, name: str) -> list[str]:
    """The scans in the plan of a statement, but for that of the lists of what trends, of which there are two."""
    values = {parameter: sample(client, expression) for parameter, expression in load(name).samples.items()}
    plan = client._driver.execute_query(f"EXPLAIN {load(name).text}", values).summary.plan
    assert plan is not None
    return [step for step in operators(plan) if "Scan" in step.split()[0] and not step.endswith(" list:TrendingList")]
