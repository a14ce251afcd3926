"""Merged hashtags: which spellings are one, and that mutes, interests, counts and lists hold for all of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from graph import hashtags, schema
from graph.client import Client, Row
from graph.discovery.search import search
from graph.discovery.similar import related_hashtags
from graph.discovery.tops import top_of_hashtag
from graph.discovery.trending import trending
from graph.entities import Person, Post, put_person, put_post
from graph.errors import Busy, NotFound, SettingsError
from graph.events import Event, record
from graph.hashtag_meaning import merges
from graph.hashtag_meaning.agreement import Usage, uses
from graph.hashtag_meaning.dictionary import Simplemma, languages, proposals, split
from graph.hashtag_meaning.emoji import MAX_OF_HASHTAG, named
from graph.hashtag_meaning.renewal import renew
from graph.network import interests
from graph.progress import Silent
from graph.ranking.feed import feed
from graph.ranking.why import why
from graph.settings import read_settings
from loaders.exporter import export
from loaders.files.folder import sources_in
from loaders.forgetting import forget
from loaders.importer import Options
from loaders.offline.dry_run import dry_run
from service.app import create_app
from tests.hashtag_network import pairs, posts
from tests.little_network import DEFAULT, NOW, Network, asked, built, let_trend
from tests.support import ask, load, serving, write_csv

ENGLISH = Simplemma(["en"])


# ---- What a dictionary proposes, and what co-use agrees with


def test_run_together_words_are_split_where_a_dictionary_knows_all_parts() -> None:
    assert split("mountainbiking", "mountainbiking", ENGLISH) == ["mountain", "biking"]
    assert split("golden_hour", "golden_hour", ENGLISH) == ["golden", "hour"]
    assert split("bluesky", "BlueSky", ENGLISH) == ["blue", "sky"]
    assert split("instagood", "instagood", ENGLISH) == ["instagood"]


def test_forms_of_the_same_words_are_proposed_the_lemma_first() -> None:
    names = [
        (name, name) for name in ("bikes", "sun", "bike", "biking", "goldenhours", "golden_hour", "☀", "42", "42s")
    ]
    assert proposals(names, ENGLISH) == [["bike", "bikes", "biking"], ["sun", "☀"], ["goldenhours", "golden_hour"]]


def test_an_emoji_is_proposed_for_the_hashtag_of_its_name() -> None:
    signs = ["🚲", "🏔️", "👍🏽", "👍", "🇩🇪", "🌅", "🚲🚲", "1️⃣", "🏽"]
    words = ["bicycles", "bicycle", "snow_capped_mountain", "mountain", "thumbs_up", "germany", "sunset"]
    named = [(hashtags.name(each), each) for each in [*signs, *words]]
    assert proposals(named, ENGLISH) == [
        ["bicycle", "🚲", "bicycles"],
        ["🏔", "snow_capped_mountain"],
        ["👍🏽", "👍", "thumbs_up"],
        ["germany", "🇩🇪"],
    ]
    assert proposals([("🚲", "🚲"), ("fahrrad", "Fahrrad")], Simplemma(["de", "en"])) == [["fahrrad", "🚲"]]
    assert Simplemma(["la"]).emoji("🚲") is None


def test_an_emoji_has_the_hashtags_of_its_name_and_of_the_words_of_it() -> None:
    signs = ["🚲", "🏔", "⛰", "🗻", "🏞", "😀", "❤", "🇩🇪"]
    words = ["bicycles", "mountain", "face", "snow", "hearts", "sun", "of", "germany", "biking"]
    found = {(one.sign, one.hashtag): one.share for one in named([*signs, *words], ENGLISH)}
    assert found == pytest.approx(
        {
            ("🚲", "bicycles"): 1,
            ("⛰", "mountain"): 1,
            ("🏔", "mountain"): 1 / 3,
            ("🏔", "snow"): 1 / 3,
            ("❤", "hearts"): 1 / 2,  # a red one
            ("🇩🇪", "germany"): 1,
        }
    )
    mountains = [one.sign for one in named(["🏔", "🚵", "🚠", "⛰", "🚞", "mountain"], ENGLISH)]
    assert mountains[0] == "⛰"
    assert len(mountains) == MAX_OF_HASHTAG
    assert named(["bicycle"], ENGLISH) == named([], ENGLISH) == []


def test_languages_are_codes_of_dictionaries() -> None:
    assert languages(" en, de,en") == ("en", "de")
    assert languages("none") == ()
    with pytest.raises(SettingsError, match="GRAPHFEED_LANGUAGES"):
        read_settings(languages="en,xx")
    assert Simplemma(["en", "de"]).lemma("Blumen".lower()) == "blume"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_merges_of_a_hundred_pairs_are_right(seed: int) -> None:
    """Precision at least .95 and recall at least .6, on a network where co-use is as it is in life."""
    made = posts(seed)
    rows: defaultdict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    displays: dict[str, str] = {}
    for author, spellings in made:
        names = {hashtags.name(spelling): hashtags.display(spelling) for spelling in spellings}
        displays |= names
        for name in names:
            rows[name].append((author, {*names} - {name}))
    whole = Usage(len({author for author, _ in made}), Counter({name: len(each) for name, each in rows.items()}))
    groups = proposals(displays.items(), ENGLISH)
    group_of = {name: number for number, group in enumerate(groups) for name in group}

    def merged(one: str, other: str) -> bool:
        if group_of.get(one, -1) != group_of.get(other, -2):
            return False
        return whole.agreement((one, other), uses(rows[one]), uses(rows[other])).agrees

    found = [(pair.same, merged(hashtags.name(pair.one), hashtags.name(pair.other))) for pair in pairs()]
    assert [same for same, _ in found].count(True) == [same for same, _ in found].count(False) == 50
    right = sum(same for same, is_merged in found if is_merged)
    assert right / sum(is_merged for _, is_merged in found) >= 0.95
    assert right / 50 >= 0.6


# ---- What a merge does


def cycling() -> Network:
    """Ana posts of #Bike, ben of #Biking and #MTB, cem of both; eva liked what ben posted."""
    network = Network()
    network.post("ana", "bike1", "bike2", hashtags=["Bike"])
    network.post("ben", "biking1", "biking2", hashtags=["Biking", "MTB"])
    network.post("cem", "both", hashtags=["Bike", "Biking"], caption="Biking at last")
    network.post("dan", "snow1", hashtags=["snow"])
    network.like("eva", "biking1", "both")
    network.person("me")
    return network


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    cycling().load(client, tmp_path)
    return client


