"""Answers of small graphs, for the fake of tests/fake.py."""

from collections.abc import Iterable
from typing import Any

from graph import clock
from graph.client import Row
from graph.ranking.profiles import FEATURES
from tests.fake import Answer
from tests.little_network import NOW

HOUR = 3_600_000
NOT_BUILT: Row = {
    **dict.fromkeys(("generation", "slot", "builtAt", "asOf", "windowFrom", "likes", "factorsSize", "fastrpSize")),
    **dict.fromkeys(
        (
            "missing",
            "affinityAt",
            "dwell",
            "trendingLikes",
            "switchedAt",
            "stage",
            "stageDone",
            "stageTotal",
            "stageLeft",
        )
    ),
    "working": False,
}
"""The row of build/state before the first build."""
BUILT: Row = {
    **NOT_BUILT,
    "generation": 3,
    "slot": "A",
    "builtAt": clock.now(),
    "switchedAt": clock.now(),
    "dwell": None,
    "asOf": clock.now(),
    "windowFrom": 0,
    "likes": 1_000,
    "trendingLikes": 1_000,
    "factorsSize": 64,
    "fastrpSize": 64,
    "missing": [],
}


def lag(**waiting: int) -> Row:
    """The row of build/lag: what waits for the builder."""
    nothing = {"people": 0, "peopleSince": None, "posts": 0, "postsSince": None, "failing": 0, "likes": 1_000}
    return {**nothing, **waiting}


def taken_by(owner: str) -> Row:
    """The row of leases/take where this one has the lease."""
    return {"owner": owner, "until": clock.now() + 60_000}


FREE: dict[str, Answer] = {
    "affinity/unlearn": [{"people": 0}],
    "leases/take": lambda params: [taken_by(params["owner"])],
    "leases/renew": [{"renewed": 1}],
    "leases/release": [{"released": 1}],
}
"""Leases that nobody else wants."""
WITH_GDS: dict[str, Answer] = {
    "admin/gds_version": [{"version": "2.13.4", "nobody": None}],
    "build/leaves_out_likes": [{"leaves": False}],
    "admin/procedures": lambda params: [{"name": name} for name in params["names"]],
}


def person(**known: Any) -> Row:
    """The row of feed/me: somebody with 60 likes, for whom all is built and affinity is stored."""
    row = {
        "likes": 60,
        "oldest": {"at": 1, "id": "old"},
        "oldestOfAuthors": None,
        "build": {
            "generation": 3,
            "slot": "B",
            "builtAt": NOW,
            "readAt": NOW,
            "asOf": NOW,
            "windowFrom": 0,
            "missing": [],
        },
        "folds": False,
        "likedFactors": [],
        "likedWeights": [],
        "postGram": None,
        "hasAffinity": True,
        "hasPicked": False,
        "hidesPictures": False,
        "looks": False,
        "resetAt": None,
        "resetsRecordedAt": [],
        "unlearns": False,
        "notProfiled": False,
        "affinityIsDue": False,
        "shown": [],
    }
    assert row.keys() >= known.keys()
    return {**row, **known}


def candidate(post: str, score: float = 1.0, *sources: str, author: str = "", **more: Any) -> Row:
    """A row of feed/ranked, by default of an author of its own."""
    return {
        "post": post,
        "author": author or f"author of {post}",
        "sources": list(sources or ("popular",)),
        "score": score,
        "features": dict.fromkeys(FEATURES, 0.0),
        "hashtags": [],
        "link": None,
        "liker": None,
        "look": None,
        "model": None,
        "picture": None,
        "followers": 1000,
        "impressions": None,
        "impressionLikes": None,
        "likes": 0,
        **more,
    }


def shown(place: int, item: Row, **more: Any) -> Row:
    """A row of feed/page, of a post with 3 likes and no reason that holds."""
    return {
        "place": place,
        "item": item,
        "post": item["post"],
        "author": "ana",
        "takenAt": NOW - HOUR,
        "imageUrl": None,
        "authorName": "Ana",
        "reasons": [],
        "about": None,
        "me": "me",
        "likeCount": 3,
        "commentCount": 0,
        **more,
    }


def page(gone: Iterable[str] = (), **more: Any) -> Any:
    """Answers feed/page for places that are handed over: all may be shown but those that are gone since."""
    without = {*gone}

    def answer(params: Row) -> list[Row]:
        places = enumerate(params["given"]["items"])
        rows = [shown(place, item, **more) for place, item in places if item["post"] not in without]
        return rows[: params["limit"]]

    return answer


def surroundings(**known: Any) -> Row:
    """The row of explain/surroundings: somebody who follows and likes, in a graph with posts of the last hour."""
    row = {
        "posts": 100,
        "followees": 5,
        "likes": 4,
        "likedEver": 9,
        "followers": 5,
        "picks": 0,
        "mentions": 0,
        "newestBefore": NOW - HOUR,
        "oldestAfter": None,
        "anyBefore": True,
        "anyAfter": False,
    }
    assert row.keys() >= known.keys()
    return {**row, **known}


def interest(hashtag: str) -> Row:
    """A row of interests/hashtags."""
    counts = {"weight": 1.0, "liked": 1, "shown": 0, "looked": 0}
    about = {"kind": "inferred", "wish": None, "until": None, "examples": ["p"], "topic": None}
    return {"hashtag": hashtag, "display": hashtag, **counts, **about}
