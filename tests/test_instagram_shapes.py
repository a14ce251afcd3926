"""Instagram exports in all their shapes, languages, formats and folders."""

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import hashtags
from graph.errors import LoadError
from loaders.adapters import instagram_html, sources
from loaders.adapters.instagram_entries import (
    comment,
    comment_labels,
    contact,
    hashtags_in,
    interest,
    like,
    own_post,
    profile,
    saved,
    view,
)
from loaders.files.blocks import Source
from tests.test_adapters import CURRENT, FOLLOWING, LIKED, assert_complete, copy, rejects, rows

LINK = "https://www.instagram.com/p/C3-1NQzgDA5/"
POST = "C3-1NQzgDA5"
AT = 1709323200
ISO = "2024-03-01T20:00:00Z"
PERSONAL = "personal_information/personal_information/personal_information.json"


def leaf(label: str, value: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "value": value, **more}


def group(title: str, *members: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "dict": [{"title": "", "dict": member} for member in members]}


def owner(title: str = "Owner", url: str = "URL", name: str = "Name", user: str = "Username") -> dict[str, Any]:
    return group(title, [leaf(url, ""), leaf(name, "Ana"), leaf(user, "ana")])


def newest(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": AT, "media": [], "label_values": [leaf("URL", LINK, href=LINK), *entries], "fbid": "1"}


# Labels


@pytest.mark.parametrize(
    "caption",
    [
        "new dress: https://shop.example/p/dress-123 #ootd",
        "w/p/h by me #ootd",
        "https://www.instagram.com/p/C4AMwSjgDA5/ #ootd",
        "/reel/abc #ootd",
        "ana #ootd",
        "URL #ootd",
        "Hashtags #ootd",
    ],
)
@pytest.mark.parametrize("label", ["Caption", "CAPTION", "Légende", "キャプション", "Beschriftung"])
def test_a_caption_is_known_by_its_place_whatever_it_looks_like(caption: str, label: str) -> None:
    for title, tags, by in (("Title", "Hashtags", "Owner"), ("TITLE", "hashtags", "OWNER"), ("Titre", "Mots", "De")):
        element = newest(leaf(label, caption), leaf(title, ""), group(tags), owner(by))
        seen = like(element)
        assert (seen.post, seen.caption, seen.owner, seen.hashtags) == (POST, caption, "ana", ["ootd"])


def test_a_caption_that_is_nothing_but_a_link_is_a_caption() -> None:
    other = "https://www.instagram.com/p/C4AMwSjgDA5/"
    assert like(newest(leaf("Texte", other), group("Hashtags"), owner())).caption == other
    with pytest.raises(ValueError, match="no link to a post"):
        like({"timestamp": AT, "label_values": [leaf("Caption", other), owner()]})


@pytest.mark.parametrize("label", ["Légende", "Caption", "Beschriftung", "キャプション"])
@pytest.mark.parametrize("places", [(0, 1), (1, 0)])
def test_a_link_without_its_shape_is_known_by_its_label_before_its_place(label: str, places: tuple[int, int]) -> None:
    other = "https://www.instagram.com/p/C4AMwSjgDA5/"
    entries = [leaf("URL", LINK), leaf(label, other)]
    seen = like({"timestamp": AT, "label_values": [*(entries[place] for place in places), group("X"), owner()]})
    assert (seen.post, seen.caption) == (POST, other)


@pytest.mark.parametrize("label", ["Légende", "Caption", "キャプション", "Xyz"])
def test_a_caption_without_an_owner_makes_nobody(label: str) -> None:
    seen = like({"string_map_data": {"Lien": {"href": LINK, "value": "", "timestamp": AT}, label: {"value": "hello"}}})
    assert (seen.post, seen.owner, seen.caption) == (POST, "", "hello")


@pytest.mark.parametrize("label", ["Légende", "Xyz"])
@pytest.mark.parametrize("link", ["URL", "Adres"])
def test_a_caption_that_links_another_post_is_not_the_liked_one(label: str, link: str) -> None:
    other = "https://www.instagram.com/p/C4AMwSjgDA5/"
    entries = [leaf(label, "see there", href=other), leaf(link, LINK, href=LINK)]
    seen = like({"timestamp": AT, "label_values": [*entries, group("X"), owner()]})
    assert (seen.post, seen.caption, seen.owner) == (POST, "see there", "ana")


def test_a_link_without_label_and_shape_is_known_by_its_place() -> None:
    other = "https://www.instagram.com/p/C4AMwSjgDA5/"
    seen = like({"timestamp": AT, "label_values": [leaf("Adres", LINK), leaf("Tekst", other), owner()]})
    assert (seen.post, seen.caption) == (POST, other)
    for label in ("Caption", "Title", "Username", "Comment"):
        with pytest.raises(ValueError, match="no link to a post"):
            like({"timestamp": AT, "label_values": [leaf(label, LINK), leaf("Tekst", "x"), owner()]})


def test_the_owner_is_no_hashtag_and_no_brand_partner_in_any_language() -> None:
    tags, partner = group("Mots-dièse", [leaf("Nom", "mer")], [leaf("Nom", "été")]), owner("Partenaire", user="X")
    account = group("Propriétaire", [leaf("URL", ""), leaf("Nom", "Jo"), leaf("Nom de profil", "jo")])
    assert (like(newest(tags, account, partner)).owner, like(newest(tags, account)).hashtags) == ("jo", ["mer", "été"])
    assert like(newest(group("Mots-dièse"), account, partner)).owner == "jo"
    assert like(newest(tags, group("Propriétaire"), partner)).owner == ""  # the account is gone
    short = group("Owner", [leaf("Username", "jo")])
    assert (like(newest(short)).owner, like(newest(short)).hashtags) == ("jo", [])
    assert like(newest(group("Hashtags", [leaf("Name", "sea")]), short)).hashtags == ["sea"]


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("Username", "Name"),
        ("USERNAME", "name"),
        ("Benutzername", "Name"),
        ("Nom d’utilisateur", "Nom"),
        ("Nome de usuário", "Nome"),
        ("Nazwa użytkownika", "Imię i nazwisko"),
        ("ユーザーネーム", "名前"),
        ("اسم المستخدم", "الاسم"),
        ("KULLANICI ADI", "İSİM"),
        ("Nom d'utilisateur :", "NOM"),
        ("Uz\u030civatelské jméno", "Jme\u0301no"),
    ],
)
@pytest.mark.parametrize("shape", ["map", "list"])
def test_the_owner_of_an_export_is_found_in_many_languages(user: str, name: str, shape: str) -> None:
    told = {
        "Email": "m@x.example",
        "Phone Confirmed": "False",
        user: "Mira.Sol",
        name: "Mira",
        "Bio": "photos",
        "P": "True",
    }
    element: dict[str, Any] = {"string_map_data": {label: {"value": value} for label, value in told.items()}}
    if shape == "list":
        element = {"label_values": [leaf(label, value) for label, value in told.items()]}
    assert profile(element) == ("mira.sol", "Mira")


