"""Words of captions that people mute: whole ones, in any spelling, wherever posts are shown or told of."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graph import clock, entities, events, schema, words
from graph.client import Client
from graph.errors import SettingsError
from graph.events import Event, record
from graph.progress import Silent
from graph.ranking.effect import recorded_with_effect
from graph.ranking.feed import Request, feed, replay
from graph.ranking.why import why
from loaders.exporter import export, export_person
from loaders.files.folder import sources_in
from loaders.files.reading import AS_WRITTEN
from loaders.format import neutral
from loaders.format.cells import MUTED_WORD, value_of
from loaders.importer import Options
from loaders.offline.dry_run import dry_run
from service.cli import app
from tests.little_network import DAY, DEFAULT, NOW, Network, asked, posts_of
from tests.support import ask, load, run_command, write_csv
from tests.test_filters import TUTORIAL

LONG = "x" * words.MAX_WORD_CHARACTERS


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("Golden hour, golden HOUR at the lake!", " golden hour at the lake "),
        ("#Snow\n@snow_man 2.000 'n' rock'n'roll'' _so_", " snow snow_man 2 000 n rock'n'roll so "),
        ("Sn\u00adow\u200b ＳＮＯＷ ﬂake\u2019s STRASSE straße", " snow flake's strasse "),
        ("sn\x85ow sn\x0bow sn\x1fow", " snow "),
        ("´snow´ don´t don`t ¨Snow ˈsnow ˆsnow˜", " snow don't "),
        ("1️⃣Snow 2️⃣Sea #️⃣snow Snow™ snow²", " 1 snow 2 sea "),
        ("e\u0301te\u0301 हिन्दी में Ελλάς Hawaiʻi", " été हिन्दी में ελλάσ hawai'i "),
        ("雪が降る。きれい", " 雪が降る きれい "),
        (" é " + "." * 4094 + "snow", " é snow "),
        ("🎄 … !? ___ ''", " "),
        ("", " "),
        (f"{LONG} {LONG}x", f" {LONG} "),
        (" ".join(map(str, range(3000))), f" {' '.join(map(str, range(2000)))} "),
        ("x\u0301" * 100_000, " "),
    ],
)
def test_a_caption_says_these_words(caption: str, said: str) -> None:
    assert words.words_of(caption) == said


def test_the_words_of_a_caption_are_few_and_short_together() -> None:
    caption = " ".join(f"ж{number}".rjust(words.MAX_WORD_CHARACTERS, "ж") for number in range(1000))
    assert len(words.words_of(caption)) < words.MOST_CHARACTERS + 400


@given(st.text(max_size=40))
def test_each_word_that_a_caption_says_can_be_muted_as_it_is_said(caption: str) -> None:
    for word in words.words_of(caption).split(" ")[1:-1]:
        assert words.word(word) == word
        assert f" {word} " in words.words_of(f"so, {word}!")


@pytest.mark.parametrize("text", ["", "two words", "!", "two-fold", LONG + "x", "snow" + " " * 4100])
def test_what_is_not_one_word_cannot_be_muted(text: str) -> None:
    with pytest.raises(SettingsError, match="is not one word of at most 100 letters"):
        events.check(Event("1", "mute", "me", NOW, word=text))


@pytest.mark.parametrize("kind", ["mute", "unmute"])
@pytest.mark.parametrize("text", ["a!", "é", "x\u030c", "ß"])
def test_a_letter_is_no_word(kind: str, text: str) -> None:
    with pytest.raises(SettingsError, match=r" is a single letter"):
        events.check(Event("1", kind, "me", NOW, word=text))
    with pytest.raises(ValueError, match="is one letter"):
        value_of(MUTED_WORD, "a")


def test_an_end_is_after_the_act() -> None:
    with pytest.raises(SettingsError, match="is not after the time of the act"):
        events.check(Event("1", "mute", "me", NOW, word="snow", until=NOW))


pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ana, who posts of snow, of snowmen and of the sea, and liked a post that is like these."""
    network = Network()
    network.post("ana", "snow", caption="First SNOW of the year")
    network.post("ana", "snowman", caption="A snowman")
    network.post("ana", "sea", caption="The sea")
    network.post("ana", "silent", hashtags=["snow"])
    network.follow("me", "ana")
    network.load(client, tmp_path)
    return client


def mute(client: Client, word: str, kind: str = "mute", **fields: Any) -> str:
    [outcome] = record(client, [Event(uuid4().hex, kind, "me", NOW, word=word, **fields)])
    return outcome.status if outcome.error is None else str(outcome.error)


def shown(client: Client) -> set[str]:
    return {*posts_of(feed(client, asked()))}


