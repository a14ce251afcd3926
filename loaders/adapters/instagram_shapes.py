# ruff: noqa: RUF001 - words of many languages
"""The shapes of an Instagram export's elements, brought into one: a record of labelled values.

There are three, often in the same export. `string_list_data` holds links with their time under a `title`;
`string_map_data` holds values by their label; so does the newer `label_values`, as a list with nested groups. Labels
are in the person's language. So a value is found by its place, by its link or by the shape around it, by its label
where that is a known word, and never by how its text looks: a caption may look like a link or a user name.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Element = dict[str, Any]

POST_LINK = re.compile(r"/(p|reel|reels|tv)/([A-Za-z0-9_-]+)")
_ONLY_POST_LINK = re.compile(rf"https?://\S*{POST_LINK.pattern}\S*")
LONG_LABEL = 1_000
"""Characters of a label that is no word."""
_PROFILE_LINK = re.compile(r"instagram\.com/(?:_u/)?([\w.]+)/?(?:[?#]\S*)?$")


def _known(label: str) -> str:
    """A label as it is compared: small, also its Turkish i, in one form of Unicode and of the apostrophe.

    One that is much longer than all known words stays as it is: Unicode's normalization is slow on long texts.
    """
    if len(label) > LONG_LABEL:
        return label
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    return small.replace("i\u0307", "i").replace("ı", "i").replace("’", "'").strip(" :")


URL, USERNAME, NAME, OWNER, AUTHOR, CAPTION, TITLE, COMMENT, HASHTAGS, PARTNER = (
    frozenset(map(_known, words.split(", ")))
    for words in (
        "url, link, lien, enlace, ссылка, リンク, 링크, 链接, 連結, رابط, bağlantı, länk, odkaz",
        "username, user name, benutzername, nutzername, nom d’utilisateur, nom d'utilisateur, nom de profil, "
        "nombre de usuario, nome de usuário, nome de utilizador, nome do usuário, nome utente, gebruikersnaam, "
        "användarnamn, brukernavn, brugernavn, käyttäjänimi, käyttäjätunnus, nazwa użytkownika, uživatelské jméno, "
        "používateľské meno, felhasználónév, nume de utilizator, korisničko ime, потребителско име, "
        "имя пользователя, ім'я користувача, ім’я користувача, όνομα χρήστη, kullanıcı adı, nama pengguna, "
        "tên người dùng, ユーザーネーム, ユーザー名, 사용자 이름, 用户名, 帳號, 用戶名稱, 使用者名稱, ชื่อผู้ใช้, "
        "اسم المستخدم, نام کاربری, שם משתמש, उपयोगकर्ता नाम, यूज़रनेम",
        "name, nom, nombre, nome, naam, namn, navn, nimi, nazwa, imię i nazwisko, jméno, meno, név, nume, ime, име, "
        "имя, ім'я, ім’я, όνομα, ad, adı, isim, nama, tên, 名前, 이름, 姓名, 名字, 名称, 名稱, ชื่อ, الاسم, نام, שם, नाम",
        "owner, author, media owner",
        "autor, autora, auteur, auteure, autore, autrice, auteurs, författare, forfatter, tekijä, szerző, yazar, "
        "penulis, tác giả, автор, συντάκτης, 投稿者, 作成者, 작성자, 作者, ผู้เขียน, المؤلف, نویسنده, מחבר, लेखक",
        "caption, légende, beschriftung, bildunterschrift, leyenda, pie de foto, texto, descripción, legenda, "
        "didascalia, bijschrift, bildtext, bildetekst, billedtekst, kuvateksti, podpis, popisek, opis, képaláírás, "
        "descriere, подпись, підпис, λεζάντα, açıklama, keterangan, chú thích, キャプション, 캡션, 문구, 说明, 說明, "
        "字幕, คำบรรยาย, تسمية توضيحية, التسمية التوضيحية, کپشن, כיתוב, कैप्शन",
        "title",
        "comment",
        "hashtags, hashtag",
        "brand partner",
    )
)
"""Words that labels are known by, in lower case."""

_NO_URL = USERNAME | NAME | OWNER | AUTHOR | CAPTION | TITLE | COMMENT | HASHTAGS | PARTNER


@dataclass(frozen=True)
class Leaf:
    """A value with its label."""

    label: str
    """In lower case; empty in `string_list_data`."""
    value: str
    href: str
    time: Any
    """Epoch seconds; None if missing."""

    @property
    def is_link(self) -> bool:
        """True if the leaf holds no other text than its link."""
        return bool(self.href) and self.value in ("", self.href)


@dataclass(frozen=True)
class Group:
    """Nested lists of leaves, such as the accounts of owners."""

    title: str
    """In lower case."""
    members: list[list[Leaf]]


@dataclass(frozen=True)
class Record:
    """An element in any of the shapes."""

    title: str
    leaves: list[Leaf]
    groups: list[Group]
    time: Any
    """Epoch seconds; None if missing."""
    is_map: bool
    """True for `string_map_data`, which has no groups: accounts are among the leaves."""

    @property
    def is_list(self) -> bool:
        """True for `string_list_data`, in which nothing is labelled."""
        return not self.groups and not any(leaf.label for leaf in self.leaves)

    @property
    def texts(self) -> list[Leaf]:
        """The leaves with a text of their own, not just a link."""
        return [leaf for leaf in self.leaves if leaf.value.strip() and not leaf.is_link]

    def labelled(self, words: frozenset[str]) -> Leaf | None:
        """The first leaf with one of these labels that has a value."""
        return labelled(self.leaves, words)


def record(element: Element) -> Record:
    """The record of an element; an element of an unknown shape has no leaves."""
    fields = element.get("string_map_data")
    leaves = [_leaf("", link) for link in as_list(element.get("string_list_data")) if isinstance(link, dict)]
    if isinstance(fields, dict):
        leaves += [_leaf(label, field) for label, field in fields.items() if isinstance(field, dict)]
    entries = [entry for entry in as_list(element.get("label_values")) if isinstance(entry, dict)]
    leaves += _leaves(entries)
    if not leaves and ("value" in element or "href" in element):
        leaves = [_leaf("", element)]
    times = [element.get("timestamp"), *(leaf.time for leaf in leaves)]
    return Record(
        text(element.get("title")),
        leaves,
        [_group(entry) for entry in entries if "dict" in entry],
        next((time for time in times if time), None),
        is_map=isinstance(fields, dict),
    )


def apart(element: Element) -> list[Element]:
    """An element for each link of `string_list_data`, where it holds several people or hashtags."""
    links = as_list(element.get("string_list_data"))
    return [{**element, "string_list_data": [link]} for link in links] if len(links) > 1 else [element]


def posts_apart(element: Element) -> list[Element]:
    """An element for each link to a post of `string_list_data`, with what stands before the next link."""
    links = as_list(element.get("string_list_data"))
    starts = [
        place for place, link in enumerate(links) if isinstance(link, dict) and POST_LINK.search(text(link.get("href")))
    ]
    bounds = pairwise([0, *starts[1:], len(links)])
    return [{**element, "string_list_data": links[start:end]} for start, end in bounds] if starts[1:] else [element]


def post_link(record: Record) -> tuple[Leaf | None, str]:
    """The leaf that links the post, and its link; (None, '') if there is none.

    Of several it is the one labelled so, else one that is nothing but a link: a caption may link to another post. Where
    none has the link in its shape, it is the text labelled so, else the first one, as in all exports.
    """
    linking = [leaf for leaf in record.leaves if POST_LINK.search(leaf.href)]
    if linking:
        leaf = min(linking, key=lambda leaf: (leaf.label not in URL, leaf.label in _NO_URL, not leaf.is_link))
        return leaf, leaf.href
    labelled = [leaf for leaf in record.leaves if leaf.label in URL]
    first = [] if labelled or len(record.leaves) < 2 or record.leaves[0].label in _NO_URL else record.leaves[:1]
    for leaf in labelled or first:
        if _ONLY_POST_LINK.fullmatch(leaf.value):
            return leaf, leaf.value
    return None, ""


def profile_in(leaves: list[Leaf]) -> str:
    """The user name in the first link to a profile; '' if there is none."""
    found = (_PROFILE_LINK.search(leaf.href) for leaf in leaves)
    return next((match[1] for match in found if match), "")


def account(leaves: list[Leaf]) -> tuple[str, str]:
    """User name and full name of an account; its values are a web site (optional), the name, and last the user name."""
    if not leaves:
        return "", ""
    user, name = labelled(leaves, USERNAME), labelled(leaves, NAME)
    last = leaves[-1] if leaves[-1].label not in URL | NAME else None
    before_last = leaves[-2] if len(leaves) > 2 else None
    return (user or last or NOTHING).value, (name or before_last or NOTHING).value


def labelled(leaves: list[Leaf], words: frozenset[str]) -> Leaf | None:
    """The first leaf with one of these labels that has a value."""
    return next((leaf for leaf in leaves if leaf.label in words and leaf.value), None)


def tags_and_owner(groups: list[Group]) -> tuple[list[str], list[Leaf]]:
    """The hashtags and the owner's account among the groups of a post: hashtags, owner, and perhaps a brand partner."""
    tags = next((group for group in groups if _is_of_tags(group, groups)), None)
    others = [group for group in groups if group is not tags and group.title not in PARTNER]
    if tags is None and len(others) > 1 and not others[0].members:
        others = others[1:]  # hashtags, of which there are none
    owner = others[0].members if others else []
    return [leaf.value for member in tags.members for leaf in member] if tags else [], owner[0] if owner else []


