"""For notebooks: py2neo's OGM, feeds as frames, and bulk loading by the rules of the import."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph import clock
from graph.client import Client
from graph.errors import LoadError, LoginRefused, NotFound, SettingsError
from graph.ranking.feed import Request, feed
from graph.ranking.profiles import FEATURES, profile
from graph.settings import Settings, read_settings
from loaders import notebook
from loaders.notebook import Hashtag, Post, User, bulk_load, feed_frame
from tests import support
from tests.support import ask, everything, write_csv

live = pytest.mark.live
Graph = Any  # of py2neo, which only loaders.notebook imports
NOW = clock.parse("2024-06-01")
DAY = 86_400_000


@pytest.fixture
def graph(client: Client, settings: Settings) -> Iterator[Graph]:
    """py2neo's door to the empty graph of the run's server."""
    graph = notebook.connect(settings)
    yield graph
    graph.service.connector.close()  # a failed test's traceback would hold it


# Who needs py2neo


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.long
@pytest.mark.slow
def test_nothing_else_needs_py2neo() -> None:
    code = "import sys; sys.modules['py2neo'] = None; import loaders.demo, loaders.importer, service.cli"
    assert run_python(code).returncode == 0


@pytest.mark.slow
def test_without_it_the_module_says_what_to_install() -> None:
    told = run_python("import sys; sys.modules['py2neo'] = None; import loaders.notebook").stderr
    assert "loaders.notebook needs py2neo: pip install 'graphfeed[py2neo]'" in told


# Connecting


@live
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_it_connects_to_the_neo4j_of_the_settings(client: Client, settings: Settings, scheme: str) -> None:
    ask(client, "CREATE (:User {id: '42'})")
    uri = str(settings.uri).replace("bolt://", f"{scheme}://")
    graph = notebook.connect(settings.model_copy(update={"uri": uri, "database": "neo4j"}))
    assert graph.name == "neo4j"
    assert [user.id for user in User.match(graph)] == ["42"]


@live
def test_it_leaves_no_socket_open(client: Client, settings: Settings) -> None:
    graph = notebook.connect(settings)
    connector = graph.service.connector
    assert len(User.match(graph)) == 0
    del graph
    gc.collect()
    assert [pool.size for pool in connector._pools.values()] == [0]


@live
def test_a_wrong_password_is_refused_in_the_words_of_the_rest(client: Client, settings: Settings) -> None:
    wrong = read_settings(uri=settings.uri, user=settings.user, password="wrong", home=settings.home)
    with pytest.raises(LoginRefused, match="GRAPHFEED_PASSWORD"):
        notebook.connect(wrong)


# The OGM


@pytest.fixture
def small(client: Client) -> Client:
    """Every relationship that there is, from ana, who commented on and viewed b1 twice."""
    ask(
        client,
        """
        CREATE (ana:User {id: '1', username: 'ana', fullName: 'Ana A.', optedOut: true}), (ben:User {id: '2'}),
          (b1:Post {id: 'b1', takenAt: 1, mediaType: 'image', caption: 'c', imageUrl: 'u', sensitive: false,
                    likeCount: 8, givenLikeCount: 7, commentCount: 4, givenCommentCount: 4}),
          (a1:Post {id: 'a1', likeCount: 0, commentCount: 0}),
          (sunset:Hashtag {name: 'sunset', display: 'Sunset'}), (cats:Hashtag {name: 'cats', display: 'Cats'}),
          (ana)-[:FOLLOWS {since: 1}]->(ben), (ben)-[:POSTED]->(b1), (ana)-[:POSTED]->(a1),
          (ana)-[:LIKED {at: 2}]->(b1), (ana)-[:SAVED {at: 3}]->(b1), (ana)-[:SHARED]->(b1), (ana)-[:MORE_LIKE]->(a1),
          (ana)-[:COMMENTED {id: 'c1', at: 3, text: 'one'}]->(b1),
          (ana)-[:COMMENTED {id: 'c2', at: 4, text: 'two'}]->(b1),
          (ana)-[:VIEWED {at: 1, dwellMs: 10}]->(b1), (ana)-[:VIEWED {at: 2}]->(b1),
          (ana)-[:HID {at: 5, reason: 'seen'}]->(b1), (b1)-[:TAGGED]->(sunset), (b1)-[:MENTIONS]->(ana),
          (ana)-[:MUTED {at: 6}]->(ben), (ana)-[:MUTED {at: 7}]->(cats), (ana)-[:BLOCKED {at: 8}]->(ben),
          (ana)-[:INTERESTED_IN {at: 9}]->(sunset), (ana)-[:WANTS {how: 'less', at: 10, until: 11}]->(cats)
        """,
    )
    return client


@live
def test_a_node_has_its_properties(small: Client, graph: Graph) -> None:
    ana = User.match(graph, "1").first()
    assert (ana.id, ana.username, ana.full_name, ana.opted_out) == ("1", "ana", "Ana A.", True)
    post = Post.match(graph, "b1").first()
    assert (post.taken_at, post.media_type, post.caption, post.image_url) == (1, "image", "c", "u")
    assert (post.like_count, post.given_like_count, post.comment_count, post.given_comment_count) == (8, 7, 4, 4)
    assert post.sensitive is False
    assert [tag.display for tag in Hashtag.match(graph, "sunset")] == ["Sunset"]
    assert User.match(graph, "3").first() is None
    assert [post.id for post in Post.match(graph).where("_.likeCount > 7")] == ["b1"]


@live
@pytest.mark.parametrize(
    ("model", "key", "attribute", "reached"),
    [
        (User, "1", "follows", ["2"]),
        (User, "2", "followers", ["1"]),
        (User, "1", "posted", ["a1"]),
        (User, "1", "liked", ["b1"]),
        (User, "1", "saved", ["b1"]),
        (User, "1", "shared", ["b1"]),
        (User, "1", "more_like", ["a1"]),
        (User, "1", "commented", ["b1", "b1"]),
        (User, "1", "viewed", ["b1", "b1"]),
        (User, "1", "hid", ["b1"]),
        (User, "1", "mentioned_in", ["b1"]),
        (User, "1", "muted", ["2", "cats"]),
        (User, "2", "muted_by", ["1"]),
        (User, "1", "blocked", ["2"]),
        (User, "2", "blocked_by", ["1"]),
        (User, "1", "interested_in", ["sunset"]),
        (User, "1", "wants", ["cats"]),
        (Post, "b1", "posted_by", ["2"]),
        (Post, "b1", "liked_by", ["1"]),
        (Post, "b1", "saved_by", ["1"]),
        (Post, "b1", "shared_by", ["1"]),
        (Post, "a1", "more_like_by", ["1"]),
        (Post, "b1", "commented_by", ["1", "1"]),
        (Post, "b1", "viewed_by", ["1", "1"]),
        (Post, "b1", "hidden_by", ["1"]),
        (Post, "b1", "tagged", ["sunset"]),
        (Post, "b1", "mentions", ["1"]),
        (Hashtag, "sunset", "tagged_in", ["b1"]),
        (Hashtag, "sunset", "interests", ["1"]),
        (Hashtag, "cats", "wanted_by", ["1"]),
        (Hashtag, "cats", "muted_by", ["1"]),
    ],
)
def test_a_node_leads_to_others(
    small: Client, graph: Graph, model: Any, key: str, attribute: str, reached: list[str]
) -> None:
    node = model.match(graph, key).first()
    found = [other.__primaryvalue__ for other in getattr(node, attribute)]
    assert sorted(found) == reached
    assert len(getattr(node, attribute)) == len(reached)


@live
def test_every_relationship_of_the_graph_is_in_the_ogm(small: Client) -> None:
    known = {
        value.relationship_type for model in (User, Post, Hashtag) for value in vars(model).values()
        if hasattr(value, "relationship_type")
    }  # fmt: skip
    assert known == {row["type"] for row in ask(small, "MATCH ()-[r]->() RETURN DISTINCT type(r) AS type")}


@live
def test_each_comment_is_told_with_its_text(small: Client, graph: Graph) -> None:
    ana = User.match(graph, "1").first()
    comments = sorted((details["id"], details["text"], post.id) for _, (_, details), post in ana.commented.triples())
    assert comments == [("c1", "one", "b1"), ("c2", "two", "b1")]
    assert {type(muted) for muted in ana.muted} == {User, Hashtag}


@live
def test_a_class_derived_in_a_notebook_leads_to_the_same(small: Client, graph: Graph) -> None:
    derived: Any = type("Person", (User,), {"__primarylabel__": "User", "__module__": "__main__"})
    person = derived.match(graph, "1").first()
    assert [(type(other), other.id) for other in person.follows] == [(User, "2")]
    assert [post.id for post in person.liked] == ["b1"]


@live
def test_what_is_changed_and_pushed_is_in_the_graph_and_the_rest_as_it_was(small: Client, graph: Graph) -> None:
    nodes, relationships = everything(small)
    ana = User.match(graph, "1").first()
    for attribute in ("follows", "liked", "commented", "viewed", "muted", "hid", "mentioned_in"):
        assert len(getattr(ana, attribute)) > 0
    ana.username = "anna"
    ana.follows.add(User("3", username="cem"), since=5)
    ana.muted.add(Hashtag.match(graph, "sunset").first(), at=10)
    graph.push(ana)
    new_nodes, new_relationships = everything(small)
    assert [row for row in new_nodes if row not in nodes] == [
        {"labels": ["User"], "p": {"id": "1", "username": "anna", "fullName": "Ana A.", "optedOut": True}},
        {"labels": ["User"], "p": {"id": "3", "username": "cem"}},
    ]
    assert [row for row in relationships if row not in new_relationships] == []
    assert [(row["type"], row["b"], row["p"]) for row in new_relationships if row not in relationships] == [
        ("FOLLOWS", "3", {"since": 5}),
        ("MUTED", "sunset", {"at": 10}),
    ]


@live
@pytest.mark.parametrize("attribute", ["posted", "liked", "commented", "viewed"])
@pytest.mark.parametrize(
    "change",
    [
        lambda acts, post: acts.add(post, at=1),
        lambda acts, post: acts.remove(post),
        lambda acts, post: acts.clear(),
    ],
)
def test_what_the_ogm_would_break_it_refuses(
    small: Client, graph: Graph, attribute: str, change: Callable[[Any, Post], None]
) -> None:
    before = everything(small)
    ana, post = User.match(graph, "1").first(), Post.match(graph, "b1").first()
    with pytest.raises(LoadError, match=r"Use bulk_load or loaders\.from_frames"):
        change(getattr(ana, attribute), post)
    graph.push(ana)
    assert everything(small) == before


# A feed as a frame


@pytest.fixture
def feeds(client: Client) -> Client:
    """me follows ana, who follows ben; I liked an old post of ben's, with a hashtag that dan used too."""
    ask(
        client,
        """
        CREATE (me:User {id: '42'}), (ana:User {id: 'ana', username: 'ana'}), (ben:User {id: 'ben'}),
          (me)-[:FOLLOWS]->(ana), (ana)-[:FOLLOWS]->(ben), (sunset:Hashtag {name: 'sunset', display: 'Sunset'}),
          (ana)-[:POSTED]->(:Post {id: 'a1', takenAt: $now - $day, likeCount: 9, commentCount: 1}),
          (ben)-[:POSTED]->(:Post {id: 'b1', takenAt: $now - 2 * $day, likeCount: 4, commentCount: 0}),
          (ben)-[:POSTED]->(old:Post {id: 'old', takenAt: $now - 400 * $day, likeCount: 5, commentCount: 0}),
          (:Post {id: 'sun', likeCount: 50, commentCount: 2})-[:TAGGED]->(sunset)<-[:TAGGED]-(old),
          (me)-[:LIKED]->(old)
        """,
        now=NOW,
        day=DAY,
    )
    return client


