"""Pictures of all kinds, and files that are none: what is decoded, and why the others are not."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graph.errors import LoadError
from loaders.images.decode import Limits, Rejected, decode
from loaders.images.folder import Folder
from tests.photographs import encoded, photograph

SIDE = 32
RED, WHITE = (255, 0, 0), (255, 255, 255)
KINDS = "is not a picture of the kinds that are read: JPEG, PNG, WebP, GIF"


def plain(mode: str = "RGB", colour: object = RED, size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.new(mode, size, colour)  # type: ignore[arg-type]  # a colour of any mode


def shown(data: bytes, limits: Limits | None = None) -> tuple[int, ...]:
    """The colour in the middle of a decoded picture."""
    pixels = decode(data, SIDE, limits or Limits())
    assert pixels.shape == (SIDE, SIDE, 3)
    assert pixels.dtype == np.uint8
    return tuple(pixels[SIDE // 2, SIDE // 2].tolist())


def animated() -> bytes:
    file = io.BytesIO()
    plain().save(file, "GIF", save_all=True, append_images=[plain(colour=(0, 0, 255))] * 3)
    return file.getvalue()


def palette() -> Image.Image:
    image = plain("P", 1)
    image.putpalette([0, 0, 0, *RED])
    return image


def see_through(mode: str) -> bytes:
    colour = {"RGBA": (0, 0, 0, 0), "LA": (0, 0), "P": 0}[mode]
    return encoded(plain(mode, colour), "PNG", **({"transparency": 0} if mode == "P" else {}))


READ: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "jpeg": (encoded(plain(), "JPEG", quality=95), RED),
    "png": (encoded(plain(), "PNG"), RED),
    "webp": (encoded(plain(), "WEBP", lossless=True), RED),
    "gif": (encoded(plain(), "GIF"), RED),
    "first frame": (animated(), RED),
    "palette": (encoded(palette(), "PNG"), RED),
    "grey": (encoded(plain("L", 100), "PNG"), (100, 100, 100)),
    "16 bits": (encoded(plain("I;16", 100 << 8), "PNG"), (100, 100, 100)),
    "one bit": (encoded(plain("1", 1), "PNG"), WHITE),
    "cmyk": (encoded(plain("CMYK", (0, 255, 255, 0)), "JPEG", quality=95), RED),
    "alpha": (see_through("RGBA"), WHITE),
    "grey alpha": (see_through("LA"), WHITE),
    "palette alpha": (see_through("P"), WHITE),
    "one pixel": (encoded(plain(size=(1, 1)), "PNG"), RED),
    "thin": (encoded(plain(size=(1, 5000)), "PNG"), RED),
    "with a zip after it": (encoded(plain(), "PNG") + b"PK\x03\x04 and more", RED),
}


@pytest.mark.parametrize("name", READ)
def test_pictures_of_all_kinds_are_read(name: str) -> None:
    data, colour = READ[name]
    assert np.abs(np.subtract(shown(data), colour)).max() < 12


@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_a_picture_is_turned_as_its_exif_says(turned: int) -> None:
    left = Image.new("RGB", (64, 64), WHITE)
    left.paste(RED, (0, 0, 32, 64))
    exif = Image.Exif()
    exif[0x0112] = turned
    pixels = decode(encoded(left, "JPEG", exif=exif, quality=95), SIDE, Limits())
    edge = {1: pixels[16, 2], 3: pixels[16, -3], 6: pixels[2, 16], 8: pixels[-3, 16]}[turned]
    assert edge[1] < 60


def test_broken_exif_is_left_alone() -> None:
    assert shown(encoded(plain(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=95))[0] > 240


def bomb(width: int, height: int) -> bytes:
    """A small PNG of many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


