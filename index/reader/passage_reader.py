"""Reads a question with a passage and its headline, token by token: which sentence answers, where.

Two transformer encoders of a standard architecture (BERT for token classification) that share
their first layers, as one ONNX graph; what they say is averaged. Its weights are kept by 4 and 6
bits in a file beside it and multiplied as 8-bit numbers. They attend from question to passage and
between the sentences of the passage, so "hal itu" and "ia" have what they stand for before them.
The score of a sentence is the mean of its tokens' first logits; the other two say where in it the
answer begins and ends.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from warta.corpus.errors import ConfigError
from warta.index.forking import unforked
from warta.index.reader.features import Candidate
from warta.index.weights import Logits, Packed

HERE = Path(__file__).parent
ENCODER, WEIGHTS, TOKENIZER = "encoder.onnx", "encoder.npz", "encoder_tokenizer.json"
PASSAGES = 2  # read for a question, those with the best sentences by the trees
_START, _END = 0, 2  # tokens around and between the parts
_QUESTION, _HEADLINE, _PASSAGE = 40, 32, 320  # tokens; longer ones are cut
LONGEST = _QUESTION + _HEADLINE + _PASSAGE + 5  # tokens of what is read at a time
_CHARACTERS = 10  # a token, at most, of what is looked at before it is cut
_LONGEST = 14  # tokens of an answer within a sentence
_EDGES = " \t\n,.;:!?\"'“”‘’()[]"
_THREADS = 2

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Laid:
    """What is read at a time: `ids` (n,) int64; `sentence` (n,), −1 where a token is of none.

    `places` (n, 2): the characters of the passage that a token stands for.
    """

    ids: NDArray[np.int64]
    sentence: NDArray[np.int64]
    places: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start:end` of an article that answer with this probability, 0..1, if any do.

    The probability is among the spans of one sentence.
    """

    start: int
    end: int
    probability: float


def lay_out(
    tokenizer: Tokenizer,
    question: str,
    headline: str,
    passage: str,
    spans: Sequence[tuple[int, int]],
) -> Laid:
    """Lay question, headline and passage in one row; `spans` are its sentences' characters."""
    asked = _tokens(tokenizer, question, _QUESTION).ids[:_QUESTION]
    head = _tokens(tokenizer, headline, _HEADLINE).ids[:_HEADLINE]
    body = _tokens(tokenizer, passage, _PASSAGE)
    before = [_START, *asked, _END, _END, *head, _END]
    ids = np.array([*before, *body.ids[:_PASSAGE], _END], np.int64)
    places = np.zeros((len(ids), 2), np.int64)
    places[len(before) : -1] = np.array(body.offsets[:_PASSAGE], np.int64).reshape(-1, 2)
    middles = places[len(before) : -1].mean(1)
    sentence = np.full(len(ids), -1, np.int64)
    own = sentence[len(before) : -1]
    for number, (start, end) in enumerate(spans):
        own[(middles >= start) & (middles < end)] = number
    return Laid(ids, sentence, places)


def _tokens(tokenizer: Tokenizer, text: str, most: int) -> Any:
    return tokenizer.encode(text[: most * _CHARACTERS], add_special_tokens=False)


def sentence_means(logits: NDArray[np.float32], sentence: NDArray[np.int64], count: int) -> Scores:
    """Return (count,) the mean logit of each sentence's tokens, NaN for one that was cut off."""
    own = sentence >= 0
    sums = np.bincount(sentence[own], logits[own], count)
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / np.bincount(sentence[own], minlength=count), np.float32)


def passages_of(found: Sequence[Candidate], scores: Logits) -> list[list[int]]:
    """Return the places of the sentences of each passage, that with the best one first."""
    groups: dict[tuple[str, int], list[int]] = {}
    for at in np.argsort(-scores, kind="stable").tolist():
        passage = found[at].hit.passage
        groups.setdefault((passage.article_id, passage.start), []).append(at)
    return [sorted(group) for group in groups.values()]


