"""What people save, share, report and want more like: it counts as likes of theirs, keeps the post out, and is told."""

import math
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from graph import clock, events
from graph.client import Client
from graph.errors import SettingsError
from graph.events import Event, record
from graph.network import interests
from graph.ranking.feed import feed
from graph.ranking.person import read_person
from graph.ranking.pool import Place
from graph.ranking.profiles import Profile
from graph.ranking.retrieval import rank
from graph.ranking.why import why
from service.cli import app
from tests.little_network import DAY, DEFAULT, NOW, Network, act, asked, built, changed, ranking
from tests.support import ask, run_command

COUNTS = {"like": 1.0, "save": 2.0, "share": 2.0, "more": 3.0}
"""The likes that each act counts as."""
UNDONE = {"like": "unlike", "save": "unsave", "share": "unshare", "more": "neither"}


def test_a_wish_for_more_like_a_post_has_no_end() -> None:
    events.check(Event("1", "more", "me", NOW, post="p"))
    with pytest.raises(SettingsError, match="Event kind more takes no until with a post"):
        events.check(Event("1", "more", "me", NOW, post="p", until=NOW + DAY))


pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """Ten fans like the old posts of ana and of ben, each with two new ones of theirs; cem posted and nobody liked it.

    I like nothing. What ana and ben post has hashtags of their own.
    """
    network = Network()
    for author, hashtag in (("ana", "sea"), ("ben", "snow"), ("cem", "city")):
        network.post(author, f"old {author}", days_ago=100, hashtags=[hashtag])
        network.post(author, f"{author}1", f"{author}2", days_ago=2, hashtags=[hashtag])
    for number in range(10):
        author = ("ana", "ben")[number % 2]
        network.like(f"fan{number}", f"old {author}", f"{author}1", f"{author}2", days_ago=1)
    network.person("me", "you")
    network.load(client, tmp_path)
    built(client)
    return client


def pool(client: Client, user: str = "me", profile: Profile = DEFAULT) -> dict[str, Place]:
    constants = profile.ranking
    assert constants is not None
    found = rank(client, asked(user, profile=profile).for_pool(), constants, constants.page)
    assert found is not None
    return {place.post: place for place in found.places}


def status(client: Client, kind: str, at: int = NOW, **fields: Any) -> str:
    [outcome] = record(client, [Event(uuid4().hex, kind, "me", at, **fields)])
    return outcome.status


@pytest.mark.parametrize("kind", ["save", "share", "more"])
def test_an_act_counts_as_so_many_likes_wherever_my_likes_are_read(ready: Client, kind: str) -> None:
    before = pool(ready)
    act(ready, kind, post="old ana")
    found = pool(ready)["ana1"]
    count, smoothing = COUNTS[kind], ranking().smoothing
    assert {"similar_posts", "liked_authors", "interests"} <= {*found.sources}
    assert found.features["lists"] == pytest.approx(math.log(1.3))
    assert found.features["rate"] == pytest.approx(
        math.log((count + smoothing.rate_likes) / (3 + smoothing.rate_posts))
    )
    assert found.features["tag"] > before["ana1"].features["tag"]
    assert found.features["factors"] > before["ana1"].features["factors"] == 0
    assert found.features["never"] == 0
    act(ready, UNDONE[kind], post="old ana")
    assert pool(ready) == before


def test_of_two_acts_upon_a_post_both_count(ready: Client) -> None:
    for kind in COUNTS:
        act(ready, kind, post="old ana")
    together = pool(ready)["ana1"].features
    eight = changed(feedback={"more_like": 8.0})
    for kind in ("like", "save", "share"):
        act(ready, UNDONE[kind], post="old ana")
    alone = pool(ready, profile=eight)["ana1"].features
    assert {name: pytest.approx(value) for name, value in together.items()} == alone
    person = read_person(ready, "me", NOW, ranking())
    assert person is not None
    assert (person.likes, person.folds) == (1, True)


def test_an_act_of_weight_0_counts_as_none_and_keeps_the_post_out(ready: Client) -> None:
    nothing = changed(feedback={"save": 0.0})
    before = pool(ready, profile=nothing)
    act(ready, "save", post="old ana")
    assert {name: place.sources for name, place in pool(ready, profile=nothing).items()} == {
        name: place.sources for name, place in before.items()
    }
    features = pool(ready, profile=nothing)["ana1"].features
    assert (features["never"], features["factors"]) == (1, 0)
    act(ready, "save", post="ana1")
    assert "ana1" not in pool(ready, profile=nothing)


@pytest.mark.parametrize("seen", [2, 10_000])
def test_a_saved_post_stays_out_however_much_i_and_others_liked(ready: Client, seen: int) -> None:
    """With more ties than are read as rows, what remains is checked one by one."""
    for kind in ("save", "share", "more"):
        act(ready, kind, post="ben1")
    act(ready, "save", post="ana1")
    ask(ready, "MATCH (me:User {id: 'me'}) UNWIND range(1, 9) AS n CREATE (me)-[:LIKED]->(:Post {id: 'liked' + n})")
    assert {"ana1", "ben1"}.isdisjoint(pool(ready, profile=changed(bounds={"seen": seen})))


def test_a_reason_is_found_beside_a_hundred_likes(ready: Client) -> None:
    ask(ready, "MATCH (me:User {id: 'me'}) UNWIND range(1, 150) AS n CREATE (me)-[:LIKED]->(:Post {id: 'liked' + n})")
    act(ready, "save", post="old ana")
    [item] = [item for item in feed(ready, asked(source="interests")).items if item.post == "ana1"]
    assert item.reason.text == "You saved a post with #sea."


