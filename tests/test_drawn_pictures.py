"""The vectors of the demo's drawings are what the encoder makes of them."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from benchmarks.drawings import encoded
from loaders.generator.pictures import SCENES
from loaders.generator.vectors import MODEL, vectors
from loaders.images.encoders import encoder
from tests.browsing import chromium

__all__ = ["chromium"]


@pytest.mark.long
@pytest.mark.browser
def test_the_vectors_of_drawings_are_those_of_the_encoder(chromium: Browser, tmp_path: Path) -> None:
    chosen, note = encoder(None, tmp_path)
    assert (chosen.model, note) == (MODEL, None)
    kept = vectors()
    for hashtag in ("sunset", "dog", "pizza", "photo"):
        anew = encoded(chromium, chosen, hashtag, 2)
        cosines = np.sum(anew * kept[[*SCENES].index(hashtag)][:2], axis=1)
        assert cosines.min() > 0.99, hashtag
