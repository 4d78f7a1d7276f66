"""Fine-tunes the encoder that reads a question with a passage: which of its sentences answers.

Its first layers stay as they are and are computed once for each passage; the others learn
listwise in three stages: to read, from questions of other sets on passages of their own, then
from the archive's first questions, then from all of them, among more passages (Garg et al. 2020,
"TANDA"). The events of one fold are kept aside, and their questions judged. Each stage goes on
from its last checkpoint.

What has learned is written down node by node as an ONNX graph with 8-bit weights: one row of tokens
at a time, so nothing is padded and no score depends on what is read beside it.
"""

import logging
import random
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from warta.index.reader.features import Asked, Candidate
from warta.index.reader.passage_reader import (
    ENCODER,
    HERE,
    TOKENIZER,
    Laid,
    PassageReader,
    Scores,
    lay_out_passage,
    passages_of,
)
from warta.index.training.models.pretrained import HEADS, WIDTH, first_layers
from warta.index.weights import Logits

_log = logging.getLogger(__name__)
ASIDE = 0  # the fold whose events it never sees
_LOUD = 4  # inner units of a layer whose excess is kept in float
_HEARD = 100  # passages by which they are found
_KEPT = 20  # steps between two checkpoints
_OPSET = 20
_EPSILON = 1e-12
_MOST = 5.0  # of an inner unit; beyond it few go
_Weights = Mapping[str, NDArray[np.float32]]


class _Asking(Protocol):
    @property
    def answers(self) -> tuple[str, ...]: ...
    @property
    def answerable(self) -> bool: ...


class LearningPool(Protocol):
    """A question with its n candidates, as `reader_pools.TrainingPool` is one."""

    @property
    def question(self) -> _Asking:
        """Its accepted answers, and whether anything answers it."""

    @property
    def asked(self) -> Asked:
        """The question as it is read."""

    @property
    def found(self) -> tuple[Candidate, ...]:
        """The candidates."""

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which of them answer, (n,)."""

    @property
    def unsure(self) -> NDArray[np.bool_]:
        """Of which it is not known, (n,)."""

    @property
    def fold(self) -> int:
        """The same for all questions on an event."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`epochs` over its questions at a `rate`, `passages` of each: one that answers, the best."""

    epochs: float
    rate: float
    passages: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """`layers` of the pretrained encoder, the first `frozen` of them as they are.

    Stages: `others` from the questions of other sets, `first` from the archive's first ones,
    `all` from all of these. `batch` of questions.
    """

    layers: int = 7
    frozen: int = 4
    others: Stage = Stage(1.0, 3e-4, 2)
    first: Stage = Stage(2.2, 2.5e-4, 2)
    all: Stage = Stage(1.7, 1.3e-4, 3)
    batch: int = 8
    head_rate: float = 5.0  # times the rate
    warmup: float = 0.06
    judging: float = 0.5  # weight of each sentence by itself beside the list
    edges: float = 0.15  # weight of where an answer begins and ends


@dataclass(frozen=True, slots=True)
class _Passage:
    """A laid out passage, and what its sentences are.

    `right`, `counts` (s,): whether a sentence answers, and whether it is known to or not to;
    `edges` (2, n): which tokens begin and end an accepted answer in a right one.
    """

    laid: Laid
    right: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    edges: NDArray[np.bool_]


Group = list[_Passage]


def _to_learn(pool: LearningPool, raw: Logits, tokenizer: Tokenizer, most: int) -> Group:
    """Return the best passage that answers and the best of the others, `most` together."""
    groups = passages_of(pool.found, raw)
    good = [group for group in groups if pool.right[group].any()][:1]
    others = [group for group in groups if group not in good]
    return [_passage(pool, group, tokenizer) for group in [*good, *others][:most]]


