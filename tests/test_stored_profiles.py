"""Profiles stored in the graph: lookup, caching, and profiles of other versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import SettingsError
from graph.ranking import stored_profiles
from graph.ranking.profiles import Profile, completed, profile, profiles
from graph.ranking.stored_profiles import TUNED, find
from graph.settings import Settings, read_settings
from tests.fake import Fake
from tests.little_network import DEFAULT, changed

NAME = "tuned-20240601-3f2a91"
OTHER = changed(weights={"pop": 1.25, "factors": 0.5}, slopes={"lists": -0.001}, never={"tag": 1.5})
NO_TUNING = {"at": None, "profile": None, "text": None, "outcome": None}


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
    assert find(fake, "default") == stored_profiles.at_hand(fake, "default") == DEFAULT
    assert find(fake, NAME, mine).limit == 3
    assert fake.calls == []


def test_a_stored_profile_is_read_once() -> None:
    fake = holding(NAME, text=text_of(OTHER))
    assert stored_profiles.at_hand(fake, NAME) is None
    assert find(fake, NAME) == OTHER.model_copy(update={"name": NAME})
    assert find(fake, NAME) is stored_profiles.at_hand(fake, NAME)
    assert fake.names == ["profiles/named"]
    assert stored_profiles.at_hand(holding(), NAME) is None  # another graph may have another one


def test_an_unknown_name_is_an_error_with_the_existing_names_and_is_not_cached() -> None:
    fake = holding(NAME)
    for _ in range(2):
        with pytest.raises(SettingsError, match=rf"Use one of: default, newest, tutorial, {NAME}\."):
            find(fake, "best")
    assert fake.names.count("profiles/named") == 2


def test_tuned_is_the_profile_of_the_last_tuning_and_default_before_the_first() -> None:
    assert find(holding(), TUNED) == DEFAULT
    for name in ("default", NAME):  # or one that somebody has deleted since
        assert find(holding(tuning={"at": 1, "profile": name, "text": None, "outcome": None}), TUNED) == DEFAULT
    found = find(holding(tuning={"at": 1, "profile": NAME, "text": text_of(OTHER), "outcome": None}), TUNED)
    assert (found.name, found.ranking) == (NAME, OTHER.ranking)


def test_tuned_is_looked_up_again_after_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = holding()
    assert find(fake, TUNED) == find(fake, TUNED) == DEFAULT
    assert fake.names == ["profiles/tuning"]
    fake.answers["profiles/tuning"] = [{"at": 1, "profile": NAME, "text": text_of(OTHER), "outcome": None}]
    monkeypatch.setattr(stored_profiles, "LOOK_SECONDS", 0.0)
    assert find(fake, TUNED).name == NAME


def test_default_serves_in_place_of_a_profile_that_is_gone_and_it_is_looked_up_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake = holding()
    for _ in range(3):
        assert stored_profiles.serving(fake, NAME) == (DEFAULT, False)
    assert fake.names == ["profiles/named", "profiles/names"]
    assert caplog.text.count("The profile default serves") == 1
    [sentence] = stored_profiles.lack(fake, NAME)
    assert sentence.startswith(f"The profile {NAME} of GRAPHFEED_PROFILE is gone")
    monkeypatch.setattr(stored_profiles, "LOOK_SECONDS", 0.0)
    fake.answers["profiles/named"] = [{"text": text_of(OTHER)}]
    found, is_there = stored_profiles.serving(fake, NAME)
    assert (found.ranking, is_there) == (OTHER.ranking, True)
    assert stored_profiles.lack(fake, NAME) == stored_profiles.lack(fake, "default") == ()


def test_what_a_tuning_measured_is_kept_with_it() -> None:
    outcome = {"isBetter": True, "people": 200, "before": {"recall@20": 0.1}}
    row = {"at": 1, "profile": NAME, "text": None, "outcome": json.dumps(outcome)}
    found = stored_profiles.last_tuning(holding(tuning=row))
    assert found is not None
    assert found.outcome == outcome
    older = stored_profiles.last_tuning(holding(tuning={**row, "outcome": None}))
    assert older is not None
    assert older.outcome == {}


def test_a_profile_of_a_version_with_fewer_constants_is_completed_from_default() -> None:
    table = json.loads(text_of(OTHER))
    del table["ranking"]["page"], table["ranking"]["weights"]["trend"]
    assert find(holding(text=json.dumps(table)), NAME).ranking == OTHER.ranking


def test_a_profile_with_unknown_constants_is_refused_and_default_serves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = json.dumps({"ranking": {"weights": {"taste": 1}}})
    with pytest.raises(SettingsError, match=rf"Invalid ranking\.weights\.taste of profile '{NAME}' in the graph"):
        find(holding(text=text), NAME)
    assert find(holding(tuning={"at": 1, "profile": NAME, "text": text, "outcome": None}), TUNED) == DEFAULT
    assert "The profile default serves" in caplog.text


def test_a_name_has_the_day_and_the_hash() -> None:
    found = stored_profiles.named(OTHER, 1717243200000)
    assert found.name == f"tuned-20240601-{OTHER.hash[:6]}"
    assert found.hash == OTHER.hash


@pytest.mark.parametrize("name", [*profiles()])
def test_a_profile_as_toml_round_trips(name: str, tmp_path: Path) -> None:
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


def test_sources_of_older_versions_have_their_names_of_now_where_sources_stand_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "old.toml"
    path.write_text(
        """
        [rising]
        base = "default"
        sources = ["rising", "popular"]
        default_source = "rising"
        ranking.priors = {rising = 0.7}
        ranking.page.quotas = {rising = 7}
        ranking.batch.quotas = {rising = 8}
        ranking.feedback.hide_reasons = {rising = -1.5}
        """,
        encoding="utf-8",
    )
    old = profile("rising", path)
    assert old.ranking is not None
    assert (old.sources, old.default_source) == (("trending", "popular"), "trending")
    assert (old.ranking.priors["trending"], "rising" in old.ranking.priors) == (0.7, False)
    assert [old.ranking.page.quotas["trending"], old.ranking.batch.quotas["trending"]] == [7, 8]
    assert old.ranking.feedback.hide_reasons["rising"] == -1.5
    assert "trending" not in old.ranking.feedback.hide_reasons
    stored = json.loads(text_of(old).replace("trending", "rising"))
    assert completed("rising", stored) == old
    odd = tmp_path / "odd.toml"
    odd.write_text('[odd]\nbase = "default"\nsources = 7\nranking.page = "rising"', encoding="utf-8")
    with pytest.raises(SettingsError, match="Invalid sources"):
        profile("odd", odd)


def test_the_profile_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def serving(**variables: str) -> str:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(f"GRAPHFEED_{name}", value)
            return read_settings().serving

    assert serving() == serving(PROFILE="") == "default"
    assert serving(PROFILE="mine") == serving(PROFILE="mine", TUNE_HOURS="24") == "mine"
    assert serving(TUNE_HOURS="24") == TUNED
    assert Settings.model_fields["tune_hours"].default is None


def test_builds_use_profiles_of_files_and_never_the_tutorial() -> None:
    assert [stored_profiles.stand_in(name) for name in ("default", "tutorial", "tuned", NAME)] == [DEFAULT] * 4


def test_a_stored_profile_is_completed_from_the_users_default(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[default]\nbase = "default"\nlimit = 3', encoding="utf-8")
    assert completed(NAME, {}, mine).limit == 3
    assert completed(NAME, {"limit": 4}, mine).limit == 4
