"""Fine-tunes the encoder that reads a question with a passage: which of its sentences answers.

Its first layers stay as they are; the others learn listwise, from every question once: to read,
from questions of other sets on passages of their own, then from the archive's among passages that
a search brings (Garg et al. 2020, "TANDA"). The events of one fold are kept aside, and their
questions judged. A run goes on from its last checkpoint.

What has learned is written down node by node as an ONNX graph: one row of tokens at a time, so
nothing is padded and no score depends on what is read beside it. It multiplies 8-bit numbers; the
layers that stayed as they were are kept by 4 bits, as they came.
"""

import logging
import math
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
    LONGEST,
    TOKENIZER,
    WEIGHTS,
    Laid,
    PassageReader,
    Scores,
    lay_out_passage,
    passages_of,
)
from warta.index.training.models.pretrained import HEADS, WIDTH, first_layers
from warta.index.weights import Logits, Packed, Rows

_log = logging.getLogger(__name__)
ASIDE = 0  # the fold whose events it never sees
_LOUD = 4  # inner units of a layer whose excess is kept in float
_HEARD = 100  # passages by which they are found
_KEPT = 50  # steps between two checkpoints
_TOGETHER = 8  # passages of like length, padded
_OPSET = 20
_FLOAT, _INT8 = 1, 3  # ONNX's names of types
_BYTES = {_FLOAT: 4, _INT8: 1}
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
class Recipe:
    """`layers` of the pretrained encoder, the first `frozen` of them as they are.

    `batch` questions of the archive are learned from at once, twice as many of other sets, at a
    `rate` that falls to nothing. `share` of all questions is taken.
    """

    layers: int = 12
    frozen: int = 6
    rate: float = 2.5e-4
    batch: int = 8
    share: float = 1.0
    head_rate: float = 4.0  # times the rate
    warmup: int = 60  # steps
    judging: float = 0.5  # weight of each sentence by itself beside the list
    edges: float = 0.15  # weight of where an answer begins and ends


RECIPES = (Recipe(), Recipe(layers=7, frozen=4))
"""Two encoders that share their first layers: one reads further, the mean of both reads better."""


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

    def logits(self, passages: Sequence[_Passage]) -> list[Any]:
        """Return for each passage (n or more, labels); what lies behind its end means nothing."""
        order = sorted(range(len(passages)), key=lambda at: len(passages[at].laid.ids))
        found: list[Any] = [None] * len(passages)
        for begin in range(0, len(order), _TOGETHER):
            some = order[begin : begin + _TOGETHER]
            for at, logits in zip(some, self._padded([passages[at] for at in some]), strict=True):
                found[at] = logits
        return found

    def _padded(self, passages: Sequence[_Passage]) -> Any:
        import torch

        rows = [torch.from_numpy(passage.laid.ids) for passage in passages]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=1)
        lengths = torch.tensor([len(row) for row in rows])
        mask = (torch.arange(ids.shape[1])[None] < lengths[:, None])[:, None, None].to(self.device)
        # Two thirds of the time where bfloat16 is counted with, the same loss within 0.001.
        with torch.autocast(self.device.partition(":")[0], torch.bfloat16):
            with torch.no_grad():
                hidden = self.model.bert.embeddings(input_ids=ids.to(self.device))
                for layer in self.model.bert.encoder.layer[: self.recipe.frozen]:
                    hidden = layer(hidden, attention_mask=mask)
            for layer in self.model.bert.encoder.layer[self.recipe.frozen :]:
                hidden = layer(hidden, attention_mask=mask)
            return self.model.classifier(hidden).float()


def _loss(trainee: _Trainee, batch: Sequence[Group]) -> Any:
    import torch

    rows = iter(trainee.logits([passage for group in batch for passage in group]))
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


def _batches(others: int, own: int, recipe: Recipe) -> list[list[int]]:
    """Return the places of what each step learns from, the same whenever a run goes on."""
    rng = random.Random(0)
    first = rng.sample(range(others), int(recipe.share * others))
    then = rng.sample(range(others, others + own), int(recipe.share * own))
    most = 2 * recipe.batch
    return [
        *(first[at : at + most] for at in range(0, len(first), most)),
        *(then[at : at + recipe.batch] for at in range(0, len(then), recipe.batch)),
    ]


