"""Writing with small models of random weights, made here in the styles of those in use.

What they say is nonsense: the whole path is tried, and that nothing of it is passed off. What a
model that makes sense would say comes from one whose writing is set.
"""

import sys
import threading

import pytest
from writer_cases import HITS, PLAN, QUESTION, TRUE, assert_promises_kept, told, unsupported

from warta.assistant.answer import Message
from warta.assistant.composing.writer import QuotingWriter
from warta.assistant.writing.chat_models import TransformersModel
from warta.assistant.writing.writers import FallbackWriter, ModelWriter, WritingLimits, _Speech
from warta.corpus.errors import ConfigError

LLAMA = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
QWEN3 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n"
    "{% endif %}{% endif %}"
)
GEMMA2 = (  # SEA-LION's too: there is no system turn
    "{{ bos_token }}{% if messages[0].role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}<start_of_turn>{{ m.role }}\n{{ m.content | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
SILENT = "{% for m in messages if m.role != 'system' %}{{ m.content }}{% endfor %}"
OPENED = QWEN3.replace("<think>\n\n</think>\n\n", "<think>\n")
CONTROL = [
    "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|im_start|>",
    "<|im_end|>", "<think>", "</think>", "<start_of_turn>", "<end_of_turn>",
]  # fmt: skip
MESSAGES = [Message("system", "Jawab dari kutipan."), Message("user", "Siapa bupati?")]


def make_tokenizer(template, end):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    learnt = Tokenizer(models.BPE())
    learnt.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learnt.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=CONTROL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learnt.train_from_iterator([hit.passage.text for hit in HITS] + [TRUE], trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=learnt, bos_token="<|begin_of_text|>", eos_token=end
    )
    made.chat_template = template
    return made


def make_model(kind, vocabulary):
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(7)
    size = {
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 8192,
    }
    if kind == "llama":
        return LlamaForCausalLM(LlamaConfig(**size))
    return Qwen3ForCausalLM(Qwen3Config(**size, head_dim=16))


def save(folder, kind="llama", template=LLAMA, end="<|eot_id|>", **how):
    tokenizer = make_tokenizer(template, end)
    tokenizer.save_pretrained(folder)
    make_model(kind, len(tokenizer)).save_pretrained(folder, **how)
    return folder


def set_writing(model, text):
    """Make a loaded model write `text`, whatever it is asked."""
    import torch

    written = model._tokenizer(text, add_special_tokens=False)["input_ids"]
    forward = model._model.forward
    state = {"at": 0}

    def forced(*args, **kwargs):
        out = forward(*args, **kwargs)
        out.logits[:] = -100
        out.logits[:, -1, written[min(state["at"], len(written) - 1)]] = 100
        state["at"] += 1
        return out

    assert isinstance(model._model, torch.nn.Module)
    model._model.forward = forced
    return model


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    return save(tmp_path_factory.mktemp("models") / "llama-kecil")


@pytest.fixture(scope="module")
def qwen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "qwen3-kecil"
    return save(folder, "qwen3", QWEN3, "<|im_end|>")


def load(folder, **how):
    return TransformersModel.load(str(folder), **{"device": "cpu", "tokens": 24, **how})


def write(model, **limits):
    *_, draft = ModelWriter(model, WritingLimits(**limits)).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    return draft


@pytest.mark.parametrize("kind", ["llama", "qwen"])
def test_the_nonsense_of_random_weights_is_not_passed_off(kind, request):
    model = load(request.getfixturevalue(kind))
    said = []
    assert model.reply(MESSAGES, said.append, threading.Event()) is False
    assert "".join(said)
    quoting = QuotingWriter()
    *_, draft = FallbackWriter(ModelWriter(model), quoting).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    assert draft.writer == f"extractive ({model.name} gave nothing its sources carry)"


@pytest.mark.parametrize(("kind", "end"), [("llama", "<|eot_id|>"), ("qwen", "<|im_end|>")])
def test_a_model_that_answers_is_shown_checked_and_numbered(kind, end, request):
    model = load(request.getfixturevalue(kind), tokens=200)
    set_writing(model, f"{TRUE} Sebanyak 99 pedagang pindah [99].{end}")
    draft = write(model)
    assert told(draft) == (
        "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1] Sebanyak 99 pedagang pindah."
    )
    assert unsupported(draft) == ("Sebanyak 99 pedagang pindah.",)
    assert draft.notes == ()


def test_greedy_writing_is_the_same_every_time(llama):
    model, said = load(llama), ([], [])
    for pieces in said:
        model.reply(MESSAGES, pieces.append, threading.Event())
    assert said[0] == said[1]


def test_the_token_limit_holds_and_the_answer_says_so(llama):
    model = set_writing(load(llama, tokens=120), f"{TRUE} Semua pedagang")
    draft = write(model)
    assert told(draft) == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"
    assert [note.text for note in draft.notes] == ["jawaban model bahasa dipotong pada batasnya"]


def test_the_time_limit_holds(llama):
    slow = set_writing(load(llama, tokens=5000), " dan")  # some seconds of writing
    speech = _Speech(slow, MESSAGES, WritingLimits(tokens=5000, seconds=0.3))
    said = list(speech.listen())
    assert not speech.ended
    assert speech._stop.is_set()
    assert said[-1].startswith(" dan")


def test_a_stopped_model_stops_and_takes_the_next_question(llama):
    model, stop, said = load(llama, tokens=5000), threading.Event(), []
    set_writing(model, "pasar ")

    def put(piece):
        said.append(piece)
        stop.set()

    assert model.reply(MESSAGES, put, stop) is False
    assert len(said) <= 3
    assert model.reply(MESSAGES, said.append, stop) is False


def test_thinking_is_dropped_also_where_the_template_opens_it(tmp_path):
    folder = save(tmp_path / "berpikir", "qwen3", OPENED, "<|im_end|>")
    model = set_writing(load(folder, tokens=200), f"Bupati Joko [1].</think>{TRUE}<|im_end|>")
    said = []
    assert model.reply(MESSAGES, said.append, threading.Event())
    assert said[0] == "<think>"
    set_writing(model, f"Bupati Joko [1].</think>{TRUE}<|im_end|>")
    assert told(write(model)) == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"


@pytest.mark.parametrize("template", [GEMMA2, SILENT], ids=["refuses", "leaves out"])
def test_rules_go_to_the_user_turn_where_a_template_takes_no_system_turn(template):
    tokenizer = make_tokenizer(template, "<end_of_turn>")
    model = TransformersModel(make_model("llama", len(tokenizer)), tokenizer, "kecil")
    rendered = model._prompt(MESSAGES)
    assert "Jawab dari kutipan.\n\nSiapa bupati?" in rendered
    assert "system" not in rendered


def test_qwen3_is_asked_not_to_think(qwen):
    assert load(qwen)._prompt(MESSAGES).endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")


def test_there_is_no_room_for_more_than_the_window(llama):
    model = load(llama)
    assert model.fits(MESSAGES)
    assert not model.fits([Message("system", "a"), Message("user", "xq " * 9000)])


def test_the_name_is_that_of_the_folder(llama):
    assert load(llama).name == "generative llama-kecil"


def test_pickled_weights_are_refused(tmp_path):
    import torch

    folder = save(tmp_path / "acar")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match="safetensors"):
        load(folder)


def test_code_that_comes_with_a_model_is_not_run(tmp_path):
    import json

    folder = save(tmp_path / "berkode")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "lain", "auto_map": {"AutoModelForCausalLM": "kode.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "kode.py").write_text("raise SystemExit('code was run')")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load(folder)


def test_a_model_without_chat_template_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no chat template"):
        load(save(tmp_path / "dasar", template=None))


@pytest.mark.parametrize("name", ["./tidak-ada", "/tidak/ada", "warta-test/tidak-ada"])
def test_a_model_that_is_not_here_is_said_and_not_fetched(name, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *args: pytest.fail("a connection"))
    with pytest.raises(ConfigError):
        load(name)


def test_a_device_that_is_not_here_is_said(llama):
    with pytest.raises(ConfigError, match="'tpu' is not on this machine"):
        load(llama, device="tpu")


def test_importing_the_writers_loads_no_library():
    import subprocess

    code = "import warta.assistant.writing.chat_models, sys; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
