"""The loss against autograd, learning on a toy, what is written, what is left out."""

import gzip
import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch.nn import functional

from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.training.embedder import (
    EmbedderRecipe,
    _contrast,
    _schedule,
    save_model,
    starts_word,
    tokenize_with,
    train_shipped,
    train_table,
    train_tokenizer,
)
from warta.index.training.pairs import Document, lay_out, whole
from warta.index.training.training_sets import PairMix, Sets, like_near_like, load_sets, questions

TOPICS = [
    ("banjir hujan sungai", "air meluap tanggul bendungan"),
    ("gol bola wasit", "pertandingan stadion pelatih juara"),
    ("harga beras pasar", "pedagang panen inflasi petani"),
    ("gempa bumi retak", "rumah rusak pengungsi tenda"),
]


@pytest.fixture(scope="module")
def toy():
    texts = [text for pair in TOPICS for text in pair]
    tokenizer = train_tokenizer(texts * 3, 400)
    documents = [Document("", text) for text in texts]
    return tokenizer, lay_out(documents, tokenize_with(tokenizer), starts_word(tokenizer))


def toy_draw(row):
    def draw(rng):
        chosen = rng.integers(len(TOPICS), size=16)
        return whole(row, 2 * chosen, 2 * chosen + 1, keep=0.9)

    return draw


def test_the_written_out_gradient_is_that_of_symmetric_cross_entropy():
    torch.manual_seed(0)
    left = torch.randn(40, 16, requires_grad=True)
    right = (left.detach() + torch.randn(40, 16)).requires_grad_(True)
    same = torch.zeros(40, 40, dtype=torch.bool)
    same[1, 2] = same[2, 1] = True
    loss = _contrast(left, right, same, EmbedderRecipe(dim=16, dims=((16, 1.0),), scale=20.0))
    ours = torch.autograd.grad(loss, (left, right))
    scores = functional.normalize(left, dim=1) @ functional.normalize(right, dim=1).T * 20
    scores = scores.masked_fill(same, -1e4)
    target = torch.arange(40)
    slow = functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)
    theirs = torch.autograd.grad(slow / 2, (left, right))
    assert loss.item() == pytest.approx(slow.item() / 2, rel=0.02)
    for mine, reference in zip(ours, theirs, strict=True):
        assert float((mine - reference).norm() / reference.norm()) < 0.03


def test_the_rate_rises_then_falls_to_nothing():
    recipe = EmbedderRecipe(steps=100, warmup=0.1)
    rates = [_schedule(step, recipe) for step in (0, 9, 10, 55, 99)]
    assert rates == pytest.approx([0.1, 1.0, 1.0, 0.5, 1 / 90])


def test_training_brings_texts_together_that_share_no_word(toy):
    _, row = toy
    recipe = EmbedderRecipe(steps=60, dim=16, dims=((16, 1.0),), rate=0.05)
    table = train_table(row, toy_draw(row), recipe)
    vectors = np.stack([table[row.ids[begin:end]].mean(axis=0) for begin, end in row.bodies])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = vectors[::2] @ vectors[1::2].T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert scores.diagonal().min() > scores[~np.eye(4, dtype=bool)].max()


def test_the_same_seed_gives_the_same_weights(toy):
    _, row = toy
    recipe = EmbedderRecipe(steps=5, dim=8, dims=((8, 1.0), (4, 0.5)))
    first = train_table(row, toy_draw(row), recipe)
    np.testing.assert_array_equal(first, train_table(row, toy_draw(row), recipe))


def test_going_on_from_a_table_without_a_step_changes_nothing(toy):
    _, row = toy
    start = np.random.default_rng(0).normal(size=(len(row.starts_word), 8)).astype(np.float32)
    recipe = EmbedderRecipe(steps=0, dim=8, dims=((8, 1.0),))
    np.testing.assert_allclose(train_table(row, toy_draw(row), recipe, start), start, rtol=1e-5)


def test_the_written_weights_are_bytes_with_a_scale_and_nearly_the_same(toy, tmp_path):
    tokenizer, row = toy
    rng = np.random.default_rng(0)
    table = rng.normal(size=(len(row.starts_word), 32)).astype(np.float32)
    save_model(tmp_path, table, tokenizer)
    stored = load_file(tmp_path / "model.safetensors")
    assert stored["embeddings"].dtype == np.int8
    embedder = SentenceTransformerEmbedder.load(tmp_path)
    (vector,) = embedder.embed_passages([TOPICS[0][0]])
    exact = table[row.ids[slice(*row.bodies[0])]].mean(axis=0)
    assert float(vector @ exact / np.linalg.norm(exact)) > 0.9999


