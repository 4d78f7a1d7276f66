"""Training on one's own archive: it gains, it is refused, and what was there stays."""

from dataclasses import replace

import numpy as np
import pytest

from warta.corpus.article import Article
from warta.corpus.errors import InputError, TrainingError
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.training.embedder import (
    ADAPT,
    _held_out,
    save_model,
    train_on_archive,
    train_tokenizer,
)

SYLLABLES = ["ba", "ci", "du", "fo", "ge", "ha", "ji", "ku", "lo", "me", "na", "pi"]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in "klmn"]
QUICK = replace(ADAPT, steps=30, batch=256, rate=0.05)


def invented_articles(count=700, related=True):
    """Headlines and texts that share no word: word 2n of a headline goes with 2n + 1 in the text.

    Where nothing is related the words of the text are drawn by themselves.
    """
    rng = np.random.default_rng(5)
    articles = []
    for number in range(count):
        chosen = rng.integers(len(WORDS) // 2, size=4)
        told = chosen if related else rng.integers(len(WORDS) // 2, size=4)
        title = " ".join(WORDS[2 * word] for word in chosen)
        body = ". ".join(WORDS[2 * word + 1].capitalize() for word in told)
        articles.append(Article(id=f"a{number}", title=title, text=body + "."))
    return articles


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "model"
    tokenizer = train_tokenizer(WORDS * 3, 2000)
    rng = np.random.default_rng(0)
    table = rng.normal(size=(tokenizer.get_vocab_size(), 32)).astype(np.float32)
    save_model(folder, table, tokenizer)
    return folder


def test_training_on_an_archive_gains_and_writes_a_model_that_loads(base, tmp_path):
    before = SentenceTransformerEmbedder.load(base)
    stages = []
    report = train_on_archive(
        invented_articles(),
        tmp_path / "model",
        base_model=base,
        progress=lambda stage, done, total: stages.append((stage, done, total)),
        recipe=QUICK,
    )
    assert report.after > report.before + 0.2
    assert report.change.difference.low > 0
    assert report.headlines > 40
    assert stages[0][0] == "measuring"
    assert ("training", 30, 30) in stages
    after = SentenceTransformerEmbedder.load(report.folder)
    assert after.fingerprint != before.fingerprint
    assert after.dim == before.dim == 32
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_weights_that_do_not_gain_are_refused_and_the_old_ones_stay(base, tmp_path):
    save_model(tmp_path / "model", np.eye(2000, 8, dtype=np.float32), train_tokenizer(WORDS, 2000))
    before = SentenceTransformerEmbedder.load(tmp_path / "model").fingerprint
    unrelated = invented_articles(related=False)
    short = replace(QUICK, steps=10)
    with pytest.raises(TrainingError, match="did not gain"):
        train_on_archive(unrelated, tmp_path / "model", base_model=base, recipe=short)
    assert SentenceTransformerEmbedder.load(tmp_path / "model").fingerprint == before


def test_a_small_archive_is_refused_with_its_size(base, tmp_path):
    with pytest.raises(TrainingError, match="Only 12 articles"):
        train_on_archive(invented_articles(12), tmp_path / "model", base_model=base)
    assert not (tmp_path / "model").exists()


def test_only_static_models_are_trained(tmp_path):
    with pytest.raises(InputError, match="not a static model"):
        train_on_archive(invented_articles(), tmp_path / "model", base_model=tmp_path)


def test_the_same_headlines_are_held_out_every_time():
    articles = invented_articles()
    chosen = [articles[number].id for number in _held_out(articles)]
    again = [articles[::-1][number].id for number in _held_out(articles[::-1])]
    assert sorted(chosen) == sorted(again)
    assert 40 < len(chosen) < 100