@pytest.mark.long
@live
def test_a_frame_holds_what_the_feed_does(feeds: Client) -> None:
    frame = feed_frame(feeds, "42", profile="tutorial", as_of=NOW, limit=30)
    items = feed(feeds, Request("42", profile("tutorial"), as_of=NOW, limit=30)).items
    assert {item.post for item in items} == {"a1", "b1", "sun"}
    parts = list(dict.fromkeys(part for item in items for part in item.parts))
    plain = ["rank", "post", "author", "taken_at", "like_count", "comment_count", "source", "score"]
    assert list(frame.columns) == [*plain, *parts, "why"]
    assert list(frame["rank"]) == [1, 2, 3]
    for column, values in {
        "post": [item.post for item in items],
        "like_count": [item.like_count for item in items],
        "comment_count": [item.comment_count for item in items],
        "source": [item.source for item in items],
        "score": [item.score for item in items],
        "why": [item.reason.text for item in items],
    }.items():
        assert list(frame[column]) == values
    by_post = frame.set_index("post")
    for item in items:
        assert by_post.loc[item.post, parts].dropna().to_dict() == item.parts
    assert by_post["taken_at"]["a1"] == pd.Timestamp("2024-05-31", tz="UTC")
    assert by_post["author"]["a1"] == "ana"
    for column in ("taken_at", "author"):
        assert list(by_post.index[by_post[column].isna()]) == ["sun"]
    assert str(frame["taken_at"].dtype) == "datetime64[ms, UTC]"
    assert frame.attrs["why_empty"] is None