def test_it_is_felt_by_nobody_else_and_out_of_what_is_as_of_before(ready: Client) -> None:
    before, mine = pool(ready, "you"), pool(ready)
    act(ready, "save", post="old ana", at=NOW + DAY)
    assert pool(ready) == mine
    act(ready, "share", post="old ana")
    assert pool(ready) != mine
    assert pool(ready, "you") == before
    built(ready)
    assert {post: place.score for post, place in pool(ready, "you").items()} == {
        post: pytest.approx(place.score) for post, place in before.items()
    }


@pytest.mark.parametrize(
    ("kind", "told"),
    [("save", "You saved it."), ("share", "You shared it."), ("more", "You want more like it.")],
)
def test_what_i_acted_upon_is_in_no_later_feed_and_why_says_so(ready: Client, kind: str, told: str) -> None:
    act(ready, kind, post="ana1")
    assert "ana1" not in pool(ready)
    assert "ana2" in pool(ready)
    assert why(ready, asked(), "ana1").kept_out == [told]
    act(ready, UNDONE[kind], post="ana1")
    assert "ana1" in pool(ready)


@pytest.mark.parametrize(
    ("kind", "deed"), [("like", "liked"), ("save", "saved"), ("share", "shared"), ("more", "want more like")]
)
def test_reasons_name_what_i_did(ready: Client, kind: str, deed: str) -> None:
    act(ready, kind, post="old ana")

    def reason(source: str) -> tuple[str, str | None]:
        [item] = [item for item in feed(ready, asked(source=source)).items if item.post == "ana1"]
        return item.reason.text, item.reason.path[0]["type"]

    text, type = reason("similar_posts")
    assert text.startswith(f"Because you {deed} Ana's photo of 22 February")
    assert reason("liked_authors") == (f"You {deed} 1 post of Ana.", type)
    assert reason("interests") == (f"You {deed} a post with #sea.", type)


def test_of_several_acts_the_reason_names_the_most_frequent(ready: Client) -> None:
    ask(ready, "MATCH (ana:User {id: 'ana'}) CREATE (ana)-[:POSTED]->(:Post {id: 'older', takenAt: 1})")
    for kind, post in (("like", "old ana"), ("save", "old ana"), ("save", "older")):
        act(ready, kind, post=post)
    [item] = [item for item in feed(ready, asked(source="liked_authors")).items if item.post == "ana1"]
    assert item.reason.text == "You saved 2 posts of Ana."
    [item] = [item for item in feed(ready, asked(source="similar_posts")).items if item.post == "ana1"]
    assert item.reason.text.startswith("Because you saved Ana's photo")


def test_interests_are_of_saved_posts_too(ready: Client) -> None:
    act(ready, "save", post="old ana")
    act(ready, "like", post="old ana")
    [found] = interests(ready, "me", DEFAULT, NOW)
    assert (found["hashtag"], found["weight"], found["examples"]) == ("sea", 1, ["old ana"])


def test_a_report_hides_and_stays_one_until_it_is_taken_back(ready: Client) -> None:
    act(ready, "hide", post="ana1", at=NOW - 50 * DAY)
    hidden = pool(ready)["ana2"].features["feedback"]
    act(ready, "report", post="ana1")
    assert pool(ready)["ana2"].features["feedback"] < hidden < 0
    assert [status(ready, kind, post="ana1") for kind in ("report", "hide")] == ["unchanged", "unchanged"]
    assert status(ready, "hide", post="ana1", reason="dull") == "unchanged"
    assert ask(ready, "MATCH ()-[hid:HID]->() RETURN properties(hid) AS hid") == [
        {"hid": {"at": NOW, "reason": "report"}}
    ]
    assert why(ready, asked(), "ana1").kept_out == ["You hid it."]
    act(ready, "unhide", post="ana1")
    assert "ana1" in pool(ready)


def test_what_is_already_so_changes_nothing(ready: Client) -> None:
    for kind in ("save", "share", "more"):
        assert status(ready, UNDONE[kind], post="ana1") == "unchanged"
        assert [status(ready, kind, post="ana1") for _ in range(2)] == ["done", "unchanged"]
        assert status(ready, kind, post="nothing") == "refused"


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_say_what_they_changed(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) WHERE post.takenAt > $old SET post.takenAt = $at", old=NOW - 9 * DAY, at=clock.now())

    assert run_command("save", "me", "ana1").startswith("me saves post ana1.\n1 of your next")
    assert run_command("more", "me", "ben1").startswith("me wants more like post ben1.\n")
    assert run_command("more", "me", "#sea").startswith("me wants more of #sea.\n")
    assert run_command("neither", "me", "ben1").startswith("me wants neither more nor less like post ben1.\n")
    assert run_command("report", "me", "cem1").startswith("me reports post cem1: it is not shown.\n")
    unknown_target = "Check the id; write a hashtag with its #; write ids of topics after --topic, or"
    for kind, remedy in (("save", "Check the id, or"), ("more", unknown_target)):
        unknown = CliRunner().invoke(app, [kind, "me", "sunset"])
        assert unknown.exit_code == 1
        assert str(unknown.exception).startswith(f"The graph has no post 'sunset'. {remedy} send the event again")
        assert unknown.stdout == ""  # and nothing of what it changed