def _passage(pool: LearningPool, group: Sequence[int], tokenizer: Tokenizer) -> _Passage:
    laid = lay_out_passage(tokenizer, pool.asked.text, pool.found, group)
    right = pool.right[group]
    passage = pool.found[group[0]].hit.passage
    offsets = tokenizer.encode(passage.text, add_special_tokens=False).offsets
    begin = int(np.argmax(laid.sentence >= 0)) if (laid.sentence >= 0).any() else 0
    offsets = offsets[: len(laid.ids) - 1 - begin]
    edges = np.zeros((2, len(laid.ids)), np.bool_)
    folded = passage.text.lower()
    for at in np.flatnonzero(right).tolist():
        sentence = pool.found[group[at]]
        start, end = sentence.start - passage.start, sentence.end - passage.start
        for answer in pool.question.answers:
            place = folded.find(answer.lower(), start, end)
            inside = [
                number for number, (a, b) in enumerate(offsets)
                if place >= 0 and a < place + len(answer) and b > place
            ]  # fmt: skip
            if inside:
                edges[[0, 1], [begin + inside[0], begin + inside[-1]]] = True
    return _Passage(laid, right, ~pool.unsure[group], edges)


class _Trainee:
    """An encoder that learns in its last layers."""

    def __init__(self, model: Any, recipe: Recipe, device: str) -> None:
        self.model, self.recipe, self.device = model.to(device).eval(), recipe, device
        model.requires_grad_(False)
        for layer in model.bert.encoder.layer[recipe.frozen :]:
            layer.requires_grad_(True)
        model.classifier.requires_grad_(True)
        self._below: dict[int, Any] = {}

    def forget(self) -> None:
        """Let go of what the frozen layers made of passages that are not read again."""
        self._below.clear()

    def logits(self, passages: Sequence[_Passage]) -> Any:
        """Return (passages, longest, labels); what lies behind a passage's end means nothing."""
        import torch

        lengths = [len(passage.laid.ids) for passage in passages]
        below = [self._frozen(passage) for passage in passages]
        hidden = torch.nn.utils.rnn.pad_sequence(below, batch_first=True).float()
        inside = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
        mask = inside[:, None, None, :].to(self.device)
        # Two thirds of the time where bfloat16 is counted with, the same loss within 0.001.
        with torch.autocast(self.device.partition(":")[0], torch.bfloat16):
            for layer in self.model.bert.encoder.layer[self.recipe.frozen :]:
                hidden = layer(hidden, attention_mask=mask)
            return self.model.classifier(hidden).float()

    def _frozen(self, passage: _Passage) -> Any:
        """Return (n, width) what the frozen layers make of a passage, computed once."""
        import torch

        if id(passage) not in self._below:
            with torch.no_grad():
                hidden = self.model.bert.embeddings(
                    input_ids=torch.from_numpy(passage.laid.ids)[None].to(self.device)
                )
                for layer in self.model.bert.encoder.layer[: self.recipe.frozen]:
                    hidden = layer(hidden, attention_mask=None)
            self._below[id(passage)] = hidden[0].half()
        return self._below[id(passage)]


def _loss(trainee: _Trainee, batch: Sequence[Group]) -> Any:
    import torch

    flat = [passage for group in batch for passage in group]
    rows = iter(trainee.logits(flat))
    losses = []
    for group in batch:
        scores, right, tokens, edges = [], [], [], []
        for passage in group:
            logits = next(rows)[: len(passage.laid.ids)]
            seen, means = _means(logits[:, 0], passage.laid)
            counts = torch.from_numpy(passage.counts).to(seen.device)[seen]
            scores.append(means[counts])
            right.append(torch.from_numpy(passage.right).to(seen.device)[seen][counts])
            own = torch.from_numpy(passage.laid.sentence >= 0).to(seen.device)
            tokens.append(logits[own][:, 1:])
            edges.append(torch.from_numpy(passage.edges.T).to(seen.device)[own])
        score, good = torch.cat(scores), torch.cat(right)
        if not len(score):
            continue
        each = torch.nn.functional.binary_cross_entropy_with_logits(score, good.float())
        losses.append(trainee.recipe.judging * each)
        if good.any():
            losses.append(_missed(score, good))
        for token, edge in zip(torch.cat(tokens).T, torch.cat(edges).T, strict=True):
            if edge.any():
                losses.append(trainee.recipe.edges * _missed(token, edge))
    return torch.stack(losses).sum() / len(batch)


