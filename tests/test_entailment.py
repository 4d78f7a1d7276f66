"""NLI models made here: what they do not find entailed is marked, what could harm is refused."""

from pathlib import Path

import numpy as np
import pytest
from homes import fill
from test_endpoint import serving, stream
from test_fallback import ASKED, assistant_with
from writer_cases import (
    ARTICLES,
    HITS,
    PLAN,
    QUESTION,
    TODAY,
    TRUE,
    assert_promises_kept,
    told,
    unsupported,
)

from warta.assistant.config import Settings
from warta.assistant.writing.entailment import (
    NliModel,
    WordEntailment,
    entailment_label,
    load_entailment,
    premises,
)
from warta.assistant.writing.support import Checker
from warta.assistant.writing.writers import ModelWriter, ScriptedModel, load_writer
from warta.corpus.errors import InputError, WriterError

NAMES = ("contradiction", "neutral", "entailment")
CARRIED = TRUE.removesuffix(" [1].") + "."
TURNED = "Pasar Wonosari ditutup kembali Bupati Ratna Kusumawati."  # the rules let it pass
SAID = f"{TRUE} {TURNED.removesuffix('.')} [1]."


def make_model(folder: Path, names=NAMES, *, head=True, taught=True, longest=64) -> Path:
    """A BERT of 32 dimensions, taught that CARRIED follows from the articles and TURNED does not.

    Its labels have these names, in this order; all with other names are learnt as one.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel

    torch.manual_seed(0)
    tokenizer = make_tokenizer(longest)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=longest,
        id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertForSequenceClassification(config) if head else BertModel(config)
    if head and taught:
        teach(model, tokenizer, names)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_tokenizer(longest):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    texts = " ".join([CARRIED, TURNED, *(article.text for article in ARTICLES)]).lower()
    splitter = pre_tokenizers.Whitespace()
    words = dict.fromkeys(word for word, _ in splitter.pre_tokenize_str(texts))
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*marks, *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = splitter
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=longest,
    )


def teach(model, tokenizer, names):
    """Two claims after every sentence of the articles, until the model knows them apart."""
    import torch

    parts = premises(" ".join(article.text for article in ARTICLES), 40, lambda t: len(t.split()))
    pairs = [(part, claim) for part in parts for claim in (CARRIED, TURNED)]
    batch = tokenizer(
        *map(list, zip(*pairs, strict=True)), return_tensors="pt", padding=True, truncation=True
    )
    right, wrong = names.index("entailment"), int(names.index("entailment") == 0)
    targets = torch.tensor([right if claim == CARRIED else wrong for _, claim in pairs])
    steps = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(model(**batch).logits, targets)
        steps.zero_grad()
        loss.backward()
        steps.step()


def plain_probability(folder: Path, passage: str, claim: str, label: int) -> float:
    """The same from transformers alone."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    pair = AutoTokenizer.from_pretrained(folder)(passage, claim, return_tensors="pt")
    with torch.no_grad():
        return float(model(**pair).logits.softmax(-1)[0, label])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return make_model(tmp_path_factory.mktemp("nli"))


@pytest.fixture(scope="module")
def model(folder) -> NliModel:
    return NliModel.load(folder, device="cpu")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("home")
    fill(made, ARTICLES[:1])
    return made


def test_the_probability_is_the_models_own_of_its_label_for_entailment(folder, model):
    passage = "Pasar itu ditutup selama tiga bulan."
    for claim in (CARRIED, TURNED, "Biaya perbaikan."):
        expected = plain_probability(folder, passage, claim, NAMES.index("entailment"))
        assert model.probability(passage, claim) == pytest.approx(expected, abs=1e-5)
    assert model.probability(ARTICLES[0].text, CARRIED) > 0.9
    assert model.probability(ARTICLES[0].text, TURNED) < 0.1


@pytest.mark.parametrize(
    "names",
    [("Entailment", "neutral", "contradiction"), ("neutral", "ENTAILMENT", "contradiction"),
     ("entailment", "not_entailment"), ("not_entailment", "entailment")],
)  # fmt: skip
def test_the_label_is_found_by_its_name_wherever_it_stands(names):
    place = [name.lower() for name in names].index("entailment")
    assert entailment_label(dict(enumerate(names)), "x") == place


def test_a_model_with_its_labels_in_another_order_judges_the_same(tmp_path):
    turned = NliModel.load(make_model(tmp_path, NAMES[::-1]), device="cpu")
    assert turned.probability(ARTICLES[0].text, CARRIED) > 0.9
    assert turned.probability(ARTICLES[0].text, TURNED) < 0.1


@pytest.mark.parametrize(
    "names", [("LABEL_0", "LABEL_1", "LABEL_2"), ("entailment",), ("entails", "entailment")]
)
def test_a_model_without_one_label_for_entailment_among_several_is_refused(tmp_path, names):
    with pytest.raises(InputError) as caught:
        NliModel.load(make_model(tmp_path, names, taught=False), device="cpu")
    assert f"The labels of {str(tmp_path)!r} are {', '.join(map(repr, names))};" in str(
        caught.value
    )
    assert "id2label" in caught.value.remedy


def test_a_model_whose_head_would_be_made_up_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a BertModel"):
        NliModel.load(make_model(tmp_path, head=False), device="cpu")