def say(client: Client, kind: str, user: str = "me", at: int = NOW, **what: str) -> None:
    [outcome] = record(client, [Event(f"{kind}{user}{at}{what}", kind, user, at, **what)])  # type: ignore[arg-type]  # a target
    assert outcome.status in ("done", "unchanged"), outcome


def spelled(client: Client) -> dict[str, set[str]]:
    """The posts of each hashtag, as the graph has them."""
    rows = ask(client, "MATCH (p:Post)-[:TAGGED]->(h) RETURN h.name AS name, collect(p.id) AS posts")
    return {row["name"]: set(row["posts"]) for row in rows}


def muted(client: Client, user: str = "me") -> set[str]:
    return {row["name"] for row in ask(client, "MATCH (:User {id: $u})-[:MUTED]->(h) RETURN h.name AS name", u=user)}


def seen(client: Client, user: str = "me") -> set[str]:
    return {item.post for item in feed(client, asked(user)).items}


BEFORE = {
    "bike": {"bike1", "bike2", "both"},
    "biking": {"biking1", "biking2", "both"},
    "mtb": {"biking1", "biking2"},
    "snow": {"snow1"},
}
MERGED = {"bike": {"bike1", "bike2", "biking1", "biking2", "both"}, "mtb": BEFORE["mtb"], "snow": {"snow1"}}


