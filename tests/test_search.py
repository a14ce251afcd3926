"""Search for people by their names and for posts by the words of their captions."""

from pathlib import Path
from typing import Any

import pytest

from graph import entities
from graph.client import Client
from graph.discovery.search import search
from graph.discovery.search_text import MAX_CHARACTERS, MAX_WORDS, folded, search_text
from graph.errors import NotFound, SettingsError
from tests.little_network import DAY, NOW, Network, act, asked
from tests.support import ask, run_command

# --- the text, without a server


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "*", "...", '+-&&||!(){}[]^"~*?:\\/', "👨‍👩‍👧 ❤️", "\u0301\u0301", "@", "_"]
)
def test_a_text_without_words_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(SettingsError, match=r"Give a name or a word\.$"):
        search_text(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a" * 10_000, f"more than {MAX_CHARACTERS} characters"),
        ("ab " * (MAX_WORDS + 1), f"more than {MAX_WORDS} words"),
        ("an\0a", "contains a NUL"),
        ("an\ud800a", "lone surrogate"),
    ],
)
def test_a_text_that_nobody_types_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        search_text(text)


@pytest.mark.parametrize(
    ("text", "kinds"), [("ana", ("people", "posts")), (" @ana", ("people",)), ("#sun", ("posts",))]
)
def test_a_sign_in_front_asks_for_one_kind(text: str, kinds: tuple[str, ...]) -> None:
    assert search_text(text).kinds == kinds
    assert search_text(text, "posts").kinds == ("posts",)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Zoë", "zoe"), ("Straße", "strasse"), ("Søren", "soren"), ("𝓐𝓷𝓪", "ana"), ("Ёлка", "елка"), ("김민수", "김민수")],
)
def test_letters_are_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_a_word_that_stands_twice_is_looked_for_once() -> None:
    assert search_text(" ".join(["ss"] * 10)).query == search_text("ss ss").query
    assert search_text("Zo\u00eb ana zoe ANA").query.count("+(") == 2
    assert search_text("ana zoe ana").query.count("+(") == 2
    assert search_text("ana zoe an").query.count("+(") == 3


# --- on a server

live = pytest.mark.live


def found(client: Client, text: str, user: str = "", **details: Any) -> list[str]:
    """The ids of the people and posts that a text finds, in their order."""
    kind = details.pop("kind", None)
    answer = search(client, text, asked(user, **details), kind)
    return [row["user"] for row in answer.people] + [row["post"] for row in answer.posts]


def name(client: Client, id: str, username: object, full_name: object = None) -> None:
    ask(client, "MERGE (x:User {id: $id}) SET x.username = $a, x.fullName = $b", id=id, a=username, b=full_name)


NAMES = {
    "zoë": ("zoe.meyer", "Zoë Meyer"),
    "nfd": ("x1", "Zoe\u0308 Ná"),
    "will": ("x2", "Will The An"),
    "tokyo": ("x3", "東京太郎"),
    "kana": ("x4", "とうきょう タワー"),
    "kim": ("x5", "김민수"),
    "thai": ("x6", "ไทยแลนด์"),
    "ivan": ("x7", "Иван Ёлкин"),
    "arab": ("x8", "مُحَمَّد"),
    "hindi": ("x9", "हिन्दी"),
    "greek": ("x10", "Άννα"),
    "german": ("x11", "Straße"),
    "dane": ("x12", "Søren"),
    "fancy": ("x13", "𝓐𝓷𝓪𝓼𝓽𝓪𝓼𝓲𝓪"),
    "irish": ("x14", "Sinéad O’Brien"),
    "year": ("x15", "Room 1984"),
}


@live
@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("zoe", {"zoë", "nfd"}),
        ("ZOË", {"zoë", "nfd"}),
        ("zo", {"zoë", "nfd"}),
        ("z", set()),
        ("zoe mey", {"zoë"}),
        ("mey zoe", set()),  # only the last word may be a beginning
        ("meyer zoe.m", {"zoë"}),  # across both names
        ("zoe m", {"zoë", "nfd"}),  # one letter of a further word leaves out nobody
        ("zoe.me", {"zoë"}),
        ("zoe smith", set()),
        ("will", {"will"}),
        ("wi", {"will"}),
        ("the an", {"will"}),
        ("東京", {"tokyo"}),
        ("京", {"tokyo"}),
        ("京東", set()),
        ("とう", {"kana"}),
        ("とうきょうタワ", {"kana"}),
        ("タ", {"kana"}),
        ("김", {"kim"}),
        ("ไทย", {"thai"}),
        ("елк", {"ivan"}),
        ("Ёлкин иван", {"ivan"}),
        ("محمد", {"arab"}),
        ("हिन्", {"hindi"}),
        ("αννα", {"greek"}),
        ("STRASSE", {"german"}),
        ("straß", {"german"}),
        ("soren", {"dane"}),
        ("anast", {"fancy"}),
        ("o'brien", {"irish"}),
        ("sinead o'b", {"irish"}),
        ("1984", {"year"}),
        ("room AND 1984", set()),
        ("room OR nobody", set()),
        ("*oom", set()),
        ("room NOT", set()),
        ("username:x1", set()),
        ("fullName:/.*/", set()),
        ("[a TO z]", set()),
        ("room~ !", {"year"}),
        ('"room" 1984', {"year"}),
        ("a" * 200, set()),
    ],
)
def test_people_are_found_by_their_names_in_any_script(client: Client, text: str, people: set[str]) -> None:
    for id, (username, full_name) in NAMES.items():
        name(client, id, username, full_name)
    assert {*found(client, text, kind="people")} == people