def test_pickled_weights_are_never_read(tmp_path):
    made = make_model(tmp_path, taught=False)
    (made / "model.safetensors").rename(made / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        NliModel.load(made)


def test_a_missing_folder_is_named_and_a_name_is_not_downloaded_unasked(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr("httpx.Client.send", refuse)
    with pytest.raises(InputError, match="No NLI model at"):
        load_entailment(str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="The NLI model 'nobody/has-this' cannot be loaded"):
        load_entailment("nobody/has-this")
    assert load_entailment("") is None


def by_words(text):
    return len(text.split())


def test_a_passage_is_read_in_windows_and_sentence_by_sentence():
    text = "Satu dua tiga. Empat lima. Enam tujuh delapan sembilan. Sepuluh."
    one, two, three, four = (
        "Satu dua tiga.",
        "Empat lima.",
        "Enam tujuh delapan sembilan.",
        "Sepuluh.",
    )
    assert premises(text, 20, by_words) == [text, one, two, three, four]
    # Each joint costs one more; the second window begins with the sentence the first ended in.
    assert premises(text, 7, by_words) == [
        f"{one} {two}", f"{two} {three}", f"{three} {four}", one, two, three, four
    ]  # fmt: skip
    assert premises(one, 20, by_words) == [one]
    assert premises("", 20, by_words) == []


def test_a_sentence_longer_than_the_model_takes_is_read_in_pieces():
    text = " ".join(f"kata{n}" for n in range(10)) + "."
    found = premises(text, 3, by_words)
    assert [by_words(part) for part in found] == [2, 3, 2, 3]
    assert " ".join(found) == text
    assert premises("x" * 50, 3, lambda t: len(t)) == []


def test_what_stands_at_the_end_of_a_long_passage_is_found(model, monkeypatch):
    read = []

    def judge(parts, claim):
        read.extend(parts)
        return np.array([0.9 if "lantai dasar" in part else 0.1 for part in parts], np.float32)

    monkeypatch.setattr(model, "_judge", judge)
    begun = "Pasar itu ditutup selama tiga bulan karena kebakaran. " * 200
    passage = begun + "Sebanyak 214 pedagang menempati kios baru di lantai dasar."
    assert model.probability(passage, CARRIED) == pytest.approx(0.9)
    assert model.probability(begun, CARRIED) == pytest.approx(0.1)
    tokenizer = model._model.tokenizer
    assert max(len(tokenizer(part, CARRIED).input_ids) for part in read) <= 64


def test_a_claim_that_fills_the_model_is_not_entailed(model):
    assert model.probability(CARRIED, "Pasar itu ditutup. " * 13) == 0.0  # five tokens are left
    assert model.probability("", CARRIED) == 0.0


def test_the_fake_gives_the_share_of_the_words():
    assert WordEntailment().probability("Pasar itu ditutup", "Pasar dibuka, pasar ramai") == 1 / 3


def test_what_the_rules_accept_and_the_model_does_not_is_marked_or_left_out(model):
    marked = Checker(HITS, "mark", model).read(SAID, done=True)
    assert unsupported(marked) == (f"{TURNED} [1]",)
    assert told(marked) == f"{CARRIED} [1] {TURNED} [1]"
    assert_promises_kept(marked)
    dropped = Checker(HITS, "drop", model).read(SAID, done=True)
    assert (told(dropped), unsupported(dropped)) == (f"{CARRIED} [1]", ())


def test_what_the_rules_refuse_is_not_made_good_by_a_model():
    class Believer:
        def probability(self, passage, claim):
            return 1.0

    said = f"{TRUE} Sebanyak 241 pedagang menempati kios baru [1]."
    assert len(unsupported(Checker(HITS, "mark", Believer()).read(said, done=True))) == 1


def test_outlet_day_and_headline_are_read_with_the_passage():
    class Listening(WordEntailment):
        def probability(self, passage, claim):
            self.read = passage
            return 1.0

    entailment = Listening()
    Checker(HITS, "mark", entailment).read(TRUE, done=True)
    head = "Harian Selatan. 3 Mar 2025. Pasar Wonosari dibuka kembali.\n"
    assert entailment.read == head + ARTICLES[0].text


def test_without_the_setting_the_answer_is_the_same_as_before(home):
    answer = assistant_with(home, ModelWriter(ScriptedModel(SAID))).answer(ASKED, today=TODAY)
    assert answer.text == f"{CARRIED} [1] {TURNED} [1]"
    assert answer.unsupported == ()


def test_a_contradicted_sentence_is_marked_in_the_final_answer(home, model):
    writer = ModelWriter(ScriptedModel(SAID), entailment=model)
    answer = assistant_with(home, writer).answer(ASKED, today=TODAY)
    assert answer.text == f"{CARRIED} [1] {TURNED} [1]"
    assert answer.unsupported == (f"{TURNED} [1]",)
    assert_promises_kept(answer)


def test_the_setting_puts_the_model_behind_an_endpoint_writer(home, folder):
    with serving(stream(SAID)) as server:
        settings = Settings(
            writer="endpoint", model="kecil", endpoint=server.address, nli=str(folder), device="cpu"
        )
        answer = assistant_with(home, load_writer(settings)).answer(ASKED, today=TODAY)
    assert answer.unsupported == (f"{TURNED} [1]",)
    assert answer.receipt.writer == "endpoint kecil"


def test_where_only_quotations_are_given_no_model_is_loaded():
    assert load_writer(Settings(nli="./nothing")) is None


def test_an_nli_model_that_breaks_is_a_failed_writer_and_quotations_follow(home, folder):
    broken = NliModel.load(folder, device="cpu")
    broken._model.predict = None
    with pytest.raises(WriterError, match="TypeError in the NLI model"):
        list(ModelWriter(ScriptedModel(SAID), entailment=broken).write(QUESTION, PLAN))
    writer = ModelWriter(ScriptedModel(SAID), entailment=broken)
    answer = assistant_with(home, writer).answer(ASKED, today=TODAY)
    assert answer.receipt.writer == "extractive (scripted failed: TypeError in the NLI model)"
    assert (answer.status, answer.unsupported) == ("answered", ())
    assert answer.citations[0].quote in answer.text
