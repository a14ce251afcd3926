"""The documents and the code name the same commands, settings, events, sources, weights, files and statements."""

import json
import re
from math import ceil
from pathlib import Path
from typing import Any, get_args

import pytest

from cypher import names
from graph import clock
from graph.background.watch import RETENTION_MS
from graph.events import KINDS
from graph.quality import fit, holdout, offpolicy, tune
from graph.ranking.profiles import FEATURES, profile, profiles
from graph.ranking.sources import SOURCES, TUTORIAL
from graph.ranking.weights import person_weights
from graph.settings import Settings, read_settings
from loaders.adapters import ADAPTERS
from loaders.format.neutral import FILES
from service.app import create_app
from service.bodies import BODY_SECONDS, MAX_BODY_BYTES, MAX_BYTES_IN_FLIGHT
from service.cli import app
from service.connections import HEAD_SECONDS, MAX_CONNECTIONS
from service.inputs import EventIn
from tests.documents import ROOT, anchors, coded, documents, links, shell, table, tables, text

COMMANDS = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
SETTINGS = {f"GRAPHFEED_{field.upper()}": info for field, info in Settings.model_fields.items()}
FACTS: dict[str, dict[str, Any]] = {
    "followees": {"author": "ana"},
    "missed": {"author": "ana"},
    "similar_posts": {
        "likedAuthor": "ana",
        "likedAt": clock.parse("2024-05-03"),
        "likedType": "image",
        "act": "LIKED",
        "asOf": clock.parse("2024-05-20"),
        "both": "ben",
        "bothFollowed": True,
    },
    "looks_alike": {
        "likedAuthor": "ana",
        "likedAt": clock.parse("2024-05-03"),
        "likedType": "image",
        "act": "LIKED",
        "asOf": clock.parse("2024-05-20"),
    },
    "liked_by_followees": {"liker": "ana", "likers": 4, "found": 4},
    "liked_authors": {"author": "eva", "act": "LIKED", "liked": 3},
    "friends_of_friends": {"author": "ben", "via": "ana", "followed": True, "follows": True},
    "interests": {"tie": "LIKED", "count": 2, "hashtag": "sunset"},
    "new_posts": {"tie": "LIKED", "count": 2, "hashtag": "alps"},
    "trending": {
        "likes": 212,
        "now": 38,
        "usual": 3.2,
        "hashtag": "aurora",
        "about": [],
        "isInCommunity": False,
        "byPosts": False,
    },
    "popular": {"likes": 212},
    "newest": {},
}
"""The facts of the reasons that docs/sources.md has as examples."""


# --- Commands


def test_the_table_of_commands_has_a_row_for_each_and_no_other() -> None:
    documented = [cell.split()[1] for row in tables("docs/commands.md", "command") for cell in coded(row[0])]
    assert sorted(documented) == sorted(COMMANDS)


def test_every_command_that_a_document_shows_is_one() -> None:
    for path in documents():
        if path.name == "CHANGELOG.md":  # it tells of those that there were
            continue
        for name in re.findall(r"^(?:[A-Z_]+=\S+ )*(?:\S+/)?graphfeed ([a-z]+)\b", shell(path), re.MULTILINE):
            assert name in COMMANDS, f"{path.name} shows graphfeed {name}"


# --- Settings


def test_the_tables_of_settings_have_a_row_for_each_and_no_other() -> None:
    documented = [name for row in tables("docs/settings.md", "variable") for name in coded(row[0])]
    assert sorted(documented) == sorted(SETTINGS)


def test_the_tables_of_settings_tell_their_defaults() -> None:
    for variable, _, shown in tables("docs/settings.md", "variable"):
        default = SETTINGS[coded(variable)[0]].default
        if isinstance(default, bool):
            assert shown == ("`on`" if default else "`off`")
        elif isinstance(default, (int, float)) or (isinstance(default, str) and default):
            assert shown == f"`{default}`", variable
        else:
            assert shown == "", variable


def test_every_variable_of_graphfeed_in_the_compose_file_is_a_setting() -> None:
    given = re.findall(r"^ +(GRAPHFEED_\w+):", text("docker-compose.yml"), re.MULTILINE)
    assert {"GRAPHFEED_BUILDER", "GRAPHFEED_BUILD_MEMORY", "GRAPHFEED_URI"} <= {*given} <= {*SETTINGS}