@live
@pytest.mark.parametrize(
    "text",
    [
        "AND",
        "NOT ana",
        "ana AND",
        "ana || *",
        "a\\",
        "an/a",
        "ana^9",
        "{ana",
        "ana:",
        "\u200bana",
        "x" * 200,
        "ae" * 100,
        "ß" * 200,
        "'" + "a'" * 99,
    ],
)
def test_no_text_is_an_error_of_the_index(client: Client, text: str) -> None:
    name(client, "x", "somebody else")
    assert found(client, text) == []


@live
def test_names_that_are_no_texts_do_no_harm(client: Client) -> None:
    for id, value in {"number": 7, "list": ["ana", "bo"], "nothing": None, "truth": True}.items():
        name(client, id, value, "Ana Odd")
    ask(client, "CREATE (:User {username: 'ana_without_id'}), (:User {id: 7, username: 'ana_of_number'})")
    name(client, "me", "me")
    ask(client, "MATCH (me:User {id: 'me'}), (x:User) WHERE x <> me CREATE (me)-[:FOLLOWS {since: 'ever'}]->(x)")
    assert found(client, "ana odd", "me") == ["list", "nothing", "number", "truth"]
    answer = search(client, "ana", asked("me"))
    assert {row["username"] for row in answer.people} == {"7", "true", None}


@pytest.fixture
def people(client: Client, tmp_path: Path) -> Client:
    """I follow ana2, who follows ana3 and ana4, and ben, who follows ana4; ana5 has three followers. All are Ana."""
    network = Network()
    network.follow("me", "ana2", "ben")
    network.follow("ana2", "ana3", "ana4")
    network.follow("ben", "ana4")
    network.follow("far", "ana5")
    network.follow("away", "ana5")
    network.follow("off", "ana5")
    network.person("ana", "ana6", "ana7")
    network.load(client, tmp_path)
    ask(client, "MATCH (x:User) WHERE x.id STARTS WITH 'ana' SET x.fullName = 'Ana'")
    return client


@live
def test_an_exact_name_comes_first_then_whom_i_follow_then_who_is_near_then_who_has_followers(people: Client) -> None:
    ask(people, "MATCH (a:User {id: 'me'}), (b:User {id: 'ana7'}) CREATE (a)-[:AFFINITY {score: 0.5}]->(b)")
    assert found(people, "Ana", "me") == ["ana", "ana2", "ana7", "ana5", "ana4", "ana3", "ana6"]
    assert found(people, "@ana", "me", limit=2) == ["ana", "ana2"]
    why = {row["user"]: row["why"] for row in search(people, "ana", asked("me")).people}
    assert why == {
        **dict.fromkeys(("ana", "ana5", "ana6", "ana7")),
        "ana2": "you follow them",
        "ana3": "followed by Ana2, whom you follow",
        "ana4": "followed by Ana2 and 1 more whom you follow",
    }
    assert found(people, "ana")[:2] == ["ana", "ana5"]
    assert {row["why"] for row in search(people, "ana", asked("")).people} == {None}


@live
def test_who_forbids_profiling_gets_nothing_learned_and_a_reset_counts(people: Client) -> None:
    ask(people, "MATCH (a:User {id: 'me'}), (b:User {id: 'ana7'}) CREATE (a)-[:AFFINITY {score: 0.5}]->(b)")
    assert found(people, "ana", "me")[2] == "ana7"
    ask(people, "MATCH (me:User {id: 'me'}) SET me.notProfiled = true")
    assert found(people, "ana", "me")[2] == "ana5"
    ask(people, "MATCH (me:User {id: 'me'}) REMOVE me.notProfiled")
    act(people, "reset")
    assert found(people, "ana", "me")[2] == "ana5"


@live
def test_whom_i_follow_is_found_also_behind_very_many_of_that_name(people: Client) -> None:
    ask(people, "UNWIND range(1, 700) AS n CREATE (:User {id: 'z' + n, username: 'ana', fullName: 'Ana'})")
    assert found(people, "an", "me")[0] == "ana2"
    assert len(found(people, "an", limit=1000)) == 500


