"""Times and hashtags: rules that hold for every input."""

import re
import time
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import clock, hashtags
from graph.errors import SettingsError
from graph.validation import check_hashtag


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01T12:30", "2024-05-01T12:30:00Z"),
        ("2024-05-01T12:30:00+02:00", "2024-05-01T10:30:00Z"),
        ("2024-05-01T12:30:00.250Z", "2024-05-01T12:30:00.250Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ],
)
def test_a_time_is_read_in_utc_and_written_back(text: str, same: str) -> None:
    assert clock.iso(clock.parse(text)) == same


def test_no_time_is_none() -> None:
    assert clock.iso(None) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    millis = clock.parse(moment.isoformat())
    assert clock.parse(str(clock.iso(millis))) == millis


@pytest.mark.parametrize(
    ("earlier", "text"),
    [(0, "0 min ago"), (59 * 60, "59 min ago"), (7200, "2 h ago"), (86_400, "1 day ago"), (-86_400 * 15, "in 2 weeks")],
)
def test_ago_uses_the_largest_unit(earlier: int, text: str) -> None:
    assert clock.ago(10**12 - earlier * 1000, 10**12) == text


@pytest.mark.parametrize(
    "spelling", ["Sunset", "#sunset", " ##SUNSET ", "ＳＵＮＳＥＴ", "＃Sunset", "# sunset", "# # sunset\u3000"]
)
def test_spellings_of_one_hashtag_have_one_name(spelling: str) -> None:
    assert hashtags.name(spelling) == "sunset"


UNSEEN = [
    *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200e\u200f\u202a\u202e\u2060\u2064\u2066\u2069",
    *"\u206f\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufffb\U0001bca0\U0001d173\U000e0001\U000e0067\U000e007f\U000e0100",
    *"\x01\x7f\x9f",
]
"""Invisible characters without the joiner."""
SPELLED = st.text(st.sampled_from([*UNSEEN, *"# ＃aİßﬁé\u0301\u3000\u20e3\u200d❤👩👧🏽1"]), max_size=8)


@given(st.text() | SPELLED)
def test_a_name_is_its_own_name(spelling: str) -> None:
    name = hashtags.name(spelling)
    assert hashtags.name(name) == name
    assert hashtags.name(f"#{spelling}") == name


@given(st.text() | SPELLED, st.data())
def test_invisible_characters_are_ignored(spelling: str, data: st.DataObject) -> None:
    spelled = spelling
    for sign in data.draw(st.lists(st.sampled_from(UNSEEN), max_size=4)):
        at = data.draw(st.integers(0, len(spelled)))
        spelled = spelled[:at] + sign + spelled[at:]
    assert hashtags.name(spelled) == hashtags.name(spelling)


@given(st.text(st.characters(categories=["L", "N"]), max_size=8), st.data())
def test_a_joiner_counts_only_between_two_pictographs(spelling: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(spelling)))
    assert hashtags.name(f"{spelling[:at]}\u200d{spelling[at:]}") == hashtags.name(spelling)
    assert hashtags.name("👩\u200d👧") == hashtags.name("👩\ufe0f\u200d\u200b\u200d👧") != hashtags.name("👩👧")
    assert hashtags.name("👩🏽\u200d🚒") != hashtags.name("👩🏽🚒")


OF_EMOJI = re.compile("[\ufe0e\ufe0f\U000e0020-\U000e007f]")
"""What may end an emoji, and cannot be seen by itself."""


@given(st.text() | SPELLED)
def test_a_display_has_the_same_name_and_is_its_own_display(spelling: str) -> None:
    name, display = hashtags.name(spelling), hashtags.display(spelling)
    assert hashtags.display(display) == display
    if name:
        assert hashtags.name(display) == name
        assert not display.startswith("#")
        assert not hashtags.is_unseen(display[0])
        assert not hashtags.is_unseen(display[-1]) or OF_EMOJI.match(display[-1])


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), st.data())
def test_what_cannot_be_seen_at_the_ends_of_words_is_not_displayed(word: str, data: st.DataObject) -> None:
    around = st.text(st.sampled_from([*UNSEEN, "\u200d", " "]), max_size=4)
    before, after = data.draw(around), data.draw(around)
    if hashtags.name(word):
        assert hashtags.display(f"#{before}{word}{after}") == hashtags.display(word)


