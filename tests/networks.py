"""Small random networks in the neutral import format that hold everything that hurts a ranking.

Each network is made from its seed alone: the same seed writes the same bytes. Every row is valid, so an
import rejects nothing; what is awkward is what the rows say about each other and about the clock.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

AS_OF_MS = 1_717_200_000_000  # 2024-06-01T00:00:00Z, the clock that the times below are laid around
DAY_MS = 86_400_000
WINDOW_MS = 7 * DAY_MS
YEAR_MS = 365 * DAY_MS


def _wide(text: str) -> str:
    """These ASCII characters in their full-width form, as a Japanese keyboard writes them."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


# The spellings of each hashtag: one name after NFKC, without leading # and outer blanks, case-folded.
HASHTAGS: tuple[tuple[str, ...], ...] = (
    ("sunset", "#Sunset", _wide("SUNSET"), " #SUNSET ", "#sunset"),
    ("beach", "#Beach", "BEACH", _wide("#BEACH")),
    ("straße", "#STRASSE", "Strasse"),
    ("café", "cafe\u0301", "#CAFÉ"),
    ("film", "ﬁlm", "#Film"),
    ("bike", "#Bike", _wide("BIKE")),
    ("nature", "#Nature", "nature "),
    ("mountain", "#MOUNTAIN"),
    ("nyc", "#NYC", _wide("NYC")),
    ("null", "#NULL"),
    ("nan", "NaN"),
    ("🌅", "#🌅"),
    ("food", "#Food"),
    ("ὀδυσσεύς", "#Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
    ("b&w, grain", "#B&W, Grain"),
    ("100", "#100", _wide("100")),
)
MOVING_HASHTAG = ("timelapse", "#Timelapse", "TIMELAPSE")  # only ever on what is no image
CAPTIONS = ("", "", "plain", 'a "quoted" one, with commas', "two\nlines", "#sunset 🌅", "' OR 1=1 //")

TAKEN_AT_BORDERS = (  # exactly at the edges of the week: the first and the third count, the others do not
    AS_OF_MS,
    AS_OF_MS + 1,
    AS_OF_MS - WINDOW_MS + 1,
    AS_OF_MS - WINDOW_MS,
    AS_OF_MS + DAY_MS,
)
LIKED_AT_BORDERS = (  # the same of the 365 days
    AS_OF_MS,
    AS_OF_MS + 1,
    AS_OF_MS - YEAR_MS + 1,
    AS_OF_MS - YEAR_MS,
)


@dataclass
class _Post:
    """A post to be written; `lonely` ones get no likes and no comments."""

    id: str
    author: str
    taken_at: int | None
    media_type: str
    like_count: int | None = None
    comment_count: int | None = None
    sensitive: str = ""
    lonely: bool = False
    hashtags: list[int] = field(default_factory=list)  # places in HASHTAGS


@dataclass
class _Network:
    """What has been decided so far; the writers below read it."""

    rng: Random
    users: list[str]
    follows: dict[str, list[str]]
    opted_out: list[str]
    posts: list[_Post] = field(default_factory=list)
    liked: dict[str, list[str]] = field(default_factory=dict)


Row = tuple[object, ...]


def write_network(folder: Path, seed: int) -> None:
    """Write the network of this seed into an empty folder: every file of the format, some of them gzipped."""
    rng = Random(seed)
    network = _people(rng)
    network.posts = _posts(network)
    network.liked = _likes(network)
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[str, Iterable[Row]]] = {
        "users": ("id,username,full_name,opted_out", _user_rows(network)),
        "follows": ("follower,followee,at", _follow_rows(network)),
        "posts": (
            "id,author,taken_at,media_type,caption,image_url,like_count,comment_count,sensitive",
            _post_rows(network),
        ),
        "likes": ("user,post,at", _like_rows(network)),
        "comments": ("id,user,post,at,text", _comment_rows(network)),
        "tags": ("post,hashtag", _tag_rows(network)),
        "mentions": ("post,user", _mention_rows(network)),
        "mutes": ("user,muted_user,hashtag,at", _mute_rows(network)),
        "blocks": ("user,blocked,at", _block_rows(network)),
        "hides": ("user,post,at,reason", _hide_rows(network)),
        "interests": ("user,hashtag,at", _interest_rows(network)),
    }
    zipped = {"likes", *rng.sample(sorted(tables), 4)}
    for name, (header, rows) in tables.items():
        _write(folder, name, header.split(","), rows, zipped=name in zipped)


