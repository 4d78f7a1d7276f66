"""The encoder that reads a question with a passage: its input, its graph, its weights' source."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer

from warta.corpus.article import Article, Passage
from warta.corpus.errors import ConfigError, InputError
from warta.index.candidates import Hit
from warta.index.reader.features import candidates
from warta.index.reader.passage_reader import (
    HERE,
    PASSAGES,
    TOKENIZER,
    PassageReader,
    lay_out,
    passages_of,
    sentence_means,
)
from warta.index.weights import Packed

TEXT = "Pasar dibuka Ratna. Kiosnya 214."


def hit(name, text=TEXT):
    return Hit(Passage(name, 0, text, 0, len(text)), Article(name, "Pasar baru", text), 1.0, 1)


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(HERE / TOKENIZER))


@pytest.fixture(scope="module")
def encoder():
    return PassageReader.load()


def test_question_headline_and_passage_stand_in_one_row_with_the_numbers_of_its_sentences(
    tokenizer,
):
    laid = lay_out(tokenizer, "Berapa kios?", "Pasar baru", TEXT, [(0, 19), (20, 32)])
    pieces = [tokenizer.id_to_token(at) for at in laid.ids]
    ends = [at for at, piece in enumerate(pieces) if piece == "</s>"]
    assert pieces[0] == "<s>"
    assert [pieces[1], pieces[ends[1] + 1]] == ["▁Berapa", "▁Pasar"]
    body = "".join(pieces[ends[2] + 1 : ends[3]])
    assert body == "▁Pasar▁dibuka▁Ratna.▁Kiosnya▁214."
    told = {
        number: "".join(p for p, s in zip(pieces, laid.sentence, strict=True) if s == number)
        for number in (0, 1)
    }
    assert told == {0: "▁Pasar▁dibuka▁Ratna.", 1: "▁Kiosnya▁214."}
    assert (laid.sentence[: ends[2] + 1] == -1).all()


def test_what_is_read_at_a_time_is_bounded(tokenizer):
    endless = "a" * 100_000
    laid = lay_out(tokenizer, endless, endless, f"{endless} {endless}", [(0, 200_001)])
    assert len(laid.ids) <= 512


def test_a_sentence_scores_the_mean_of_its_tokens_and_one_cut_off_nothing():
    means = sentence_means(np.array([9.0, 1.0, 2.0, 6.0], np.float32), np.array([-1, 0, 0, 1]), 3)
    assert means[:2].tolist() == [1.5, 6.0]
    assert np.isnan(means[2])


def test_passages_come_in_the_order_of_their_best_sentence():
    found = candidates([hit("a"), hit("b")])
    assert passages_of(found, np.array([0.0, 1.0, 3.0, 2.0])) == [[2, 3], [0, 1]]


def test_scores_do_not_depend_on_what_is_read_beside_and_the_rest_is_not_read(encoder):
    hits = [hit(str(at), f"Pasar dibuka Ratna {at}. Kiosnya {at}.") for at in range(PASSAGES + 1)]
    found = candidates(hits)
    order = -np.arange(len(found), dtype=np.float64)
    scores, places = encoder("Berapa kiosnya?", found, order)
    assert np.isnan(scores).tolist() == [False] * 2 * PASSAGES + [True] * 2
    assert [place is None for place in places] == np.isnan(scores).tolist()
    alone, same = encoder("Berapa kiosnya?", found[2:4], order[2:4])
    assert alone.tolist() == scores[2:4].tolist()
    assert same == places[2:4]


def test_where_the_answer_stands_is_told_in_characters_of_the_article(encoder):
    before = "Pagi itu ramai. "
    text = before + "Pasar Selasih dibuka Ratna Dewi hari Senin. Kiosnya berjumlah 214 buah."
    passage = Passage("a", 0, text[len(before) :], len(before), len(text))
    found = candidates([replace(hit("a", text), passage=passage)])

    def answer(question, number):
        _, places = encoder(question, found, np.zeros(len(found)))
        place = places[number]
        return text[place.start : place.end], 0 < place.probability <= 1

    assert answer("Siapa yang membuka Pasar Selasih?", 0) == ("Ratna Dewi", True)
    assert answer("Berapa jumlah kios di Pasar Selasih?", 1)[0] in ("214", "214 buah")


def test_weights_that_are_missing_or_damaged_are_told(tmp_path):
    with pytest.raises(ConfigError, match="Install Warta again"):
        PassageReader.load(tmp_path)
    (tmp_path / TOKENIZER).write_bytes((HERE / TOKENIZER).read_bytes())
    (tmp_path / "encoder.onnx").write_bytes(b"no graph")
    with pytest.raises(ConfigError, match="Install Warta again"):
        PassageReader.load(tmp_path)


def _unpacked(values, bits):
    return Packed.of(values, bits).whole()


def test_four_bits_lose_nothing_of_what_was_unpacked_from_them_and_six_lose_less():
    values = np.random.default_rng(0).normal(size=(3, 256)).astype(np.float32)
    four = _unpacked(values, 4)
    assert np.array_equal(_unpacked(four, 4), four)
    assert 0 < abs(four - values).max() < abs(values).max() / 7
    assert 0 < abs(_unpacked(values, 6) - values).max() < abs(values).max() / 60


def test_the_graph_scores_as_the_mean_of_the_models_it_was_made_of(tmp_path, tokenizer):
    pytest.importorskip("onnx")
    import torch

    from warta.index.training.models.passage_reader import Recipe, _export, _model

    recipes = Recipe(layers=2, frozen=1), Recipe(layers=3, frozen=2)
    models = [_model(None, tokenizer, recipe) for recipe in recipes]
    kept = {}
    for model, recipe in zip(models, recipes, strict=True):
        for name, value in model.named_parameters():
            value.data *= 2  # large enough to tell one token from another
            layer = int(name.split(".")[3]) if ".layer." in name else -1
            if value.ndim == 2 and "bert" in name:  # what packing loses is tested above
                bits = 4 if layer < recipe.frozen else 6
                packed = _unpacked(value.detach().numpy(), bits)
                value.data = torch.from_numpy(kept.setdefault((name, bits), packed))
    laid = lay_out(tokenizer, "Berapa kios?", "Pasar baru", TEXT, [(0, 19), (20, 32)])
    with torch.no_grad():
        ids = torch.from_numpy(laid.ids)[None]
        wanted = np.mean([model(input_ids=ids).logits[0, :, 0].numpy() for model in models], 0)
    _export(list(zip(models, recipes, strict=True)), tokenizer, [laid], tmp_path)
    logits = PassageReader.load(tmp_path).logits(laid)
    scores = sentence_means(logits[:, 0], laid.sentence, 2)
    assert scores == pytest.approx(sentence_means(wanted, laid.sentence, 2), abs=0.05)
    assert abs(wanted).max() > 0.1


def test_packed_weights_are_unpacked_in_blocks_of_32(tmp_path):
    from warta.index.training.models.pretrained import _read, first_layers

    pieces = [b"<s>", b"a"]
    block = struct.pack("<e", 0.5) + bytes([0x1F] + [0x88] * 15)
    head = struct.pack("<4s10i", b"E5S1", *range(10)) + struct.pack("<i4iQ", 2, 0, 2, 1, 3, 4)
    words = struct.pack("<3I", 0, 3, 4) + struct.pack("<2f", 0, 0) + b"".join(pieces)
    entry = struct.pack("<H", 1) + b"w" + struct.pack("<BI", 1, 32)
    folds = struct.pack("<iI", 0, 0) + struct.pack("<i", 1)
    offset = len(head) + len(words) + len(folds) + len(entry) + 16
    path = tmp_path / "packed"
    path.write_bytes(head + words + folds + entry + struct.pack("<QQ", offset, 18) + block)
    packed = _read(path)
    assert packed.pieces == ("<s>", "a")
    # Low halves come first: 15 − 8 and 1 − 8, halved; 8 stands for zero.
    values = packed.tensor("w")
    assert [values[0], values[16]] == [3.5, -3.5]
    assert not np.delete(values, [0, 16]).any()
    path.write_bytes(b"other")
    with pytest.raises(InputError, match="not the packed multilingual-e5-small"):
        first_layers(path, 1, ["a"])
