"""A cross-encoder made here: what it says decides the order, and what could harm is refused."""

from pathlib import Path

import numpy as np
import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.errors import InputError
from warta.index.search.reranker import CrossEncoder, WordReranker, load_reranker, reordered
from warta.index.search.retriever import Retriever

WORDS = "gempa mengguncang ambon warga mengungsi ke bukit banjir jakarta kapan di pagi".split()
TEXTS = ["gempa mengguncang ambon", "warga mengungsi ke bukit", "banjir di jakarta pagi"]


def make_model(folder: Path, *, sign: float = 1.0, labels: int = 1, head: bool = True) -> Path:
    """A BERT of 32 dimensions with weights by chance; `sign` −1 turns its scores around."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertModel,
        PreTrainedTokenizerFast,
    )

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*marks, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=0.5,
    )
    model = BertForSequenceClassification(config) if head else BertModel(config)
    if head:
        with torch.no_grad():
            model.classifier.weight *= sign
            model.classifier.bias.zero_()
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("cross"))


def plain_scores(folder: Path, query: str, texts: list[str]) -> list[float]:
    """The same scores from transformers alone, one pair at a time."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        return [
            float(model(**tokenizer(query, text, return_tensors="pt")).logits[0, 0])
            for text in texts
        ]


def test_scores_are_those_of_the_model_itself_pair_by_pair(folder):
    found = CrossEncoder.load(folder, device="cpu").score("kapan gempa", TEXTS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, plain_scores(folder, "kapan gempa", TEXTS), atol=1e-5)
    assert len(set(found.round(3).tolist())) == 3


def test_no_texts_have_no_scores(folder):
    assert CrossEncoder.load(folder, device="cpu").score("kapan", []).shape == (0,)


def test_the_order_of_hits_is_the_cross_encoders_and_turns_around_with_it(folder, tmp_path):
    fill(tmp_path / "home", [article(name, text) for name, text in zip("abc", TEXTS, strict=True)])
    query = "kapan gempa di ambon"
    wanted = [
        "abc"[place] for place in np.argsort(-np.array(plain_scores(folder, query, TEXTS))).tolist()
    ]
    turned = make_model(tmp_path / "turned", sign=-1)

    def order(reranker):
        hits = Retriever.load(tmp_path / "home", EMBEDDER, reranker).retrieve(query, k=3)
        assert [hit.rank for hit in hits] == [1, 2, 3]
        assert hits[0].score >= hits[1].score >= hits[2].score
        return [hit.article.id for hit in hits]

    assert order(CrossEncoder.load(folder, device="cpu")) == wanted
    assert order(CrossEncoder.load(turned, device="cpu")) == wanted[::-1]


def test_the_fake_counts_the_words_of_the_question():
    assert WordReranker().score("Gempa di Ambon", ["gempa ambon", "di", "gempa gempa di ambon"]
                                ).tolist() == [2, 1, 3]  # fmt: skip


def test_the_reranker_reads_the_headline_too(tmp_path):
    texts = [("a", "Gempa terjadi.", ""), ("b", "Gempa terjadi lagi.", "Kapan Ambon pulih")]
    fill(tmp_path / "home", [article(name, text, title=title) for name, text, title in texts])
    hits = Retriever(EMBEDDER, tmp_path / "home", reranker=WordReranker()).retrieve("kapan ambon")
    assert [hit.article.id for hit in hits] == ["b", "a"]


def test_only_the_first_places_move_and_scores_are_dealt_out_anew():
    order, scores = np.array([3, 0, 2, 1]), np.array([0.7, 0.1, 0.5, 0.9], np.float32)
    moved, dealt = reordered(order, scores, np.array([1, 3, 3], np.float32))
    assert moved.tolist() == [0, 2, 3, 1]
    np.testing.assert_allclose(dealt[moved], [0.9, 0.7, 0.5, 0.1])
    np.testing.assert_allclose(scores, [0.7, 0.1, 0.5, 0.9])


def test_without_a_name_there_is_no_reranker():
    assert load_reranker("") is None


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="No reranking model at"):
        CrossEncoder.load(tmp_path / "nothing")


def test_a_name_that_is_not_on_this_machine_is_not_downloaded_unasked(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr("httpx.Client.send", refuse)
    with pytest.raises(InputError, match="cannot be loaded"):
        CrossEncoder.load("nobody/has-this-model")


def test_pickled_weights_are_never_read(tmp_path):
    folder = make_model(tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        CrossEncoder.load(folder)


def test_a_model_of_several_labels_is_refused(tmp_path):
    with pytest.raises(InputError, match="gives 3 scores a pair"):
        CrossEncoder.load(make_model(tmp_path, labels=3), device="cpu")


def test_a_model_whose_head_would_be_made_up_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a BertModel"):
        CrossEncoder.load(make_model(tmp_path, head=False), device="cpu")