def test_comments_in_another_language_are_understood_by_one_that_is_whole() -> None:
    def made(**fields: str) -> dict[str, Any]:
        return {
            "string_map_data": {label: {"value": value} for label, value in fields.items()}
            | {"Zeit": {"timestamp": AT}}
        }

    whole, picture, gone = made(Kommentar="ben", Medieninhaber="ana"), made(Medieninhaber="ana"), made(Kommentar="ana")
    labels = comment_labels([None, picture, gone, whole])
    assert [(one.owner, one.text) for one in (comment(whole, labels), comment(picture, labels))] == [
        ("ana", "ben"),
        ("ana", ""),
    ]
    with pytest.raises(ValueError, match="does not name the owner"):
        comment(gone, labels)
    upper = made(**{"COMMENT": "hi", "MEDIA OWNER": "ana"})
    assert comment(upper).owner == "ana"


# Shapes


def as_list(**fields: str) -> dict[str, Any]:
    return {"title": fields["user"], "string_list_data": [{"href": fields.get("href", ""), "timestamp": AT}]}


def as_map(**fields: str) -> dict[str, Any]:
    links = {"Link": {"href": fields["href"], "value": ""}} if "href" in fields else {}
    texts = {"Kommentar": {"value": fields["text"]}} if "text" in fields else {}
    return {"string_map_data": {**links, **texts, "Autor": {"value": fields["user"]}, "Zeit": {"timestamp": AT}}}


def as_labels(**fields: str) -> dict[str, Any]:
    links = [leaf("URL", fields["href"], href=fields["href"])] if "href" in fields else []
    texts = [leaf("Comment", fields["text"])] if "text" in fields else []
    account = group("Owner", [leaf("URL", ""), leaf("Name", "A"), leaf("Username", fields["user"])])
    return {"timestamp": AT, "label_values": [*links, *texts, account]}


