"""Texts to vectors: the fake by hand, the direct reading against the library itself."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from warta.corpus.errors import InputError
from warta.index.embedding.embedder import SHIPPED, LengthEmbedder, SentenceTransformerEmbedder
from warta.index.training.embedder import save_model

WORDS = ["[PAD]", "[UNK]", "ibu", "kota", "jakarta", "hujan", "banjir"]
TABLE = np.array([[0, 0], [0, 0], [1, 0], [0, 1], [0.6, 0.8], [-1, 0], [0, -0.5]], dtype=np.float32)
TEXTS = ["ibu kota", "Jakarta banjir, hujan!", "", "zzz", "hujan " * 300]


def small_tokenizer():
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


@pytest.fixture
def folder(tmp_path):
    save_model(tmp_path / "model", TABLE, small_tokenizer())
    return tmp_path / "model"


def test_the_fake_embeds_a_text_as_the_lengths_of_its_words():
    vectors = LengthEmbedder(dim=4).embed_passages(["ab cde", "", "a b c d e"])
    root = np.sqrt(13)
    expected = [[2 / root, 3 / root, 0, 0], [0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]]
    np.testing.assert_allclose(vectors, expected, rtol=1e-6)
    assert vectors.dtype == np.float32


def test_the_fake_scores_can_be_worked_out_by_hand():
    embedder = LengthEmbedder(dim=2)
    query = embedder.embed_queries(["aaa bbbb"])
    scores = query @ embedder.embed_passages(["ccc dddd", "aaaa bbb"]).T
    np.testing.assert_allclose(scores, [[1.0, 24 / 25]], rtol=1e-6)


def test_a_text_is_the_mean_of_its_token_vectors_at_length_one(folder):
    vectors = SentenceTransformerEmbedder.load(folder).embed_passages(["ibu kota", "Kota"])
    np.testing.assert_allclose(vectors, [[0.5**0.5, 0.5**0.5], [0, 1]], atol=0.005)


def test_a_text_without_tokens_is_all_zero(folder):
    embedder = SentenceTransformerEmbedder.load(folder)
    np.testing.assert_array_equal(embedder.embed_queries(["", "   "]), np.zeros((2, 2)))
    assert embedder.embed_passages([]).shape == (0, 2)


@pytest.mark.parametrize("prompts", [{}, {"query": "ibu ", "document": "hujan "}])
def test_the_direct_reading_equals_the_library(folder, prompts):
    from sentence_transformers import SentenceTransformer

    settings = folder / "config_sentence_transformers.json"
    content = json.loads(settings.read_text())
    settings.write_text(json.dumps(content | {"prompts": prompts}))
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    embedder = SentenceTransformerEmbedder.load(folder)
    np.testing.assert_allclose(embedder.embed_queries(TEXTS), model.encode_query(TEXTS), atol=1e-6)
    np.testing.assert_allclose(
        embedder.embed_passages(TEXTS), model.encode_document(TEXTS), atol=1e-6
    )


def test_the_shipped_model_loads_in_the_library_and_gives_the_same_vectors():
    from sentence_transformers import SentenceTransformer

    texts = ["Siapa gubernur Jawa Tengah?", "Who won the election in 2019?", "Banjir di Bandung."]
    model = SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
    embedder = SentenceTransformerEmbedder.load()
    np.testing.assert_allclose(embedder.embed_queries(texts), model.encode(texts), atol=1e-5)


def test_the_shipped_model_brings_a_question_to_its_passage_in_both_languages():
    embedder = SentenceTransformerEmbedder.load()
    passages = embedder.embed_passages(
        [
            "Harga beras naik di pasar karena panen terlambat, kata para pedagang.",
            "Tim sepak bola itu menang tiga gol tanpa balas di pertandingan final.",
            "Gempa bumi merusak ratusan rumah dan sekolah di kabupaten itu.",
        ]
    )
    questions = ["Mengapa harga beras naik?", "How many houses were damaged by the earthquake?"]
    scores = embedder.embed_queries(questions) @ passages.T
    assert scores.argmax(axis=1).tolist() == [0, 2]


def test_the_shipped_model_is_at_most_thirty_megabytes():
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    assert size <= 30_000_000


def test_the_fingerprint_changes_with_weights_and_settings_and_not_with_the_place(folder, tmp_path):
    first = SentenceTransformerEmbedder.load(folder).fingerprint
    save_model(tmp_path / "copy", TABLE, small_tokenizer())
    assert SentenceTransformerEmbedder.load(tmp_path / "copy").fingerprint == first
    save_model(tmp_path / "other", TABLE * [1, 0.9], small_tokenizer())
    assert SentenceTransformerEmbedder.load(tmp_path / "other").fingerprint != first
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: "}}')
    assert SentenceTransformerEmbedder.load(folder).fingerprint != first


def test_asking_imports_neither_torch_nor_the_library():
    code = (
        "import sys; from warta.index.embedding.embedder import SentenceTransformerEmbedder as E;"
        "E.load().embed_queries(['apa']);"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers')"
        " if m in sys.modules])"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_few_texts_get_the_vectors_they_have_among_many(folder):
    embedder = SentenceTransformerEmbedder.load(folder)
    many = embedder.embed_passages(TEXTS * 65)
    np.testing.assert_array_equal(many[: len(TEXTS)], embedder.embed_passages(TEXTS))


def test_many_threads_get_the_vectors_of_one(folder):
    embedder = SentenceTransformerEmbedder.load(folder)
    expected = embedder.embed_passages(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: embedder.embed_passages(TEXTS), range(40)):
            np.testing.assert_array_equal(vectors, expected)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="No embedding model at"):
        SentenceTransformerEmbedder.load(tmp_path / "nothing")


def test_a_name_that_is_not_on_this_machine_is_not_downloaded_unasked(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match="cannot be loaded"):
        SentenceTransformerEmbedder.load("nobody/has-this-model")


def test_damaged_weights_are_refused(folder):
    (folder / "model.safetensors").write_bytes(b"\x10" * 100)
    with pytest.raises(InputError, match="cannot be read"):
        SentenceTransformerEmbedder.load(folder)


def test_weights_of_another_tokenizer_are_refused(folder):
    save_file({"embeddings": np.zeros((3, 2), dtype=np.int8)}, folder / "model.safetensors")
    with pytest.raises(InputError, match="3 rows for 7 tokens"):
        SentenceTransformerEmbedder.load(folder)


def test_pickled_weights_are_never_read(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        SentenceTransformerEmbedder.load(folder)
