"""Layers that exporters write in pieces: patches, tokens, norms and branches, as ONNX's own evaluator's."""

import numpy as np
import pytest
from onnx_models import in_words, largest_difference, model_of, node

import engine
from engine import EngineError, import_net
from engine.foreign.readers.pytorch.transformers import text_of

RNG = np.random.default_rng(3)
ROW = RNG.normal(0, 0.3, (64, 6)).astype(np.float32)
LAST = RNG.normal(0, 0.3, (6, 4)).astype(np.float32)


def test_patches_through_a_dense_layer_take_class_token_and_positions(tmp_path):
    arrays = {
        "cut": np.array([1, 2, 4, 2, 4]),
        "rows": np.array([1, 4, 16]),
        "w": RNG.normal(0, 0.3, (16, 6)).astype(np.float32),
        "bias": RNG.normal(0, 1, 6).astype(np.float32),
        "class": RNG.normal(0, 1, (1, 1, 6)).astype(np.float32),
        "places": RNG.normal(0, 1, (1, 5, 6)).astype(np.float32),
        "v": LAST,
    }
    nodes = [
        node("Reshape", ["x", "cut"], "a"),
        node("Transpose", ["a"], "b", perm=[0, 1, 3, 2, 4]),
        node("Reshape", ["b", "rows"], "c"),
        node("MatMul", ["c", "w"], "d"),
        node("Add", ["d", "bias"], "e"),
        node("Concat", ["class", "e"], "f", axis=1),
        node("Add", ["f", "places"], "g"),
        node("LayerNormalization", ["g", "bias"], "h", axis=-1),
        node("ReduceMean", ["h"], "i", keepdims=0),
        node("MatMul", ["i", "v"], "j"),
        node("Tanh", ["j"], "y"),
    ]
    nodes[8].input.append("axis")
    path = model_of(nodes, {**arrays, "axis": np.array([1])}, [1, 1, 8, 8], tmp_path)
    assert largest_difference(path) < 1e-6
    assert "patches 4 6" in import_net(path).net.text


def test_pytorchs_expand_repeats_parameters_and_leaves_the_batch():
    from engine.foreign.graph.program import Chain
    from engine.foreign.readers.pytorch.graphs.aten import Aten
    from engine.foreign.readers.pytorch.graphs.operators import OPERATORS

    aten = Aten(Chain((1, 4), None), OPERATORS)
    token = np.arange(3.0).reshape(1, 1, 3)
    assert aten.call("expand", [token, [1, -1, -1]], {}).shape == (1, 1, 3)
    assert aten.call("expand", [token[0], [1, 5, -1]], {}).shape == (1, 5, 3)


def test_the_tokens_of_a_transformer_are_no_words(tmp_path):
    from safetensors.numpy import save_file

    save_file(
        {"pos_embedding": np.ones((1, 17, 8), np.float32), "head.weight": np.ones((10, 8), np.float32)},
        tmp_path / "vit.safetensors",
    )
    with pytest.raises(EngineError, match="shapes do not tell how a transformer goes on"):
        import_net(tmp_path / "vit.safetensors")


def test_the_architecture_of_a_vision_transformer_is_told_but_for_its_heads(tmp_path):
    from safetensors.numpy import save_file

    inside = {"attn.qkv": (24, 8), "attn.proj": (8, 8), "mlp.fc1": (16, 8), "mlp.fc2": (8, 16)}
    shapes = {"cls_token": (1, 1, 8), "pos_embed": (1, 17, 8), "patch_embed.proj.weight": (8, 1, 7, 7)}
    shapes |= {f"blocks.{n}.{name}.weight": shape for n in (0, 1) for name, shape in inside.items()}
    shapes |= {
        f"blocks.{n}.norm{k}.{end}": (8,) for n in (0, 1) for k in (1, 2) for end in ("weight", "bias")
    }
    shapes |= {"norm.weight": (8,), "norm.bias": (8,), "head.weight": (5, 8)}
    tensors = {n: RNG.normal(size=s).astype(np.float32) for n, s in shapes.items()}
    save_file(tensors, tmp_path / "v.safetensors")
    assert text_of({**tensors, "head2.weight": tensors["head.weight"]}) is None, "it would not be imported"
    assert text_of({n: each for n, each in tensors.items() if "attn" not in n}) is None, "no transformer"
    assert text_of({n: each[..., :0] for n, each in tensors.items()}) is None
    assert text_of({**tensors, "patch_embed.proj.weight": np.zeros((0, 1, 7, 7), np.float32)}) is None
    many = {n.replace(".1.", f".{k}."): each for n, each in tensors.items() for k in range(1, 49)}
    assert text_of(many) is None, "of more blocks than a line should name"
    block = "transformer N heads mlp 16 gelu"
    bare = {n: each for n, each in tensors.items() if n != "cls_token"}
    bare["patch_embed.proj.weight"] = tensors["patch_embed.proj.weight"].repeat(3, axis=1)
    bare["pos_embed"] = tensors["pos_embed"][:, 1:]
    told = text_of(bare)
    assert told == f"input 28x28x3 | patches 7 8 no-class | {block} | {block} | norm | head 5 softmax"
    text = f"input 28x28 | patches 7 8 | {block} | {block} | norm | head 5 softmax"
    with pytest.raises(EngineError) as caught:
        import_net(tmp_path / "v.safetensors")
    assert f'--architecture "{text}"' in str(caught.value)
    told = engine.Told(architecture=text.replace("N", "2"))
    assert import_net(tmp_path / "v.safetensors", told).net.layers[-1].shape == (5,)