SHAPES: list[Callable[..., dict[str, Any]]] = [as_list, as_map, as_labels]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_reader_takes_every_shape(shape: Callable[..., dict[str, Any]]) -> None:
    for read in (like, view):
        seen = read(shape(href=LINK, user="Ana"))
        assert (seen.post, seen.owner, seen.at) == (POST, "ana", ISO)
    assert (contact(shape(user="Ana")).user, contact(shape(user="Ana")).at) == ("ana", ISO)
    seen = view(shape(user="ana"))
    assert (seen.post, seen.owner, seen.at) == ("", "ana", ISO)
    if shape is not as_list:
        written = comment(shape(user="ana", text="w/p/h"))
        assert (written.owner, written.text, written.at) == ("ana", "w/p/h", ISO)


@pytest.mark.parametrize(
    "element",
    [
        as_list(href=LINK, user="Ana"),
        as_labels(href=LINK, user="Ana"),
        {"title": "ana", "string_map_data": {"Saved on": {"href": LINK, "timestamp": AT}}},
        {"title": "Ana", "string_map_data": {"Gespeichert am": {"href": LINK, "value": "", "timestamp": AT}}},
        {"title": "", "string_map_data": {"Shared By": {"value": "ana"}, "Saved on": {"href": LINK, "timestamp": AT}}},
    ],
)
def test_a_saved_post_has_its_owner_in_every_shape(element: dict[str, Any]) -> None:
    seen = saved(element)
    assert (seen.post, seen.owner, seen.at, seen.caption) == (POST, "ana", ISO, "")


def test_a_saved_post_of_nobody_makes_nobody() -> None:
    seen = saved({"title": "My collection!", "string_map_data": {"Saved on": {"href": LINK, "timestamp": AT}}})
    assert (seen.post, seen.owner) == (POST, "")


def test_saved_posts_become_saves_and_likes_of_stories_comments_of_stand_ins(tmp_path: Path) -> None:
    stories = [{"title": "cem", "string_list_data": [{"timestamp": AT}, {"timestamp": AT + 60}]}]
    stories += [{"title": "", "string_list_data": [{"timestamp": AT}]}]
    folder = copy(CURRENT, tmp_path / "e")
    saves = [{"title": "ana", "string_map_data": {"Saved on": {"href": LINK, "timestamp": AT}}}]
    for place, content in {
        "saved/saved_posts.json": {"saved_saved_media": saves},
        "story_interactions/story_likes.json": {"story_activities_story_likes": stories},
    }.items():
        (folder / place).parent.mkdir()
        (folder / place).write_text(json.dumps(content))
    made = sources("instagram", folder)
    me, story = "mira.sol", "cem/stories-liked-by/mira.sol"
    assert rows(made, "saves") == [(me, POST, ISO)]
    assert {"ana", "cem"} <= {row[0] for row in rows(made, "users")}
    posts = {row[0]: row for row in rows(made, "posts")}
    assert posts[POST][1] == "ana"
    assert (posts[story][1], posts[story][-1]) == ("cem", "true")
    likes = [row for row in rows(made, "comments") if row[2] == story]
    assert [(row[1], row[3], row[4]) for row in likes] == [(me, ISO, ""), (me, "2024-03-01T20:01:00Z", "")]
    assert len({row[0] for row in likes}) == 2
    assert [reason for file, _, reason in rejects(made) if file == "story_likes.json"] == [
        "has no name of the story's owner"
    ]


def test_a_comment_and_a_hashtag_are_read_from_the_shapes_that_have_them() -> None:
    written = comment({"title": "ana", "string_list_data": [{"value": "hi", "timestamp": AT}]})
    assert (written.owner, written.text) == ("ana", "hi")
    page = "https://www.instagram.com/explore/tags/caf%C3%A9/"
    for element in (
        {"string_list_data": [{"href": page, "timestamp": AT}]},
        {"string_map_data": {"Nom": {"value": "café", "href": page, "timestamp": AT}}},
        {"timestamp": AT, "label_values": [leaf("URL", page, href=page), leaf("Nom", "café")]},
        {"title": "café", "timestamp": AT},
    ):
        assert (interest(element).hashtag, interest(element).at) == ("café", ISO)