def _people(rng: Random) -> _Network:
    """20 to 60 people, most of whom follow a few; some follow nobody, some have opted out."""
    users = [str(number) for number in range(rng.randint(20, 60) - 2)] + ["007", "Zoë"]
    rng.shuffle(users)
    followers = users[len(users) // 8 :]
    popular = rng.sample(users, len(users) // 3)
    follows: dict[str, list[str]] = {user: [] for user in users}
    for user in followers:
        others = [*users, *popular, *popular]
        chosen = dict.fromkeys(rng.choice(others) for _ in range(rng.randint(2, 9)))
        follows[user] = [other for other in chosen if other != user]
    for user in followers:  # every fourth follow is returned
        for other in follows[user]:
            if other in followers and user not in follows[other] and rng.random() < 0.25:
                follows[other].append(user)
    opted_out = rng.sample(popular, 2) + rng.sample(users, 2)
    return _Network(rng, users, follows, sorted(set(opted_out)))


def _posts(network: _Network) -> list[_Post]:
    """100 to 400 posts: random ones, then the awkward ones by name."""
    rng = network.rng
    authors = _authors(network)
    ids = _post_ids(rng, rng.randint(100, 400))
    posts = [
        *_twins(rng, authors, ids),
        *_lonely(rng, authors, ids),
        *_at_borders(rng, authors, ids),
        *_rivals(rng, authors, ids),
    ]
    while ids:
        posts.append(_random_post(rng, ids.pop(), rng.choice(authors)))
    for post in posts:
        post.hashtags = post.hashtags or _hashtags_of(rng)
    rng.shuffle(posts)
    return posts


def _authors(network: _Network) -> list[str]:
    """Who posts: the followed more often, a sixth of the people never, and sometimes nobody known."""
    silent = set(network.users[::6])
    followed = [followee for followees in network.follows.values() for followee in followees]
    return [user for user in network.users + followed if user not in silent] + [""] * (len(followed) // 25)


def _post_ids(rng: Random, count: int) -> list[str]:
    """Ids whose order as text is not that of numbers; most of them are also the id of some person."""
    ids = [str(number) for number in range(count - 4)] + ["007", "0", "p-1", "P_1", "00"]
    ids = list(dict.fromkeys(ids))
    rng.shuffle(ids)
    return ids


def _random_post(rng: Random, post: str, author: str) -> _Post:
    """A post most probably of the last week; its counters are sometimes given, also as 0."""
    times = (
        AS_OF_MS - rng.randrange(WINDOW_MS),
        AS_OF_MS - WINDOW_MS - rng.randrange(2 * YEAR_MS),
        AS_OF_MS + 1 + rng.randrange(30 * DAY_MS),
        rng.choice(TAKEN_AT_BORDERS),
        None,
    )
    return _Post(
        post,
        author,
        taken_at=rng.choices(times, weights=(60, 22, 6, 6, 6))[0],
        media_type=rng.choices(("image", "", "video", "carousel"), weights=(50, 25, 15, 10))[0],
        like_count=rng.choice((0, 1, rng.randrange(5_000))) if rng.random() < 0.25 else None,
        comment_count=rng.choice((0, rng.randrange(300))) if rng.random() < 0.25 else None,
        sensitive=rng.choices(("", "false", "true"), weights=(60, 32, 8))[0],
    )


def _twins(rng: Random, authors: Sequence[str], ids: list[str]) -> list[_Post]:
    """Exact ties: posts of one author with the same time and the same given counters."""
    posts: list[_Post] = []
    for author in rng.sample(sorted({author for author in authors if author}), 8):
        facts = author, AS_OF_MS - rng.randrange(2 * DAY_MS), "image", rng.randrange(1, 90), rng.randrange(9)
        sensitive = ["", "", *rng.choices(("", "true"), k=rng.randint(0, 2))]
        posts += [_Post(ids.pop(), *facts, value) for value in sensitive]
    return posts


def _lonely(rng: Random, authors: Sequence[str], ids: list[str]) -> list[_Post]:
    """Posts of the week with zero likes and zero comments: they all score 0."""
    choices = [author for author in authors if author]
    times = [AS_OF_MS - rng.randrange(WINDOW_MS) for _ in range(12)]
    return [_Post(ids.pop(), rng.choice(choices), at, "image", lonely=True) for at in times]


def _at_borders(rng: Random, authors: Sequence[str], ids: list[str]) -> list[_Post]:
    """Liked images at every border of the week, each for some author of its own."""
    choices = [author for author in authors if author]
    times = [at for at in TAKEN_AT_BORDERS for _ in range(3)]
    return [_Post(ids.pop(), rng.choice(choices), at, "image", like_count=50) for at in times]


def _rivals(rng: Random, authors: Sequence[str], ids: list[str]) -> list[_Post]:
    """The most liked of some hashtags, with equal likes: comments decide, or else the id; of any time."""
    posts: list[_Post] = []
    for place in rng.sample(range(10), 5):
        likes = 6_000 + rng.randrange(900)
        for comments in rng.choice(((5, 5, 3), (5, 5, 5), (4, 5, 3))):
            post = _random_post(rng, ids.pop(), rng.choice([*rng.choices(authors, k=4), ""]))
            post.taken_at = rng.choice((None, AS_OF_MS + DAY_MS, AS_OF_MS - rng.randrange(YEAR_MS)))
            post.like_count, post.comment_count = likes, comments
            post.sensitive = rng.choice(("", "", "false", "true"))
            post.hashtags = [place]
            posts.append(post)
    return posts


def _hashtags_of(rng: Random) -> list[int]:
    """Up to four hashtags, the first of the list more often."""
    if rng.random() < 0.2:
        return []
    every = range(len(HASHTAGS))
    chosen = (min(rng.choice(every), rng.choice(every)) for _ in range(rng.randint(1, 4)))
    return list(dict.fromkeys(chosen))


def _likes(network: _Network) -> dict[str, list[str]]:
    """Whose likes are which posts: near ones, any, and one's own; every seventh person likes nothing."""
    rng = network.rng
    by_author: defaultdict[str, list[str]] = defaultdict(list)
    for post in network.posts:
        if not post.lonely:
            by_author[post.author].append(post.id)
    anything = [post for posts in by_author.values() for post in posts]
    liked = {}
    for number, user in enumerate(network.users):
        if number % 7 != 3:
            near = [post for author in _circle(network, user) for post in by_author[author]]
            chosen = rng.sample(near, min(len(near), rng.randint(3, 25)))
            chosen += rng.sample(anything, rng.randint(5, 30)) + by_author[user][:2]
            liked[user] = list(dict.fromkeys(chosen))
    return liked


def _circle(network: _Network, user: str) -> list[str]:
    """Whom I follow, and whom they follow."""
    follows = network.follows
    people = [*follows[user], *(other for followee in follows[user] for other in follows[followee])]
    return [person for person in dict.fromkeys(people) if person != user]


def _user_rows(network: _Network) -> Iterable[Row]:
    for number, user in enumerate(network.users):
        opted_out = "true" if user in network.opted_out else network.rng.choice(("", "false"))
        yield user, f"user{number}", network.rng.choice(("", f"Person {number}")), opted_out


def _follow_rows(network: _Network) -> Iterable[Row]:
    rng = network.rng
    for user, followees in network.follows.items():
        for followee in followees:
            yield user, followee, _sometime(rng)


def _post_rows(network: _Network) -> Iterable[Row]:
    rng = network.rng
    for post in network.posts:
        taken_at = "" if post.taken_at is None else _iso(rng, post.taken_at)
        written = rng.choice(CAPTIONS), rng.choice(("", f"https://images.example/{post.id}.jpg"))
        counts = post.like_count, post.comment_count
        yield post.id, post.author, taken_at, post.media_type, *written, *counts, post.sensitive


def _like_rows(network: _Network) -> Iterable[Row]:
    rng = network.rng
    for user, posts in network.liked.items():
        for post in posts:
            yield user, post, _liked_at(rng)


def _liked_at(rng: Random) -> str:
    """Not given, of the year, exactly at its borders, before it, or later than the clock."""
    times = (
        None,
        AS_OF_MS - rng.randrange(YEAR_MS),
        rng.choice(LIKED_AT_BORDERS),
        AS_OF_MS - YEAR_MS - rng.randrange(YEAR_MS),
        AS_OF_MS + 1 + rng.randrange(DAY_MS),
    )
    at = rng.choices(times, weights=(25, 40, 15, 12, 8))[0]
    return "" if at is None else _iso(rng, at)


def _comment_rows(network: _Network) -> Iterable[Row]:
    """Comments, several of one person on one post among them."""
    rng = network.rng
    number = 0
    for post in network.posts:
        if post.lonely or rng.random() < 0.3:
            continue
        for user in rng.choices(network.users, k=rng.randint(1, 6)):
            number += 1
            yield f"c{number}", user, post.id, _iso(rng, _any_time(rng)), rng.choice(CAPTIONS)


def _tag_rows(network: _Network) -> Iterable[Row]:
    """Each hashtag of a post in one of its spellings; one hashtag is only on videos and carousels."""
    rng = network.rng
    for post in network.posts:
        for place in post.hashtags:
            yield post.id, rng.choice(HASHTAGS[place])
        if post.media_type in ("video", "carousel") and rng.random() < 0.7:
            yield post.id, rng.choice(MOVING_HASHTAG)


def _mention_rows(network: _Network) -> Iterable[Row]:
    """People shown in posts: at random, the author too, and some who also liked the post."""
    rng = network.rng
    pairs = [(post.id, rng.choice(network.users)) for post in network.posts if rng.random() < 0.25]
    pairs += [(post.id, post.author) for post in network.posts if post.author and rng.random() < 0.05]
    pairs += [(rng.choice(liked), user) for user, liked in network.liked.items()]
    return dict.fromkeys(pairs)


def _mute_rows(network: _Network) -> Iterable[Row]:
    """Every third person mutes a followee and someone near; every fourth one or two hashtags."""
    rng = network.rng
    for number, user in enumerate(network.users):
        if number % 3 == 0:
            for muted in _some_near(network, user):
                yield user, muted, "", _sometime(rng)
        if number % 4 == 1:
            for place in rng.sample(range(len(HASHTAGS)), rng.randint(1, 2)):
                yield user, "", rng.choice(HASHTAGS[place]), _sometime(rng)


def _block_rows(network: _Network) -> Iterable[Row]:
    """Some block a followee and someone near; some are blocked by such."""
    rng = network.rng
    pairs: list[tuple[str, str]] = []
    for number, user in enumerate(network.users):
        if number % 5 == 0:
            pairs += [(user, blocked) for blocked in _some_near(network, user)]
        if number % 5 == 1:
            pairs += [(blocker, user) for blocker in _some_near(network, user)]
    for user, blocked in dict.fromkeys(pairs):
        yield user, blocked, _sometime(rng)


def _some_near(network: _Network, user: str) -> list[str]:
    """A followee and someone of the circle; nobody for who follows nobody."""
    followees, circle = network.follows[user], _circle(network, user)
    chosen = [network.rng.choice(people) for people in (followees, circle) if people]
    return list(dict.fromkeys(chosen))


def _hide_rows(network: _Network) -> Iterable[Row]:
    """Half the people hide a few posts, mostly of people near."""
    rng = network.rng
    for user in network.users[::2]:
        circle = set(_circle(network, user))
        near = [post.id for post in network.posts if post.author in circle]
        anywhere = [post.id for post in network.posts]
        hidden = rng.sample(near, min(len(near), 6)) + rng.sample(anywhere, 3)
        for post_id in dict.fromkeys(hidden):
            yield user, post_id, _sometime(rng), rng.choice(("", "not for me", "seen, too often"))


def _interest_rows(network: _Network) -> Iterable[Row]:
    """Declared interests; the tutorial's weights do not count them."""
    rng = network.rng
    for user in network.users[::3]:
        for place in rng.sample(range(len(HASHTAGS)), 3):
            yield user, rng.choice(HASHTAGS[place]), _sometime(rng)


def _any_time(rng: Random) -> int:
    """A time of the two years up to a day after the clock."""
    return AS_OF_MS + DAY_MS - rng.randrange(2 * YEAR_MS)


def _sometime(rng: Random) -> str:
    """A time before the clock, or none."""
    return "" if rng.random() < 0.4 else _iso(rng, AS_OF_MS - rng.randrange(2 * YEAR_MS))


def _iso(rng: Random, ms: int) -> str:
    """One of the ways to write this instant in ISO 8601."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
    precision = "milliseconds" if ms % 1000 else "seconds"
    bare = moment.replace(tzinfo=None).isoformat(timespec=precision)
    elsewhere = moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(timespec=precision)
    forms = [f"{bare}Z", bare, f"{bare}+00:00", elsewhere]
    if ms % DAY_MS == 0:
        forms.append(moment.date().isoformat())
    return rng.choice(forms)


def _write(folder: Path, name: str, header: Sequence[str], rows: Iterable[Row], zipped: bool) -> None:
    """One file; gzipped without a time stamp, so that the bytes depend on the seed alone."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    data = text.getvalue().encode("utf-8")
    if zipped:
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(data, mtime=0))
    else:
        (folder / f"{name}.csv").write_bytes(data)
