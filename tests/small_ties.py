"""A small network whose ties are known, beside the graph that holds it."""

import math
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

import networkx as nx

from graph.client import Client
from tests.support import ask


@dataclass(frozen=True)
class Network:
    """People who follow each other, and like and comment on each other's posts."""

    author: dict[str, str]
    """Of each post."""
    follows: set[tuple[str, str]]
    likes: set[tuple[str, str]]
    comments: list[tuple[str, str]]

    @property
    def people(self) -> list[str]:
        return sorted(set(self.author.values()))

    @property
    def ties(self) -> Any:
        """The undirected graph of who is tied to whom, and how strongly."""
        acts = Counter(frozenset((user, self.author[post])) for user, post in self.likes)
        for user, post in self.comments:
            acts[frozenset((user, self.author[post]))] += 2
        ties = nx.Graph()
        ties.add_nodes_from(self.people)
        for a, b in self.follows:
            ties.add_edge(a, b, weight=1 + math.log(1 + acts[frozenset((a, b))]))
        return ties


def draw(people: int = 20, seed: int = 7) -> Network:
    """A network in which some are tied to many and all to a few, to one of them most; everybody posted twice."""
    rng = random.Random(seed)
    ids = [f"u{number:02}" for number in range(people)]
    author = {f"{id}{letter}": id for id in ids for letter in "ab"}
    popular = [*ids, *ids[: people // 4] * 3]
    follows = {(a, b) for a in ids for b in rng.choices(popular, k=3) if a != b}
    drawn = [(rng.choice(ids), rng.choice(sorted(author))) for _ in range(8 * people)]
    likes = {(user, post) for user, post in drawn if author[post] != user}
    favourites = {a: b for a, b in sorted(follows)}
    comments = [(user, f"{favourite}a") for user, favourite in favourites.items() for _ in range(12)]
    return Network(author, follows, likes, comments)


def create(client: Client, network: Network) -> Network:
    """Put it into the graph."""
    ask(client, "UNWIND $ids AS id CREATE (:User {id: id})", ids=network.people)
    ask(client, "UNWIND $ids AS id CREATE (:Post {id: id, takenAt: 0})", ids=list(network.author))
    pairs_of = {
        "POSTED": [(author, post) for post, author in network.author.items()],
        "FOLLOWS": sorted(network.follows),
        "LIKED": sorted(network.likes),
        "COMMENTED": network.comments,
    }
    for type, pairs in pairs_of.items():
        ask(
            client,
            f"UNWIND $pairs AS pair MATCH (a:User {{id: pair[0]}}) MATCH (b:User|Post {{id: pair[1]}}) "
            f"CREATE (a)-[:{type}]->(b)",
            pairs=pairs,
        )
    return network