def test_an_element_may_hold_several_people(tmp_path: Path) -> None:
    links = [{"href": "", "value": user, "timestamp": AT} for user in ("ana", "Instagram User", "ben")]
    made = sources("instagram", copy(CURRENT, tmp_path / "e", following=[{"title": "", "string_list_data": links}]))
    assert [row[1] for row in rows(made, "follows") if row[0] == "mira.sol"] == ["ana", "ben"]
    assert ("following.json", 1, "'Instagram User' is not a user name: the account may be deleted") in rejects(made)


def test_an_element_may_hold_several_posts(tmp_path: Path) -> None:
    other = "https://www.instagram.com/p/C4AMwSjgDA5/"
    links = [{"href": link, "value": "👍", "timestamp": AT} for link in (LINK, other)]
    made = sources("instagram", copy(CURRENT, tmp_path / "e", liked=[{"title": "ana", "string_list_data": links}]))
    assert [row[1] for row in rows(made, "likes")] == [POST, "C4AMwSjgDA5"]
    assert {row[0]: row[1] for row in rows(made, "posts")}["C4AMwSjgDA5"] == "ana"


def test_own_posts_are_read_from_every_shape() -> None:
    media = {"uri": "media/posts/202402/1.jpg", "creation_timestamp": AT, "title": "w/p/h #sea"}
    bare = {"uri": media["uri"]}
    for element in (
        media,
        {"media": [media]},
        {"media": [bare], "creation_timestamp": AT, "title": "w/p/h #sea"},
        {"media": [bare], "timestamp": AT, "label_values": [leaf("Légende", "w/p/h #sea")]},
        {"media_map_data": {"Foto": media}, "string_map_data": {}},
    ):
        post = own_post(element)
        assert (post.seconds, post.caption, post.file) == (AT, "w/p/h #sea", media["uri"])