def _missed(scores: Any, right: Any) -> Any:
    """Return -log of the share of the right ones in the softmax."""
    return scores.logsumexp(0) - scores[right].logsumexp(0)


def _means(logits: Any, laid: Laid) -> tuple[Any, Any]:
    """Return the numbers of the sentences that were not cut off, and their mean logits."""
    import torch

    sentence = torch.from_numpy(laid.sentence).to(logits.device)
    own = sentence >= 0
    found: Any = torch.unique
    seen, place, count = found(sentence[own], return_inverse=True, return_counts=True)
    sums = torch.zeros(len(seen), device=logits.device)
    return seen, sums.index_add(0, place, logits[own]) / count


def _orders(count: int, epochs: float, batch: int) -> list[list[int]]:
    """Return the batches of a run, the same whenever it is started again."""
    rng = random.Random(0)
    order: list[int] = []
    while len(order) < epochs * count:
        order += rng.sample(range(count), count)
    order = order[: max(batch, int(epochs * count))]
    return [order[at : at + batch] for at in range(0, len(order), batch)]


def _fit(trainee: _Trainee, groups: Sequence[Group], stage: Stage, checkpoint: Path) -> None:
    import torch

    recipe, model, rate = trainee.recipe, trainee.model, stage.rate
    learning = [value for value in model.parameters() if value.requires_grad]
    head = set(map(id, model.classifier.parameters()))
    optimizer = torch.optim.AdamW(
        [
            {"params": [v for v in learning if id(v) not in head], "rate": rate},
            {"params": list(model.classifier.parameters()), "rate": rate * recipe.head_rate},
        ],
        lr=rate, weight_decay=0.01, betas=(0.9, 0.98),
    )  # fmt: skip
    orders = _orders(len(groups), stage.epochs, recipe.batch)
    begin = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=trainee.device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        begin = kept["step"]
    began, losses = time.monotonic(), []
    for step in range(begin, len(orders)):
        share = min((step + 1) / max(1.0, recipe.warmup * len(orders)), 1.0)
        share *= max(0.03, 1 - step / len(orders))
        for settings in optimizer.param_groups:
            settings["lr"] = settings["rate"] * share
        loss = _loss(trainee, [groups[at] for at in orders[step]])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % _KEPT == 0 or step + 1 == len(orders):
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state | {"step": step + 1}, checkpoint)
            _log.info(
                "encoder, %s: step %d of %d, loss %.3f, %.0f s",
                checkpoint.stem, step + 1, len(orders), np.mean(losses[-_KEPT:]),
                time.monotonic() - began,
            )  # fmt: skip