@live
def test_a_frame_of_weighted_features_has_a_column_for_each(feeds: Client) -> None:
    frame = feed_frame(feeds, "42", as_of=NOW, limit=30)
    items = feed(feeds, Request("42", as_of=NOW, limit=30, waits=True)).items
    assert list(frame["post"]) == [item.post for item in items]
    assert {"a1", "b1"} == {*frame["post"]}
    assert list(frame.columns)[8:-1] == [*FEATURES]
    assert list(frame[[*FEATURES]].sum(axis=1)) == pytest.approx(list(frame["score"]))
    whys = frame.set_index("post")["why"]
    assert (whys["a1"], whys["b1"]) == ("You follow ana.", "You liked 1 post of user ben.")


@live
def test_a_frame_takes_settings_and_what_a_request_may_say(feeds: Client, settings: Settings) -> None:
    asked: dict[str, Any] = {"profile": "tutorial", "source": "followees", "limit": 5, "window_days": 7.0}
    expected = feed_frame(feeds, "42", as_of=NOW, **asked)
    assert list(expected["post"]) == ["a1"]
    for as_of in ("2024-06-01", datetime(2024, 6, 1, tzinfo=UTC), pd.Timestamp("2024-06-01"), date(2024, 6, 1)):
        pd.testing.assert_frame_equal(feed_frame(settings, "42", as_of=as_of, **asked), expected)
    assert list(feed_frame(feeds, "42", as_of=NOW, source="followees", exclude=("a1",))["post"]) == []


