"""API keys and their roles, as the setting has them."""

import hashlib
from enum import IntEnum

from graph.errors import SettingsError

MIN_KEY_LENGTH = 16
_FORMAT = "Write GRAPHFEED_API_KEYS as role:key,role:key with the roles read, write, admin."


class Role(IntEnum):
    """The permissions of a key. Each role includes those before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


class Keys:
    """The configured API keys. Only their hashes are stored."""

    def __init__(self, text: str) -> None:
        """Parses the setting `api_keys`. Raises SettingsError, whose text contains no key."""
        self._roles = dict(_parse(part.strip()) for part in text.split(",") if part.strip())

    def __bool__(self) -> bool:
        return bool(self._roles)

    def role(self, key: str) -> Role | None:
        """Returns the role of a key, None if it is unknown. Hashes are compared, so the time taken reveals no key."""
        return self._roles.get(hashed(key))


def hashed(key: str) -> bytes:
    """Returns the hash that is stored for a key."""
    return hashlib.sha256(key.encode()).digest()


def _parse(part: str) -> tuple[bytes, Role]:
    name, _, key = part.partition(":")
    if name.upper() not in Role.__members__ or not key:
        raise SettingsError("An API key has no role or an unknown one.", _FORMAT)
    if len(key) < MIN_KEY_LENGTH:
        raise SettingsError(
            f"An API key of the role {name} is shorter than {MIN_KEY_LENGTH} characters.",
            "Generate one with `openssl rand -hex 16`.",
        )
    return hashed(key), Role[name.upper()]
