"""The made-up network: its rules, its likeness to the real one, and its pictures."""

import csv
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from graph import pictures
from graph.errors import LoadError, SettingsError
from loaders.generator import Summary, arguments, arrays, generate, wording
from loaders.generator.arrays import Edges
from loaders.generator.pictures import SCENES, VARIANTS, draw, write_pictures
from loaders.generator.topics import TOPICS, hashtags
from loaders.generator.vectors import vectors

pytestmark = pytest.mark.slow
UNTIL = 1_760_000_000_000
USERS = 4_418
MUTUAL, FOLLOWED, BY_CHANCE = 0.228, 0.246, 0.043
REAL = {  # mean; quantiles 10, 50, 90, 99 %; largest
    "followees": (41.9, (15, 38, 74, 115), 178),
    "followers": (41.9, (5, 22, 97, 320), 1_552),
    "posts": (7.1, (1, 3, 16, 70), 279),
    "likes": (170, (16, 75, 404, 1_482), 5_343),
    "likes of a post": (23.9, (10, 18, 45, 99), 440),
    "tags of a post": (2.5, (0, 2, 5, 8), 12),
}
Counts = NDArray[np.int64]


@dataclass
class Network:
    """The files of a network, read back."""

    folder: Path
    summary: Summary

    def rows(self, table: str) -> list[dict[str, str]]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def pairs(self, table: str, left: str, right: str) -> NDArray[np.int64]:
        path = self.folder / f"{table}.csv"
        with path.open(encoding="utf-8") as file:
            header = file.readline().strip().split(",")
        columns = [header.index(left), header.index(right)]
        return np.loadtxt(path, np.int64, delimiter=",", skiprows=1, usecols=columns, encoding="utf-8", quotechar='"')

    def authors(self) -> Counts:
        return self.pairs("posts", "id", "author")[:, 1]


def make(folder: Path, users: int, **options: object) -> Network:
    return Network(folder, generate(folder, users=users, until=UNTIL, **options))  # type: ignore[arg-type]  # passed on


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return make(tmp_path_factory.mktemp("small"), 600, likes_per_user=60)