def test_like_documents_are_put_near_each_other():
    texts = ["air sungai banjir", "gol bola wasit"] * 20
    tokenizer = train_tokenizer(texts, 200)
    documents = [Document("", text) for text in texts]
    row = lay_out(documents, tokenize_with(tokenizer), starts_word(tokenizer))
    table = np.random.default_rng(0).normal(size=(len(row.starts_word), 16)).astype(np.float32)
    order = like_near_like(row, table, range(40), np.random.default_rng(1))
    assert sorted(order.tolist()) == list(range(40))
    assert np.count_nonzero(np.diff(order % 2)) <= 3  # equal documents may tie between centres


def write(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def question(text, context, split):
    return {"question": text, "context": context, "split": split, "answerable": True}


@pytest.fixture
def data(tmp_path):
    qa = tmp_path / "qa"
    write(qa / "facqa.jsonl.gz", [question("Siapa?", "Dia.", "train")])
    write(qa / "idk_mrc.jsonl.gz", [question("Berapa  luasnya?", "Luas sekali.", "valid")])
    write(
        qa / "tydiqa_id.jsonl.gz",
        [
            question("berapa luasnya?", "Teks lain.", "train"),
            question("Di mana?", "luas sekali.", "train"),
            question("Kapan?", "Kemarin.", "train"),
            question("Mengapa?", "Entah.", "valid"),
        ],
    )
    write(qa / "squad2_id.jsonl.gz", [question("Apa?", "Sesuatu.", "valid")])
    news = [{"title": f"Judul {n}", "text": f"Isi berita {n}. Lagi."} for n in range(80)]
    write(tmp_path / "news" / "click_id.jsonl.gz", news)
    write(tmp_path / "train" / "wiki_title_lead.jsonl.gz", [{"a": "Kota", "b": "Kota itu besar."}])
    write(tmp_path / "train" / "parallel_en_id.jsonl.gz", [{"en": "water", "id": "air"}])
    implied = {"a": "Hujan turun.", "b": "Basah.", "label": "entailment", "split": "train"}
    write(tmp_path / "train" / "indonli.jsonl.gz", [implied, implied | {"split": "val"}])
    return tmp_path


def test_what_occurs_in_a_validation_split_is_left_out(data):
    assert list(questions(data)) == [("Siapa?", "Dia."), ("Kapan?", "Kemarin.")]


def test_every_fortieth_article_is_kept_for_measuring(data):
    sets = load_sets(data)
    titles = {sets.documents[number].title for number in sets.ranges["news"]}
    assert len(titles) == 78
    assert not titles & {"Judul 39", "Judul 79"}
    assert len(sets.links["implied"]) == 1


def test_a_batch_holds_every_kind_in_its_share(data):
    sets = load_sets(data)
    tokenizer = train_tokenizer([item.text for item in sets.documents], 300)
    row = lay_out(sets.documents, tokenize_with(tokenizer), starts_word(tokenizer))
    pairs = PairMix(row, Sets([], sets.ranges, sets.links), 100)(np.random.default_rng(0))
    kinds = [
        next(name for name, bounds in sets.ranges.items() if document in bounds)
        for document in pairs.group.tolist()
    ]
    assert {name: kinds.count(name) for name in set(kinds)} == {
        "news": 34, "wiki": 38, "asked": 10, "english": 16, "implied": 2,
    }  # fmt: skip


def test_one_command_goes_from_the_data_to_a_model_that_embeds(data, tmp_path):
    small = EmbedderRecipe(steps=3, batch=50, dim=8, dims=((8, 1.0), (4, 0.5)), vocabulary=300)
    train_shipped(data, tmp_path / "model", small, small)
    embedder = SentenceTransformerEmbedder.load(tmp_path / "model")
    vectors = embedder.embed_passages(["Isi berita", "Kota itu besar."])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1], rtol=1e-5)
    kept = tmp_path / "model" / "tokenizer.json"
    train_shipped(data, tmp_path / "again", small, small, tokens=kept)
    train_shipped(data, tmp_path / "third", small, small, tokens=kept)
    again, third = (SentenceTransformerEmbedder.load(tmp_path / n) for n in ("again", "third"))
    assert again.fingerprint == third.fingerprint


@pytest.mark.shared
def test_no_training_question_or_passage_is_in_a_validation_split(shared):
    def plain(text):
        return " ".join(text.lower().split())

    kept_aside = set()
    for name in ("facqa", "idk_mrc", "tydiqa_id", "squad2_id"):
        with gzip.open(shared / "qa" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if record["split"] == "valid":
                    kept_aside |= {plain(record["question"]), plain(record["context"])}
    used = {plain(text) for pair in questions(shared) for text in pair}
    assert len(used) > 8000
    assert not used & kept_aside
