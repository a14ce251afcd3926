"""Times and hashtags: rules that hold for every input."""

import re
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


def test_no_time_stays_none() -> None:
    assert clock.iso(None) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    millis = clock.parse(moment.isoformat())
    assert clock.parse(str(clock.iso(millis))) == millis


@pytest.mark.parametrize(
    ("earlier", "text"),
    [(0, "0 min ago"), (59 * 60, "59 min ago"), (7200, "2 h ago"), (86_400, "1 day ago"), (-86_400 * 15, "in 2 weeks")],
)
def test_ago_takes_the_largest_unit(earlier: int, text: str) -> None:
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
"""Signs that cannot be seen, but the joiner."""
SPELLED = st.text(st.sampled_from([*UNSEEN, *"# ＃aİßﬁé\u0301\u3000\u20e3\u200d❤👩👧🏽1"]), max_size=8)


@given(st.text() | SPELLED)
def test_a_name_is_its_own_name(spelling: str) -> None:
    name = hashtags.name(spelling)
    assert hashtags.name(name) == name
    assert hashtags.name(f"#{spelling}") == name


@given(st.text() | SPELLED, st.data())
def test_signs_that_cannot_be_seen_do_not_count(spelling: str, data: st.DataObject) -> None:
    spelled = spelling
    for sign in data.draw(st.lists(st.sampled_from(UNSEEN), max_size=4)):
        at = data.draw(st.integers(0, len(spelled)))
        spelled = spelled[:at] + sign + spelled[at:]
    assert hashtags.name(spelled) == hashtags.name(spelling)


@given(st.text(st.characters(categories=["L", "N"]), max_size=8), st.data())
def test_a_joiner_counts_between_two_pictographs_alone(spelling: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(spelling)))
    assert hashtags.name(f"{spelling[:at]}\u200d{spelling[at:]}") == hashtags.name(spelling)
    assert hashtags.name("👩\u200d👧") == hashtags.name("👩\ufe0f\u200d\u200b\u200d👧") != hashtags.name("👩👧")
    assert hashtags.name("👩🏽\u200d🚒") != hashtags.name("👩🏽🚒")


@given(st.text() | SPELLED)
def test_what_is_displayed_has_the_same_name(spelling: str) -> None:
    name, display = hashtags.name(spelling), hashtags.display(spelling)
    if name:
        assert hashtags.name(display) == name
        assert not display.startswith("#")


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
        ("می\u200cخواهم", "میخواهم", "می\u200cخواهم"),
        ("cafe\u2060\u0301", "café", "cafe\u2060\u0301"),
    ],
)
def test_a_spelling_is_displayed_as_it_was_written(spelling: str, name: str, display: str) -> None:
    assert (hashtags.name(spelling), hashtags.display(spelling)) == (name, display)


@pytest.mark.parametrize(
    "spelling", ["\u200b", "#\ufeff", "#️⃣", "#⃣", "#️⃣1", "＃\u20e3", "\u3164", "\u2800", "# \u00ad#", "\u200d"]
)
def test_what_holds_nothing_that_is_seen_is_no_hashtag(spelling: str) -> None:
    assert hashtags.name(spelling) == ""
    with pytest.raises(SettingsError, match="holds no hashtag"):
        check_hashtag(spelling)


def test_the_table_has_the_signs_that_python_knows_to_be_unseen() -> None:
    seen = re.compile("ARABIC|SYRIAC|KAITHI|EGYPTIAN")  # they enclose or join what they stand with
    for code in range(0x110000):
        name = unicodedata.name(chr(code), "")
        is_control = unicodedata.category(chr(code)) == "Cf" and not seen.search(name)
        if is_control or "VARIATION SELECTOR" in name or name.startswith("TAG "):
            assert hashtags.is_unseen(chr(code)), name


def test_a_time_before_all_dates_is_of_the_first_month() -> None:
    assert clock.month(clock.parse("2024-05-31T23:59:59Z")) == 202405
    assert clock.month(-(10**15)) == clock.month(clock.MIN_MS) == 101


@pytest.mark.parametrize("zone", ["+01:99", "+00:60", "+0260", "+01:00:99"])
def test_a_zone_of_no_clock_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 8601 time"):
        clock.parse(f"2024-05-01T12:30:00{zone}")


@pytest.mark.parametrize("sign", ["\x1f", "\x1c", "\x0b", "\x0c", "\x85", "\ufffc"])
def test_control_characters_within_a_hashtag_do_not_count(sign: str) -> None:
    assert hashtags.name(f"wa{sign}r") == "war"


def test_a_display_ends_before_the_blanks_after_it_whatever_follows_them() -> None:
    assert hashtags.display("#war\n\u200b") == "war"
    assert hashtags.display("\u2764\ufe0f ") == "\u2764\ufe0f"
