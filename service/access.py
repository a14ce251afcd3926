"""Access: callers, by key, by token or from this machine, and what they may do.

`Access` finds the caller from the headers alone, before any of the body is read. A route says with `needs` which
role it requires; `Route` checks it before FastAPI reads the body.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import Scope

from graph.errors import SettingsError
from graph.settings import Settings
from graph.tracing import Trace, current
from service import ids, statements, threads
from service.keys import Keys, Role, hashed
from service.outputs import as_json
from service.problems import Refusal
from service.tokens import BadToken, Tokens

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
"""Prefixes of the headers in which a proxy says that the request comes from elsewhere."""
_CALLER = "graphfeed.caller"
"""The key of a scope that has the caller."""
_BEARER = HTTPBearer(auto_error=False, description="an API key, or the token of a person")


@dataclass(frozen=True)
class Caller:
    """The sender of a request."""

    name: str
    """The hash of a key, or the person of a token: requests are counted by it."""
    role: Role
    user: str | None = None
    """The person whose token it is; None for a key."""

    def require_person(self, user: str) -> None:
        """Returns if this caller may ask for a person, or in their name. Raises Refusal."""
        if self.user not in (None, user):
            raise Refusal(
                HTTPStatus.FORBIDDEN, "The token is another person's.", "Send a token of this person, or an API key."
            )


_MACHINE = Caller("this machine", Role.ADMIN)


class Access:
    """Keys, tokens and origins of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for keys, secrets or origins that cannot be used."""
        self._keys = Keys(settings.api_keys.get_secret_value())
        self.tokens = Tokens(settings.token_secret.get_secret_value())
        self.origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
        # null is the origin of any page in a sandbox, which any page can open
        if not {"*", "null"}.isdisjoint(self.origins) and not self._keys:
            raise SettingsError(
                "Without API keys, GRAPHFEED_CORS_ORIGINS may not be * or null: any page could delete people.",
                "Set GRAPHFEED_API_KEYS, or name the origins.",
            )

    @property
    def is_keyed(self) -> bool:
        """True if there are keys; else only this machine is answered."""
        return bool(self._keys)

    def require_keys(self, host: str) -> None:
        """Returns if the service may listen on this address. Raises SettingsError."""
        if not self.is_keyed and host not in LOOPBACK:
            raise SettingsError(
                f"Without API keys, the service listens only on loopback, which {host} is not.",
                "Set GRAPHFEED_API_KEYS.",
            )

    def admit(self, scope: Scope, headers: Headers) -> Caller:
        """Returns the caller, and keeps it in the scope for `needs`. Raises Refusal for an unknown one."""
        scope[_CALLER] = caller = self._caller(headers) if self._keys else self._local(scope, headers)
        return caller

    def _caller(self, headers: Headers) -> Caller:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        given = given.strip() if scheme.lower() == "bearer" else ""
        if (role := self._keys.role(given)) is not None:
            return Caller(hashed(given).hex(), role)
        try:
            grant = self.tokens.read(given)
        except BadToken as error:
            raise Refusal(
                HTTPStatus.UNAUTHORIZED,
                str(error),
                "Send one as `Authorization: Bearer KEY`.",
                {"WWW-Authenticate": "Bearer"},
            ) from None
        return Caller(f"token of {grant.user}", Role.WRITE if grant.can == "act" else Role.READ, grant.user)

    def _local(self, scope: Scope, headers: Headers) -> Caller:
        """The caller of a service without keys. The host name is checked, too: with DNS rebinding, a page of another
        site reaches this machine by its own name."""
        peer = (scope.get("client") or ("",))[0]
        is_forwarded = any(name.startswith(PROXY_HEADERS) for name in headers)
        if peer not in LOOPBACK or not _LOCAL_HOST.fullmatch(headers.get("host", "")) or is_forwarded:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                "Without API keys, the service answers only requests from its own machine.",
                "Set GRAPHFEED_API_KEYS.",
            )
        if self._is_foreign(headers):
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                "Without API keys, the service does not answer pages of other sites.",
                "Set GRAPHFEED_API_KEYS, or name the page's origin in GRAPHFEED_CORS_ORIGINS.",
            )
        return _MACHINE

    def _is_foreign(self, headers: Headers) -> bool:
        """Returns True for a request from a page of another origin, by a link, a form, an image or a script."""
        origin = headers.get("origin")
        if origin in self.origins:
            return False
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return True
        return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


class Needs:
    """A dependency of a route, or of a router: the role that its callers need."""

    def __init__(self, role: Role, *, tokens: bool) -> None:
        self._role = role
        self._tokens = tokens

    async def __call__(
        self, request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> None:
        self.check(request)  # again: a route of another class would be open

    def check(self, request: Request) -> None:
        """Raises Refusal unless the caller has the role and, with a token, asks for its person."""
        caller = who(request)
        if caller.user is not None and not self._tokens:
            raise Refusal(HTTPStatus.FORBIDDEN, "Tokens of persons may not do this.", "Send an API key.")
        if caller.role < self._role:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                f"This requires the role {self._role.name.lower()}.",
                f"Use a key with this role{' or a token with `can: act`' if self._tokens else ''}.",
            )
        if (user := request.path_params.get("user")) is not None:
            caller.require_person(ids.restore_slashes(user))


def needs(role: Role, *, tokens: bool = False) -> Any:
    """Returns the dependency of a route that requires a role. With `tokens`, persons' tokens do, too: of a path with
    `{user}`, that person's; else the route itself calls `Caller.require_person`."""
    return Depends(Needs(role, tokens=tokens))


def who(request: Request) -> Caller:
    """Returns the caller: a dependency of routes under /v1 and of /metrics."""
    caller: Caller = request.scope[_CALLER]
    return caller


async def _caller(request: Request) -> Caller:
    return who(request)


CallerParam = Annotated[Caller, Depends(_caller)]


class Route(APIRoute):
    """A route that checks the role of the caller before it reads the body, that waits for Neo4j in threads of its own,
    and that answers with its statements if it is asked for these."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, threads.waiting(endpoint), **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        needed = [found.dependency for found in self.dependencies if isinstance(found.dependency, Needs)]

        async def guarded(request: Request) -> Response:
            for each in needed:
                each.check(request)
            answer = await handle(request)
            trace = current()
            if trace is None or not trace.keeps_parameters or answer.status_code != HTTPStatus.OK:
                return answer
            by_token = who(request).user is not None
            return await threads.run(_statements, trace, request.app.state.browser, by_token)

        return guarded


def _statements(trace: Trace, browser: str | None, by_token: bool) -> Response:
    return as_json(statements.ran(trace, browser, by_token=by_token))
