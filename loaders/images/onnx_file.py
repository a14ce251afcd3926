"""Writes an ONNX file: the few messages of its protobuf schema (`onnx/onnx.proto`) that a small network needs.

The package `onnx` would do it, too, and bring three more packages for this one file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPSET = 8, 13
FLOAT, UINT8 = 1, 2
"""Types of numbers, in `TensorProto.DataType`."""
_INT, _INTS = 2, 7
"""Kinds of attributes, in `AttributeProto.AttributeType`."""

Value = tuple[str, int, Sequence[int | str]]
"""The name of an input or output, its type, and its shape, in which a text stands for any size."""


@dataclass
class Graph:
    """A network: nodes in the order in which they are computed, and their constants."""

    _nodes: list[bytes] = field(default_factory=list)
    _constants: list[bytes] = field(default_factory=list)

    def constant(self, values: NDArray[np.float32]) -> str:
        """Adds a constant, and returns its name."""
        name = f"c{len(self._constants)}"
        numbers = np.ascontiguousarray(values, "<f4")
        parts = [_number(1, size) for size in numbers.shape]
        self._constants.append(b"".join([*parts, _number(2, FLOAT), _text(8, name), _bytes(9, numbers.tobytes())]))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str = "", **attributes: int | Sequence[int]) -> str:
        """Adds a node, and returns the name of its output."""
        output = output or f"n{len(self._nodes)}"
        parts = [*(_text(1, name) for name in inputs), _text(2, output), _text(4, operator)]
        parts += [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(parts))
        return output

    def model(self, name: str, input: Value, outputs: Sequence[Value]) -> bytes:
        """The whole file."""
        parts = [*(_bytes(1, node) for node in self._nodes), _text(2, name)]
        parts += [_bytes(5, constant) for constant in self._constants]
        parts += [_bytes(11, _value(*input)), *(_bytes(12, _value(*output)) for output in outputs)]
        opset = _text(1, "") + _number(2, OPSET)
        return _number(1, IR_VERSION) + _text(2, "graphfeed") + _bytes(7, b"".join(parts)) + _bytes(8, opset)


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, _INTS)


def _value(name: str, type: int, shape: Sequence[int | str]) -> bytes:
    sizes = [_text(2, size) if isinstance(size, str) else _number(1, size) for size in shape]
    tensor = _number(1, type) + _bytes(2, b"".join(_bytes(1, size) for size in sizes))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    """A number in protobuf's form: seven bits a byte, the lowest first, the eighth bit set but in the last."""
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