def _model(base: Path | None, tokenizer: Tokenizer, recipe: Recipe) -> Any:
    """Return BertForTokenClassification; without a base a small one of random weights."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    size = tokenizer.get_vocab_size()
    width, heads = (WIDTH, HEADS) if base else (HEADS, HEADS)
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=size, hidden_size=width, num_hidden_layers=recipe.layers,
            num_attention_heads=heads, intermediate_size=4 * width, type_vocab_size=2,
            max_position_embeddings=512, layer_norm_eps=1e-12, pad_token_id=1, num_labels=3,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )
    )  # fmt: skip
    if base:
        pieces = [str(tokenizer.id_to_token(at)) for at in range(size)]
        found = first_layers(base, recipe.layers, pieces)
        state = {name: torch.from_numpy(value) for name, value in found.items()}
        model.load_state_dict(state, strict=False)
    return model


def _export(model: Any, tokenizer: Tokenizer, heard: Sequence[Laid], out: Path) -> None:
    """Write the graph and its tokenizer."""
    import torch

    most: list[Any] = [[] for _ in model.bert.encoder.layer]

    def listen(inner: Any, at: int) -> Any:
        return inner.register_forward_hook(lambda *seen: most[at].append(seen[2][0].amax(0)))

    model = model.cpu().eval()
    hooks = [listen(layer.intermediate, at) for at, layer in enumerate(model.bert.encoder.layer)]
    with torch.no_grad():
        for laid in heard:
            model(input_ids=torch.from_numpy(laid.ids)[None])
    for hook in hooks:
        hook.remove()
    loud = [torch.stack(values).amax(0).topk(_LOUD).indices.tolist() for values in most]
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    _write_graph(state, HEADS, loud, out / ENCODER)
    tokenizer.save(str(out / TOKENIZER), pretty=False)


def _teaches(pool: LearningPool) -> bool:
    return pool.fold != ASIDE and (bool(pool.right.any()) or not pool.question.answerable)


def learn(
    pools: Sequence[LearningPool],
    raw: Sequence[Logits],
    first: int,
    others: Sequence[LearningPool],
    base: Path | None,
    out: Path,
    recipe: Recipe | None = None,
    device: str = "cpu",
) -> dict[int, Scores]:
    """Write the encoder to `out` and return what the sentences of the pools kept aside score.

    By their places in `pools`. `raw`: what the trees say of each pool's sentences; `first` of the
    pools are learned from before all are; `others`: pools of other sets. `base`: the pretrained
    weights; None for a trial. Checkpoints lie beside `out` until all is made.
    """
    recipe = recipe or Recipe()
    tokenizer = Tokenizer.from_file(str(HERE / TOKENIZER))
    checkpoints = out.with_name("encoder-checkpoints")  # beside what a new run clears
    checkpoints.mkdir(parents=True, exist_ok=True)
    trainee = _Trainee(_model(base, tokenizer, recipe), recipe, device)
    own = [pair for pair in zip(pools, raw, strict=True) if _teaches(pair[0])]
    early = sum(map(_teaches, pools[:first]))
    stages = {
        "others": (recipe.others, [(pool, pool.right.astype(np.float64)) for pool in others]),
        "first": (recipe.first, own[:early]),
        "all": (recipe.all, own),
    }
    for name, (stage, learned) in stages.items():
        groups = [_to_learn(pool, scores, tokenizer, stage.passages) for pool, scores in learned]
        _fit(trainee, groups, stage, checkpoints / f"{name}.pt")
        trainee.forget()
    heard = [group[0].laid for group in groups[:: max(1, len(groups) // _HEARD)]]
    _export(trainee.model, tokenizer, heard, out)
    encoder = PassageReader.load(out)
    shutil.rmtree(checkpoints)
    return {
        at: encoder(pool.asked.text, pool.found, raw[at])[0]
        for at, pool in enumerate(pools)
        if pool.fold == ASIDE
    }


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

    def norm(self, name: str, rows: str, weights: _Weights, prefix: str) -> str:
        return self.add(
            "LayerNormalization", name, rows,
            self.constant(f"{name}.w", weights[f"{prefix}.weight"]),
            self.constant(f"{name}.b", weights[f"{prefix}.bias"]),
            axis=-1, epsilon=_EPSILON,
        )  # fmt: skip


def _write_graph(weights: _Weights, heads: int, loud: Sequence[Sequence[int]], out: Path) -> None:
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


def _embedded(graph: _Graph, weights: _Weights) -> str:
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


def _part(weights: _Weights, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _attended(
    graph: _Graph, weights: _Weights, prefix: str, name: str, rows: str, heads: int
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
    graph: _Graph, weights: _Weights, prefix: str, name: str, rows: str, loud: Sequence[int]
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