@pytest.mark.live
def test_a_merge_is_listed_and_undone(ready: Client) -> None:
    done = merges.merge(ready, "#BIKING", "bike")
    assert (done.hashtag, done.display, done.variant_of, done.by) == ("biking", "Biking", "bike", "person")
    assert spelled(ready) == MERGED
    assert merges.listed(ready) == merges.listed(ready, "bike") == [done]
    undone = merges.undo(ready, "biking")
    assert spelled(ready) == BEFORE
    assert merges.listed(ready) == []
    assert merges.listed(ready, undone=True) == [undone]
    assert left_over(ready) == []


@pytest.mark.live
def test_what_cannot_be_merged_is_told(ready: Client) -> None:
    merges.merge(ready, "biking", "bike")
    for one, other, problem in (("biking", "bike", "one already"), ("bike", "bike", "one already")):
        with pytest.raises(SettingsError, match=problem):
            merges.merge(ready, one, other)
    calls: tuple[Callable[[], object], ...] = (
        lambda: merges.merge(ready, "x", "bike"),
        lambda: merges.undo(ready, "x"),
        lambda: merges.listed(ready, "x"),
    )
    for call in calls:
        with pytest.raises(NotFound, match="no hashtag 'x'"):
            call()
    with pytest.raises(SettingsError, match="no variant"):
        merges.undo(ready, "bike")


@pytest.mark.live
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("spelling", ["bike", "biking"])
def test_who_mutes_one_spelling_sees_posts_of_none(ready: Client, spelling: str, when: str) -> None:
    if when == "before":
        say(ready, "mute", hashtag=spelling)
    merges.merge(ready, "biking", "bike")
    if when == "after":
        say(ready, "mute", hashtag=spelling)
    assert seen(ready) == {"snow1"}
    told = why(ready, asked(), "biking1")
    assert "muted #Bike" in str(told)
    say(ready, "unmute", hashtag="biking")
    assert seen(ready) == MERGED["bike"] | {"snow1"}


@pytest.mark.live
def test_what_was_said_of_a_hashtag_alone_stays_so_while_it_has_another_variant(ready: Client) -> None:
    say(ready, "mute", hashtag="bike")
    say(ready, "mute", hashtag="mtb", at=NOW + 1)
    for name in ("mtb", "biking"):
        merges.merge(ready, name, "bike")
    for name in ("mtb", "biking"):
        merges.undo(ready, name)
    assert muted(ready) == {"bike", "mtb"}


@pytest.mark.live
def test_an_undone_merge_leaves_each_mute_with_what_it_was_said_of(ready: Client) -> None:
    say(ready, "mute", "ana", hashtag="bike")
    say(ready, "mute", "ben", hashtag="biking")
    say(ready, "mute", "cem", hashtag="bike")
    say(ready, "mute", "cem", hashtag="biking", at=NOW + 1)
    merges.merge(ready, "biking", "bike")
    say(ready, "mute", "dan", hashtag="biking")
    assert [muted(ready, user) for user in ("ana", "ben", "cem", "dan")] == [{"bike"}] * 4
    merges.undo(ready, "biking")
    assert [muted(ready, user) for user in ("ana", "ben", "cem")] == [{"bike"}, {"biking"}, {"bike", "biking"}]
    assert muted(ready, "dan") == {"bike", "biking"}


@pytest.mark.live
def test_the_longer_of_two_mutes_stays(ready: Client) -> None:
    end = NOW + 1_000
    record(ready, [Event("1", "mute", "me", NOW, hashtag="bike")])
    record(ready, [Event("2", "mute", "me", NOW, hashtag="biking", until=end)])
    record(ready, [Event("3", "mute", "eva", NOW, hashtag="bike", until=end)])
    record(ready, [Event("4", "mute", "eva", NOW, hashtag="biking", until=end + 5)])
    merges.merge(ready, "biking", "bike")
    rows = ask(ready, "MATCH (u:User)-[m:MUTED]->() RETURN u.id AS user, m.until AS until")
    assert {row["user"]: row["until"] for row in rows} == {"me": None, "eva": end + 5}


