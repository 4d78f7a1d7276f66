"""A BERT for token classification as an ONNX graph with 8-bit weights.

Written down node by node: one row of tokens at a time, so nothing is padded and no score depends
on what is read beside it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_OPSET = 20
_EPSILON = 1e-12
_MOST = 5.0  # of an inner unit; beyond it few go
Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Nodes and constants in the order they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(self, operator: str, name: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, list(inputs), [name], name, **attributes))
        return name

    def linear(self, name: str, rows: str, weight: NDArray[Any], bias: NDArray[Any]) -> str:
        """Add rows @ weightᵀ + bias, as torch lays weights out."""
        product = self.add("MatMul", f"{name}.p", rows, self.constant(f"{name}.w", weight.T))
        return self.add("Add", name, product, self.constant(f"{name}.b", bias))

    def norm(self, name: str, rows: str, weights: Weights, prefix: str) -> str:
        return self.add(
            "LayerNormalization", name, rows,
            self.constant(f"{name}.w", weights[f"{prefix}.weight"]),
            self.constant(f"{name}.b", weights[f"{prefix}.bias"]),
            axis=-1, epsilon=_EPSILON,
        )  # fmt: skip


def write_graph(weights: Weights, heads: int, loud: Sequence[Sequence[int]], out: Path) -> None:
    """Write the graph: ids (n,) int64 -> logits (n, labels) float32.

    `weights`: the state of transformers' BertForTokenClassification, by its names. `loud`: for
    each layer the inner units that grow large for a few tokens. Eight bits over their range leave
    two for all others, so what they have beyond `_MOST` is added in float.
    """
    import onnx
    from onnx import TensorProto, helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = _Graph()
    rows = _embedded(graph, weights)
    layers = 1 + max(int(name.split(".")[3]) for name in weights if ".layer." in name)
    for layer in range(layers):
        prefix = f"bert.encoder.layer.{layer}"
        rows = _attended(graph, weights, prefix, f"l{layer}", rows, heads)
        rows = _fed(graph, weights, prefix, f"l{layer}", rows, loud[layer])
    graph.linear("logits", rows, weights["classifier.weight"], weights["classifier.bias"])
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])
    labels = len(weights["classifier.bias"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", labels])
    made = helper.make_graph(graph.nodes, "reader", [ids], [logits], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    quantize_dynamic(
        model, out, per_channel=True, weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=["logits.p", *(f"l{layer}.beyond.p" for layer in range(layers))],
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )  # fmt: skip


def _embedded(graph: _Graph, weights: Weights) -> str:
    """Add vectors of tokens and places; a row of the table is int8 with a scale of its own."""
    table = weights["bert.embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(table).max(1, keepdims=True) / 127, 1e-9).astype(np.float32)
    places = weights["bert.embeddings.position_embeddings.weight"]
    places = places + weights["bert.embeddings.token_type_embeddings.weight"][:1]
    whole = graph.constant("table", np.rint(table / scale).astype(np.int8))
    found = graph.add("Gather", "found", whole, "ids")
    floats = graph.add("Cast", "floats", found, to=1)
    scales = graph.add("Gather", "scales", graph.constant("scale", scale), "ids")
    words = graph.add("Mul", "words", floats, scales)
    zero, length = graph.constant("zero", np.array([0])), graph.add("Shape", "length", "ids")
    placed = graph.add("Slice", "placed", graph.constant("places", places), zero, length)
    both = graph.add("Add", "both", words, placed)
    return graph.norm("embedded", both, weights, "bert.embeddings.LayerNorm")


def _part(weights: Weights, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _attended(
    graph: _Graph, weights: Weights, prefix: str, name: str, rows: str, heads: int
) -> str:
    inner = f"{prefix}.attention.self"
    parts = [_part(weights, f"{inner}.{which}") for which in ("query", "key", "value")]
    width = len(parts[0][1])
    root = np.float32(1 / np.sqrt(width // heads))
    parts[0] = (parts[0][0] * root, parts[0][1] * root)
    weight = np.concatenate([one for one, _ in parts])
    joint = graph.linear(f"{name}.qkv", rows, weight, np.concatenate([b for _, b in parts]))
    shape = graph.constant(f"{name}.shape", np.array([0, 3, heads, width // heads]))
    apart = graph.add("Reshape", f"{name}.apart", joint, shape)
    turned = graph.add("Transpose", f"{name}.turned", apart, perm=[1, 2, 0, 3])
    query, key, value = (
        graph.add("Gather", f"{name}.{at}", turned, graph.constant(f"{name}.at{at}", np.array(at)))
        for at in range(3)
    )
    across = graph.add("Transpose", f"{name}.across", key, perm=[0, 2, 1])
    met = graph.add("MatMul", f"{name}.met", query, across)
    shares = graph.add("Softmax", f"{name}.shares", met, axis=-1)
    mixed = graph.add("MatMul", f"{name}.mixed", shares, value)
    back = graph.add("Transpose", f"{name}.back", mixed, perm=[1, 0, 2])
    flat = graph.constant(f"{name}.flat", np.array([0, width]))
    heard = graph.add("Reshape", f"{name}.heard", back, flat)
    out = graph.linear(f"{name}.out", heard, *_part(weights, f"{prefix}.attention.output.dense"))
    summed = graph.add("Add", f"{name}.summed", out, rows)
    return graph.norm(f"{name}.attended", summed, weights, f"{prefix}.attention.output.LayerNorm")


def _fed(
    graph: _Graph, weights: Weights, prefix: str, name: str, rows: str, loud: Sequence[int]
) -> str:
    wide = graph.linear(f"{name}.wide", rows, *_part(weights, f"{prefix}.intermediate.dense"))
    bent = graph.add("Gelu", f"{name}.bent", wide)
    most = graph.constant(f"{name}.most", np.array(_MOST, np.float32))
    quiet = graph.add("Min", f"{name}.quiet", bent, most)
    weight, bias = _part(weights, f"{prefix}.output.dense")
    narrow = graph.linear(f"{name}.narrow", quiet, weight, bias)
    at = graph.constant(f"{name}.loud", np.array(loud, np.int64))
    whole, kept = (
        graph.add("Gather", f"{name}.{which}", units, at, axis=1)
        for which, units in (("whole", bent), ("kept", quiet))
    )
    over = graph.add("Sub", f"{name}.over", whole, kept)
    more = graph.linear(f"{name}.beyond", over, weight[:, list(loud)], np.zeros_like(bias))
    both = graph.add("Add", f"{name}.both", narrow, more)
    total = graph.add("Add", f"{name}.total", both, rows)
    return graph.norm(f"{name}.done", total, weights, f"{prefix}.output.LayerNorm")
