"""A made-up photo network of any size, written as a folder in the neutral import format.

Its shape is that of a real one (see `loaders.generator.calibration`); its people, posts and words are invented.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graph import pictures
from loaders.drafts import drafts
from loaders.generator import arguments, arrays, rhythm, vectors, wording
from loaders.generator.arrays import Comments, Edges, People, Posts
from loaders.generator.calibration import TAGS_SHARES, Ints
from loaders.generator.pictures import NO_TOPIC, SCENES, VARIANTS
from loaders.generator.stubs import Index, Keys, rank_in_group
from loaders.generator.text_columns import CHUNK, Column, Piece, Texts, gather, instants, numbers, texts, write
from loaders.generator.topics import TOPICS, Topic, hashtags
from loaders.generator.wording import FIRST_NAMES, HANDLE_WORDS, LAST_NAMES, SEPARATORS

Progress = Callable[[str, int, int], None]
"""Called with the stage (matching, or the file being written), and the pairs or rows done and in total."""

ORDINARY_ID = 42
HANDLE_SHARE = 0.3
"""Share of usernames that end in a word instead of a last name."""
MEDIA_TYPES, MEDIA_SHARES = ("image", "video", "carousel"), (0.90, 0.06, 0.04)
VECTORS_CHUNK = 10_000
"""Rows with vectors that are written at once, as they are long."""
FOLLOWED_FOR = 4
"""Follows began up to this many times `weeks` ago."""


@dataclass(frozen=True)
class Summary:
    """The number of rows of each file, and the id of the celebrity, if there is one."""

    users: int
    follows: int
    posts: int
    likes: int
    comments: int
    tags: int
    mentions: int
    celebrity: str | None


def generate(
    out: Path,
    *,
    users: int,
    likes_per_user: int = 170,
    seed: int = 0,
    until: int,
    weeks: float = 12,
    celebrity: bool = True,
    gz: bool = False,
    picture_vectors: bool = False,
    on_progress: Progress | None = None,
) -> Summary:
    """Writes the network's CSV files into `out` and returns their sizes; equal arguments give equal bytes.

    `until` is the newest instant (epoch milliseconds), `weeks` the time over which people posted. With
    `celebrity` one account is followed by at least a tenth of the network, with `picture_vectors` there is a vector
    of each post's picture, of 1.4 kB. Person 42 is ordinary and active. All files are written or none. Raises
    SettingsError for invalid arguments, and LoadError for a folder that holds files of the format or is not writable.
    """
    arguments.check(users=users, likes_per_user=likes_per_user, seed=seed, until=until, weeks=weeks)
    report = on_progress or (lambda stage, done, total: None)
    newest = until // 1000
    first = newest - round(weeks * arguments.WEEK)
    rng = np.random.default_rng(seed)
    with drafts(out) as draft:
        people = arrays.people(rng, users, likes_per_user, celebrity=celebrity)
        network = _match(rng, people, first, newest, report)
        folder = _Folder(draft, _ids(users, network.shown), numbers(len(network.posts)), report, gz, picture_vectors)
        return _write(folder, rng, network, first, newest)


@dataclass(frozen=True)
class _Network:
    """The network before times and words are drawn; `shown` is the ordinary person."""

    people: People
    follows: Edges
    posts: Posts
    likes: Edges
    mentions: Edges
    shown: int


def _match(rng: np.random.Generator, people: People, first: int, newest: int, report: Progress) -> _Network:
    """Draws the follows, posts, likes and mentions; times are in epoch seconds."""
    with _stage(report, "match follows", people.followees) as grown:
        follows = arrays.follows(rng, people, grown)
    posts = arrays.posts(rng, people, first, newest)
    with _stage(report, "match likes", people.likes) as grown:
        likes = arrays.likes(rng, people, follows, posts, grown)
    friends = arrays.mutual(follows, len(people))
    shown = arrays.ordinary_person(people, follows, friends, likes)
    return _Network(people, follows, posts, likes, arrays.mentions(rng, people, friends, posts, shown), shown)


@contextmanager
def _stage(report: Progress, name: str, wished: Ints) -> Iterator[Callable[[int], None]]:
    """Reports how many of the wanted pairs are found; a few never are."""
    total = max(1, int(wished.sum()))
    report(name, 0, total)
    yield lambda done: report(name, min(done, total), total)
    report(name, total, total)


def _write(folder: "_Folder", rng: np.random.Generator, network: _Network, first: int, newest: int) -> Summary:
    """Draws times and words while it writes all files, and returns their numbers of rows."""
    posts, mentions, star = network.posts, network.mentions, network.people.celebrity
    _write_users(folder, rng)
    _write_follows(folder, rng, network.follows, max(0, newest - FOLLOWED_FOR * (newest - first)), newest)
    comments = _write_likes(folder, rng, posts, network.likes, newest)
    _write_comments(folder, rng, posts, comments)
    tags = _write_posts(folder, rng, posts)
    folder.write("mentions", len(mentions), post=folder.post(mentions.left), user=folder.user(mentions.right))
    return Summary(
        users=len(network.people),
        follows=len(network.follows),
        posts=len(posts),
        likes=len(network.likes),
        comments=len(comments),
        tags=tags,
        mentions=len(mentions),
        celebrity=None if star is None else folder.user_ids[star].decode(),
    )


def _ids(users: int, ordinary: int) -> Texts:
    """The id of each person: the index, except that the ordinary person swaps ids with the one whose id it gets."""
    ids = numbers(users)
    if users > ORDINARY_ID:
        ids[[ordinary, ORDINARY_ID]] = ids[[ORDINARY_ID, ordinary]]
    return ids


@dataclass(frozen=True)
class _Folder:
    """The folder of the tables, and the ids of people and posts in them."""

    draft: Callable[[str], Path]
    user_ids: Texts
    post_ids: Texts
    report: Progress
    gz: bool
    has_vectors: bool

    def user(self, index: Index) -> Piece:
        return gather(self.user_ids, index)

    def post(self, index: Index) -> Piece:
        return gather(self.post_ids, index)

    def write(self, name: str, rows: int, *, chunk: int = CHUNK, **columns: Column) -> None:
        """Writes a table as CSV, compressed on request."""
        file = f"{name}.csv.gz" if self.gz else f"{name}.csv"
        write(self.draft(file), columns, rows, lambda done: self.report(file, done, rows), gz=self.gz, chunk=chunk)


def _write_users(folder: _Folder, rng: np.random.Generator) -> None:
    """Writes people with their names, in the order of their ids."""
    size = len(folder.user_ids)
    first = rng.integers(len(FIRST_NAMES), size=size)
    last = rng.integers(len(LAST_NAMES), size=size)
    word = len(LAST_NAMES) + rng.integers(len(HANDLE_WORDS), size=size)
    word = np.where(rng.random(size) < HANDLE_SHARE, word, last)
    separator = rng.integers(len(SEPARATORS), size=size)
    namesakes = rank_in_group((first * 1000 + word) * len(SEPARATORS) + separator)
    suffixes = texts(["", *map(str, range(2, namesakes.max() + 2))])
    folder.write(
        "users",
        size,
        id=lambda part: numbers(size)[part],
        username=(
            gather(texts(FIRST_NAMES), first),
            gather(texts(SEPARATORS), separator),
            gather(texts([*LAST_NAMES, *HANDLE_WORDS]), word),
            gather(suffixes, namesakes),
        ),
        full_name=(
            gather(texts(map(str.capitalize, FIRST_NAMES)), first),
            b" ",
            gather(texts(map(str.capitalize, LAST_NAMES)), last),
        ),
    )


def _write_follows(folder: _Folder, rng: np.random.Generator, follows: Edges, first: int, until: int) -> None:
    at = rhythm.between(rng, len(follows), first, until)
    folder.write(
        "follows",
        len(follows),
        follower=folder.user(follows.left),
        followee=folder.user(follows.right),
        at=instants(at),
    )


def _write_likes(folder: _Folder, rng: np.random.Generator, posts: Posts, likes: Edges, until: int) -> Comments:
    """Writes the likes, and returns the comments that follow some of them."""
    at = rhythm.after(rng, posts.taken[likes.right], until)
    folder.write("likes", len(likes), user=folder.user(likes.left), post=folder.post(likes.right), at=instants(at))
    return arrays.comments(rng, likes, at, until)


def _write_comments(folder: _Folder, rng: np.random.Generator, posts: Posts, comments: Comments) -> None:
    table, text = _texts_of_topics(rng, wording.comments, posts.topic[comments.post])
    folder.write(
        "comments",
        len(comments),
        id=(b"c", gather(numbers(len(comments)), np.arange(len(comments)))),
        user=folder.user(comments.person),
        post=folder.post(comments.post),
        at=instants(comments.at),
        text=gather(table, text),
    )


def _write_posts(folder: _Folder, rng: np.random.Generator, posts: Posts) -> int:
    """Writes posts and tags, and returns the number of tags."""
    shares = np.array(TAGS_SHARES) / sum(TAGS_SHARES)
    tag_count = rng.choice(len(shares), len(posts), p=shares).astype(np.uint8)
    captions, caption = _texts_of_topics(rng, wording.captions, posts.topic)
    names = [*(topic.name for topic in TOPICS), NO_TOPIC]
    scene = np.where(tag_count > 0, posts.topic, len(TOPICS))
    media_type = rng.choice(len(MEDIA_TYPES), len(posts), p=MEDIA_SHARES)
    variant = rng.integers(VARIANTS, size=len(posts))
    folder.write(
        "posts",
        len(posts),
        id=gather(folder.post_ids, np.arange(len(posts))),
        author=folder.user(posts.author),
        taken_at=instants(posts.taken),
        media_type=gather(texts(MEDIA_TYPES), media_type),
        caption=gather(captions, caption),
        image_url=(
            b"/pictures/",
            gather(texts(names), scene),
            b"-",
            gather(numbers(VARIANTS), variant),
            b".svg",
        ),
    )
    if folder.has_vectors:
        _write_vectors(folder, names, scene * VARIANTS + variant)
    words, word = _hashtags(rng, posts.topic, tag_count)
    tagged = np.repeat(np.arange(len(posts), dtype=np.int32), tag_count)
    folder.write("tags", len(tagged), post=folder.post(tagged), hashtag=gather(words, word))
    return len(tagged)


def _write_vectors(folder: _Folder, names: list[str], picture: Ints) -> None:
    """Writes the vector of each post's picture, which is the place of its scene in `names` and its variant."""
    found = dict(zip(SCENES, vectors.vectors(), strict=True))
    table = texts(pictures.to_text(vector) for name in names for vector in found[name])
    folder.write(
        "picture_vectors",
        len(picture),
        chunk=VECTORS_CHUNK,
        post=gather(folder.post_ids, np.arange(len(picture))),
        model=vectors.MODEL.encode(),
        vector=gather(table, picture),
    )