PHOTO = photograph("rocket.jpg").read_bytes()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "nothing": (b"", "is empty"),
    "text": (b"no picture", KINDS),
    "svg": (SVG, KINDS),
    "html": (b"<html><img src=x onerror=alert(1)></html>", KINDS),
    "pdf and jpeg": (b"%PDF-1.4\n" + PHOTO, KINDS),
    "gif and script": (b"GIF89a=1;alert(1)", "is"),
    "tiff": (encoded(plain(), "TIFF"), KINDS),
    "bmp": (encoded(plain(), "BMP"), KINDS),
    "ico": (encoded(plain(), "ICO"), KINDS),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", KINDS),
    "cut jpeg": (PHOTO[: len(PHOTO) // 2], "is broken or cut off"),
    "cut png": (photograph("coffee.png").read_bytes()[:100_000], "is broken or cut off"),
    "only a header": (PHOTO[:20], "is"),
    "bomb": (bomb(60_000, 60_000), "has 60,000 x 60,000 pixels, more than 50,000,000"),
    "lies about its rows": (bomb(6_000, 6_000), "is broken or cut off"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_rejected_with_the_reason(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(Rejected) as raised:
        shown(data)
    assert str(raised.value).startswith(reason)
    assert "\n" not in str(raised.value)


def test_limits_are_those_of_the_settings() -> None:
    with pytest.raises(Rejected, match="has more than 100 bytes"):
        shown(PHOTO, Limits(bytes=100))
    with pytest.raises(Rejected, match="pixels, more than 3,071"):
        shown(READ["png"][0], Limits(pixels=64 * 48 - 1))
    assert shown(READ["png"][0], Limits(pixels=64 * 48)) == RED


@pytest.mark.slow
def test_bytes_that_are_changed_anywhere_cause_no_other_error() -> None:
    random = np.random.default_rng(0)
    small = Image.open(io.BytesIO(PHOTO)).resize((60, 40))
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        data = np.frombuffer(encoded(small, kind), np.uint8)
        for _ in range(400):
            changed = data.copy()
            changed[random.integers(len(data), size=8)] = random.integers(256, size=8)
            with suppress(Rejected):
                decode(changed[: random.integers(1, len(data) + 1)].tobytes(), SIDE, Limits())


# ---- Folders


def test_a_file_is_found_by_the_posts_id_or_by_the_end_of_its_address(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.PNG", "3", "b.jpg", "a/b.jpg", "x y.jpg", "é.webp", "rest.gif", "a/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "4").mkdir()
    folder = Folder(tmp_path, Limits())
    found = {
        ("1", None): "1.jpg",
        ("2", "https://h.example/b.jpg"): "2.PNG",
        ("3", None): "3",
        ("4", None): None,
        ("5", "https://h.example/x/a/b.jpg?size=9"): "a/b.jpg",
        ("6", "https://h.example/c/b.jpg"): "b.jpg",
        ("7", "/pictures/x%20y.jpg"): "x y.jpg",
        ("é", None): "é.webp",
        ("8", "https://h.example/a/"): None,
        ("9", "not an address ["): None,
        ("9", "https://[bad/b.jpg"): None,
        ("x" * 5000, None): None,
        ("\udcff", None): None,
        ("a\0b", "https://h.example/%00.jpg"): None,
    }
    assert {asked: folder.find(*asked) for asked in found} == found
    assert folder.read("a/b.jpg") == b"a/b.jpg"
    assert folder.rest() == (1, ["rest.gif"])


@pytest.mark.parametrize("post", ["../secret", "/etc/passwd", "..", "."])
def test_no_id_and_no_address_leads_out_of_the_folder(tmp_path: Path, post: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (tmp_path / "in").mkdir()
    folder = Folder(tmp_path / "in", Limits())
    assert folder.find(post, f"https://h.example/{post}") is None
    assert folder.find("1", "https://h.example/%2e%2e/secret.jpg") is None
    assert folder.find("1", "https://h.example/..%2fsecret.jpg") is None


def linked(path: Path) -> None:
    (path.parent.parent / "secret.jpg").write_bytes(PHOTO)
    path.symlink_to("../secret.jpg")


def unreadable(path: Path) -> None:
    path.symlink_to("nowhere")


SPECIAL: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link out": (linked, "is a link out of the folder"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "is a link out of the folder"),
    "a broken link": (unreadable, "could not be read"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "could not be read"),
    "a pipe": (lambda path: os.mkfifo(path), "is not an ordinary file"),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_only_ordinary_files_in_the_folder_are_read(tmp_path: Path, name: str) -> None:
    make, reason = SPECIAL[name]
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "1.jpg")
    folder = Folder(tmp_path / "in", Limits())
    assert folder.find("1", None) == "1.jpg"
    with pytest.raises(Rejected, match=reason):
        folder.read("1.jpg")


def test_a_link_within_the_folder_is_followed_and_a_large_file_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x" * 1000)
    (tmp_path / "1.jpg").symlink_to("a.jpg")
    folder = Folder(tmp_path, Limits(bytes=10))
    assert folder.read("1.jpg") == b"x" * 11
    with pytest.raises(Rejected, match="has more than 10 bytes"):
        decode(folder.read("1.jpg"), SIDE, Limits(bytes=10))


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="is not a folder"):
        Folder(tmp_path / "none", Limits())