def _fit(
    trainee: _Trainee, groups: Sequence[Group], batches: Sequence[list[int]], checkpoint: Path
) -> None:
    import torch

    recipe, model, rate = trainee.recipe, trainee.model, trainee.recipe.rate
    learning = [value for value in model.parameters() if value.requires_grad]
    head = set(map(id, model.classifier.parameters()))
    optimizer = torch.optim.AdamW(
        [
            {"params": [v for v in learning if id(v) not in head], "rate": rate},
            {"params": list(model.classifier.parameters()), "rate": rate * recipe.head_rate},
        ],
        lr=rate, weight_decay=0.01, betas=(0.9, 0.98),
    )  # fmt: skip
    begin = 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=trainee.device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        begin = kept["step"]
    began, losses = time.monotonic(), []
    for step in range(begin, len(batches)):
        share = min((step + 1) / recipe.warmup, 1.0) * max(0.02, 1 - step / len(batches))
        for settings in optimizer.param_groups:
            settings["lr"] = settings["rate"] * share
        loss = _loss(trainee, [groups[at] for at in batches[step]])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % _KEPT == 0 or step + 1 == len(batches):
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save(state | {"step": step + 1}, checkpoint)
            _log.info(
                "encoder: step %d of %d, loss %.3f, %.0f s",
                step + 1, len(batches), np.mean(losses[-_KEPT:]), time.monotonic() - began,
            )  # fmt: skip


def _model(base: Path | None, tokenizer: Tokenizer, recipe: Recipe) -> Any:
    """Return BertForTokenClassification; without a base of random weights."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    size = tokenizer.get_vocab_size()
    model = BertForTokenClassification(
        BertConfig(
            vocab_size=size, hidden_size=WIDTH, num_hidden_layers=recipe.layers,
            num_attention_heads=HEADS, intermediate_size=4 * WIDTH, type_vocab_size=2,
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


def _export(
    models: Sequence[tuple[Any, Recipe]], tokenizer: Tokenizer, heard: Sequence[Laid], out: Path
) -> None:
    """Write the graph and its tokenizer."""
    branches = [
        _Branch(
            {name: value.cpu().numpy() for name, value in model.state_dict().items()},
            recipe.frozen,
            _loudest(model.cpu().eval(), heard),
        )
        for model, recipe in models
    ]
    out.mkdir(parents=True, exist_ok=True)
    _write_graph(branches, HEADS, out)
    tokenizer.save(str(out / TOKENIZER), pretty=False)


def _loudest(model: Any, heard: Sequence[Laid]) -> list[list[int]]:
    """Return for each layer the inner units that grow largest for any token."""
    import torch

    most: list[Any] = [[] for _ in model.bert.encoder.layer]

    def listen(inner: Any, at: int) -> Any:
        return inner.register_forward_hook(lambda *seen: most[at].append(seen[2][0].amax(0)))

    hooks = [listen(layer.intermediate, at) for at, layer in enumerate(model.bert.encoder.layer)]
    with torch.no_grad():
        for laid in heard:
            model(input_ids=torch.from_numpy(laid.ids)[None])
    for hook in hooks:
        hook.remove()
    return [torch.stack(values).amax(0).topk(_LOUD).indices.tolist() for values in most]


def _teaches(pool: LearningPool) -> bool:
    return pool.fold != ASIDE and (bool(pool.right.any()) or not pool.question.answerable)


def learn(
    pools: Sequence[LearningPool],
    raw: Sequence[Logits],
    others: Sequence[LearningPool],
    base: Path | None,
    out: Path,
    recipes: Sequence[Recipe] = RECIPES,
    device: str = "cpu",
) -> dict[int, Scores]:
    """Write the encoder to `out` and return what the sentences of the pools kept aside score.

    By their places in `pools`. `raw`: what the trees say of each pool's sentences; `others`: pools
    of other sets, learned from first. `base`: the pretrained weights; None for a trial.
    `recipes`: of the encoders that are averaged. Of a pool two and three passages are learned from
    by turns. Checkpoints lie beside `out` until all is made.
    """
    tokenizer = Tokenizer.from_file(str(HERE / TOKENIZER))
    checkpoints = out.with_name("encoder-checkpoints")  # beside what a new run clears
    checkpoints.mkdir(parents=True, exist_ok=True)
    own = [pair for pair in zip(pools, raw, strict=True) if _teaches(pair[0])]
    groups = [
        *(_to_learn(pool, pool.right.astype(np.float64), tokenizer, 1) for pool in others),
        *(_to_learn(pool, scores, tokenizer, 2 + at % 2) for at, (pool, scores) in enumerate(own)),
    ]
    models = []
    for number, recipe in enumerate(recipes):
        trainee = _Trainee(_model(base, tokenizer, recipe), recipe, device)
        batches = _batches(len(others), len(own), recipe)
        _fit(trainee, groups, batches, checkpoints / f"encoder{number}.pt")
        models.append((trainee.model, recipe))
    heard = [group[0].laid for group in groups[:: max(1, len(groups) // _HEARD)] if group]
    _export(models, tokenizer, heard, out)
    encoder = PassageReader.load(out)
    shutil.rmtree(checkpoints)
    return {
        at: encoder(pool.asked.text, pool.found, raw[at])[0]
        for at, pool in enumerate(pools)
        if pool.fold == ASIDE
    }


class _Graph:
    """Nodes and constants in the order they are added; `packed`: weights that lie beside it."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.packed: dict[str, Packed] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(
        self, operator: str, name: str, *inputs: str, more: Sequence[str] = (), **attributes: Any
    ) -> str:
        """Add a node; `more`: names of what it gives besides."""
        from onnx import helper

        outputs = [name, *more]
        self.nodes.append(helper.make_node(operator, list(inputs), outputs, name, **attributes))
        return name

    def linear(self, name: str, rows: str, weight: Rows, bias: NDArray[Any], bits: int) -> str:
        """Add rows @ weightᵀ + bias, multiplied as 8-bit numbers; the weight is kept by `bits`.

        All rows together have one scale, each output its own. The weights are no part of the
        graph: `PassageReader.load` unpacks them and hands them over.
        """
        self.packed[name] = Packed.of(weight, bits)
        factors = self._handed_over(f"{name}.w", _INT8, weight.T.shape)
        scales = self._handed_over(f"{name}.s", _FLOAT, (len(weight),))
        self.add("DynamicQuantizeLinear", f"{name}.q", rows, more=(f"{name}.qs", f"{name}.qz"))
        found = self.add("MatMulInteger", f"{name}.m", f"{name}.q", factors, f"{name}.qz")
        floats = self.add("Cast", f"{name}.f", found, to=_FLOAT)
        scaled = self.add("Mul", f"{name}.k", f"{name}.qs", scales)
        whole = self.add("Mul", f"{name}.p", floats, scaled)
        return self.add("Add", name, whole, self.constant(f"{name}.b", bias))

    def _handed_over(self, name: str, kind: int, shape: Sequence[int]) -> str:
        from onnx import TensorProto

        value = TensorProto(
            name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL
        )
        for key, told in (("location", WEIGHTS), ("length", math.prod(shape) * _BYTES[kind])):
            value.external_data.add(key=key, value=str(told))
        self.constants.append(value)
        return name

    def looked_up(self, name: str, weight: Rows, at: str) -> str:
        """Add the rows `at` of a weight that is kept by 4 bits, as float32."""
        kept = Packed.of(weight, 4)
        lower, scale = (
            self.add("Gather", f"{each}.at", self.constant(each, value), at)
            for each, value in ((f"{name}.lower", kept.lower), (f"{name}.scales", kept.scales))
        )
        mask, four = (
            self.constant(f"{name}.{value}", np.array([value], np.uint8)) for value in (15, 4)
        )
        first = self.add("BitwiseAnd", f"{name}.first", lower, mask)
        second = self.add("BitShift", f"{name}.second", lower, four, direction="RIGHT")
        both = self.add("Concat", f"{name}.both", first, second, axis=-1)
        floats = self.add("Cast", f"{name}.floats", both, to=_FLOAT)
        middle = self.constant(f"{name}.middle", np.array(8, np.float32))
        around = self.add("Sub", f"{name}.around", floats, middle)
        scales = self.add("Cast", f"{name}.scale", scale, to=_FLOAT)
        shape = self.constant(f"{name}.shape", np.array([-1, weight.shape[1]]))
        return self.add("Reshape", name, self.add("Mul", f"{name}.p", around, scales), shape)

    def norm(self, name: str, rows: str, weights: _Weights, prefix: str) -> str:
        return self.add(
            "LayerNormalization", name, rows,
            self.constant(f"{name}.w", weights[f"{prefix}.weight"]),
            self.constant(f"{name}.b", weights[f"{prefix}.bias"]),
            axis=-1, epsilon=_EPSILON,
        )  # fmt: skip