@live
def test_an_empty_frame_has_its_columns_and_says_why(feeds: Client) -> None:
    frame = feed_frame(feeds, "ben", source="followees")
    assert (len(frame), list(frame.columns)[:2], list(frame.columns)[-1]) == (0, ["rank", "post"], "why")
    full = feed_frame(feeds, "42", as_of=NOW, source="followees")
    for column in ("rank", "taken_at", "like_count", "comment_count", "score"):
        assert frame[column].dtype == full[column].dtype
    assert frame.attrs["why_empty"]


@live
def test_a_frame_of_nobody_and_of_no_time_is_refused(feeds: Client) -> None:
    with pytest.raises(NotFound, match="graphfeed import"):
        feed_frame(feeds, "nobody")
    with pytest.raises(SettingsError, match="as_of is 'yesterday'"):
        feed_frame(feeds, "42", as_of="yesterday")
    with pytest.raises(SettingsError, match="Unknown profile 'mine'"):
        feed_frame(feeds, "42", profile="mine")


@live
def test_a_frame_knows_profiles_of_ones_own(
    feeds: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[mine]\nbase = "default"\nlimit = 1')
    mine = settings.model_copy(update={"profiles": path})
    assert len(feed_frame(mine, "42", as_of=NOW, profile="mine")) == 1
    monkeypatch.setenv("GRAPHFEED_PROFILES", str(path))
    assert len(feed_frame(feeds, "42", as_of=NOW, profile="mine")) == 1


# Bulk loading

Rows = list[Mapping[str, object]]


def some_rows() -> dict[str, Any]:
    """Rows of every name, with what is awkward in them: as text, as a CSV file would have them."""
    return {
        "users": [
            {"id": "1", "username": "ana", "full_name": "Ana A.", "opted_out": "true"},
            {"id": "2", "username": "ben", "full_name": "", "opted_out": ""},
            {"id": "1", "username": "anna", "full_name": "", "opted_out": ""},
        ],
        "posts": [
            {
                "id": "p1",
                "author": "1",
                "taken_at": "2024-01-02T03:04:05+01:00",
                "media_type": "Video",
                "caption": "a, “b”\nc 😀",
                "image_url": "https://example.com/1.jpg",
                "like_count": "7",
                "comment_count": "3",
                "sensitive": "yes",
            },
            {"id": "p2", "like_count": "", "caption": "  "},
            {"id": "p3", "author": "2", "like_count": "0"},
        ],
        "follows": [
            {"follower": "1", "followee": "2", "at": "2024-01-03"},
            {"follower": "1", "followee": "2", "at": "2024-01-01"},
            {"follower": "1", "followee": "2", "at": "2024-01-02"},
            {"follower": "2", "followee": "1", "at": ""},
        ],
        "likes": [
            {"user": "2", "post": "p1", "at": "2024-01-03"},
            {"user": "1", "post": "p2", "at": ""},
            {"user": "2", "post": "p2", "at": "2024-01-04"},
            {"user": "2", "post": "p2", "at": "2024-01-02"},
            {"user": "1", "post": "p3", "at": ""},
        ],
        "tags": [
            {"post": "p1", "hashtag": " #Sunset "},
            {"post": "p2", "hashtag": "ＳＵＮＳＥＴ"},
            {"post": "p2", "hashtag": "#sunset"},
            {"post": "p2", "hashtag": "Straße"},
        ],
    }


def frames(rows: Mapping[str, Rows]) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(list(some)) for name, some in rows.items()}


