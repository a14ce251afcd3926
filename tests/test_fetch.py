"""Pictures from addresses that anybody may have written: what is fetched, and what is not."""

import ipaddress
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graph.errors import SettingsError
from graph.settings import read_settings
from loaders.images.decode import Rejected
from loaders.images.fetch import REDIRECTS, Allowed, allowed, fetch

HERE = ipaddress.ip_network("127.0.0.1/32")
LARGE = 10_000


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, _, rest = self.path.strip("/").partition("/")
        getattr(self, f"_{kind}")(rest)

    def _ok(self, host: str) -> None:
        assert not host or self.headers["Host"].startswith(host)
        self._send(200, b"picture", **{"Content-Type": "image/png"})

    def _type(self, type: str) -> None:
        self._send(200, b"<html>", **{"Content-Type": type.replace("_", "/")})

    def _status(self, code: str) -> None:
        self._send(int(code), b"")

    def _to(self, where: str) -> None:
        self._send(302, b"", Location=where)

    def _loop(self, _: str) -> None:
        self._send(302, b"", Location="/loop")

    def _times(self, left: str) -> None:
        self._send(302, b"", Location=f"/times/{int(left) - 1}" if int(left) else "/ok")

    def _large(self, _: str) -> None:
        self._send(200, bytes(LARGE + 1), **{"Content-Type": "image/png"})

    def _packed(self, _: str) -> None:
        self._send(200, b"\x1f\x8b", **{"Content-Type": "image/png", "Content-Encoding": "gzip"})

    def _endless(self, _: str) -> None:
        self._drip(b"x" * 4096, 0)

    def _slow(self, _: str) -> None:
        self._drip(b"x", 0.05)

    def _drip(self, part: bytes, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.end_headers()
        while not self.server.stopping.wait(pause):  # type: ignore[attr-defined]
            self.wfile.write(part)
        self.close_connection = True

    def _headers(self, _: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.server.stopping.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(b"X: y\r\n")

    def _send(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    stopping: threading.Event

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what is tested."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.stopping = threading.Event()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.stopping.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def rules(port: int) -> Allowed:
    hosts = frozenset({f"127.0.0.1:{port}", f"cdn.example:{port}", "pictures.example", ".wide.example"})
    return Allowed(frozenset({"http", "https"}), hosts, (HERE,), LARGE, 0.6)


def test_a_picture_is_fetched_and_redirects_are_followed(port: int, rules: Allowed) -> None:
    for path in ("ok", f"times/{REDIRECTS - 1}", f"to/http://127.0.0.1:{port}/ok", "to/../ok"):
        assert fetch(f"http://127.0.0.1:{port}/{path}", rules) == b"picture", path


def test_the_connection_goes_to_the_address_that_was_checked(port: int, rules: Allowed) -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    assert fetch(f"http://cdn.example:{port}/ok/cdn.example", rules, resolve) == b"picture"
    assert asked == ["cdn.example"]


REFUSED = {
    "large": "has more than 10,000 bytes",
    "endless": "has more than 10,000 bytes",
    "slow": "takes more than 0.6 seconds",
    "headers": "takes more than 0.6 seconds",
    "packed": "was sent compressed",
    "status/404": "the server answered 404",
    "status/204": "the server answered 204",
    "type/text_html": "is of the type 'text/html', which is no picture",
    "loop": "is redirected more than 3 times",
    "to/": "is redirected more than 3 times|could not be fetched|answered|scheme",
    "to/file:///etc/passwd": "has an address of the scheme 'file'",
    "to/ftp://127.0.0.1/x": "has an address of the scheme 'ftp'",
    "to/http://127.0.0.1:1/x": "host that GRAPHFEED_PICTURE_HOSTS does not name",
    "to/http://other.example/x": "host that GRAPHFEED_PICTURE_HOSTS does not name: other.example",
    "to/http://169.254.169.254/latest/meta-data": "host that GRAPHFEED_PICTURE_HOSTS does not name",
    "to/http://[::1/x": "could not be fetched: Invalid URL",
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_fetched_has_a_reason(port: int, rules: Allowed, path: str) -> None:
    began = time.monotonic()
    with pytest.raises(Rejected, match=REFUSED[path]):
        fetch(f"http://127.0.0.1:{port}/{path}", rules)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "scheme 'none'"),
        ("/pictures/sunset-1.svg", "scheme 'none'"),
        ("file:///etc/passwd", "scheme 'file'"),
        ("data:image/png;base64,AAAA", "scheme 'data'"),
        ("gopher://pictures.example/", "scheme 'gopher'"),
        ("https://me:secret@pictures.example/x", "with a user and password"),
        ("https:///x", "does not name"),
        ("https://pictures.example:8443/x", "does not name"),
        ("https://pictures.example.evil.example/x", "does not name"),
        ("https://evilwide.example/x", "does not name"),
        ("https://wide.example@evil.example/x", "with a user and password"),
        ("https://a\x00b/x", "has an address that is none"),
        ("https://" + "a" * 300 + "/x", "does not name|is none"),
        ("h" * 100_000, "is none|scheme"),
    ],
)
def test_addresses_that_are_not_allowed_are_not_even_resolved(rules: Allowed, url: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        fetch(url, rules, lambda host, port: pytest.fail(f"{host} is resolved"))


INSIDE = (
    "127.0.0.1 127.8.8.8 10.0.0.1 172.16.9.9 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1 "
    "255.255.255.255 192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%1 fc00::1 fd00:ec2::254 ff02::1 fec0::1 "
    "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1:: "
    "2001:db8::1 100::1"
).split()


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_the_network_is_connected_to(rules: Allowed, address: str) -> None:
    strict = replace(rules, networks=(), hosts=frozenset({"*"}))
    for found in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
        with pytest.raises(Rejected, match="is at a host inside the network"):
            fetch("https://pictures.example/x", strict, lambda host, port, found=found: found)  # type: ignore[misc]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost"])
def test_other_ways_to_write_this_machine_do_not_help(rules: Allowed, host: str) -> None:
    strict = replace(rules, networks=(), hosts=frozenset({"*"}))
    with pytest.raises(Rejected, match=r"inside the network|could not be resolved|address that is none"):
        fetch(f"http://{host}/x", strict)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
)
def test_the_public_internet_may_be_connected_to(rules: Allowed, address: str) -> None:
    assert replace(rules, networks=()).address(ipaddress.ip_address(address))


def test_a_network_that_is_named_may_be_connected_to(rules: Allowed) -> None:
    named = replace(rules, networks=(ipaddress.ip_network("10.1.0.0/16"),))
    assert named.address(ipaddress.ip_address("10.1.2.3"))
    assert named.address(ipaddress.ip_address("::ffff:10.1.2.3"))
    assert not named.address(ipaddress.ip_address("10.2.0.1"))


def test_a_redirect_to_a_name_that_leads_inside_is_refused(port: int, rules: Allowed) -> None:
    outside = {"cdn.example": ["127.0.0.1"], "pictures.example": ["10.0.0.1"]}
    with pytest.raises(Rejected, match=r"inside the network, .*: pictures\.example"):
        fetch(f"http://cdn.example:{port}/to/http://pictures.example/x", rules, lambda host, port: outside[host])


def test_a_name_below_a_named_one_and_the_usual_port_are_allowed(rules: Allowed) -> None:
    with pytest.raises(Rejected, match="could not be resolved"):
        fetch("https://a.b.wide.example:443/x", rules, refuses)
    with pytest.raises(Rejected, match="could not be resolved"):
        fetch("http://PICTURES.example./x", rules, refuses)


def refuses(host: str, port: int) -> list[str]:
    raise OSError("no such name")


def test_what_is_allowed_is_in_the_settings() -> None:
    made = allowed(
        read_settings(picture_hosts="A.example, .b.example:81", picture_networks="10.0.0.0/8", picture_bytes="1k")
    )
    assert made == Allowed(
        frozenset({"https"}), frozenset({"a.example", ".b.example:81"}), (ipaddress.ip_network("10.0.0.0/8"),), 1024, 20
    )
    with pytest.raises(SettingsError, match="GRAPHFEED_PICTURE_HOSTS"):
        allowed(read_settings())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("picture_schemes", "ftp", "it must be https, http or both"),
        ("picture_networks", "10.0.0.1/8", "has host bits set"),
        ("picture_networks", "inside", "does not appear to be"),
        ("picture_bytes", "many", "it must be a size"),
        ("picture_pixels", "0", "greater than"),
        ("picture_seconds", "0", "greater than 0"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"GRAPHFEED_{name.upper()} .*{said}"):
        read_settings(**{name: value})
