"""Settings, from the environment variables `GRAPHFEED_*` or from the caller."""

import re
from pathlib import Path

import platformdirs
from pydantic import Field, HttpUrl, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import SettingsError
from graph.ranking.experiments import Experiment, Holdout


class Settings(BaseSettings):
    """Settings of Neo4j, builds and the service. Each field is the variable `GRAPHFEED_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="GRAPHFEED_", env_ignore_empty=True)

    uri: str | None = Field(None, description="Neo4j to use (bolt:// or neo4j://); without it, the embedded server")
    user: str = Field("neo4j", description="its user name")
    password: SecretStr = Field(SecretStr(""), description="its password")
    database: str | None = Field(None, description="its database; without it, the server's default")
    home: Path = Field(
        platformdirs.user_data_path("graphfeed", appauthor=False),
        description="the embedded server's data, password and logs",
    )
    cache: Path = Field(
        platformdirs.user_cache_path("graphfeed", appauthor=False),
        description="the embedded server's jars, shared by all homes",
    )
    heap: str | None = Field(
        None, description="the embedded server's heap, like 1g; without it, a quarter of the memory, from 512m to 8g"
    )
    page_cache: str | None = Field(
        None, description="the embedded server's page cache, like 512m; without it, a sixth of the memory"
    )
    min_disk: str = Field(
        "512m",
        description="free space on the disk of the home below which nothing is written; below twice that, a warning",
    )
    bolt_port: int = Field(
        7687, ge=1, le=65535, description="the embedded server's Bolt port; in use, another is taken"
    )
    http_port: int = Field(7474, ge=1, le=65535, description="the port of Neo4j Browser; in use, another is taken")
    start_timeout: int = Field(180, ge=1, description="seconds to wait until the embedded server answers")
    builder: bool = Field(True, description="on or off: the service runs a builder beside it")
    build_memory: str | None = Field(
        None, description="what a build may take, like 2g; without it, half of what is free when it begins"
    )
    build_hours: float = Field(24, gt=0, allow_inf_nan=False, description="a whole build is made at least so often")
    build_growth: float = Field(
        0.05, gt=0, allow_inf_nan=False, description="or when the likes have grown by this share since the last one"
    )
    build_seconds: float = Field(
        60, gt=0, allow_inf_nan=False, description="posts that are marked since are brought up to date so often"
    )
    request_seconds: float = Field(
        30, gt=0, le=3600, description="a statement of the service's requests is ended after so long"
    )
    command_minutes: float = Field(
        60, gt=0, le=100_000, description="a statement of a command, or of the builder, is ended after so long"
    )
    profiles: Path | None = Field(
        None, description="a file of profiles of your own, beside graph/ranking/profiles.toml"
    )
    profile: str | None = Field(
        None,
        description="the profile that serves where a request names none; without it, default, or tuned where the "
        "service tunes by itself",
    )
    tune_hours: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="weights are tuned so often after a build; without it, never"
    )
    experiment: str | None = Field(
        None, description="name:profile:share: this share of people is served by another profile"
    )
    holdout: str | None = Field(
        None, description="name:source:share: this share of the posts that a source brings is held out, by person"
    )
    api_keys: SecretStr = Field(
        SecretStr(""), description="the service's keys as role:key, with commas between; roles are read, write, admin"
    )
    cors_origins: str = Field("", description="origins whose pages may call the service, with commas between")
    maven_url: HttpUrl | None = Field(None, description="a mirror to fetch the jars from; without it, Maven Central")

    @property
    def serving(self) -> str:
        """The name of the profile that serves where a request names none."""
        return self.profile or ("default" if self.tune_hours is None else "tuned")

    @field_validator("http_port")
    @classmethod
    def _of_its_own(cls, port: int, others: ValidationInfo) -> int:
        if port == others.data.get("bolt_port"):
            raise ValueError("it must differ from GRAPHFEED_BOLT_PORT")
        return port

    @field_validator("heap", "page_cache", "min_disk", "build_memory")
    @classmethod
    def _size(cls, size: str | None) -> str | None:
        if size is not None and not re.fullmatch(r"0*[1-9][0-9]*[kmgKMG]", size):
            raise ValueError("it must be a size, such as 512m or 2g")
        return size

    @field_validator("experiment")
    @classmethod
    def _experiment(cls, text: str | None) -> str | None:
        return text if text is None or Experiment.parse(text) else None

    @field_validator("holdout")
    @classmethod
    def _holdout(cls, text: str | None) -> str | None:
        return text if text is None or Holdout.parse(text) else None

    @field_validator("builder", mode="before")
    @classmethod
    def _on_or_off(cls, value: object) -> object:
        if isinstance(value, str) and value.lower() not in ("on", "off"):
            raise ValueError("it must be on or off")
        return value

    @field_validator("home", "cache")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        try:
            return path.expanduser().absolute()
        except RuntimeError as error:  # ~name of an unknown user
            raise ValueError(str(error)) from None


def read_settings(**given: object) -> Settings:
    """Settings from the environment, overridden by `given`. Raises SettingsError that names the variable."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors()[0]
        variable = "GRAPHFEED_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{variable} is {first['input']!r}: {first['msg']}.", "Correct the variable, or unset it for the default."
        ) from None