@pytest.mark.live
def test_a_muted_word_holds_for_all_spellings(ready: Client) -> None:
    say(ready, "mute", word="bike")
    assert "both" in seen(ready)
    merges.merge(ready, "biking", "bike")
    assert "both" not in seen(ready)
    say(ready, "unmute", word="bike")
    assert "both" in seen(ready)
    say(ready, "mute", word="Bike")
    assert "both" not in seen(ready)
    merges.undo(ready, "biking")
    assert "both" in seen(ready)


@pytest.mark.live
def test_interests_and_wishes_are_of_all_spellings(ready: Client) -> None:
    say(ready, "pick", "eva", hashtag="Biking")
    say(ready, "less", "me", hashtag="biking")
    merges.merge(ready, "biking", "bike")
    rows = {row["hashtag"]: row for row in interests(ready, "eva", DEFAULT, as_of=NOW)}
    assert set(rows) == {"bike", "mtb"}
    assert (rows["bike"]["display"], rows["bike"]["kind"], rows["bike"]["liked"]) == ("Bike", "picked", 2)
    assert [(row["hashtag"], row["kind"]) for row in interests(ready, "me", DEFAULT, as_of=NOW)] == [("bike", "less")]
    merges.undo(ready, "biking")
    assert [row["hashtag"] for row in interests(ready, "me", DEFAULT, as_of=NOW)] == ["biking"]


@pytest.mark.live
def test_a_variant_finds_what_its_hashtag_has(ready: Client) -> None:
    merges.merge(ready, "biking", "bike")
    built(ready)
    about, items = top_of_hashtag(ready, "#biking", asked(""))
    assert about["display"] == "Bike"
    assert {item["post"] for item in items} == MERGED["bike"]
    assert related_hashtags(ready, "biking", asked("")).hashtag["name"] == "bike"


@pytest.mark.live
def test_new_posts_of_a_variant_are_of_its_hashtag(ready: Client, tmp_path: Path) -> None:
    merges.merge(ready, "biking", "bike")
    put_post(ready, "new", Post("dan", NOW - 1, hashtags=["#biking", "snow"]))
    assert spelled(ready)["bike"] == MERGED["bike"] | {"new"}
    put_post(ready, "both", Post("cem", NOW - 1, hashtags=["bike"]))
    put_post(ready, "biking1", Post("ben", NOW - 1, hashtags=["mtb"]))
    put_post(ready, "biking1", Post("ben", NOW - 1, hashtags=["mtb", "bike", "Biking"]))
    later = Network()
    later.post("eva", "imported", hashtags=["biking"])
    later.load(ready, tmp_path / "later")
    merges.undo(ready, "biking")
    assert spelled(ready) == BEFORE | {
        "bike": {"bike1", "bike2", "both", "biking1"},
        "biking": {"biking1", "biking2", "new", "imported"},
        "snow": {"snow1", "new"},
    }


@pytest.mark.live
def test_exports_have_what_people_wrote(ready: Client, tmp_path: Path) -> None:
    say(ready, "mute", "ben", hashtag="biking")
    before, after = tmp_path / "before", tmp_path / "after"
    export(ready, before, Silent())
    merges.merge(ready, "biking", "bike")
    export(ready, after, Silent())
    for name in ("tags.csv", "mutes.csv"):
        assert sorted((after / name).read_text().splitlines()) == sorted((before / name).read_text().splitlines())


