"""Tokens of persons: signed with a secret of the service, for one person, to read or to act, until a time.

They are JSON Web Tokens (RFC 7519, HS256). None is stored, so one is revoked by taking its secret out of the setting.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import jwt

from graph import clock
from graph.errors import SettingsError

MIN_SECRET_LENGTH = 32
MAX_SECONDS = 30 * 86_400
"""The longest life of a token."""
Can = Literal["read", "act"]
"""The permissions of a token: to read what one person is shown, or also to send their events."""
_ALGORITHM = "HS256"
_ISSUER = "graphfeed"


class BadToken(Exception):
    """A token is not one of this service, or has expired. Its text is a sentence for the sender."""


@dataclass(frozen=True)
class Grant:
    """The permissions of a token."""

    user: str
    can: Can


class Tokens:
    """The configured secrets. The first one signs; all of them are accepted."""

    def __init__(self, text: str) -> None:
        """Parses the setting `token_secret`. Raises SettingsError, whose text contains no secret."""
        self._secrets = [part.strip() for part in text.split(",") if part.strip()]
        if any(len(secret) < MIN_SECRET_LENGTH for secret in self._secrets):
            raise SettingsError(
                f"A secret of GRAPHFEED_TOKEN_SECRET is shorter than {MIN_SECRET_LENGTH} characters.",
                "Generate one with `openssl rand -hex 32`.",
            )

    def sign(self, grant: Grant, seconds: int) -> tuple[str, int]:
        """Returns a token and the time of its end, in epoch milliseconds. Raises SettingsError without a secret."""
        if not self._secrets:
            raise SettingsError("The service has no secret to sign tokens with.", "Set GRAPHFEED_TOKEN_SECRET.")
        now = clock.now() // 1000
        end = now + seconds
        claims = {"iss": _ISSUER, "sub": grant.user, "can": grant.can, "iat": now, "exp": end}
        return jwt.encode(claims, self._secrets[0], _ALGORITHM), 1000 * end

    def read(self, token: str) -> Grant:
        """Returns the grant of a token. Raises BadToken."""
        for secret in self._secrets:
            try:
                claims = jwt.decode(
                    token,
                    secret,
                    algorithms=[_ALGORITHM],
                    issuer=_ISSUER,
                    # One that was made in the future is made by a machine whose clock is ahead: its end counts
                    options={"require": ["exp", "iss", "sub"], "verify_iat": False},
                )
            except jwt.ExpiredSignatureError:
                raise BadToken("The token has expired.") from None
            except jwt.InvalidTokenError:
                continue
            return _grant(claims)
        raise BadToken("Missing or unknown API key or token.")


def _grant(claims: dict[str, Any]) -> Grant:
    if claims.get("can") not in get_args(Can):
        raise BadToken("The token allows nothing that this version knows.")
    return Grant(claims["sub"], claims["can"])
