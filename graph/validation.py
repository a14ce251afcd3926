"""Validation of keys, texts and numbers before they are stored. Each check raises SettingsError."""

from typing import Literal, get_args

from graph import clock, hashtags, words
from graph.errors import SettingsError

MAX_KEY_BYTES = 4096
"""The limit of an id or hashtag. Neo4j cannot index one of about 8 kB, and would refuse the batch that it is in."""
MediaType = Literal["image", "video", "carousel"]
MEDIA_TYPES: tuple[str, ...] = get_args(MediaType)
"""Of posts, imported or put."""
Visibility = Literal["public", "followers"]
VISIBILITIES: tuple[str, ...] = get_args(Visibility)
"""Of people and posts: who may be shown them."""
WANTS = ("more", "less", "none")
"""How much people want of a hashtag. With `none` it is no interest of theirs, whatever they liked."""
MERGERS = ("dictionary", "person")
"""Who merged two hashtags."""
SLASH_MARK = "\ue000"
"""A private-use character that no id may have: in a URL path it stands for a slash within an id."""
MAX_INTEGER = 2**63 - 1
MAX_COUNT = 2**53
"""The limit of a counter: JSON cannot hold larger integers exactly."""


def check_key(what: str, value: str | None) -> None:
    """Checks an id or the name of a hashtag; `what` begins the message."""
    if value is None:
        return
    check_text(what, value)
    if not value or value != value.strip():
        raise SettingsError(f"{what} is empty, or has leading or trailing blanks.", "Remove the blanks.")
    if len(value.encode()) > MAX_KEY_BYTES:
        raise SettingsError(f"{what} is too large to index: it has more than {MAX_KEY_BYTES} bytes.", "Shorten it.")
    if SLASH_MARK in value:
        raise SettingsError(f"{what} has the private-use character U+E000.", "Remove it.")


def is_key(value: str) -> bool:
    try:
        check_key("The id", value)
    except SettingsError:
        return False
    return True


def check_hashtag(spelling: str | None) -> None:
    if spelling is None:
        return
    check_text("The hashtag", spelling)
    try:
        name = hashtags.name(spelling)
    except hashtags.TooLong as error:
        raise SettingsError(f"{str(error).capitalize()}.", "Shorten it.") from None
    if not name:
        raise SettingsError(f"{spelling[:60]!r} holds no hashtag.", "Write one such as #sunset.")
    check_key("The hashtag", name)
    check_key("The hashtag", hashtags.display(spelling))  # signs that cannot be seen are not in the name


def check_word(text: str | None) -> None:
    if text is None:
        return
    check_text("The word", text)
    if words.word(text) is None:
        raise SettingsError(
            f"{text[:60]!r} is not one word of at most {words.MAX_WORD_CHARACTERS} letters.",
            "Mute each word by itself, or a hashtag, written with its #.",
        )
    if words.is_short(text):
        raise SettingsError(f"{text[:60]!r} is a single letter.", "Give a word of two letters or more.")


def check_text(what: str, value: str | None) -> None:
    if value is not None and not _is_text(value):
        raise SettingsError(f"{what} contains a NUL or a lone surrogate, which is not valid text.", "Remove it.")


def check_media_type(value: str | None) -> None:
    if value is not None and value not in MEDIA_TYPES:
        raise SettingsError(f"Unknown media type {value[:60]!r}.", f"Use one of: {', '.join(MEDIA_TYPES)}.")


def check_visibility(value: str | None) -> None:
    if value is not None and value not in VISIBILITIES:
        raise SettingsError(f"Unknown visibility {value[:60]!r}.", f"Use one of: {', '.join(VISIBILITIES)}.")


def check_number(what: str, value: int | None, minimum: int, maximum: int) -> None:
    if value is not None and not minimum <= value <= maximum:
        raise SettingsError(f"The {what} is {value}.", f"Give a whole number from {minimum} to {maximum}.")


def check_time(what: str, value: int | None) -> None:
    check_number(what, value, clock.MIN_MS, clock.MAX_MS)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value