def test_posts_that_are_listed_twice_are_posts_once_and_archived_ones_none(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    media = folder / "your_instagram_activity/media"
    listed = json.loads((media / "posts_1.json").read_text())
    archived = {"media": [{"uri": "media/archived_posts/1.jpg", "creation_timestamp": AT, "title": "old"}]}
    (media / "posts.json").write_text(json.dumps([*listed, archived]))
    own = [row[0] for row in rows(sources("instagram", CURRENT), "posts") if row[0].startswith("mira.sol/1")]
    assert [row[0] for row in rows(sources("instagram", folder), "posts") if row[0].startswith("mira.sol/1")] == own


# Views and hides


def ads(folder: Path, **files: Any) -> Path:
    """The folder with files of ads_and_topics; `hides` is the short name of one."""
    for name, content in files.items():
        name = "posts_you're_not_interested_in" if name == "hides" else name
        path = folder / "ads_information/ads_and_topics" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def test_views_and_hides_are_imported(tmp_path: Path) -> None:
    old = [as_map(user="ana"), as_map(user="ana") | {"title": ""}, as_map(user="kim")]
    new = [newest(leaf("Caption", "so #blue"), owner()), {"timestamp": AT, "label_values": [owner()]}]
    hidden = {"string_list_data": [{"href": LINK, "value": "", "timestamp": AT}, {"value": "ana"}]}
    folder = ads(
        copy(CURRENT, tmp_path / "e"),
        posts_viewed={"impressions_history_posts_seen": [*old, {"string_map_data": {"Zeit": {"timestamp": AT}}}]},
        videos_watched=new,
        hides={"impressions_history_posts_not_interested": [hidden, {"string_list_data": []}]},
    )
    made = sources("instagram", folder)
    assert_complete(made)
    assert rows(made, "views") == [
        ("mira.sol", "ana/viewed-by/mira.sol", ISO),
        ("mira.sol", "ana/viewed-by/mira.sol", ISO),
        ("mira.sol", "kim/viewed-by/mira.sol", ISO),
        ("mira.sol", POST, ISO),
        ("mira.sol", "ana/viewed-by/mira.sol", ISO),
    ]
    assert rows(made, "hides") == [("mira.sol", POST, ISO)]
    stand_ins = [row for row in rows(made, "posts") if "/viewed-by/" in row[0]]
    assert [(row[0], row[1], row[2], row[5]) for row in stand_ins] == [
        ("ana/viewed-by/mira.sol", "ana", "", "true"),
        ("kim/viewed-by/mira.sol", "kim", "", "true"),
    ]
    assert (POST, "blue") in rows(made, "tags")
    assert ("kim",) in [row[:1] for row in rows(made, "users")]
    assert ("posts_viewed.json", 4, "has neither a link to a post nor the name of its owner") in rejects(made)
    assert ("posts_you're_not_interested_in.json", 2, "has no link to a post") in rejects(made)


@pytest.mark.parametrize("name", ["posts_you’re_not_interested_in", "posts_you_re_not_interested_in"])
def test_a_file_whose_apostrophe_was_changed_is_read(name: str, tmp_path: Path) -> None:
    folder = ads(copy(CURRENT, tmp_path / "e"), **{name: [newest(owner())]})
    assert len(rows(sources("instagram", folder), "hides")) == 1


# Hashtags in captions


@pytest.mark.parametrize(
    ("caption", "names"),
    [
        ("call #️⃣1 now #sun", ["sun"]),
        ("#⃣ first", []),
        ("#️⃣war", []),
        ("#1️⃣ and #2️⃣0️⃣", ["1⃣", "2⃣0⃣"]),
        ("#wa\u200br #\u2060war #war\ufeff", ["war"]),
        ("#❤️ #❤", ["❤"]),
        ("#\u200b #", []),
        ("#👩‍👧", ["👩‍👧"]),
    ],
)
def test_hashtags_in_a_caption_are_those_that_are_seen(caption: str, names: list[str]) -> None:
    assert [hashtags.name(tag) for tag in hashtags_in(caption)] == names


# Folders and zips


def same(one: Sequence[Source], other: Sequence[Source]) -> bool:
    names = {source.format.name for source in (*one, *other)}
    return all(sorted(rows(one, name)) == sorted(rows(other, name)) for name in names)


def test_a_caption_of_a_megabyte_of_hash_signs_is_read_in_linear_time() -> None:
    began = time.monotonic()
    assert hashtags_in("#" * 1_000_000) == []
    assert len(hashtags_in("#" + "a" * 1_000_000)) == 1  # which the import rejects by itself
    assert time.monotonic() - began < 10  # with a copy of the rest at each sign, a minute


def test_an_only_element_may_stand_without_its_list(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    held = json.loads((folder / PERSONAL).read_text())
    for personal in (
        held["profile_user"][0],
        {"profile_user": held["profile_user"][0]},
        {"a": {"b": held["profile_user"]}},
    ):
        (folder / PERSONAL).write_text(json.dumps(personal))
        assert same(sources("instagram", folder), sources("instagram", CURRENT))


def test_a_zip_that_was_cut_is_told_as_such(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("following.json", "[]")
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(LoadError, match=r"is not a complete zip.*Download it again"):
        sources("instagram", archive)


def test_a_zip_with_backslashes_is_read(tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in CURRENT.rglob("*.json"):
            file.writestr("Export\\" + path.relative_to(CURRENT).as_posix().replace("/", "\\"), path.read_bytes())
    assert any("\\" in name for name in zipfile.ZipFile(archive).namelist())
    assert same(sources("instagram", archive), sources("instagram", CURRENT))
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    for path in CURRENT.rglob("*.json"):
        shutil.copy(path, unpacked / path.relative_to(CURRENT).as_posix().replace("/", "\\"))
    assert same(sources("instagram", unpacked), sources("instagram", CURRENT))


@pytest.mark.parametrize("place", ["my stuff/personal_information.json", "persönliche_angaben/profil.json", "me.json"])
def test_a_profile_that_was_renamed_is_found_by_its_shape(place: str, tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / PERSONAL).rename(folder / place)
    assert same(sources("instagram", folder), sources("instagram", CURRENT))


def test_folders_in_another_language_are_read_but_not_those_of_others(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    (folder / "connections/followers_and_following").rename(folder / "connections/abonnés")
    (folder / "your_instagram_activity").rename(folder / "votre_activité")
    (folder / "votre_activité/likes").rename(folder / "votre_activité/j’aime")
    (folder / "insights").mkdir()
    (folder / "insights/posts.json").write_text('{"organic_insights_posts": [{"media": []}]}')
    assert same(sources("instagram", folder), sources("instagram", CURRENT))


@pytest.mark.parametrize("key", ["abonnements", "relations_suivies", "подписки", "フォロー", 'a\\"b'])
def test_a_list_whose_key_and_folder_are_in_another_language_is_known_by_its_file(key: str, tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    (folder / "connections/followers_and_following").rename(folder / "connections/abonnés")
    path = folder / FOLLOWING.replace("followers_and_following", "abonnés")
    [elements] = json.loads(path.read_text()).values()
    path.write_text(json.dumps({key: elements}))
    assert same(sources("instagram", folder), sources("instagram", CURRENT))


@pytest.mark.parametrize("key", [None, "abonnements"])
def test_a_list_that_nothing_but_its_shape_tells_is_told_with_what_to_rename(key: str | None, tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    for place, renamed in ((FOLLOWING, "abonnements.json"), (LIKED, "jaime.json")):
        held = json.loads((folder / place).read_text())
        elements = held if isinstance(held, list) else next(iter(held.values()))
        (folder / place).unlink()
        (folder / renamed).write_text(json.dumps(elements if key is None else {key: elements}))
    made = sources("instagram", folder)
    assert sorted(note for source in made for note in source.notes) == [
        "abonnements.json is not read: it holds people, and neither its name nor the key in it is known. "
        "If it is Instagram's following.json or story_likes.json, rename it to that.",
        "jaime.json is not read: it holds posts of others, and neither its name nor the key in it is known. "
        "If it is Instagram's liked_posts.json or saved_posts.json, rename it to that.",
    ]
    (folder / "abonnements.json").rename(folder / "following.json")  # as it says
    (folder / "jaime.json").rename(folder / "liked_posts.json")
    assert same(sources("instagram", folder), sources("instagram", CURRENT))


def test_renamed_lists_that_only_one_kind_has_the_shape_of_are_read(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    page = "https://www.instagram.com/explore/tags/sea/"
    tags = [{"title": "", "string_list_data": [{"href": page, "value": "sea", "timestamp": AT}]}]
    for place in folder.rglob("following_hashtags.json"):
        place.unlink()
    (folder / "mots.json").write_text(json.dumps({"mots": tags}))
    held = json.loads((folder / PERSONAL).read_text())["profile_user"]
    (folder / PERSONAL).unlink()
    (folder / "moi.json").write_text(json.dumps({"profil": held}))
    made = sources("instagram", folder)
    assert ("mira.sol", "sea", ISO) in rows(made, "interests")
    assert [note for source in made for note in source.notes] == []


def test_lists_that_instagram_names_otherwise_are_left_out_in_silence(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    (folder / FOLLOWING).unlink()
    people = [{"title": "ana", "string_list_data": [{"href": "", "value": "ana", "timestamp": AT}]}]
    (folder / "close_friends.json").write_text(json.dumps({"relationships_close_friends": people}))
    (folder / "insights").mkdir()
    (folder / "insights/posts.json").write_text(json.dumps({"organic_insights_posts": people}))
    (folder / "messages.json").write_text(json.dumps({"participants": [{"name": "ana"}], "messages": people}))
    made = sources("instagram", folder)
    assert [note for source in made for note in source.notes] == []
    assert [row for row in rows(made, "follows") if row[0] == "mira.sol"] == []


def test_a_profile_that_cannot_be_understood_is_told_with_what_to_rename(tmp_path: Path) -> None:
    folder = copy(CURRENT, tmp_path / "e")
    text = (folder / PERSONAL).read_text().replace("Username", "Xyz")
    (folder / PERSONAL).write_text(text)
    with pytest.raises(
        LoadError, match=r"personal_information.json has no known label for it.*rename it to instagram-NAME"
    ):
        sources("instagram", folder)
    named = folder.rename(tmp_path / "instagram-mira.sol-2024-05-01-AbC")
    assert rows(sources("instagram", named), "users")[0][0] == "mira.sol"


@pytest.mark.parametrize("content", ["", " \n", "\ufeff"])
def test_one_empty_file_does_not_stop_the_others(content: str, tmp_path: Path) -> None:
    made = sources("instagram", copy(CURRENT, tmp_path / "e", following=content))
    assert ("following.json", 1, "is an empty file") in rejects(made)
    assert [row for row in rows(made, "follows") if row[0] == "mira.sol"] == []
    assert rows(made, "likes") == rows(sources("instagram", CURRENT), "likes")


# HTML


def block(*inner: str, title: str = "", date: str = "") -> str:
    heading = f'<h2 class="_a6-h">{title}</h2>' if title else ""
    footer = f'<div class="_3-94 _a6-o">{date}</div>' if date else ""
    return f'<div class="pam _a6-g">{heading}<div class="_a6-p">{"".join(inner)}</div>{footer}</div>'


def page(*blocks: str) -> str:
    head = "<html><head><meta charset=utf-8><style>a{}</style></head><body><h1>Page</h1>"
    return f'{head}<div class="_a706" role="main">{"".join(blocks)}</div><div>Generated · <a href="/x">More</a></div>'


def row(label: str, value: str) -> str:
    return f'<tr><td colspan="2" class="_a6_q">{label}<div><div>{value}</div></div></td></tr>'


def cells(label: str, value: str) -> str:
    return f"<tr><td>{label}</td><td>{value}</td></tr>"


def follow(user: str, date: str) -> str:
    link = f"https://www.instagram.com/_u/{user}"
    return block(f'<div><div><a href="{link}">{link}</a></div><div>{date}</div></div>', title=user)


def liked(caption: str, tags: Sequence[str], user: str) -> str:
    url = row("URL", f'<a href="{LINK}">{LINK}</a>')
    names = "".join(block(tag) for tag in tags)
    groups = f'<h2>Hashtags</h2><div><div><div class="_a6_q">Name</div>{names}</div></div>'
    account = f"<table>{cells('Name', 'Ana')}{cells('Username', user)}</table>"
    nested = f'<div class="_a6-g">{groups}</div>{block(account, title="Owner")}'
    table = f"<table>{url}{cells('Caption', caption)}<tr><td colspan=2><div>{nested}</div></td></tr></table>"
    return block(block(table), date="Mar 01, 2024 8:00 pm")


HTML = {
    PERSONAL: page(
        block(f"<table>{row('E-mail', 'm@x.example')}{row('Username', 'Mira.Sol')}{row('Name', 'Mira')}</table>")
    ),
    FOLLOWING: page(
        follow("ana", "Apr 01, 2023 10:00 am"), follow("ben", "02.04.2023, 21:05"), follow("cy", "04/05/2023 1:00")
    ),
    "connections/followers_and_following/followers_1.json": page(
        block('<div><div><a href="https://www.instagram.com/eli">eli</a></div><div>2 avr. 2023 08:00</div></div>')
    ),
    LIKED: page(liked("w/p/h &amp; <br>#blue &#039;", ["sea", "sun"], "ana")),
    "your_instagram_activity/comments/post_comments_1.json": page(
        block(
            f"<table>{row('Comment', 'Oct 04, 2026 12:49 pm')}{row('Media Owner', 'ana')}"
            f"{cells('Time', 'Mar 01, 2024, 8:00 pm')}</table>"
        )
    ),
    "your_instagram_activity/media/posts_1.json": page(
        block(
            '<a href="media/posts/1.jpg"><img src="media/posts/1.jpg"></a>',
            f"<table>{cells('Latitude', '38.7')}</table>",
            title="my #café",
            date="Feb 01, 2024 9:00 am",
        )
    ),
    "ads_information/ads_and_topics/posts_viewed.json": page(
        block(f"<table>{row('Author', 'kim')}{cells('Time', 'Mar 01, 2024 8:00 pm')}</table>")
    ),
}


def html_export(folder: Path) -> Path:
    for place, content in HTML.items():
        path = (folder / place).with_suffix(".html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "start_here.html").write_text("<html><body>Start</body></html>")
    return folder


def test_an_export_in_html_is_read(tmp_path: Path) -> None:
    made = sources("instagram", html_export(tmp_path))
    assert_complete(made)
    assert rejects(made) == []
    assert rows(made, "users")[0] == ("mira.sol", "mira.sol", "Mira")
    assert rows(made, "follows") == [
        ("mira.sol", "ana", "2023-04-01T10:00:00Z"),
        ("mira.sol", "ben", "2023-04-02T21:05:00Z"),
        ("mira.sol", "cy", ""),
        ("eli", "mira.sol", "2023-04-02T08:00:00Z"),
    ]
    assert rows(made, "posts")[0] == (POST, "ana", "2024-03-01T18:30:00Z", "", "w/p/h & \n#blue '")
    assert rows(made, "likes") == [("mira.sol", POST, ISO)]
    assert rows(made, "tags") == [(POST, "sea"), (POST, "sun"), (POST, "blue"), ("mira.sol/1706778000", "café")]
    assert [(row[2], row[3], row[4]) for row in rows(made, "comments")] == [
        ("ana/commented-by/mira.sol", ISO, "Oct 04, 2026 12:49 pm")
    ]
    assert (
        "mira.sol/1706778000",
        "mira.sol",
        "2024-02-01T09:00:00Z",
        "image",
        "my #café",
        "media/posts/1.jpg",
    ) in rows(made, "posts")
    assert rows(made, "views") == [("mira.sol", "kim/viewed-by/mira.sol", ISO)]


def test_where_there_are_both_formats_json_is_read(tmp_path: Path) -> None:
    folder = html_export(copy(CURRENT, tmp_path / "e"))
    shutil.rmtree(folder / "ads_information")
    assert same(sources("instagram", folder), sources("instagram", CURRENT))


def test_pages_that_hold_nothing_are_refused_with_the_way_to_json(tmp_path: Path) -> None:
    (tmp_path / "following.html").write_text("<html><body>an unknown layout</body></html>")
    with pytest.raises(LoadError, match=r"in HTML that could not be read.*export again as JSON"):
        sources("instagram", tmp_path)


def test_a_page_that_is_no_html_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "following.html").write_text("<main><![x ana")
    with pytest.raises(LoadError, match=r"following.html in .* cannot be read.*export again as JSON"):
        sources("instagram", tmp_path)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Oct 04, 2026 12:49 pm", 1791118140),
        ("Oct 4, 2026, 12:49 am", 1791074940),
        ("04.10.2026, 12:49", 1791118140),
        ("4 oct. 2026, 12:49", 1791118140),
        ("4 de out. de 2026 12:49", 1791118140),
        ("2026/10/04 12:49", 1791118140),
        ("2026年10月4日 12:49", 1791118140),
        ("04/10/2026 12:49", None),
        ("Feb 30, 2026 1:00 pm", None),
        ("Xyz 04, 2026 12:49 pm", None),
        ("on Oct 04, 2026 12:49 pm", None),
        ("", None),
    ],
)
def test_times_of_pages_are_read_or_left_out(text: str, time: int | None) -> None:
    assert instagram_html.seconds(text) == time


UNCLOSED = [
    *("<div>", "<td>", "<table><tr><td>", "<h2>", "<p></b>", "</p>", "<a ", '<a href="', "<a '>' ", "<a b=c ", "<"),
    *("&#", "<!--", "<![x", "<?", "</", "<style>", "<script>", "<div><br>"),
]


@pytest.mark.parametrize("unit", UNCLOSED)
def test_a_megabyte_that_nobody_closed_is_understood_or_refused_in_linear_time(unit: str) -> None:
    for before in ("", '<main><div class="_a6-g"><table><tr><td>' + "<div><h2>a</h2>" * 30):
        began = time.process_time()
        with suppress(ValueError):
            instagram_html.elements((before + unit * (1_000_000 // len(unit))).encode())
        assert time.process_time() - began < 30  # 3 s at most, on a busy machine; what is quadratic takes hours


@pytest.mark.parametrize("depth", [instagram_html.MAX_DEPTH - 4, instagram_html.MAX_DEPTH])
def test_a_page_is_read_to_its_depth_and_refused_below(depth: int) -> None:
    text = "<main>" + "<div>" * (depth - 2) + follow("ana", "Apr 01, 2023 10:00 am") + "</div>" * (depth - 2)
    if depth == instagram_html.MAX_DEPTH:
        with pytest.raises(ValueError, match="nested more than 100 deep"):
            instagram_html.elements(text.encode())
    else:
        assert len(instagram_html.elements(text.encode())) == 1


def test_markup_is_read_as_browsers_do() -> None:
    link = "https://www.instagram.com/_u/ana"
    for tag in (f"<a href='{link}'>", f"<A HREF={link} >", f'<a\nclass="x>y"\n href = "{link}">', f"<a x href={link}>"):
        [element] = instagram_html.elements(f"<main><!-- <b> --><style>a<b</style><p>1 < 2{tag}ana</a></p>".encode())
        assert contact(element).user == "ana"


TAGS = st.sampled_from(["div", "main", "table", "tr", "td", "a", "h2", "br", "img", "p", "footer"])
MARKUP = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    st.sampled_from(
        [
            f'<a href="{LINK}">',
            '<img src="media/posts/1.jpg">',
            "Oct 04, 2026 12:49 pm",
            "ana",
            "<",
            "&#x",
            "<!--",
            "<![x",
            "<!",
        ]
    ),
    st.text(max_size=5),
)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(MARKUP, max_size=40).map("".join))
def test_whatever_a_page_holds_it_is_understood_or_refused(markup: str) -> None:
    found = []
    with suppress(ValueError):
        found = instagram_html.elements(f"<main>{markup}".encode("utf-8", "surrogatepass"))
    for element in found:
        for parse in (contact, interest, like, view, comment, own_post, profile):
            with suppress(ValueError):
                parse(element)