def lay_out_passage(
    tokenizer: Tokenizer, question: str, found: Sequence[Candidate], group: Sequence[int]
) -> Laid:
    """Lay out the passage of these sentences."""
    hit = found[group[0]].hit
    begin = hit.passage.start
    spans = [(found[at].start - begin, found[at].end - begin) for at in group]
    return lay_out(tokenizer, question, hit.article.title, hit.passage.text, spans)


class PassageReader:
    """The encoder that ships; safe to share by threads, scores do not depend on their company."""

    def __init__(self, session: Any, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path = HERE) -> Self:
        """Read the weights that ship, or those of a folder; raises ConfigError."""
        # It tells its makers of each session unless this is set before it is imported; its own
        # disable_telemetry_events() comes too late.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Threads of a session stay behind in a fork: it has none, passages are read side by side.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            model, weights = (folder / ENCODER).read_bytes(), _weights(folder / WEIGHTS)
            values = map(onnxruntime.OrtValue.ortvalue_from_numpy, weights.values())
            options.add_external_initializers(list(weights), list(values))
            return cls(onnxruntime.InferenceSession(model, options), tokenizer)
        except Exception as error:  # both libraries raise bare ones
            raise ConfigError(
                f"The weights in {folder} cannot be read: {error}.", "Install Warta again."
            ) from error

    def __call__(
        self, question: str, found: Sequence[Candidate], scores: Logits
    ) -> tuple[Scores, list[Found | None]]:
        """Return (n,) what speaks for each candidate, in log-odds, and where each would answer.

        NaN and None for one that is not read. `scores`: (n,) by which the passages to be read are
        chosen.
        """
        read = np.full(len(found), np.nan, np.float32)
        places: list[Found | None] = [None] * len(found)
        groups = passages_of(found, scores)[:PASSAGES]
        laid = [lay_out_passage(self._tokenizer, question, found, group) for group in groups]
        with unforked(), ThreadPoolExecutor(_THREADS) as threads:
            for group, row, logits in zip(
                groups, laid, threads.map(self.logits, laid), strict=True
            ):
                read[group] = sentence_means(logits[:, 0], row.sentence, len(group))
                for number, at in enumerate(group):
                    places[at] = _span(found[at], row, logits, number)
        return read, places

    def logits(self, laid: Laid) -> NDArray[np.float32]:
        """Return (n, 3) what each token of a passage says: it answers, begins, ends an answer."""
        logits: NDArray[np.float32] = self._session.run(None, {"ids": laid.ids})[0]
        return logits


def _weights(path: Path) -> dict[str, NDArray[Any]]:
    """Return what the graph multiplies with: ….w (inputs, outputs) int8, ….s (outputs,) float32."""
    found: dict[str, NDArray[Any]] = {}
    with np.load(path) as kept:
        for name in (key.removesuffix(".scales") for key in kept if key.endswith(".scales")):
            upper = kept[f"{name}.upper"] if f"{name}.upper" in kept else None
            weight = Packed(kept[f"{name}.lower"], upper, kept[f"{name}.scales"]).whole()
            scale = np.maximum(np.abs(weight).max(1) / 127, 1e-9).astype(np.float32)
            steps = np.rint(weight / scale[:, None]).astype(np.int8)
            found |= {f"{name}.w": np.ascontiguousarray(steps.T), f"{name}.s": scale}
    return found


def _span(
    candidate: Candidate, laid: Laid, logits: NDArray[np.float32], number: int
) -> Found | None:
    """Return the likeliest span of a sentence, None where the sentence was cut off."""
    own = np.flatnonzero(laid.sentence == number)
    first, last = np.triu_indices(len(own))
    near = last - first < _LONGEST
    first, last = first[near], last[near]
    if not len(first):
        return None
    both = logits[own[first], 1] + logits[own[last], 2]
    best = int(both.argmax())
    sure = float(1 / np.exp(both - both[best]).sum())
    passage = candidate.hit.passage
    start, end = laid.places[own[first[best]], 0], laid.places[own[last[best]], 1]
    said = passage.text[start:end]
    start += passage.start + len(said) - len(said.lstrip(_EDGES))
    end += passage.start - len(said) + len(said.rstrip(_EDGES))
    return Found(int(start), int(end), sure) if start < end else None