def _texts_of_topics(
    rng: np.random.Generator, texts_of: Callable[[Topic], list[str]], topics: Keys
) -> tuple[Texts, Ints]:
    """A table of all texts, and for each topic the index of a random text in it."""
    groups = [texts_of(topic) for topic in TOPICS]
    sizes = np.array([len(group) for group in groups])
    first = np.cumsum(sizes) - sizes
    chosen = first[topics] + (rng.random(len(topics)) * sizes[topics]).astype(np.int64)
    return texts([text for group in groups for text in group]), chosen


def _hashtags(rng: np.random.Generator, topics: Keys, sizes: NDArray[np.uint8]) -> tuple[Texts, Keys]:
    """A table of hashtags, and the places in it of `sizes` ones for each topic: its own, then random ones.

    Words that stand earlier in the topic's list are drawn more often (the Gumbel-max trick).
    """
    width = len(TAGS_SHARES) - 1
    lists = [hashtags(topic)[: width + 1] for topic in TOPICS]
    words = sorted({word for group in lists for word in group})
    table = np.array([[words.index(word) for word in group] for group in lists], np.uint16)
    preference = -0.25 * np.arange(width + 1)
    preference[0] = np.inf
    chosen = []
    for start in range(0, len(topics), CHUNK):
        part = slice(start, start + CHUNK)
        score = preference + rng.gumbel(size=(len(topics[part]), width + 1))
        order = np.argsort(-score, axis=1)[:, :width]
        drawn = np.take_along_axis(table[topics[part]], order, axis=1)
        chosen.append(drawn[np.arange(width) < sizes[part, None]])
    return texts(words), np.concatenate(chosen)
