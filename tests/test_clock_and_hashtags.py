"""Times and hashtags: rules that hold for every input."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import clock, hashtags


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


@given(st.text() | st.text(alphabet="# ＃aİßﬁ\u3000"))
def test_a_name_is_its_own_name(spelling: str) -> None:
    name = hashtags.name(spelling)
    assert hashtags.name(name) == name
    assert hashtags.name(f"#{spelling}") == name


def test_a_time_before_all_dates_is_of_the_first_month() -> None:
    assert clock.month(clock.parse("2024-05-31T23:59:59Z")) == 202405
    assert clock.month(-(10**15)) == clock.month(clock.MIN_MS) == 101