def as_list(value: Any) -> list[Any]:
    """A value as a list: an only element may stand without one."""
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def text(value: Any) -> str:
    """A value as text; '' for anything else."""
    return str(value) if isinstance(value, str | int | float) and value else ""


NOTHING = Leaf("", "", "", None)


def _leaf(label: Any, field: Element) -> Leaf:
    value = text(field.get("value")) or " ".join(text(one.get("value")) for one in _dicts(field.get("vec")))
    time = field.get("timestamp") or field.get("timestamp_value")
    return Leaf(_known(text(label)), value, text(field.get("href")), time)


def _leaves(entries: list[Any]) -> list[Leaf]:
    """The leaves of a list, without its groups."""
    return [_leaf(entry.get("label"), entry) for entry in entries if isinstance(entry, dict) and "dict" not in entry]


def _group(entry: Element) -> Group:
    members = [_leaves(as_list(member["dict"])) for member in _dicts(entry["dict"]) if "dict" in member]
    members += [direct] if (direct := _leaves(as_list(entry["dict"]))) else []
    return Group(_known(text(entry.get("title"))), members)


def _dicts(value: Any) -> Iterator[Element]:
    return (one for one in as_list(value) if isinstance(one, dict))


def _is_of_tags(group: Group, groups: list[Group]) -> bool:
    """Returns True for the hashtags: each has a name alone, and an account more, unless it is the only group."""
    if group.title in HASHTAGS:
        return True
    if not group.members or any(other.title in HASHTAGS for other in groups) or group.title in OWNER:
        return False
    is_short = all(len(member) == 1 and member[0].label not in USERNAME for member in group.members)
    return is_short and (len(group.members) > 1 or (len(groups) > 1 and group is groups[0]))