def test_every_variable_that_a_document_names_is_a_setting() -> None:
    for path in documents():
        if path.name == "CHANGELOG.md":
            continue
        for name in re.findall(r"\bGRAPHFEED_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")):
            assert name in SETTINGS or name.startswith("GRAPHFEED_TEST_"), f"{path.name} names {name}"


# --- Events


def test_each_kind_of_event_can_be_sent_and_has_its_statements() -> None:
    assert get_args(EventIn.model_fields["kind"].annotation) == tuple(KINDS)
    for name, kind in KINDS.items():
        suffixes = [f"_{target}" for target in kind.targets] if len(kind.targets) > 1 else [""]
        assert {f"events/{name}{suffix}" for suffix in suffixes} <= {*names()}


def test_the_tables_of_events_have_each_field() -> None:
    fields = [coded(row[0])[0] for row in tables("docs/events.md", "field")]
    assert sorted(fields) == sorted(info.alias or name for name, info in EventIn.model_fields.items())


# --- Errors


def test_the_table_of_errors_has_each_status_that_the_api_documents() -> None:
    paths = create_app(read_settings()).openapi()["paths"]
    documented = {
        status for methods in paths.values() for operation in methods.values() for status in operation["responses"]
    }
    assert {row[0] for row in table("docs/api.md", "status")} == {status for status in documented if status >= "400"}


# --- Sources, features and profiles


def test_the_table_of_sources_is_that_of_the_code() -> None:
    rows = table("docs/sources.md", "source")
    assert [(coded(name)[0], brings) for name, brings, _ in rows] == [(s.name, s.brings) for s in SOURCES.values()]


def test_the_example_of_each_reason_is_what_the_source_says() -> None:
    for name, _, example in table("docs/sources.md", "source"):
        source = coded(name)[0]
        assert SOURCES[source].sentence(FACTS[source]) == example


def test_the_table_of_the_tutorials_sources_is_that_of_the_code() -> None:
    rows = table("docs/sources.md", "source of `tutorial`")
    assert [coded(row[0])[0] for row in rows] == [*TUTORIAL] == [*profile("tutorial").sources]
    assert {coded(row[1])[0] for row in rows} <= {*names()}


def test_the_table_of_features_has_each_with_its_weight() -> None:
    ranking = profile("default").ranking
    assert ranking is not None
    told = {coded(name)[0]: float(weight) for name, _, weight in table("docs/sources.md", "feature")}
    assert told == ranking.weights.model_dump()
    assert tuple(told) == FEATURES


def test_the_samples_by_hand_are_the_numbers_of_the_profile_for_somebody_with_54_likes() -> None:
    ranking = profile("default").ranking
    assert ranking is not None
    weights = person_weights(ranking, 54)
    samples = {name: _sample(name) for name in ("weights", "smoothing", "priors", "quotas")}
    for table_of, expected in (("known", weights.known), ("never", weights.never)):
        assert samples["weights"][table_of] == pytest.approx(expected, abs=0.02)
    assert samples["smoothing"] == ranking.smoothing.params()
    assert samples["priors"] == ranking.priors
    assert samples["quotas"] == {**ranking.page.quotas, "newest": 0}


def _sample(name: str) -> Any:
    """A map of params.cypher, whose keys are not quoted."""
    [found] = re.findall(rf"^:param {name} => head\(\[(.+)\]\);$", text("cypher/params.cypher"), re.MULTILINE)
    return json.loads(re.sub(r"(\w+):", r'"\1":', found))


