"""Profiles that are kept in the graph: how they are found, for how long they are remembered, and what they survive."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SettingsError
from graph.ranking import kept
from graph.ranking.profiles import Profile, completed, profile, profiles
from graph.settings import Settings, read_settings
from tests.fake import Fake
from tests.little_network import DEFAULT, changed

NAME = "tuned-20240601-3f2a91"
OTHER = changed(weights={"pop": 1.25, "factors": 0.5}, slopes={"lists": -0.001}, never={"tag": 1.5})
NO_TUNING = {"at": None, "profile": None, "text": None}


def text_of(chosen: Profile) -> str:
    return chosen.model_dump_json(exclude={"name"})


def holding(*names: str, tuning: dict[str, Any] | None = None, text: str | None = None) -> Fake:
    """A graph that keeps the profile NAME, if a text is given, and the names of profiles."""
    return Fake(
        {
            "profiles/named": lambda params: [{"text": text if params["profile"] == NAME else None}],
            "profiles/names": [{"names": [*names]}],
            "profiles/tuning": [tuning or NO_TUNING],
        }
    )


def test_a_profile_of_a_file_needs_no_statement(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(f'[{NAME}]\nbase = "default"\nlimit = 3', encoding="utf-8")
    fake = holding()
    assert kept.find(fake, "default") == kept.at_hand(fake, "default") == DEFAULT
    assert kept.find(fake, NAME, mine).limit == 3
    assert fake.calls == []


def test_a_kept_profile_is_read_once() -> None:
    fake = holding(NAME, text=text_of(OTHER))
    assert kept.at_hand(fake, NAME) is None
    assert kept.find(fake, NAME) == OTHER.model_copy(update={"name": NAME})
    assert kept.find(fake, NAME) is kept.at_hand(fake, NAME)
    assert fake.names == ["profiles/named"]
    assert kept.at_hand(holding(), NAME) is None  # another graph may have another one


def test_a_name_that_nobody_has_is_an_error_with_the_names_there_are_and_is_looked_up_again() -> None:
    fake = holding(NAME)
    for _ in range(2):
        with pytest.raises(SettingsError, match=rf"Unknown profile 'best'\. Use one of: default, tutorial, {NAME}\."):
            kept.find(fake, "best")
    assert fake.names.count("profiles/named") == 2


def test_tuned_is_what_the_last_tuning_chose_and_default_before_the_first() -> None:
    assert kept.find(holding(), kept.TUNED) == DEFAULT
    for name in ("default", NAME):  # or one that somebody has deleted since
        assert kept.find(holding(tuning={"at": 1, "profile": name, "text": None}), kept.TUNED) == DEFAULT
    found = kept.find(holding(tuning={"at": 1, "profile": NAME, "text": text_of(OTHER)}), kept.TUNED)
    assert (found.name, found.ranking) == (NAME, OTHER.ranking)


def test_tuned_is_looked_up_again_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = holding()
    assert kept.find(fake, kept.TUNED) == kept.find(fake, kept.TUNED) == DEFAULT
    assert fake.names == ["profiles/tuning"]
    fake.answers["profiles/tuning"] = [{"at": 1, "profile": NAME, "text": text_of(OTHER)}]
    monkeypatch.setattr(kept, "LOOK_SECONDS", 0.0)
    assert kept.find(fake, kept.TUNED).name == NAME


def test_a_profile_of_a_version_with_fewer_constants_is_completed_from_default() -> None:
    table = json.loads(text_of(OTHER))
    del table["ranking"]["page"], table["ranking"]["weights"]["trend"]
    assert kept.find(holding(text=json.dumps(table)), NAME).ranking == OTHER.ranking


def test_a_profile_with_constants_that_are_no_more_is_refused_and_default_serves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = json.dumps({"ranking": {"weights": {"taste": 1}}})
    with pytest.raises(SettingsError, match=rf"Invalid ranking\.weights\.taste of profile '{NAME}' in the graph"):
        kept.find(holding(text=text), NAME)
    assert kept.find(holding(tuning={"at": 1, "profile": NAME, "text": text}), kept.TUNED) == DEFAULT
    assert "The profile default serves" in caplog.text


def test_the_name_tells_the_day_and_the_hash() -> None:
    found = kept.named(OTHER, 1717243200000)
    assert found.name == f"tuned-20240601-{OTHER.hash[:6]}"
    assert found.hash == OTHER.hash


@pytest.mark.parametrize("name", [*profiles()])
def test_a_profile_as_toml_is_read_back_equal(name: str, tmp_path: Path) -> None:
    path = tmp_path / "out.toml"
    path.write_text("# A comment\n" + profile(name).toml, encoding="utf-8")
    assert profile(name, path) == profile(name)


def test_names_and_numbers_of_toml_may_be_any(tmp_path: Path) -> None:
    odd = changed(
        OTHER, weights={"pop": 1e-7, "lists": 1e22}, feedback={"hide_reasons": {'a "b" ü.c': -1.5, "d e": 0.0}}
    ).model_copy(update={"name": "my profile"})
    path = tmp_path / "out.toml"
    path.write_text(odd.toml, encoding="utf-8")
    assert profile("my profile", path) == odd


def test_the_profile_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def serving(**variables: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(f"GRAPHFEED_{name}", value)
            return read_settings().serving

    assert serving() == serving(PROFILE="") == "default"
    assert serving(PROFILE="mine") == serving(PROFILE="mine", TUNE_HOURS="24") == "mine"
    assert serving(TUNE_HOURS="24") == kept.TUNED
    assert Settings.model_fields["tune_hours"].default is None


def test_builds_are_made_by_what_a_file_says_and_never_by_the_tutorial() -> None:
    assert [kept.stand_in(name) for name in ("default", "tutorial", "tuned", NAME)] == [DEFAULT] * 4


def test_a_kept_profile_is_completed_from_a_default_of_ones_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[default]\nbase = "default"\nlimit = 3', encoding="utf-8")
    assert completed(NAME, {}, mine).limit == 3
    assert completed(NAME, {"limit": 4}, mine).limit == 4