@dataclass(frozen=True)
class _Branch:
    """A model to be written: `weights` by transformers' names of BertForTokenClassification.

    Its table and first `frozen` layers are the pretrained ones. `loud`: for each layer the inner
    units that grow large for a few tokens. Eight bits over their range leave two for all others,
    so what they have beyond `_MOST` is added in float.
    """

    weights: _Weights
    frozen: int
    loud: Sequence[Sequence[int]]


def _write_graph(branches: Sequence[_Branch], heads: int, out: Path) -> None:
    """Write the graph: ids (n,) int64 -> the mean of the branches' logits (n, labels) float32.

    What the branches have in common is worked out once. Beside it lie its weights.
    """
    import onnx
    from onnx import helper

    graph = _Graph()
    longest = max(branches, key=lambda branch: branch.frozen)
    trunk = [_embedded(graph, longest.weights)]
    for layer in range(longest.frozen):
        trunk.append(_layer(graph, longest, layer, f"l{layer}", trunk[-1], heads))
    each = []
    for number, branch in enumerate(branches):
        rows, name = trunk[branch.frozen], f"b{number}"
        for layer in range(branch.frozen, len(branch.loud)):
            rows = _layer(graph, branch, layer, f"{name}.l{layer}", rows, heads)
        weight, bias = _part(branch.weights, "classifier")
        product = graph.add("MatMul", f"{name}.p", rows, graph.constant(f"{name}.w", weight.T))
        each.append(graph.add("Add", name, product, graph.constant(f"{name}.b", bias)))
    graph.add("Mean", "logits", *each)
    ids = helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, ["n"])
    logits = helper.make_tensor_value_info("logits", _FLOAT, ["n", len(bias)])
    made = helper.make_graph(graph.nodes, "reader", [ids], [logits], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
    # The library's check asks for the file of what is handed over.
    (out / ENCODER).write_bytes(model.SerializeToString())
    kept: dict[str, Any] = {
        f"{name}.{part}": value
        for name, each in graph.packed.items()
        for part, value in (("lower", each.lower), ("upper", each.upper), ("scales", each.scales))
        if value is not None
    }
    np.savez(out / WEIGHTS, **kept)


def _embedded(graph: _Graph, weights: _Weights) -> str:
    """Add vectors of tokens and places."""
    words = graph.looked_up("table", weights["bert.embeddings.word_embeddings.weight"], "ids")
    places = weights["bert.embeddings.position_embeddings.weight"][:LONGEST]
    places = places + weights["bert.embeddings.token_type_embeddings.weight"][:1]
    zero, length = graph.constant("zero", np.array([0])), graph.add("Shape", "length", "ids")
    kept = graph.add(
        "Cast", "place", graph.constant("places", places.astype(np.float16)), to=_FLOAT
    )
    placed = graph.add("Slice", "placed", kept, zero, length)
    both = graph.add("Add", "both", words, placed)
    return graph.norm("embedded", both, weights, "bert.embeddings.LayerNorm")


def _part(weights: _Weights, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _layer(graph: _Graph, branch: _Branch, at: int, name: str, rows: str, heads: int) -> str:
    """Add the layer `at`: what the rows have of each other, then what each makes of it."""
    prefix, bits = f"bert.encoder.layer.{at}", 4 if at < branch.frozen else 6
    rows = _attended(graph, branch.weights, prefix, name, rows, heads, bits)
    return _fed(graph, branch.weights, prefix, name, rows, branch.loud[at], bits)


def _attended(
    graph: _Graph, weights: _Weights, prefix: str, name: str, rows: str, heads: int, bits: int
) -> str:
    inner = f"{prefix}.attention.self"
    parts = [_part(weights, f"{inner}.{which}") for which in ("query", "key", "value")]
    width = len(parts[0][1])
    root = np.float32(1 / np.sqrt(width // heads))
    parts[0] = (parts[0][0] * root, parts[0][1] * root)
    weight = np.concatenate([one for one, _ in parts])
    bias = np.concatenate([b for _, b in parts])
    joint = graph.linear(f"{name}.qkv", rows, weight, bias, bits)
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
    out = graph.linear(
        f"{name}.out", heard, *_part(weights, f"{prefix}.attention.output.dense"), bits
    )
    summed = graph.add("Add", f"{name}.summed", out, rows)
    return graph.norm(f"{name}.attended", summed, weights, f"{prefix}.attention.output.LayerNorm")


def _fed(
    graph: _Graph, weights: _Weights, prefix: str, name: str, rows: str, loud: Sequence[int],
    bits: int,
) -> str:  # fmt: skip
    wide = graph.linear(f"{name}.wide", rows, *_part(weights, f"{prefix}.intermediate.dense"), bits)
    bent = graph.add("Gelu", f"{name}.bent", wide)
    most = graph.constant(f"{name}.most", np.array(_MOST, np.float32))
    quiet = graph.add("Min", f"{name}.quiet", bent, most)
    weight, bias = _part(weights, f"{prefix}.output.dense")
    narrow = graph.linear(f"{name}.narrow", quiet, weight, bias, bits)
    at = graph.constant(f"{name}.loud", np.array(loud, np.int64))
    whole, kept = (
        graph.add("Gather", f"{name}.{which}", units, at, axis=1)
        for which, units in (("whole", bent), ("kept", quiet))
    )
    over = graph.add("Sub", f"{name}.over", whole, kept)
    few = graph.constant(f"{name}.few", weight[:, list(loud)].T)
    both = graph.add("Add", f"{name}.both", narrow, graph.add("MatMul", f"{name}.more", over, few))
    total = graph.add("Add", f"{name}.total", both, rows)
    return graph.norm(f"{name}.done", total, weights, f"{prefix}.output.LayerNorm")