@live
@pytest.mark.parametrize("given", [some_rows, lambda: frames(some_rows())], ids=["mappings", "frames"])
def test_it_loads_what_the_import_does(
    client: Client, graph: Graph, tmp_path: Path, given: Callable[[], dict[str, Any]]
) -> None:
    columns = {"posts": dict.fromkeys(some_rows()["posts"][0], "")}
    files = {name: [{**columns.get(name, {}), **row} for row in rows] for name, rows in some_rows().items()}
    support.load(client, write_csv(tmp_path, **files))
    imported = everything(client)
    client.run_in_transactions("admin/wipe")
    assert bulk_load(graph, **given()) == {"users": 3, "posts": 3, "follows": 4, "likes": 5, "tags": 4}
    assert everything(client) == imported
    bulk_load(graph, **given())
    assert everything(client) == imported


@live
def test_values_of_any_type_become_what_the_graph_holds(client: Client, graph: Graph) -> None:
    users = pd.DataFrame({"id": [1, 2], "username": ["ana", None], "opted_out": [True, False]})
    posts = pd.DataFrame(
        {
            "id": pd.Series([9_007_199_254_740_993, 7], dtype="Int64"),
            "author": [1.0, np.nan],  # what pandas makes of whole numbers, one of them missing
            "taken_at": pd.Series([pd.Timestamp("2024-01-02T03:04:05.678", tz="UTC"), pd.NaT]),
            "like_count": pd.Series([3, pd.NA], dtype="Int64"),
            "sensitive": pd.Series([True, pd.NA], dtype="boolean"),
            "media_type": pd.Categorical(["image", None]),
        }
    )
    likes: Rows = [
        {"user": np.int64(1), "post": 7, "at": np.datetime64("2024-01-01T00:00:01", "ms")},
        {"user": 2, "post": 7, "at": datetime(2024, 1, 1)},
        {"user": 2, "post": 9_007_199_254_740_993, "at": None},
    ]
    follows: Rows = [{"follower": 1, "followee": 2, "at": date(2024, 1, 1)}, {"follower": 2, "followee": 1}]
    tags = iter([{"post": 7, "hashtag": "#Cats"}])
    bulk_load(graph, users=users, posts=posts, likes=likes, follows=follows, tags=tags)
    january = clock.parse("2024-01-01")
    nodes, relationships = everything(client)
    assert [row["p"] for row in nodes if row["labels"] != ["Schema"]] == [
        {"name": "cats", "display": "Cats"},
        {"id": "7", "likeCount": 2, "commentCount": 0},
        {
            "id": "9007199254740993",
            "takenAt": january + DAY + 11_045_678,
            "mediaType": "image",
            "sensitive": True,
            "likeCount": 3,
            "givenLikeCount": 3,
            "commentCount": 0,
        },
        {"id": "1", "username": "ana", "optedOut": True},
        {"id": "2", "optedOut": False},
    ]
    assert [(row["type"], row["a"], row["b"], row["p"]) for row in relationships] == [
        ("FOLLOWS", "1", "2", {"since": january}),
        ("FOLLOWS", "2", "1", {}),
        ("LIKED", "1", "7", {"at": january + 1000}),
        ("LIKED", "2", "7", {"at": january}),
        ("LIKED", "2", "9007199254740993", {}),
        ("POSTED", "1", "9007199254740993", {}),
        ("TAGGED", "7", "cats", {}),
    ]


