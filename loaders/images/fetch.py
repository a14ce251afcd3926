"""Fetches pictures from their addresses: only from the hosts that the settings name, never from inside the network.

An address may come from anybody who posts, so it may name what only this machine can reach. The name of its host is
resolved once, all that it resolves to is checked, and the connection goes to what was checked. Each redirect is checked
the same way. Proxies of the environment are not used: they would resolve names again.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import anyio
import anyio.to_thread
import httpx

from graph.errors import SettingsError
from graph.memory import bytes_of
from graph.settings import Settings
from loaders.images.decode import Rejected

REDIRECTS = 3
PORTS = {"https": 443, "http": 80}
HEADERS = {"Accept": "image/jpeg, image/png, image/webp, image/gif", "Accept-Encoding": "identity"}
TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
"""Beginnings of content types that may be a picture; an answer without one may be, too."""
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""Of NAT64 (RFC 6052): the last four bytes are an address of IPv4."""

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Allowed:
    """What may be fetched."""

    schemes: frozenset[str]
    hosts: frozenset[str]
    """Names, with `.` before one for all names below it, with `:port` after one for another port; `*` for all."""
    networks: tuple[Network, ...]
    """Networks whose addresses may be connected to though they are not of the public internet."""
    bytes: int
    seconds: float

    def host(self, url: httpx.URL) -> bool:
        """True if the host and port of an address are among those named."""
        host, port = url.host.lower().rstrip("."), url.port or PORTS[url.scheme]
        above = [f".{host.split('.', depth)[-1]}" for depth in range(1, host.count(".") + 1)]
        named = {host, *above, "*"} if port == PORTS[url.scheme] else set()
        return not self.hosts.isdisjoint(named | {f"{name}:{port}" for name in (host, *above)})

    def address(self, ip: Ip) -> bool:
        """True for an address of the public internet, or of a network that is named."""
        return all(_is_public(one) or any(one in network for network in self.networks) for one in _meant(ip))


def allowed(settings: Settings) -> Allowed:
    """What the settings allow. Raises SettingsError if they name no host."""
    hosts = frozenset(host.strip().lower() for host in settings.picture_hosts.split(",") if host.strip())
    if not hosts:
        raise SettingsError(
            "No host is named from which pictures may be fetched.",
            "Name them in GRAPHFEED_PICTURE_HOSTS, such as cdn.example.com,.example.org, or * for all public ones.",
        )
    schemes = frozenset(scheme.strip() for scheme in settings.picture_schemes.split(","))
    networks = tuple(
        ipaddress.ip_network(text.strip()) for text in settings.picture_networks.split(",") if text.strip()
    )
    return Allowed(schemes, hosts, networks, bytes_of(settings.picture_bytes), settings.picture_seconds)


def fetch(url: str, allowed: Allowed, resolve: Resolve | None = None) -> bytes:
    """The bytes at an address. Raises Rejected with the reason if they are not fetched."""

    async def within_time() -> bytes:
        with anyio.fail_after(allowed.seconds):
            return await _fetch(url, allowed, resolve or _resolve)

    try:
        return anyio.run(within_time)
    except TimeoutError:
        raise Rejected(f"takes more than {allowed.seconds:g} seconds") from None
    except httpx.InvalidURL as error:
        raise Rejected(f"has an address that is none: {error}") from None
    except httpx.HTTPError as error:
        raise Rejected(f"could not be fetched: {error or type(error).__name__}") from None


async def _fetch(url: str, allowed: Allowed, resolve: Resolve) -> bytes:
    at = httpx.URL(url)
    for _ in range(REDIRECTS + 1):
        found = await _answer(at, allowed, resolve)
        if isinstance(found, bytes):
            return found
        at = found
    raise Rejected(f"is redirected more than {REDIRECTS} times")


async def _answer(url: httpx.URL, allowed: Allowed, resolve: Resolve) -> bytes | httpx.URL:
    """The bytes at an address, or the address that it is redirected to."""
    address = await _checked(url, allowed, resolve)
    host = url.netloc.decode()
    async with (
        httpx.AsyncClient(verify=_certificates(), trust_env=False, timeout=allowed.seconds) as client,
        client.stream(
            "GET",
            url.copy_with(host=address),
            headers={**HEADERS, "Host": host},
            extensions={"sni_hostname": url.host},  # for which the certificate must be
        ) as response,
    ):
        if response.is_redirect:
            return url.join(response.headers.get("location", ""))
        return await _body(response, allowed)


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted, which take 20 ms to read."""
    return httpx.create_ssl_context(trust_env=False)


async def _checked(url: httpx.URL, allowed: Allowed, resolve: Resolve) -> str:
    """The address to connect to. Raises Rejected for a URL that is not allowed."""
    if url.scheme not in allowed.schemes:
        raise Rejected(
            f"has an address of the scheme {url.scheme or 'none'!r}, not {' or '.join(sorted(allowed.schemes))}"
        )
    if url.userinfo:
        raise Rejected("has an address with a user and password")
    if not url.host or not allowed.host(url):
        raise Rejected(f"is at a host that GRAPHFEED_PICTURE_HOSTS does not name: {url.netloc.decode()}")
    port = url.port or PORTS[url.scheme]
    try:
        found = await anyio.to_thread.run_sync(resolve, url.host, port, abandon_on_cancel=True)
    except (OSError, UnicodeError) as error:
        raise Rejected(f"is at a host whose name could not be resolved: {url.host}") from error
    if not found or not all(allowed.address(ipaddress.ip_address(address)) for address in found):
        raise Rejected(f"is at a host inside the network, which GRAPHFEED_PICTURE_NETWORKS does not name: {url.host}")
    return found[0]


async def _body(response: httpx.Response, allowed: Allowed) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise Rejected(f"could not be fetched: the server answered {response.status_code}")
    type = response.headers.get("content-type", TYPES[0]).lower()
    if not type.startswith(TYPES):
        raise Rejected(f"is of the type {type[:60]!r}, which is no picture")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise Rejected("was sent compressed, though that was not asked for")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > allowed.bytes:
            raise Rejected(f"has more than {allowed.bytes:,} bytes")
    return bytes(body)


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, each once, in the order in which they should be tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [*dict.fromkeys(str(where[0]) for *_, where in found)]


def _meant(ip: Ip) -> list[Ip]:
    """The address that a connection would go to, and the one of IPv4 in it that it may be sent on to."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip in TRANSLATED:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return [one for one in (ip.ipv4_mapped or ip, ip.sixtofour) if one]


def _is_public(ip: Ip) -> bool:
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_link_local or getattr(ip, "is_site_local", False)
    )