@live
@pytest.mark.parametrize("how", ["mute", "block", "blocked by", "opted out", "for followers"])
def test_whoever_is_filtered_is_not_found_nor_named(people: Client, how: str) -> None:
    assert "Ana2" in str(search(people, "ana", asked("me")).people)
    match how:
        case "mute" | "block":
            act(people, how, person="ana2")
        case "blocked by":
            act(people, "block", "ana2", person="me")
        case "opted out":
            ask(people, "MATCH (x:User {id: 'ana2'}) SET x.optedOut = true")
        case _:
            ask(people, "MATCH (x:User {id: 'ana2'}) SET x.visibility = 'followers'")
    mine = str(search(people, "ana", asked("me")).people)
    assert ("ana2" in mine.lower()) == (how in ("opted out", "for followers"))  # whom I follow
    theirs = [*found(people, "ana2", "far"), *found(people, "ana2")]
    assert theirs == (["ana2", "ana2"] if how in ("mute", "block", "blocked by") else [])


@live
def test_a_follow_of_later_does_not_count_yet(people: Client) -> None:
    act(people, "follow", person="ana6", at=NOW + DAY)
    assert "ana6" not in found(people, "ana", "me", limit=2)
    assert "ana6" in found(people, "ana", "me", limit=3, as_of=NOW + 2 * DAY)


@live
def test_a_renamed_person_is_found_by_the_new_name_at_once_and_no_more_by_the_old(client: Client) -> None:
    entities.put_person(client, "1", entities.Person("oldname", "Old Name"))
    assert found(client, "oldname") == ["1"]
    entities.put_person(client, "1", entities.Person("newname", "New Name"))
    assert found(client, "newname") == found(client, "new") == ["1"]
    assert found(client, "old") == found(client, "oldname") == []


@pytest.fixture
def posts(client: Client, tmp_path: Path) -> Client:
    network = Network()
    network.post("ana", "late", caption="Snow at last!", days_ago=1)
    network.post("ana", "early", caption="Snow at first", days_ago=3)
    network.post("ben", "more", caption="#Snow and Été in the mountains, with the dog and the cat", days_ago=2)
    network.post("", "orphan", caption="Snowman", days_ago=None)
    network.post("ben", "plain", days_ago=1)
    network.post("ben", "long", caption=f"Rain {' '.join(f'word{n}' for n in range(200))}", days_ago=0.1)
    network.post("ben", "brief", caption="Rain at night", days_ago=9)
    network.person("me")
    network.load(client, tmp_path)
    return client


@live
def test_posts_are_found_by_the_words_of_their_captions(posts: Client) -> None:
    assert found(posts, "snow") == [
        "late",
        "more",
        "early",
        "orphan",
    ]  # the newest first, before a mere beginning of a word
    assert found(posts, "#snow", "me", limit=1) == ["late"]
    assert found(posts, "rain") == ["brief", "long"]  # by score
    assert found(posts, "the ete") == ["more"]
    assert found(posts, "snow fir") == ["early"]
    assert found(posts, "@snow") == found(posts, "snow", kind="people") == []
    [row] = search(posts, "last", asked("me")).posts
    assert (row["author"], row["caption"]) == ("ana", "Snow at last!")


@live
@pytest.mark.parametrize(
    "act_of_mine",
    [
        {"kind": "mute", "person": "ana"},
        {"kind": "block", "person": "ana"},
        {"kind": "mute", "word": "last"},
        {"kind": "hide", "post": "late"},
    ],
)
def test_filtered_posts_are_not_found(posts: Client, act_of_mine: dict[str, str]) -> None:
    about = {**act_of_mine}
    act(posts, about.pop("kind"), "me", NOW, **about)
    assert "late" not in found(posts, "snow", "me")
    assert "late" in found(posts, "snow")


@live
def test_nor_those_for_followers_sensitive_ones_and_those_of_the_future(posts: Client) -> None:
    ask(
        posts,
        "MATCH (p:Post {id: 'late'}), (q:Post {id: 'more'}) SET p.visibility = 'followers', q.sensitive = true",
    )
    assert found(posts, "snow") == found(posts, "snow", "me") == ["early", "orphan"]
    assert found(posts, "snow", "me", sensitive=True) == ["more", "early", "orphan"]
    act(posts, "follow", person="ana")
    assert "late" in found(posts, "snow", "me")
    assert found(posts, "snow", as_of=NOW - 4 * DAY) == ["orphan"]


@live
def test_a_changed_caption_is_found_at_once(posts: Client) -> None:
    entities.put_post(posts, "late", entities.Post("ana", NOW - DAY, caption="Rain again"))
    assert "late" in found(posts, "rain")
    assert "late" not in found(posts, "snow")


@live
def test_an_unknown_person_is_an_error(posts: Client) -> None:
    with pytest.raises(NotFound, match="no person 'nobody'"):
        search(posts, "snow", asked("nobody"))


@live
@pytest.mark.usefixtures("cli_environment")
def test_the_command_prints_a_table_of_each_kind(people: Client) -> None:
    ask(people, "CREATE (:Post {id: 'p', words: ' ana ', caption: 'Ana\nagain'})")
    told = run_command("search", "ana", "--for", "me", "--limit", "2")
    assert "you follow them" in told
    assert r"Ana\nagain" in told
    assert run_command("search", "@nobodyhere") == "Nothing found.\n"