@pytest.mark.parametrize(
    ("spelling", "name", "display"),
    [
        ("❤️", "❤", "❤️"),
        ("#❤", "❤", "❤"),
        ("❤️‍🔥", "❤\u200d🔥", "❤️‍🔥"),
        ("🏳️‍🌈", "🏳\u200d🌈", "🏳️‍🌈"),
        ("#1️⃣", "1⃣", "1️⃣"),
        ("a#️⃣b", "a#⃣b", "a#️⃣b"),
        ("\u200b#War", "war", "War"),
        ("#שלום\u200f", "שלום", "שלום"),
        ("\u202b#שלום\u202c", "שלום", "שלום"),
        ("#Me\u200d\ufe0f\u3164", "me", "Me"),
        ("#❤️\u200b\ufe0f", "❤", "❤️"),
        ("❤\ufe0e", "❤", "❤\ufe0e"),
        ("👩\u200d", "👩", "👩"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\u200b",
            "🏴",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("می\u200cخواهم", "میخواهم", "می\u200cخواهم"),
        ("cafe\u2060\u0301", "café", "cafe\u2060\u0301"),
    ],
)
def test_a_spelling_is_displayed_as_it_was_written(spelling: str, name: str, display: str) -> None:
    assert (hashtags.name(spelling), hashtags.display(spelling)) == (name, display)


@pytest.mark.parametrize(
    "spelling", ["\u200b", "#\ufeff", "#️⃣", "#⃣", "#️⃣1", "＃\u20e3", "\u3164", "\u2800", "# \u00ad#", "\u200d"]
)
def test_a_spelling_without_visible_characters_is_not_a_hashtag(spelling: str) -> None:
    assert hashtags.name(spelling) == ""
    with pytest.raises(SettingsError, match="holds no hashtag"):
        check_hashtag(spelling)


def test_the_table_has_the_invisible_characters_that_python_knows() -> None:
    seen = re.compile("ARABIC|SYRIAC|KAITHI|EGYPTIAN")  # they enclose or join what they stand with
    for code in range(0x110000):
        name = unicodedata.name(chr(code), "")
        is_control = unicodedata.category(chr(code)) == "Cf" and not seen.search(name)
        if is_control or "VARIATION SELECTOR" in name or name.startswith("TAG "):
            assert hashtags.is_unseen(chr(code)), name


def test_a_time_before_all_dates_is_in_the_first_month() -> None:
    assert clock.month(clock.parse("2024-05-31T23:59:59Z")) == 202405
    assert clock.month(-(10**15)) == clock.month(clock.MIN_MS) == 101


@pytest.mark.parametrize("zone", ["+01:99", "+00:60", "+0260", "+01:00:99"])
def test_an_impossible_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 8601 time"):
        clock.parse(f"2024-05-01T12:30:00{zone}")


@pytest.mark.parametrize("sign", ["\x1f", "\x1c", "\x0b", "\x0c", "\x85", "\ufffc"])
def test_control_characters_in_a_hashtag_are_ignored(sign: str) -> None:
    assert hashtags.name(f"wa{sign}r") == "war"


def test_a_display_ends_before_trailing_blanks_whatever_follows() -> None:
    assert hashtags.display("#war\n\u200b") == "war"
    assert hashtags.display("\u2764\ufe0f ") == "\u2764\ufe0f"


@pytest.mark.parametrize(
    "spelling", ["a" + " " * 200_000 + "b", "a" + "\u0301" * 100_000 + "\u0316" * 100_000, "x" * 5000]
)
def test_a_spelling_that_is_too_long_is_refused_before_it_is_normalized(spelling: str) -> None:
    began = time.monotonic()
    with pytest.raises(SettingsError, match="has more than 4096 characters"):
        check_hashtag(spelling)
    with pytest.raises(hashtags.TooLong):
        hashtags.name(spelling)
    with pytest.raises(hashtags.TooLong):
        hashtags.display(spelling)
    assert time.monotonic() - began < 1  # without the limit, minutes


@pytest.mark.parametrize("unit", [" ", "#", "\u0301\u0316", "\u200d", "\u2800", "\ufdfa", "\U0001f469\u200d", "\ufe0f"])
def test_the_longest_spelling_is_normalized_at_once(unit: str) -> None:
    began = time.monotonic()
    spelling = "a" + (unit * hashtags.MAX_CHARACTERS)[: hashtags.MAX_CHARACTERS - 2] + "b"
    hashtags.name(spelling)
    hashtags.display(spelling)
    assert time.monotonic() - began < 1