def test_last_kernels_as_large_as_their_maps_are_taken_as_they_are(tmp_path):
    from safetensors.numpy import save_file

    shapes = {"0.weight": (4, 1, 3, 3), "3.weight": (8, 4, 3, 3), "6.weight": (10, 8, 7, 7)}
    arrays = {name: RNG.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}
    save_file(arrays, tmp_path / "all.safetensors")
    assert "conv 10 7x7" in import_net(tmp_path / "all.safetensors").net.text
    assert "average" not in import_net(tmp_path / "all.safetensors").net.text


def test_a_function_behind_a_layer_norm_in_pieces_is_that_layer_s(tmp_path):
    """Before opset 17 a layer norm is nine operations; GELU then reads its scaled numbers twice."""
    numbers = {"two": 2.0, "eps": 1e-5, "root": 2**0.5, "one": 1.0, "half": 0.5}
    arrays = {"w": ROW, "v": LAST, "g": RNG.uniform(0.5, 2, 6), "h": RNG.normal(0, 1, 6), **numbers}
    made = {key: np.asarray(array, np.float32) for key, array in arrays.items()}
    made["last"] = np.array([-1])
    steps = """Flatten x > f; MatMul f w > a; ReduceMean a last > m; Sub a m > d; Pow d two > q
        ReduceMean q last > var; Add var eps > e; Sqrt e > r; Div d r > n; Mul n g > ng; Add ng h > z
        Div z root > u; Erf u > er; Add er one > p; Mul z p > zp; Mul zp half > b; MatMul b v > c
        Tanh c > y"""
    path = model_of(in_words(steps.replace("\n", ";")), made, [1, 1, 8, 8], tmp_path)
    assert "norm gelu" in import_net(path).net.text
    assert largest_difference(path) < 1e-5


def test_maps_of_a_single_cell_are_added_as_maps(tmp_path):
    """They look like a row of tokens of one number each."""
    shapes = {"k": (4, 1, 8, 8), "l": (4, 4, 1, 1), "m": (4, 4, 1, 1)}
    kernels = {name: RNG.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    steps = "Conv x k > a; Conv a l > b; Add a b > s; Relu s > r; Conv r m > c; Flatten c > f; Tanh f > y"
    path = model_of(in_words(steps), kernels, [1, 1, 8, 8], tmp_path)
    assert largest_difference(path) < 1e-5


@pytest.mark.parametrize(
    "steps",
    [
        "Conv x k > p; Relu p > a; Conv x l > b; Concat a b > c; Conv c m > d; Add d c > e; Flatten e > f; "
        "Tanh f > y",
        "Flatten x > f; MatMul f v > a; MatMul f w > b; Tanh b > t; Concat a t > c; MatMul c u > d; "
        "Add c d > e; Tanh e > y",
    ],
)
def test_layers_side_by_side_are_added_as_one(tmp_path, steps):
    """A skip connection around what reads several branches."""
    shapes = {
        "k": (2, 1, 1, 1),
        "l": (3, 1, 1, 1),
        "m": (5, 5, 1, 1),
        "v": (64, 2),
        "w": (64, 3),
        "u": (5, 5),
    }
    arrays = {name: RNG.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    nodes = [
        node(n.op_type, list(n.input), n.output[0], axis=1) if n.op_type == "Concat" else n
        for n in in_words(steps)
    ]
    used = {name for n in nodes for name in n.input}
    path = model_of(nodes, {n: a for n, a in arrays.items() if n in used}, [1, 1, 8, 8], tmp_path)
    assert largest_difference(path) < 1e-5