def test_posts_that_say_it_are_kept_out_at_once_and_come_back(ready: Client) -> None:
    slate = str(feed(ready, asked(), record=True).slate)
    assert {item.post for item in replay(ready, "me", slate).items} == {"snow", "snowman", "sea", "silent"}
    ask(ready, "MATCH (slate:Slate) SET slate.served = 0")
    muting = [Event("m", "mute", "me", NOW, word="#Snow!")]
    [outcome], effect = recorded_with_effect(ready, asked(), muting, lambda: record(ready, muting))
    assert outcome.status == "done"
    assert effect is not None
    assert effect.left == ["snow"]
    assert effect.text.startswith("1 of your next 4 posts left.")
    assert mute(ready, "SNOW") == "unchanged"
    assert shown(ready) == {"snowman", "sea", "silent"}
    assert {item.post for item in replay(ready, "me", slate).items} == {"snowman", "sea", "silent"}
    for chosen in (DEFAULT, TUTORIAL):
        request = Request("me", chosen, as_of=NOW, source="followees", limit=10)
        assert "snow" not in posts_of(feed(ready, request)), chosen.name
    said = why(ready, asked(), "snow")
    assert said.item is None
    assert said.kept_out == ["You muted the word snow."]
    assert mute(ready, "snow", "unmute") == "done"
    assert mute(ready, "snow", "unmute") == "unchanged"
    assert shown(ready) == {"snow", "snowman", "sea", "silent"}
    [me] = ask(ready, "MATCH (me:User {id: 'me'}) RETURN keys(me) AS keys")
    assert not any(key.startswith("muted") for key in me["keys"])


def test_of_others_nothing_changes(ready: Client) -> None:
    ask(ready, "MATCH (ana:User {id: 'ana'}) CREATE (:User {id: 'you'})-[:FOLLOWS]->(ana)")
    mute(ready, "snow")
    assert {*posts_of(feed(ready, asked("you")))} == {"snow", "snowman", "sea", "silent"}


def test_a_mute_ends(ready: Client) -> None:
    mute(ready, "snow", until=NOW + DAY)
    mute(ready, "sea", until=NOW + 2 * DAY)
    mute(ready, "year")
    assert mute(ready, "snow", until=NOW + DAY) == "unchanged"
    assert mute(ready, "snow", until=NOW + DAY + 1) == "done"
    assert events.end(ready, NOW + DAY) == 0
    assert events.end(ready, NOW + DAY + 1) == 1
    [me] = ask(ready, "MATCH (me:User {id: 'me'}) RETURN me.mutedWords AS words, me.mutedWordsEnd AS end")
    assert me == {"words": ["sea", "year"], "end": NOW + 2 * DAY}
    assert events.end(ready, NOW + 9 * DAY) == 1
    assert shown(ready) == {"snowman", "sea", "silent"}


def test_the_201st_word_is_refused_and_the_rest_stays(ready: Client) -> None:
    many = [Event(f"{number}", "mute", "me", NOW, word=f"word{number}") for number in range(201)]
    outcomes = record(ready, many)
    assert [outcome.status for outcome in outcomes] == ["done"] * 200 + ["refused"]
    assert "me muted 200 words already" in str(outcomes[-1].error)
    assert mute(ready, "word7", until=NOW + DAY) == "done"  # which is muted already
    assert mute(ready, "word8", "unmute") == "done"
    assert mute(ready, "snow") == "done"
    assert shown(ready) == {"snowman", "sea", "silent"}


def test_a_caption_that_changes_says_other_words(ready: Client) -> None:
    mute(ready, "snow")
    entities.put_post(ready, "sea", entities.Post("ana", NOW - DAY, caption="No, snow"))
    entities.put_post(ready, "snow", entities.Post("ana", NOW - DAY))
    assert shown(ready) == {"snowman", "snow", "silent"}


@pytest.mark.parametrize("value", ["snow", 7, ["snow", "other"], [True]])
def test_words_written_by_hand_do_no_harm(ready: Client, value: object) -> None:
    ask(ready, "MATCH (me:User {id: 'me'}) SET me.mutedWords = $value", value=value)
    ask(ready, "MATCH (post:Post {id: 'sea'}) SET post.words = $value", value=value)
    kept = {"snowman", "sea", "silent"} if "snow" in str(value) else {"snow", "snowman", "sea", "silent"}
    assert shown(ready) - {"sea"} == kept - {"sea"}
    assert why(ready, asked(), "snow").item is None or "snow" in kept
    list(export_person(ready, "me"))
    assert mute(ready, "year") == "done"
    assert shown(ready) - {"sea"} == {"snowman", "silent"}


