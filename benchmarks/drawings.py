"""Encodes the made-up pictures of generated networks, and tells how alike those of a hashtag are.

    GRAPHFEED_TEST_CHROMIUM=chromium python -m benchmarks.drawings [--write]

Chromium draws them. With --write, the vectors are written to loaders/generator/vectors.npy.
"""

import io
import os
import sys
from collections.abc import Iterator

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from graph.settings import read_settings
from loaders.generator.drawing.svg import SIZE
from loaders.generator.pictures import SCENES, VARIANTS, draw
from loaders.generator.vectors import Vectors, write
from loaders.images.decode import Limits, decode
from loaders.images.encoders import Encoder, encoder


def encoded(browser: Browser, encoder: Encoder, hashtag: str, variants: int = VARIANTS) -> Vectors:
    """The vectors of the first variants of a hashtag's picture, a row each."""
    page = browser.new_page(viewport={"width": SIZE, "height": SIZE * variants})
    drawings = "".join(draw(hashtag, variant) for variant in range(variants))
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawings}")
    shot = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return np.stack([encoder.encode(decode(png, encoder.side, Limits())) for png in _pieces(shot, variants)])


def _pieces(shot: Image.Image, count: int) -> Iterator[bytes]:
    for place in range(count):
        file = io.BytesIO()
        shot.crop((0, place * SIZE, SIZE, (place + 1) * SIZE)).save(file, "PNG", compress_level=1)
        yield file.getvalue()


def figures(made: Vectors) -> str:
    """How alike pictures of the same hashtag are, and of different ones."""
    scenes, variants, size = made.shape
    flat = made.reshape(-1, size)
    cosines = flat @ flat.T
    of = np.repeat(np.arange(scenes), variants)
    same = (of[:, None] == of) & ~np.eye(len(of), dtype=bool)
    nearest = (cosines - 2 * np.eye(len(of))).argmax(axis=1)
    ten = np.argpartition(-(cosines - 2 * np.eye(len(of))), 10, axis=1)[:, :10]
    near, far = cosines[same], cosines[of[:, None] != of]
    return (
        f"cosine of pictures of a hashtag: mean {near.mean():.3f}, 5 % below {np.quantile(near, 0.05):.3f}\n"
        f"of different hashtags: mean {far.mean():.3f}, 5 % above {np.quantile(far, 0.95):.3f}\n"
        f"the nearest is of the same hashtag: {(of[nearest] == of).mean():.3f}; of the ten nearest: "
        f"{(of[ten] == of[:, None]).mean():.3f}"
    )


def main() -> None:
    chosen, _ = encoder(None, read_settings().cache)
    with sync_playwright() as playwright:
        path = os.environ["GRAPHFEED_TEST_CHROMIUM"]
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"]) as browser:
            made = np.stack([encoded(browser, chosen, hashtag) for hashtag in SCENES])
    print(figures(made))
    if "--write" in sys.argv[1:]:
        write(made)


if __name__ == "__main__":
    main()