@live
def test_later_rows_complete_what_is_there(client: Client, graph: Graph) -> None:
    bulk_load(graph, **some_rows())
    bulk_load(
        graph,
        users=[{"id": "2", "username": "benjamin", "full_name": None}],
        posts=[{"id": "p2", "author": "2", "media_type": "image"}],
        follows=[{"follower": "1", "followee": "2", "at": "2023-12-31"}, {"follower": "2", "followee": "1"}],
        likes=[{"user": "2", "post": "p2", "at": "2024-02-01"}],
        tags=[{"post": "p3", "hashtag": "SUNSET"}],
    )
    assert ask(client, "MATCH (x:User {id: '2'}) RETURN x.username AS name") == [{"name": "benjamin"}]
    assert ask(client, "MATCH (a)-[:POSTED]->(x:Post {id: 'p2'}) RETURN a.id AS a, x.likeCount AS likes") == [
        {"a": "2", "likes": 2}
    ]
    assert ask(client, "MATCH ()-[r:FOLLOWS]->() RETURN r.since AS since ORDER BY since") == [
        {"since": clock.parse("2023-12-31")},
        {"since": None},
    ]
    liked = "MATCH (:User {id: '2'})-[r:LIKED]->(:Post {id: 'p2'}) RETURN r.at AS at"
    assert ask(client, liked) == [{"at": clock.parse("2024-01-02")}]
    tagged = "MATCH (x:Hashtag {name: 'sunset'}) RETURN x.display AS display, COUNT { (x)<-[:TAGGED]-() } AS posts"
    assert ask(client, tagged) == [{"display": "Sunset", "posts": 3}]


@live
@pytest.mark.parametrize(("given", "counter"), [("7", 9), ("8", 8), ("", 9)])
def test_a_count_given_again_replaces_the_counter_only_if_it_differs(
    client: Client, graph: Graph, given: str, counter: int
) -> None:
    bulk_load(graph, posts=[{"id": "p", "like_count": 7, "comment_count": 7}])
    ask(client, "MATCH (post:Post) SET post.likeCount = 9, post.commentCount = 9")  # events since
    bulk_load(graph, posts=[{"id": "p", "like_count": given, "comment_count": given}])
    found = ask(client, "MATCH (post:Post) RETURN post.likeCount AS likes, post.commentCount AS comments")
    assert found == [{"likes": counter, "comments": counter}]


@live
def test_a_post_that_was_made_without_counters_gets_them(client: Client, graph: Graph) -> None:
    ask(client, "CREATE (u:User {id: '1'})-[:LIKED]->(p:Post {id: 'p'}), (u)-[:COMMENTED {id: 'c'}]->(p)")
    bulk_load(graph, posts=[{"id": "p"}])
    found = ask(client, "MATCH (post:Post) RETURN post.likeCount AS likes, post.commentCount AS comments")
    assert found == [{"likes": 1, "comments": 1}]


