"""Settings are read from variables; a wrong one is named with what it should have been."""

from pathlib import Path

import pytest

from graph.errors import SettingsError
from graph.settings import Settings, read_settings


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"GRAPHFEED_{name}", value)
    return read_settings()


def test_memory_follows_the_machine_and_the_builder_runs_unless_set() -> None:
    settings = read_settings()
    assert (settings.heap, settings.page_cache, settings.build_memory) == (None, None, None)
    assert (settings.builder, settings.build_hours, settings.build_growth, settings.build_seconds) == (
        True,
        24,
        0.05,
        60,
    )


def test_variables_of_the_builder(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        BUILDER="off",
        BUILD_MEMORY="2g",
        BUILD_HOURS="0.5",
        BUILD_GROWTH="0.2",
        BUILD_SECONDS="5",
    )
    assert (settings.builder, settings.build_memory) == (False, "2g")
    assert (settings.build_hours, settings.build_growth, settings.build_seconds) == (0.5, 0.2, 5)


@pytest.mark.parametrize(("value", "runs"), [("on", True), ("ON", True), ("off", False), ("Off", False), ("", True)])
def test_the_builder_is_on_or_off(monkeypatch: pytest.MonkeyPatch, value: str, runs: bool) -> None:
    assert read(monkeypatch, BUILDER=value).builder is runs


def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """As compose passes what nobody set."""
    settings = read(monkeypatch, HEAP="", PAGE_CACHE="", BUILD_MEMORY="", BUILD_HOURS="")
    assert (settings.heap, settings.page_cache, settings.build_memory, settings.build_hours) == (None, None, None, 24)


@pytest.mark.parametrize("variable", ["HEAP", "PAGE_CACHE", "BUILD_MEMORY"])
@pytest.mark.parametrize("value", ["big", "2", "2 g", "2gb", "1.5g", "-1g", "0m", "٢g", "g"])
def test_a_size_is_a_number_and_a_unit(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(monkeypatch, **{variable: value})
    assert f"GRAPHFEED_{variable} is {value!r}" in str(error.value)
    assert "it must be a size, such as 512m or 2g" in str(error.value)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("BUILDER", "maybe", "it must be on or off"),
        ("BUILD_HOURS", "daily", "valid number"),
        ("BUILD_HOURS", "0", "greater than 0"),
        ("BUILD_HOURS", "nan", "finite number"),
        ("BUILD_GROWTH", "-0.1", "greater than 0"),
        ("BUILD_GROWTH", "5%", "valid number"),
        ("BUILD_SECONDS", "inf", "finite number"),
    ],
)
def test_a_wrong_variable_of_the_builder_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=rf"(?s)GRAPHFEED_{variable} is .*{says}"):
        read(monkeypatch, **{variable: value})


OF_ONE_MACHINE = {"user", "database", "home", "cache", "maven_url", "min_disk", "start_timeout"}
"""Settings of the server that the containers do not use, or cannot choose."""


def test_the_containers_get_each_setting() -> None:
    text = (Path(__file__).parents[1] / "docker-compose.yml").read_text()
    lacking = [name for name in Settings.model_fields if f"GRAPHFEED_{name.upper()}" not in text]
    assert {*lacking} == OF_ONE_MACHINE