def test_they_are_exported_and_imported(ready: Client, tmp_path: Path) -> None:
    mute(ready, "Snow", until=NOW + DAY)
    mute(ready, "año")
    rows = [row for row in export_person(ready, "me") if row["file"] == "muted_words"]
    at, until = "2024-06-01T00:00:00Z", "2024-06-02T00:00:00Z"
    assert rows == [
        {"file": "muted_words", "user": "me", "word": "snow", "at": at, "until": until},
        {"file": "muted_words", "user": "me", "word": "año", "at": at},
    ]
    export(ready, tmp_path / "out", Silent())
    ready.run_in_transactions("admin/wipe")
    assert load(ready, tmp_path / "out").rejects is None
    export(ready, tmp_path / "again", Silent())
    for name in ("posts.csv", "muted_words.csv"):
        assert (tmp_path / "again" / name).read_text() == (tmp_path / "out" / name).read_text()
    assert shown(ready) == {"snowman", "sea", "silent"}


def test_a_file_renews_ends_and_rejects_what_is_too_much(ready: Client, tmp_path: Path) -> None:
    mute(ready, "snow")
    given = [*(f"word{number}" for number in range(201)), "a", "two words"]
    rows = [{"user": "me", "word": word, "at": "", "until": ""} for word in given]
    rows.append({"user": "me", "word": "SNOW", "at": "2024-06-02", "until": "2024-06-09"})
    report = load(ready, write_csv(tmp_path / "words", muted_words=rows))
    [counts] = report.files
    assert (counts.rows, counts.created, counts.updated, counts.rejected) == (204, 199, 1, 4)
    assert report.rejects is not None
    told = report.rejects.read_text()
    assert told.count("user me has 200 muted words already") == 2
    assert "'a' is one letter" in told
    assert "'two words' is not one word" in told
    assert neutral.BY_NAME["muted_words"].most == 200
    [me] = ask(ready, "MATCH (me:User {id: 'me'}) RETURN me.mutedWordsEnd AS end, me.mutedWords[..2] AS first")
    assert me == {"end": NOW + 8 * DAY, "first": ["snow", "word0"]}


def test_a_dry_run_rejects_what_the_import_would(ready: Client, tmp_path: Path) -> None:
    record(ready, [Event(f"{number}", "mute", "me", NOW, word=f"word{number}") for number in range(199)])
    given = [{"user": "me", "word": word} for word in ("word7", "new", "newer")]
    folder = write_csv(tmp_path / "words", muted_words=given)
    options = Options(tmp_path / "dry.csv")
    dry = dry_run(ready, sources_in(folder, AS_WRITTEN)[0], options, Silent())
    wet = load(ready, folder)
    assert [vars(counts) for counts in dry.files] == [vars(counts) for counts in wet.files]
    assert wet.total.rejected == 1
    assert wet.rejects is not None
    assert options.rejects.read_text() == wet.rejects.read_text()


def test_a_caption_that_was_put_during_the_upgrade_keeps_its_words(ready: Client) -> None:
    rows = [{"post": "snow", "caption": "an older one", "words": " an older one "}]
    ask(ready, "MATCH (post:Post {id: 'snow'}) REMOVE post.words")
    ready.write("schema/captioned", {"rows": rows, "characters": 100})
    assert ask(ready, "MATCH (post:Post {id: 'snow'}) RETURN post.words AS words") == [{"words": None}]


def test_captions_of_an_older_version_get_their_words(ready: Client) -> None:
    ask(ready, "UNWIND range(0, 450) AS i CREATE (:Post {id: 'old' + i, caption: 'Old SNOW ' + i})")
    ask(ready, "MATCH (post:Post) REMOVE post.words")
    ask(ready, "CREATE (:Post {id: 'odd', caption: ['no', 'text']})")
    ask(ready, "MATCH (schema:Schema) SET schema.version = 7")
    schema.ensure(ready)
    [row] = ask(ready, "MATCH (post:Post) WHERE post.words CONTAINS ' snow ' RETURN count(*) AS posts")
    assert row["posts"] == 452
    assert ask(ready, "MATCH (post:Post) WHERE post.caption IS NULL AND post.words IS NOT NULL RETURN post") == []


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_say_what_they_changed(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) SET post.takenAt = $at", at=clock.now())

    assert run_command("mute", "me", "--word", "Snow", "sea").startswith(
        "me mutes the word snow: posts that say it are not shown.\n"
        "me mutes the word sea: posts that say it are not shown.\n2 of your next"
    )
    wrong = CliRunner().invoke(app, ["mute", "me", "snow"])
    assert "a word of captions after --word" in str(wrong.exception)
    assert run_command("unmute", "me", "sea", "--word").startswith(
        "me does not mute the word sea: posts that say it may be shown.\n"
    )
