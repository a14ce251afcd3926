"""Reads a file of PyTorch's weights without PyTorch: only tensors and the containers that hold them."""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import LoadError

Weights = dict[str, NDArray[np.float32]]

MAGIC = 0x1950A86A20F9469CFC6C
"""The number that such a file begins with (`torch/serialization.py`, the format before the one in zip files)."""
PROTOCOL = 1001
TYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class _Tensor:
    """A part of a storage, whose numbers follow at the end of the file."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _TensorsOnly(pickle.Unpickler):
    """An unpickler that makes nothing but tensors and ordered dictionaries: a pickle could run any code otherwise."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.types: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor
        if module == "torch" and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is no tensor")

    def persistent_load(self, id: Any) -> str:
        kind, type, key, _, _, view = id
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError("it holds something else than tensors")
        self.types[str(key)] = TYPES[type]
        return str(key)

    @staticmethod
    def _tensor(storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object) -> _Tensor:
        return _Tensor(storage, offset, shape, strides)


def read_weights(path: Path) -> Weights:
    """The tensors of four-byte numbers in a file of weights, by name, in the order of their axes.

    Raises LoadError for a file that is not one, or that holds anything but tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except Exception as error:  # a broken pickle raises errors of all kinds
        raise LoadError(
            f"{path} is no file of weights that can be read: {error}.", "Install its package again."
        ) from error


def _read(file: IO[bytes]) -> Weights:
    if _TensorsOnly(file).load() != MAGIC or _TensorsOnly(file).load() != PROTOCOL:
        raise ValueError("its first numbers are others")
    if not _TensorsOnly(file).load()["little_endian"]:
        raise ValueError("its numbers are big-endian")
    reader = _TensorsOnly(file)
    tensors: dict[str, _Tensor] = reader.load()
    storages = {}
    for key in _TensorsOnly(file).load():
        size, type = int.from_bytes(file.read(8), "little"), reader.types[key]
        if size * type.itemsize > MOST_BYTES:
            raise ValueError("a tensor is larger than a gigabyte")
        storages[key] = np.frombuffer(file.read(size * type.itemsize), type, size)
    made = {name: _array(tensor, storages[tensor.storage]) for name, tensor in tensors.items()}
    return {name: array for name, array in made.items() if array.dtype == np.float32}


def _array(tensor: _Tensor, storage: NDArray[Any]) -> NDArray[Any]:
    """The numbers of a tensor, contiguous; it may be stored with its axes in another order, which the strides tell."""
    shape, strides = tensor.shape, tensor.strides
    last = tensor.offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if min((tensor.offset, *strides, *(size - 1 for size in shape))) < 0 or last >= len(storage):
        raise ValueError("a tensor is outside its storage")
    if prod(shape) > len(storage):
        raise ValueError("a tensor is larger than its storage")
    steps = [stride * storage.itemsize for stride in strides]
    view = np.lib.stride_tricks.as_strided(storage[tensor.offset :], shape, steps, writeable=False)
    return np.ascontiguousarray(view)