def test_the_constants_in_sentences_are_those_of_the_code() -> None:
    ranking = profile("default").ranking
    assert ranking is not None
    mixing = ranking.mixing
    assert ceil(mixing.floor * mixing.block) == 1
    sentences = {
        "docs/sources.md": (
            f"each fading with a half-life of {ranking.trend_half_life_days:g} days",
            f"its age, with a half-life of {ranking.half_life_days:g} days",
            f"negative, fading with a half-life of {ranking.feedback.hide_half_life_days:g} days",
            f"as much as {ranking.feedback.pick:g} liked posts",
            f"at most {mixing.author_limit} in {mixing.author_span} places",
            f"at least one place in {mixing.block},",
            f"is stored for {ranking.slate.days:g} days",
            f"in no new slate for {ranking.served_days:g} days",
            f"each of at most {holdout.MAX_PER_PERSON}",
            f"count as at most {holdout.MAX_WEIGHT:g}",
            f"{fit.MAX_NEGATIVES} other posts of the same pool",
            f"fewer than {tune.MIN_PEOPLE} people",
        ),
        "docs/api.md": (
            f"in no new slate for {ranking.served_days:g} days",
            f"took longer than {BODY_SECONDS:g} s",
            f"larger than {MAX_BODY_BYTES >> 20} MB",
        ),
        "docs/access.md": (
            f"{MAX_CONNECTIONS} connections, {HEAD_SECONDS:g} seconds for the headers of a request, "
            f"{BODY_SECONDS:g} for its body, and {MAX_BYTES_IN_FLIGHT >> 20} MB",
        ),
        "docs/events.md": (f"kept for {RETENTION_MS // clock.DAY_MS} days",),
        "docs/serving.md": (
            f"{ranking.slate.days:g} days after it was made",
            f"`ranking.pool_share`, {ranking.pool_share:.0%}".replace("%", " %"),
            f"stay for {RETENTION_MS // clock.DAY_MS} days",
            f"count within {offpolicy.REWARD_DAYS:g} days",
            f"the last {24 * offpolicy.MATURE_DAYS:g} hours",
            f"sample size of at least {offpolicy.MIN_ESS:g}",
            f"{offpolicy.MIN_SLATES} slates of {offpolicy.MIN_PEOPLE} people",
        ),
    }
    for page, phrases in sentences.items():
        words = " ".join(text(page).split())
        assert [phrase for phrase in phrases if phrase not in words] == [], page


def test_the_table_of_profiles_has_each() -> None:
    assert [coded(row[0])[0] for row in table("docs/sources.md", "profile")] == [*profiles()]


# --- Formats and statements


def test_every_column_of_the_format_is_in_its_table() -> None:
    rows = {coded(row[0])[0]: row[1] for row in table("loaders/README.md", "file")}
    assert [*rows] == [file.name for file in FILES]
    for file in FILES:
        required, _, optional = coded(rows[file.name])[0].partition("[")
        for column in file.columns:
            assert re.search(rf"\b{column.name}\b", required if column.required else optional), column.name


def test_every_adapter_is_told_of() -> None:
    assert set(re.findall(r"\*\*`--from ([\w-]+)`", text("loaders/README.md"))) == {*ADAPTERS}


def test_the_steps_by_hand_name_statements_that_there_are() -> None:
    steps = text("cypher/README.md").split("The tutorial's six steps:")[1]
    named = set(re.findall(r"`(\w+/\w+)`", steps))
    assert len(named) > 7
    assert named <= set(names())


# --- The documents themselves


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(path: Path) -> None:
    for target, anchor in links(path):
        found = path.parent / target if target else path
        assert found.exists(), f"{target} is not there"
        if anchor:
            assert anchor in anchors(found), f"{target}#{anchor} is not there"


def test_the_index_names_every_page_of_the_folder() -> None:
    index = {target for target, _ in links(ROOT / "docs" / "README.md")}
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"} <= index


def test_the_readme_is_one_page_with_three_pictures() -> None:
    readme = text("README.md")
    assert len(readme.splitlines()) <= 160
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)
    assert len(pictures) == 3
    assert all((ROOT / picture).stat().st_size < 200_000 for picture in pictures)


# --- The map of CONTRIBUTING


def test_the_map_has_each_package_and_each_folder_of_statements() -> None:
    rooms = [room.rstrip("/") for row in tables("CONTRIBUTING.md", "room") for room in coded(row[0])]
    layers = ("cypher", "graph", "loaders", "service")
    packages = {
        path.parent.relative_to(ROOT).as_posix() for layer in layers for path in (ROOT / layer).rglob("__init__.py")
    }
    folders = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "cypher").rglob("*.cypher")}
    assert (packages | folders) - {*rooms} == set()
    assert {room for room in rooms if not (ROOT / room).exists()} == set()
    assert len(rooms) == len({*rooms})


def test_every_file_that_contributing_names_is_there() -> None:
    named = {name for name in coded(text("CONTRIBUTING.md")) if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", name)}
    assert len(named) > 30
    for name in named:
        if not re.search(r"X|_N$", Path(name).stem):  # these stand for names of your own
            assert (ROOT / name).exists(), name