@live
def test_more_rows_than_a_batch_are_loaded_whole(client: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "BATCH_ROWS", 3)
    users = [{"id": number} for number in range(10)]
    likes = [{"user": number, "post": "p"} for number in range(10)]
    bulk_load(graph, users=users, posts=[{"id": "p"}], likes=likes)
    assert ask(client, "MATCH (post:Post) RETURN post.likeCount AS likes") == [{"likes": 10}]


@live
def test_nothing_is_nothing(client: Client, graph: Graph) -> None:
    before = everything(client)
    assert bulk_load(graph) == {}
    assert bulk_load(graph, users=[], posts=pd.DataFrame(), likes=pd.DataFrame(columns=["user", "post"])) == {
        "users": 0,
        "posts": 0,
        "likes": 0,
    }
    assert everything(client) == before


@live
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"users": [{"id": "1"}, {"id": ""}]}, "users cannot be loaded: row 1: id is empty"),
        ({"users": [{"id": None}] * 7}, "row 4: id is empty; and 2 more"),
        ({"users": [{"id": "1", "name": "x"}]}, "users has the unknown column 'name'"),
        ({"users": ["1"]}, "users has the unknown column '0'"),
        ({"users": pd.DataFrame([["1", "2"]], columns=["id", "id"])}, "users names the column 'id' twice"),
        ({"likes": pd.DataFrame({"user": ["1"]})}, "likes lacks the column post"),
        ({"users": [{"id": ["1"]}]}, "users cannot be loaded: row 0: id holds a list"),
        ({"users": [{"id": "x" * 5000}]}, "an id has more than 4096 bytes"),
        ({"users": [{"id": "\ud800"}]}, "id is not UTF-8"),
        ({"users": pd.DataFrame({"id": [2.0**53, np.nan]})}, "row 0: id holds 9007199254740992.0, a float too large"),
        ({"posts": [{"id": "p", "taken_at": 1_704_067_200_000}]}, "'1704067200000' is not an ISO 8601 time"),
        ({"posts": [{"id": "p", "like_count": -1}]}, "like_count: '-1' is not a whole number"),
        ({"posts": [{"id": "p", "like_count": 1.5}]}, "like_count: '1.5' is not a whole number"),
        ({"posts": [{"id": "p", "media_type": "gif"}]}, "media_type: 'gif' is not one of"),
        ({"tags": [{"post": "p", "hashtag": "#"}]}, "hashtag: '#' holds no hashtag"),
        ({"follows": [{"follower": "1", "followee": "1"}]}, "people cannot follow themselves"),
        ({"users": [{"id": "1"}], "follows": [{"follower": "1", "followee": "9"}]}, "follows refers to users .*: 9"),
        ({"posts": [{"id": "p", "author": "9"}]}, "posts refers to users .* nor in `users`: 9. Add them to `users`"),
        ({"tags": [{"post": n, "hashtag": "x"} for n in range(7)]}, "tags refers to posts .*: 0; 1; .*; and 2 more"),
        (
            {"users": [{"id": "1"}, {"id": "2"}], "posts": [{"id": "p", "author": "1"}, {"id": "p", "author": "2"}]},
            "post p is by user 1 and by user 2. A post keeps its author",
        ),
        (
            {"users": [{"id": "1"}], "posts": [{"id": "old", "author": "1"}]},
            "post old is by user ben already. A post keeps its author",
        ),
    ],
)
def test_what_cannot_be_loaded_is_told_before_anything_is_written(
    client: Client, graph: Graph, rows: dict[str, Any], told: str
) -> None:
    ask(client, "CREATE (:User {id: 'ben'})-[:POSTED]->(:Post {id: 'old'})")
    before = everything(client)
    with pytest.raises(LoadError, match=told):
        bulk_load(graph, **rows)
    assert everything(client) == before


@live
def test_rows_may_name_what_is_in_the_graph_already(client: Client, graph: Graph) -> None:
    bulk_load(graph, users=[{"id": "1"}, {"id": "2"}])
    bulk_load(graph, posts=[{"id": "p", "author": "1"}])
    bulk_load(graph, likes=[{"user": "2", "post": "p"}], posts=[{"id": "p", "author": "1"}])
    assert ask(client, "MATCH (post:Post) RETURN post.likeCount AS likes") == [{"likes": 1}]
