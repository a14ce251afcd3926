"""Settings, from the environment variables `GRAPHFEED_*` or from the caller."""

import re
from ipaddress import ip_network
from pathlib import Path

import platformdirs
from pydantic import Field, HttpUrl, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import SettingsError
from graph.hashtag_meaning.dictionary import languages
from graph.ranking.experiments import Experiment, Holdout


class Settings(BaseSettings):
    """Settings of Neo4j, builds and the service. Each field is the variable `GRAPHFEED_<FIELD>`.

    The descriptions are the rows of docs/settings.md, written by `python -m service.documents`.
    """

    model_config = SettingsConfigDict(env_prefix="GRAPHFEED_", env_ignore_empty=True)

    # Which Neo4j
    uri: str | None = Field(None, description="Neo4j to use, `bolt://` or `neo4j://`; without it, the embedded server")
    user: str = Field("neo4j", description="user name there")
    password: SecretStr = Field(SecretStr(""), description="password there")
    database: str | None = Field(None, description="database there; without it, the server's default")

    browser: HttpUrl | None = Field(
        None,
        description="address of [Neo4j Browser](browser.md) there, such as `http://127.0.0.1:7474/browser/`, to which "
        "the page links; without it, the embedded server's, and no links if there are API keys",
    )

    # The embedded server
    home: Path = Field(
        platformdirs.user_data_path("graphfeed", appauthor=False),
        description="folder of its data, password and logs; without it, in the data folder of the user",
    )
    cache: Path = Field(
        platformdirs.user_cache_path("graphfeed", appauthor=False),
        description="folder of its jars, shared by all homes; without it, in the cache folder of the user",
    )
    maven_url: HttpUrl | None = Field(None, description="mirror to download the jars from; without it, Maven Central")
    heap: str | None = Field(
        None,
        description="Java heap, such as `1g`; without it, a quarter of the memory of the machine or container, from "
        "`512m` to `8g`",
    )
    page_cache: str | None = Field(None, description="page cache, such as `512m`; without it, a sixth of that memory")
    min_disk: str = Field(
        "512m",
        description="free space on the disk of the home below which nothing is written; below twice that, a warning",
    )
    bolt_port: int = Field(
        7687, ge=1, le=65535, description="Bolt port; if it is in use, another one is taken and printed"
    )
    http_port: int = Field(7474, ge=1, le=65535, description="port of Neo4j Browser; likewise")
    start_timeout: int = Field(180, ge=1, description="seconds to wait until it answers")

    # Ranking and building
    profiles: Path | None = Field(
        None, description="file with [profiles](sources.md#profiles) of your own, besides `profiles.toml`"
    )
    profile: str | None = Field(
        None,
        description="profile that serves if a request or command names none; `tuned` stands for the one that the last "
        "`graphfeed tune` chose. Without it, `default`, or `tuned` with `GRAPHFEED_TUNE_HOURS`",
    )
    tune_hours: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="least hours between two tunings by the builder, each after a full build; without it, none",
    )
    experiment: str | None = Field(
        None,
        description="`name:profile:share`: serves this share of people by another profile, in an "
        "[experiment](serving.md#experiments)",
    )
    holdout: str | None = Field(
        None, description="`name:source:share`: holds out this share of the posts of a source, by person"
    )
    builder: bool = Field(True, description="`on` or `off`: the service runs a builder beside it")
    build_memory: str | None = Field(
        None, description="memory that a build may take, such as `2g`; without it, half of what is free when it begins"
    )
    build_hours: float = Field(24, gt=0, allow_inf_nan=False, description="hours after which a full build is due")
    build_growth: float = Field(
        0.05,
        gt=0,
        allow_inf_nan=False,
        description="growth of the number of likes after which it is due earlier, as a share",
    )
    build_seconds: float = Field(
        60,
        gt=0,
        allow_inf_nan=False,
        description="seconds after which the builder looks again for due work: full builds, marked posts and people",
    )
    languages: str = Field(
        "en",
        description="languages in whose dictionaries builds look up [spellings of hashtags](hashtags.md), such as "
        "`en,de`, or `none`; needs the extra `nlp`",
    )
    request_seconds: float = Field(30, gt=0, le=3600, description="time limit of a statement of a request, in seconds")
    command_minutes: float = Field(
        60, gt=0, le=100_000, description="time limit of a statement of a command or of the builder, in minutes"
    )

    # Pictures
    picture_bytes: str = Field("20m", description="size of a [picture](pictures.md) above which it is not read")
    picture_pixels: int = Field(
        50_000_000, ge=1, description="number of its pixels above which it is not decoded, which takes 4 bytes for each"
    )
    picture_hosts: str = Field(
        "",
        description="hosts from which `graphfeed images --urls` may [fetch](pictures.md#addresses), such as "
        "`cdn.example.com,.example.org`, or `*` for all public ones; without any, none",
    )
    picture_schemes: str = Field("https", description="schemes of these addresses: `https`, or `https,http`")
    picture_networks: str = Field(
        "",
        description="networks of addresses that are not public from which it may fetch, too, such as `10.1.0.0/16`; "
        "without any, none",
    )
    picture_seconds: float = Field(20, gt=0, le=3600, description="seconds that a fetch may take, with its redirects")

    # The service
    api_keys: SecretStr = Field(
        SecretStr(""),
        description="API [keys](access.md#keys), as `role:key,role:key` with the roles `read`, `write`, `admin`; "
        "without any, requests from this machine only",
    )
    token_secret: SecretStr = Field(
        SecretStr(""),
        description="secret that signs the [tokens](access.md#tokens) of persons, at least 32 characters; of several, "
        "separated by commas, the first signs and all are accepted; without it, no tokens",
    )
    requests_per_minute: int = Field(
        600,
        ge=0,
        description="[requests](access.md#rates) per minute of a key, or of all tokens of a person; 0 for no limit",
    )
    feeds_per_minute: int = Field(
        60, ge=0, description="feeds and previews of a person that may be begun per minute, by any key; 0 for no limit"
    )
    cors_origins: str = Field(
        "", description="origins whose pages may call the service, separated by commas; `*` needs keys"
    )
    outside_pictures: bool = Field(
        True,
        description="`on` or `off`: the page shows [pictures](access.md#pictures) of other hosts; with `off`, the name "
        "of the post in their place",
    )
    traces: bool = Field(False, description="`on` or `off`: sends [traces](#traces) of requests and statements")

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

    @field_validator("picture_schemes")
    @classmethod
    def _schemes(cls, text: str) -> str:
        if not {scheme.strip() for scheme in text.split(",")} <= {"https", "http"}:
            raise ValueError("it must be https, http or both, separated by a comma")
        return text

    @field_validator("picture_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for network in filter(None, map(str.strip, text.split(","))):
            ip_network(network)
        return text

    @field_validator("heap", "page_cache", "min_disk", "build_memory", "picture_bytes")
    @classmethod
    def _size(cls, size: str | None) -> str | None:
        if size is not None and not re.fullmatch(r"0*[1-9][0-9]*[kmgKMG]", size):
            raise ValueError("it must be a size, such as 512m or 2g")
        return size

    @field_validator("languages")
    @classmethod
    def _languages(cls, text: str) -> str:
        languages(text)
        return text

    @field_validator("experiment")
    @classmethod
    def _experiment(cls, text: str | None) -> str | None:
        return text if text is None or Experiment.parse(text) else None

    @field_validator("holdout")
    @classmethod
    def _holdout(cls, text: str | None) -> str | None:
        return text if text is None or Holdout.parse(text) else None

    @property
    def forgotten_hours(self) -> float | None:
        """The hours within which a builder of ours removes what was learned from forgotten people; None without one."""
        return self.build_hours if self.builder else None

    @field_validator("builder", "outside_pictures", "traces", mode="before")
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