@pytest.fixture(scope="module")
def real_size(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return make(tmp_path_factory.mktemp("real"), USERS, celebrity=False)


def seconds(text: str) -> float:
    assert text.endswith("Z")
    return datetime.fromisoformat(text).timestamp()


# --- rules


def test_equal_arguments_give_equal_bytes(tmp_path: Path) -> None:
    first, again, other = (make(tmp_path / name, 300, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    files = sorted(file.name for file in first.folder.iterdir())
    assert files == [f"{t}.csv" for t in ("comments", "follows", "likes", "mentions", "posts", "tags", "users")]
    for file in files:
        assert (first.folder / file).read_bytes() == (again.folder / file).read_bytes()
    assert (first.folder / "likes.csv").read_bytes() != (other.folder / "likes.csv").read_bytes()


def test_pictures_have_their_vectors_on_demand(tmp_path: Path) -> None:
    without, network = make(tmp_path / "a", 300), make(tmp_path / "b", 300, picture_vectors=True)
    for file in without.folder.iterdir():
        assert file.read_bytes() == (network.folder / file.name).read_bytes()
    pictures_of = {row["id"]: row["image_url"] for row in network.rows("posts")}
    vectors_of: dict[str, set[str]] = {}
    for row in network.rows("picture_vectors"):
        assert row["model"] == "efficientnet-lite0"
        vectors_of.setdefault(pictures_of.pop(row["post"]), set()).add(row["vector"])
    assert not pictures_of
    assert all(len(found) == 1 for found in vectors_of.values())
    assert len(set.union(*vectors_of.values())) == len(vectors_of)  # another picture has another one
    found = vectors()[[*SCENES].index("dog")][3]
    assert vectors_of.get("/pictures/dog-3.svg", {pictures.to_text(found)}) == {pictures.to_text(found)}


def test_drawings_of_a_hashtag_are_more_alike_than_others() -> None:
    made = vectors()
    means = made.mean(axis=1)
    assert np.allclose(np.linalg.norm(made, axis=2), 1, atol=1e-6)
    nearest = np.einsum("svn,tn->svt", made, means / np.linalg.norm(means, axis=1, keepdims=True)).argmax(axis=2)
    assert (nearest == np.arange(len(made))[:, None]).all()


def test_compressed_files_are_equal_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        generate(tmp_path / name, users=200, until=UNTIL, gz=True)
    assert (tmp_path / "a/likes.csv.gz").read_bytes() == (tmp_path / "b/likes.csv.gz").read_bytes()


def test_the_summary_counts_the_rows(small: Network) -> None:
    for table in ("users", "follows", "posts", "likes", "comments", "tags", "mentions"):
        assert len(small.rows(table)) == getattr(small.summary, table), table


def test_ids_are_plain_numbers(small: Network) -> None:
    assert [row["id"] for row in small.rows("users")] == [str(i) for i in range(600)]
    assert [row["id"] for row in small.rows("posts")] == [str(i) for i in range(small.summary.posts)]
    assert [row["id"] for row in small.rows("comments")] == [f"c{i}" for i in range(small.summary.comments)]


@pytest.mark.parametrize(
    ("table", "left", "right"),
    [
        ("follows", "follower", "followee"),
        ("likes", "user", "post"),
        ("tags", "post", "hashtag"),
        ("mentions", "post", "user"),
    ],
)
def test_pairs_are_unique(small: Network, table: str, left: str, right: str) -> None:
    pairs = [(row[left], row[right]) for row in small.rows(table)]
    assert len(set(pairs)) == len(pairs)


def test_nobody_follows_likes_or_shows_themselves(small: Network) -> None:
    follows = small.pairs("follows", "follower", "followee")
    assert (follows[:, 0] != follows[:, 1]).all()
    author = small.authors()
    for table in ("likes", "comments", "mentions"):
        acts = small.pairs(table, "user", "post")
        assert (author[acts[:, 1]] != acts[:, 0]).all(), table


def test_likes_and_comments_come_after_the_post_and_not_after_now(small: Network) -> None:
    taken = [seconds(row["taken_at"]) for row in small.rows("posts")]
    for row in chain(small.rows("likes"), small.rows("comments")):
        assert taken[int(row["post"])] < seconds(row["at"]) <= UNTIL / 1000


def test_posts_span_the_weeks_and_the_newest_is_minutes_old(tmp_path: Path) -> None:
    taken = [seconds(row["taken_at"]) for row in make(tmp_path, 300, weeks=3).rows("posts")]
    assert taken == sorted(taken)
    assert 60 <= UNTIL / 1000 - taken[-1] <= 600
    assert UNTIL / 1000 - taken[0] == pytest.approx(3 * 7 * 86_400, rel=0.02)


def test_likes_come_soon_after_the_post(small: Network) -> None:
    taken = [seconds(row["taken_at"]) for row in small.rows("posts")]
    delay = np.array([seconds(row["at"]) - taken[int(row["post"])] for row in small.rows("likes")])
    assert 0.6 < (delay < 86_400).mean() < 0.95


@pytest.mark.parametrize(
    ("table", "column"), [("posts", "taken_at"), ("likes", "at"), ("comments", "at"), ("follows", "at")]
)
def test_people_do_more_in_the_evening_than_at_night(small: Network, table: str, column: str) -> None:
    hours = [row[column][11:13] for row in small.rows(table)]
    assert sum(map(hours.count, ("19", "20", "21"))) > 4 * sum(map(hours.count, ("02", "03", "04")))


def test_media_types_are_mostly_images(small: Network) -> None:
    kinds = [row["media_type"] for row in small.rows("posts")]
    assert kinds.count("image") / len(kinds) == pytest.approx(0.90, abs=0.02)
    assert kinds.count("video") / len(kinds) == pytest.approx(0.06, abs=0.02)
    assert kinds.count("carousel") / len(kinds) == pytest.approx(0.04, abs=0.02)


def test_nobody_likes_anything_if_so_wished(tmp_path: Path) -> None:
    network = make(tmp_path, 200, likes_per_user=0)
    assert (network.summary.likes, network.summary.comments) == (0, 0)
    assert network.rows("likes") == network.rows("comments") == []
    assert network.summary.posts > 1_000


@pytest.mark.parametrize("likes_per_user", [1, 236])
@pytest.mark.parametrize("weeks", [0.15, UNTIL / 1000 / (7 * 86_400) - 1])
def test_the_extremes_of_the_arguments_make_networks(tmp_path: Path, likes_per_user: int, weeks: float) -> None:
    network = make(tmp_path, 100, likes_per_user=likes_per_user, weeks=weeks)
    assert network.summary.likes == pytest.approx(100 * likes_per_user, rel=0.1, abs=30)
    times = [seconds(row["at"]) for table in ("follows", "likes", "comments") for row in network.rows(table)]
    assert 0 <= min(times) <= max(times) <= UNTIL / 1000


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"users": 99}, "at least 100 users"),
        ({"users": -1}, "at least 100 users"),
        ({"users": 10**9}, "at most 100,000,000"),
        ({"likes_per_user": -1}, "-1 likes each"),
        ({"likes_per_user": 474}, "Give 0 to 473"),
        ({"seed": -1}, "-1 is not a seed"),
        ({"weeks": 0}, "span 0 weeks"),
        ({"weeks": -2.0}, "span -2 weeks"),
        ({"weeks": float("nan")}, "span nan weeks"),
        ({"weeks": float("inf")}, "span inf weeks"),
        ({"weeks": 3_000}, "span 3000 weeks up to 2025-10-09"),
        ({"until": -1}, "years 1970 to 9999"),
        ({"until": UNTIL * 1_000}, "years 1970 to 9999"),
        ({"until": UNTIL // 1_000}, "span 12 weeks up to 1970-01-21"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, wrong: dict[str, object], problem: str
) -> None:
    options = {"users": 200, "until": UNTIL, **wrong}
    with pytest.raises(SettingsError, match=problem):
        generate(tmp_path / "out", **options)  # type: ignore[arg-type]  # wrong on purpose
    assert not (tmp_path / "out").exists()


def test_a_network_that_the_memory_cannot_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arguments, "memory", lambda: 8 * 2**30)
    arguments.check(users=1_000_000, likes_per_user=170, seed=0, until=UNTIL, weeks=12)
    with pytest.raises(SettingsError, match=r"61\.5 GiB of memory or more, and this machine has 8\.0 GiB"):
        generate(tmp_path, users=10_000_000, until=UNTIL)


def test_progress_moves_and_ends_at_each_total(tmp_path: Path) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    generate(
        tmp_path,
        users=200,
        until=UNTIL,
        on_progress=lambda stage, done, total: seen.setdefault(stage, []).append((done, total)),
    )
    assert list(seen)[:2] == ["match follows", "match likes"]
    assert {"users.csv", "likes.csv", "mentions.csv"} < set(seen)
    for steps in seen.values():
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]
        assert len({total for _, total in steps}) == 1
    for stage in ("match follows", "match likes"):
        assert sum(0 < done < total for done, total in seen[stage]) >= 2


