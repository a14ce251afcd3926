"""A network in an ONNX file as an encoder, run by onnxruntime (the extra `graphfeed[images]`)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graph import pictures
from graph.errors import SettingsError, first_line
from loaders.images.decode import Pixels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SIDE = 224
"""The side of pictures where the network takes any."""
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
"""Of ImageNet's colours, by which networks that take floats expect theirs to be normalised."""
SEED = 0
"""Of the projection; with another one, vectors could not be compared with those made before."""
REMEDY = "Name an ONNX file that takes one picture and gives its features."


@dataclass(frozen=True)
class _Input:
    """How a network takes a picture."""

    name: str
    side: int
    is_bytes: bool
    """True for colours from 0 to 255; else they are floats, normalised."""
    channels_first: bool

    def of(self, pixels: Pixels) -> NDArray[Any]:
        """The picture as the network takes it, a batch of one."""
        colours: NDArray[Any] = pixels
        if not self.is_bytes:
            colours = ((pixels / 255 - MEAN) / DEVIATION).astype(np.float32)
        return np.ascontiguousarray(np.moveaxis(colours, 2, 0) if self.channels_first else colours)[None]


class Network:
    """An encoder: the first output of a network, projected to 256 numbers if it has more, padded if it has fewer."""

    def __init__(self, file: Path, model: str | None = None) -> None:
        """`model` is its name; without one, the file's stem and hash. Raises SettingsError for a file that is no such
        network: it is run once."""
        try:
            data = file.read_bytes()
        except OSError as error:
            raise SettingsError(f"The model {file} cannot be read: {error.strerror}.", REMEDY) from error
        self.model = model or f"{file.stem}-{hashlib.sha256(data).hexdigest()[:8]}"
        self._session = _session(file, data)
        self._input = _input(file, self._session)
        self._output = self._session.get_outputs()[0].name
        self.side = self._input.side
        self._projection: NDArray[np.float32] | None = None
        try:
            first = self._features(np.full((self.side, self.side, 3), 127, np.uint8))
        except Exception as error:
            raise SettingsError(f"The model {file} cannot be run: {first_line(error)}", REMEDY) from error
        if len(first) > pictures.SIZE:
            self._projection = projection(len(first))

    def encode(self, pixels: Pixels) -> pictures.Vector:
        features = self._features(pixels)
        if self._projection is not None:
            return pictures.unit(features @ self._projection)
        return pictures.unit(np.pad(features, (0, pictures.SIZE - len(features))))

    def _features(self, pixels: Pixels) -> NDArray[np.float32]:
        """The first output: (1, numbers), or (1, channels, rows, columns), whose mean over the places is taken."""
        [made] = self._session.run([self._output], {self._input.name: self._input.of(pixels)})
        if made.ndim == 4:
            made = made.mean(axis=(2, 3) if self._input.channels_first else (1, 2))
        if made.ndim != 2 or len(made) != 1 or not made.size:
            raise ValueError(f"its first output has the shape {made.shape}, not one row of numbers.")
        return np.asarray(made[0], np.float32)


def projection(size: int) -> NDArray[np.float32]:
    """A random projection of `size` numbers to 256 that keeps angles (Johnson and Lindenstrauss, 1984): orthogonal
    columns, the same on every machine."""
    random = np.random.RandomState(SEED).standard_normal((size, pictures.SIZE))  # whose numbers never change (NEP 19)
    columns, triangle = np.linalg.qr(random)
    return (columns * np.sign(np.diag(triangle))).astype(np.float32)


def _session(file: Path, data: bytes) -> "InferenceSession":
    """The network in memory, which so reads no other file. A run takes one thread: pictures are divided instead."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is in the errors
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no class of their own in common
        raise SettingsError(f"{file} is no ONNX model that can be run: {first_line(error)}", REMEDY) from error


def _input(file: Path, session: "InferenceSession") -> _Input:
    inputs = session.get_inputs()
    shape, type = inputs[0].shape, inputs[0].type
    kinds = {"tensor(uint8)": True, "tensor(float)": False}
    if len(inputs) != 1 or len(shape) != 4 or 3 not in (shape[1], shape[3]) or type not in kinds:
        raise SettingsError(
            f"The model {file} takes {len(inputs)} inputs, the first {type} of shape {shape}, and not one picture, "
            "such as tensor(float) of shape [1, 3, 224, 224].",
            REMEDY,
        )
    channels_first = shape[1] == 3
    sides = {size if isinstance(size, int) else SIDE for size in (shape[2:] if channels_first else shape[1:3])}
    if len(sides) != 1:
        raise SettingsError(f"The model {file} takes pictures of shape {shape}, which are not square.", REMEDY)
    return _Input(inputs[0].name, sides.pop(), kinds[type], channels_first)