@pytest.mark.live
def test_variants_of_a_variant_are_variants_of_its_hashtag(ready: Client) -> None:
    merges.merge(ready, "mtb", "biking")
    merges.merge(ready, "biking", "bike")
    assert {(one.hashtag, one.variant_of) for one in merges.listed(ready)} == {("mtb", "bike"), ("biking", "bike")}
    merges.undo(ready, "mtb")
    assert spelled(ready) == {"bike": MERGED["bike"], "mtb": BEFORE["mtb"], "snow": {"snow1"}}
    merges.undo(ready, "biking")
    assert spelled(ready) == BEFORE


@pytest.mark.live
@pytest.mark.parametrize("begun", range(9))
def test_an_interrupted_merge_is_completed(ready: Client, begun: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after any of its transactions: whoever mutes a spelling sees none of its posts, and it goes on later."""
    say(ready, "mute", hashtag="bike")
    say(ready, "mute", "eva", hashtag="biking")
    for back in (False, True):
        with monkeypatch.context() as patched:
            patched.setattr(merges, "_joined", _dies_after(begun))
            with suppress(KeyboardInterrupt):
                merges.undo(ready, "biking") if back else merges.merge(ready, "biking", "bike")
        for spelling in ("bike", "biking"):  # and who mutes one now, neither
            name = f"{spelling}{back}"
            put_person(ready, name, Person())
            say(ready, "mute", name, hashtag=spelling)
            assert seen(ready, name).isdisjoint(BEFORE[spelling])
        assert seen(ready).isdisjoint(BEFORE["bike"])
        assert seen(ready, "eva").isdisjoint(BEFORE["biking"])
        merges.complete(ready)
        assert merges.complete(ready) == 0
        if not merges.listed(ready) and not back:  # it did not begin
            merges.merge(ready, "biking", "bike")
        if merges.listed(ready) and back:
            merges.undo(ready, "biking")
        assert spelled(ready) == (BEFORE if back else MERGED)
        assert muted(ready, "eva") == ({"biking"} if back else {"bike"})
        assert left_over(ready) == [] or not back


def _dies_after(count: int) -> Callable[..., list[Row]]:
    left = iter(range(count))
    runs = merges._joined

    def joined(client: Client, pair: merges.Pair, statement: str, params: Row) -> list[Row]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return runs(client, pair, statement, params)

    return joined


def left_over(client: Client) -> list[Row]:
    """What is left of merges where there are none."""
    return ask(client, "MATCH ()-[t]->(h) WHERE t.as <> [h.name] OR t.copied OR t.moving OR t:BECOMES RETURN t")


@pytest.mark.live
def test_who_is_forgotten_leaves_the_merge_of_others(ready: Client) -> None:
    say(ready, "mute", "ben", hashtag="biking")
    merges.merge(ready, "biking", "bike")
    forget(ready, "ben")
    assert spelled(ready) == {"bike": {"bike1", "bike2", "both"}, "snow": {"snow1"}}
    assert [one.hashtag for one in merges.listed(ready)] == ["biking"]


@pytest.mark.live
def test_a_build_merges_an_emoji_that_is_used_as_the_hashtag_of_its_name_is(client: Client, tmp_path: Path) -> None:
    network = Network()
    for number in range(6):
        network.post(f"p{number}", f"a{number}", hashtags=["bicycle", "trail", "helmet"])
        network.post(f"p{number}", f"b{number}", hashtags=["🚲", "trail", "helmet"])
        network.post(f"p{number}", f"c{number}", hashtags=["fire", "camp", "marshmallow"])
        network.post(f"q{number}", f"d{number}", hashtags=["🔥", "concert", "guitar"])
    for number in range(40):
        network.post(f"r{number}", f"r{number}", hashtags=["love"])
    network.load(client, tmp_path)
    built(client, languages=["en"])
    [done] = merges.listed(client)
    assert (done.hashtag, done.variant_of, done.by) == ("🚲", "bicycle", "dictionary")
    assert len(spelled(client)["bicycle"]) == 12
    [alike, *_] = related_hashtags(client, "🚲", asked("")).items
    assert alike["why"].startswith("6 people use both")


@pytest.mark.live
def test_a_build_merges_what_is_used_alike_and_not_again_what_was_undone(client: Client, tmp_path: Path) -> None:
    network = Network()
    for number in range(6):
        network.post(f"p{number}", f"a{number}", hashtags=["bike", "trail", "helmet"])
        network.post(f"p{number}", f"b{number}", hashtags=["biking", "trail", "helmet"])
        network.post(f"p{number}", f"g{number}", hashtags=["glass", "window", "facade"])
        network.post(f"q{number}", f"h{number}", hashtags=["glasses", "eyes", "portrait"])
    for number in range(40):
        network.post(f"r{number}", f"r{number}", hashtags=["love"])
    network.load(client, tmp_path)
    built(client)
    assert merges.listed(client) == []
    built(client, languages=["en"])
    [done] = merges.listed(client)
    assert (done.hashtag, done.variant_of, done.by) == ("biking", "bike", "dictionary")
    assert len(spelled(client)["bike"]) == 12
    merges.undo(client, "biking")
    assert renew(client, ["en"], NOW) == 0
    merges.merge(client, "biking", "bike")
    assert [one.by for one in merges.listed(client)] == ["person"]


# ---- Files


@pytest.mark.live
def test_an_export_of_merges_and_undone_ones_gives_the_same_graph(ready: Client, tmp_path: Path) -> None:
    for user, spelling in (("ben", "biking"), ("cem", "bike"), ("cem", "mtb")):
        say(ready, "mute", user, hashtag=spelling)
    merges.merge(ready, "mtb", "biking")
    merges.merge(ready, "biking", "bike")
    merges.merge(ready, "snow", "bike")
    merges.undo(ready, "snow")
    say(ready, "mute", "eva", hashtag="MTB")  # all of them
    told = [merges.listed(ready, undone=undone) for undone in (False, True)]
    before, ties = spelled(ready), {user: muted(ready, user) for user in ("ben", "cem", "eva")}
    export(ready, tmp_path / "out", Silent())
    report = dry_run(ready, sources_in(tmp_path / "out")[0], Options(tmp_path / "rejects.csv"), Silent())
    assert report.total.rejected == 0
    ready.run_in_transactions("admin/wipe")
    schema.ensure(ready)
    for _ in range(2):  # the second time changes nothing
        load(ready, tmp_path / "out")
        assert [merges.listed(ready, undone=undone) for undone in (False, True)] == told
        assert spelled(ready) == before
        assert {user: muted(ready, user) for user in ties} == ties
    export(ready, tmp_path / "again", Silent())
    for path in (tmp_path / "out").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    assert renew(ready, ["en"], NOW) == 0
    merges.undo(ready, "mtb")
    merges.undo(ready, "biking")
    assert spelled(ready) == BEFORE
    assert {user: muted(ready, user) for user in ties} == {
        "ben": {"biking"},
        "cem": {"bike", "mtb"},
        "eva": {"bike", "biking", "mtb"},
    }


@pytest.mark.live
def test_of_a_merge_and_its_undoing_in_files_the_later_counts(ready: Client, tmp_path: Path) -> None:
    pair = {"hashtag": "Biking", "variant_of": "Bike"}
    for at, undone_at, is_merged in (("2024-01-02", "2024-01-01", True), ("2024-01-02", "2024-01-03", False)):
        folder = write_csv(tmp_path / at, variants=[{**pair, "at": at}], not_variants=[{**pair, "at": undone_at}])
        load(ready, folder)
        assert [one.hashtag for one in merges.listed(ready)] == ["biking"] * is_merged
        assert spelled(ready) == (MERGED if is_merged else BEFORE)
        assert left_over(ready) == [] or is_merged


@pytest.mark.live
def test_rows_that_go_round_in_a_circle_make_one_hashtag(ready: Client, tmp_path: Path) -> None:
    pairs = [("bike", "biking"), ("biking", "mtb"), ("mtb", "bike"), ("mtb", "biking"), ("bike", "#BIKE")]
    rows = [{"hashtag": one, "variant_of": other} for one, other in pairs]
    assert load(ready, write_csv(tmp_path, variants=rows)).total.rejected == 1
    assert {(one.hashtag, one.variant_of) for one in merges.listed(ready)} == {("bike", "mtb"), ("biking", "mtb")}
    assert spelled(ready) == {"mtb": MERGED["bike"], "snow": {"snow1"}}
    for name in ("bike", "biking"):
        merges.undo(ready, name)
    assert spelled(ready) == BEFORE


@pytest.mark.live
def test_an_import_moves_what_was_tied_to_a_variant_while_it_was_merged(ready: Client, tmp_path: Path) -> None:
    merges.merge(ready, "biking", "bike")
    say(ready, "mute", hashtag="bike")
    # As by an import that looked for the hashtag before, and ended after
    ask(ready, "MATCH (p:Post {id: 'snow1'}), (h:Hashtag {name: 'biking'}) CREATE (p)-[:TAGGED]->(h)")
    ask(ready, "MATCH (u:User {id: 'eva'}), (h:Hashtag {name: 'biking'}) CREATE (u)-[:MUTED]->(h)")
    load(ready, write_csv(tmp_path, tags=[{"post": "bike1", "hashtag": "bike"}]))
    assert spelled(ready)["bike"] == MERGED["bike"] | {"snow1"}
    assert (seen(ready), muted(ready, "eva")) == (set(), {"bike"})
    assert left_over(ready) != []
    merges.undo(ready, "biking")
    assert spelled(ready)["biking"] == BEFORE["biking"] | {"snow1"}
    assert muted(ready, "eva") == {"biking"}


# ---- What else a person does


@pytest.mark.live
def test_a_search_for_a_spelling_finds_captions_with_the_others(ready: Client) -> None:
    put_post(ready, "said", Post("dan", NOW - 1, caption="My new bike", hashtags=["snow"]))

    def found(text: str, user: str = "me") -> set[str]:
        return {row["post"] for row in search(ready, text, asked(user)).posts}

    assert (found("#bike"), found("biking")) == ({"said"}, {"both"})
    merges.merge(ready, "biking", "bike")
    for text in ("#bike", "#Biking", "biking", "bike", "bikin"):
        assert found(text) == ({"both"} if text == "bikin" else {"both", "said"}), text
    assert found("new biking") == {"said"}
    say(ready, "mute", word="biking")
    assert found("bike") == set()
    merges.undo(ready, "biking")
    assert (found("bike"), found("bike", "eva"), found("biking", "eva")) == ({"said"}, {"said"}, {"both"})


@pytest.mark.live
def test_an_emoji_and_a_name_with_odd_signs_may_be_variants(ready: Client) -> None:
    put_post(ready, "emoji", Post("dan", NOW - 1, hashtags=["\U0001f6b2", "a/b 'c\\"]))
    say(ready, "mute", hashtag="\U0001f6b2")
    merges.merge(ready, "\U0001f6b2\ufe0f", "bike")
    merges.merge(ready, "a/b 'c\\", "\U0001f6b2")
    assert spelled(ready)["bike"] == BEFORE["bike"] | {"emoji"}
    assert seen(ready).isdisjoint(BEFORE["bike"])
    assert {row["post"] for row in top_of_hashtag(ready, "a/b 'c\\", asked(""))[1]} >= {"bike1", "emoji"}
    merges.undo(ready, "\U0001f6b2")
    assert spelled(ready)["bike"] == BEFORE["bike"] | {"emoji"}  # by its other spelling
    assert muted(ready) == {"\U0001f6b2"}


@pytest.mark.live
def test_who_is_forgotten_may_have_been_the_last_to_use_a_spelling(ready: Client) -> None:
    merges.merge(ready, "biking", "bike")
    for user in ("ana", "ben", "cem", "eva"):
        forget(ready, user)
    assert spelled(ready) == {"snow": {"snow1"}}
    merges.undo(ready, "biking")
    put_post(ready, "new", Post("dan", NOW - 1, hashtags=["biking"]))
    assert spelled(ready) == {"snow": {"snow1"}, "biking": {"new"}}


@pytest.mark.live
def test_two_who_merge_at_once_make_one_hashtag(ready: Client) -> None:
    with ThreadPoolExecutor(4) as threads:
        pairs = [("biking", "bike"), ("mtb", "biking"), ("bike", "mtb"), ("biking", "mtb")]
        done = [threads.submit(merges.merge, ready, *pair) for pair in pairs]
    assert {type(one.exception()) for one in done} <= {type(None), SettingsError, Busy}
    merges.complete(ready)
    assert merges.complete(ready) == 0
    assert len(merges.listed(ready)) == sum(one.exception() is None for one in done) > 0
    for one in merges.listed(ready):
        merges.undo(ready, one.hashtag)
    assert spelled(ready) == BEFORE
    assert left_over(ready) == []


# ---- The routes


@pytest.mark.live
def test_an_administrator_merges_lists_and_undoes(ready: Client) -> None:
    settings = read_settings(
        uri=ready.address.uri, password=ready.address.password, api_keys=SecretStr(f"admin:{'a' * 20},write:{'w' * 20}")
    )
    with serving(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60) as service:

        def ask_for(method: str, path: str, role: str = "a", **more: Any) -> httpx.Response:
            return service.request(method, path, headers={"Authorization": f"Bearer {role * 20}"}, **more)

        body: dict[str, Any] = {"json": {"variantOf": "#Bike"}}
        assert ask_for("POST", "/v1/hashtags/biking/merge", "w", **body).status_code == 403
        done = ask_for("POST", "/v1/hashtags/Biking/merge", **body)
        assert (done.status_code, done.json() | {"at": None}) == (
            200,
            {"hashtag": "biking", "display": "Biking", "variantOf": "bike", "by": "person", "at": None},
        )
        assert "graphfeed-bookmark" in done.headers
        assert spelled(ready) == MERGED
        assert ask_for("GET", "/v1/hashtags", "w").json() == {"items": [done.json()]}
        refused = [
            ask_for("POST", "/v1/hashtags/biking/merge", **body),
            ask_for("POST", "/v1/hashtags/nothing/merge", **body),
            ask_for("POST", "/v1/hashtags/bike/unmerge", json={}),
            ask_for("GET", "/v1/hashtags", params={"hashtag": "nothing"}),
        ]
        assert [answer.status_code for answer in refused] == [422, 404, 422, 404]
        assert ask_for("POST", "/v1/hashtags/biking/unmerge", json={}).json()["variantOf"] == "bike"
        assert len(ask_for("GET", "/v1/hashtags", params={"undone": True}).json()["items"]) == 1
    assert spelled(ready) == BEFORE


@pytest.mark.live
def test_what_trends_among_people_who_like_a_muted_spelling_does_not_name_it(ready: Client) -> None:
    """A list has hashtags by name, and is older than the merge."""
    let_trend(ready, posts=["snow1"], now=9, usual=2.0, about=["biking", "bike", "mtb"])
    ask(ready, "MATCH ()-[row:TRENDING]->() REMOVE row.hashtag")

    def told() -> list[str]:
        return [name for item in trending(ready, "me").items for name in re.findall("#[A-Za-z]+", item.text)]

    assert told() == ["#Biking", "#Bike"]
    merges.merge(ready, "biking", "bike")
    assert told() == ["#Bike", "#MTB"]
    say(ready, "mute", hashtag="biking")
    assert told() == ["#MTB"]