# --- the folder


@pytest.mark.parametrize("name", ["likes.csv", "views.csv.gz", "users.jsonl"])
def test_files_that_an_import_would_mix_in_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(LoadError, match=f"holds {name}"):
        make(tmp_path, 200)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_other_files_and_the_rest_of_a_killed_run_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "likes.csv.part").write_text("half a li")
    network = make(tmp_path, 200, likes_per_user=5)
    assert len(network.rows("likes")) == network.summary.likes
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/nothing"])
def test_a_folder_that_cannot_be_written_to_is_refused_at_once(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("mine")
    stages: list[str] = []
    with pytest.raises(LoadError, match="cannot be written to"):
        generate(tmp_path / folder, users=200, until=UNTIL, on_progress=lambda stage, *_: stages.append(stage))
    assert stages == []


def test_an_interrupted_run_leaves_no_file(tmp_path: Path) -> None:
    names: list[list[str]] = []

    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "comments.csv":
            names.append(sorted(file.name for file in tmp_path.iterdir()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, users=200, until=UNTIL, on_progress=interrupt)
    assert names == [["comments.csv.part", "follows.csv.part", "likes.csv.part", "users.csv.part"]]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_finished_is_told_and_leaves_none(tmp_path: Path) -> None:
    with files_of_at_most(100_000), pytest.raises(LoadError, match="File too large"):
        make(tmp_path, 600)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Nothing writes a larger file: what a full disk does, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --- people and words


@pytest.mark.parametrize("users", [500, 800, 2_000])
@pytest.mark.parametrize("seed", [0, 1])
def test_person_42_is_ordinary_and_active(tmp_path: Path, users: int, seed: int) -> None:
    network = make(tmp_path, users, seed=seed, likes_per_user=60)
    assert (network.pairs("follows", "follower", "followee")[:, 0] == 42).sum() >= 20
    assert (network.pairs("likes", "user", "post")[:, 0] == 42).sum() >= 50
    assert (network.authors() == 42).sum() >= 3
    assert (network.pairs("mentions", "post", "user")[:, 1] == 42).sum() >= 2
    assert network.summary.celebrity != "42"


def test_the_celebrity_is_followed_by_a_tenth(tmp_path: Path) -> None:
    size = 60_000  # large enough for the most followed of all others to be followed by less
    network = make(tmp_path, size, likes_per_user=0)
    followers = np.bincount(network.pairs("follows", "follower", "followee")[:, 1])
    assert network.summary.celebrity == str(followers.argmax())
    assert size * 0.1 <= followers.max() <= size * 0.105
    assert np.sort(followers)[-2] < size * 0.08
    assert generate(tmp_path / "without", users=200, until=UNTIL, celebrity=False).celebrity is None


def test_people_in_posts_are_friends_of_the_author(small: Network) -> None:
    follows = {(a, b) for a, b in small.pairs("follows", "follower", "followee").tolist()}
    author = small.authors()
    for post, person in small.pairs("mentions", "post", "user").tolist():
        assert {(author[post], person), (person, author[post])} <= follows


def test_usernames_are_unique_and_lower_case(real_size: Network) -> None:
    names = [row["username"] for row in real_size.rows("users")]
    assert len(set(names)) == USERS
    assert all(name.isascii() and name == name.lower() and " " not in name for name in names)
    assert not set(wording.FIRST_NAMES) & {*wording.LAST_NAMES, *wording.HANDLE_WORDS}


def test_captions_and_comments_are_finished_text() -> None:
    for topic in TOPICS:
        for text in (*wording.captions(topic), *wording.comments(topic)):
            assert not set(text) & set("{}|\n"), text


def test_hashtags_suit_the_first_one(small: Network) -> None:
    words = {topic.name: set(hashtags(topic)) for topic in TOPICS}
    tags: dict[str, list[str]] = {}
    for row in small.rows("tags"):
        tags.setdefault(row["post"], []).append(row["hashtag"])
    assert all(set(of_post) <= words[of_post[0]] for of_post in tags.values())


def test_people_prefer_some_topics(small: Network) -> None:
    scenes = [row["image_url"].split("/")[-1].split("-")[0] for row in small.rows("posts")]
    author = small.authors()
    busy = [a for a in np.unique(author) if (author == a).sum() >= 20]
    favourite = [max(scenes_of.count(s) for s in scenes_of) / len(scenes_of) for scenes_of in _by(author, scenes, busy)]
    assert np.mean(favourite) > 0.2  # 75 topics: without preferences about .08


def _by(author: Counts, scenes: list[str], people: list[int]) -> Iterator[list[str]]:
    return ([scenes[i] for i in np.flatnonzero(author == person)] for person in people)


# --- likeness to the real network


@pytest.fixture(scope="module")
def measured(real_size: Network) -> dict[str, Counts]:
    follows = real_size.pairs("follows", "follower", "followee")
    likes = real_size.pairs("likes", "user", "post")
    posts = real_size.summary.posts
    return {
        "followees": np.bincount(follows[:, 0], minlength=USERS),
        "followers": np.bincount(follows[:, 1], minlength=USERS),
        "posts": np.bincount(real_size.authors(), minlength=USERS),
        "likes": np.bincount(likes[:, 0], minlength=USERS),
        "likes of a post": np.bincount(likes[:, 1], minlength=posts),
        "tags of a post": np.bincount([int(row["post"]) for row in real_size.rows("tags")], minlength=posts),
    }


@pytest.mark.parametrize("what", REAL)
def test_counts_are_spread_as_in_the_real_network(measured: dict[str, Counts], what: str) -> None:
    mean, quantiles, largest = REAL[what]
    assert measured[what].mean() == pytest.approx(mean, rel=0.05)
    for got, real in zip(np.quantile(measured[what], (0.1, 0.5, 0.9, 0.99)), quantiles, strict=True):
        assert got == pytest.approx(real, rel=0.1, abs=0.5)
    assert measured[what].max() == pytest.approx(largest, rel=0.25)


def test_follows_and_likes_hang_together_as_in_the_real_network(real_size: Network) -> None:
    follows = real_size.pairs("follows", "follower", "followee")
    likes = real_size.pairs("likes", "user", "post")
    mutual, followed, by_chance = shares(follows, likes, real_size.authors())
    assert mutual == pytest.approx(MUTUAL, abs=0.01)
    assert followed == pytest.approx(FOLLOWED, abs=0.02)
    assert by_chance == pytest.approx(BY_CHANCE, abs=0.015)


def test_larger_networks_hang_together_too() -> None:
    """There chance adds less. With 1,000,000 users and 30 likes each the shares were .226 and .255."""
    rng = np.random.default_rng(0)
    people = arrays.people(rng, 20_000, 170, celebrity=True)
    follows = arrays.follows(rng, people)
    posts = arrays.posts(rng, people, UNTIL // 1000 - 7_000_000, UNTIL // 1000)
    likes = arrays.likes(rng, people, follows, posts)
    mutual, followed, by_chance = shares(_columns(follows), _columns(likes), posts.author)
    assert mutual == pytest.approx(MUTUAL, abs=0.005)
    assert followed == pytest.approx(FOLLOWED, abs=0.02)
    assert by_chance < 0.015


def _columns(edges: Edges) -> Counts:
    return np.column_stack([edges.left, edges.right]).astype(np.int64)


def shares(follows: Counts, likes: Counts, author: NDArray[np.integer]) -> tuple[float, float, float]:
    """Of follows, those both ways; of likes, those of followed authors; the same of posts as popular, at random."""
    shuffled = np.random.default_rng(0).permutation(likes[:, 1])
    return (
        share_in(follows, follows[:, 1], follows[:, 0]),
        share_in(follows, likes[:, 0], author[likes[:, 1]]),
        share_in(follows, likes[:, 0], author[shuffled]),
    )


def share_in(follows: Counts, left: Counts, right: NDArray[np.integer]) -> float:
    """How many of the pairs are follows."""
    size = int(follows.max()) + 1
    edges, pairs = np.sort(follows[:, 0] * size + follows[:, 1]), np.sort(left * size + right)
    return float((edges[np.searchsorted(edges, pairs).clip(max=len(edges) - 1)] == pairs).mean())


@pytest.fixture(scope="module")
def community() -> Counts:
    """The community of each person of `real_size`, which no file tells: it is drawn first."""
    people = arrays.people(np.random.default_rng(0), USERS, 170, celebrity=False)
    return people.community.astype(np.int64)


def test_people_follow_and_like_within_their_community(real_size: Network, community: Counts) -> None:
    follows = real_size.pairs("follows", "follower", "followee")
    likes = real_size.pairs("likes", "user", "post")
    likes[:, 1] = real_size.authors()[likes[:, 1]]
    for pairs, times in ((follows, 8), (likes, 4)):
        inside = (community[pairs[:, 0]] == community[pairs[:, 1]]).mean()
        by_chance = (community[pairs[:, 0]] == community[np.random.default_rng(0).permutation(pairs[:, 1])]).mean()
        assert inside > times * by_chance
    assert len(np.unique(community)) > 20


def test_a_community_shares_hashtags(real_size: Network, community: Counts) -> None:
    tag_of = {row["post"]: row["hashtag"] for row in reversed(real_size.rows("tags"))}  # the first of each post
    author = real_size.authors()[[int(post) for post in tag_of]]
    tag = np.array(list(tag_of.values()))
    order = np.random.default_rng(0).permutation(len(tag))
    other_author = author != author[order]
    by_chance = (tag == tag[order])[other_author].mean()
    order = order[np.argsort(community[author[order]], kind="stable")]  # neighbours are of one community
    one, next_ = order[:-1], order[1:]
    fellows = (community[author[one]] == community[author[next_]]) & (author[one] != author[next_])
    assert (tag[one] == tag[next_])[fellows].mean() > 4 * by_chance


# --- pictures


def test_every_picture_of_the_network_is_written_and_well_formed(small: Network, tmp_path: Path) -> None:
    assert write_pictures(tmp_path) == len(SCENES) * VARIANTS
    for url in {row["image_url"] for row in small.rows("posts")}:
        assert url.startswith("/pictures/")
        assert ElementTree.parse(tmp_path / url.removeprefix("/pictures/")).getroot().tag.endswith("svg")


def test_every_topic_has_a_scene() -> None:
    assert {topic.name for topic in TOPICS} < set(SCENES)


def test_pictures_differ_by_variant_and_stay_the_same() -> None:
    for hashtag in SCENES:
        assert len({draw(hashtag, variant) for variant in range(VARIANTS)}) == VARIANTS
        assert draw(hashtag, 3) == draw(hashtag, 3)
