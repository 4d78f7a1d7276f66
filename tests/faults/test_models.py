"""Folders of models in which something would run: nothing does, by whichever loader (promise 6).

Every loader x file that could be unpickled x what lies beside it, and every loader x setting that
names code: 492 folders. `WARTA_FAULTS=full` takes all of them and watches the system calls,
otherwise every twelfth. A folder is opened in a process whose audit hook hears of every program
that is started, and each hostile file or name would leave a mark.
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

FULL = os.environ.get("WARTA_FAULTS") == "full"
STEP = 1 if FULL else 12
ROOT = Path(__file__).resolve().parents[2]
LOADERS = ("embedder", "static", "own", "reranker", "nli", "generative")
ENDINGS = (
    "bin pt pth ckpt pkl pickle joblib h5 hdf5 msgpack npy npz keras dill pkl.gz bin.xz zip so ot "
    "dat"
).split()  # "dat": a pickle whose name does not say so
PLACES = ("pytorch_model", "1_Dense/pytorch_model", "weights/model")
RUNS = "warta_hostile.run"  # a module that leaves a mark when it is imported or called
SETTINGS = (
    ("config.json", {"auto_map": {"AutoModel": f"{RUNS}", "AutoConfig": f"{RUNS}"}}),
    ("config.json", {"sentence_transformers": {"activation_fn": "torch.utils.collect_env.main"}}),
    ("config.json", {"sbert_ce_default_activation_function": "torch.utils.collect_env.main"}),
    ("config.json", {"sentence_transformers": {"activation_fn": RUNS}}),
    ("config.json", {"_attn_implementation": "somebody/kernel"}),
    ("config.json", {"custom_pipelines": {"x": {"impl": RUNS}}}),
    ("config.json", {"trust_remote_code": True}),
    ("config.json", {"types": {"": RUNS}}),
    ("config.json", {"activation_function": "torch.utils.collect_env.main"}),
    ("1_Dense/config.json", {"in_features": 4, "activation_function": "torch.hub.load"}),
    ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": [RUNS, None]}}),
    ("tokenizer_config.json", {"tokenizer_class": RUNS}),
    ("sentence_bert_config.json", {"model_args": {"trust_remote_code": True}}),
    ("sentence_bert_config.json", {"model_args": {"use_safetensors": False}}),
    ("sentence_bert_config.json", {"tokenizer_name_or_path": "/tmp/elsewhere"}),
    ("modules.json", [{"idx": 0, "name": "0", "path": "", "type": RUNS}]),
    ("modules.json", [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.evil.X"}]),
    ("modules.json", [{"idx": 0, "name": "0", "path": "../../x",
                       "type": "sentence_transformers.models.Transformer"}]),
    ("router_config.json", {"types": {"query_0": RUNS}}),
    ("adapter_config.json", {"base_model_name_or_path": "/tmp/elsewhere"}),
    ("generation_config.json", {"custom_generate": RUNS}),
    ("model.safetensors.index.json", {"weight_map": {"a": "../weights.dat"}}),
)  # fmt: skip

CHILD = """
import json, sys
sys.path[:0] = {path!r}
started = []
def hear(event, args):
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
                 "pickle.find_class", "exec.marked"):
        started.append(event)
from pathlib import Path
from warta.corpus.errors import WartaError
from warta.assistant.writing.entailment import NliModel
from warta.assistant.writing.chat_models import TransformersModel
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.reranker import CrossEncoder
from warta.index.snapshot.own_models import embedder_to_index
load = dict(
    embedder=SentenceTransformerEmbedder.load,
    static=SentenceTransformerEmbedder.load,
    own=lambda folder: embedder_to_index(Path(folder).parents[1]),
    reranker=lambda folder: CrossEncoder.load(folder, device="cpu"),
    nli=lambda folder: NliModel.load(folder, device="cpu"),
    generative=lambda folder: TransformersModel.load(folder, device="cpu"),
)
for line in sys.stdin:
    name, folder, ready = json.loads(line)
    if ready:
        sys.addaudithook(hear)
    try:
        load[name](folder)
        said = "loaded"
    except WartaError as error:
        said = str(error)
    print("=>", json.dumps([said, list(started), "warta_hostile" in sys.modules]), flush=True)
    started.clear()
"""


class Loader:
    """A process that opens folders of models and says what came of it."""

    def __init__(self, folder: Path) -> None:
        code = "import pathlib\npathlib.Path(r'%s').write_text('it ran')\ndef run(*a, **k): ...\n"
        (folder / "warta_hostile.py").write_text(code % (folder / "MARK"))
        self.mark = folder / "MARK"
        self.trace = folder / "trace"
        path = [str(ROOT / "tests"), str(folder)]
        command = [sys.executable, "-c", CHILD.format(path=path)]
        if FULL and shutil.which("strace"):
            command = ["strace", "-f", "-qq", "-e", "trace=execve", "-o", str(self.trace), *command]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def open(self, name: str, folder: Path, ready: bool = True) -> tuple[str, list[str], bool]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([name, str(folder), ready]) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("=>"):
                said, started, imported = json.loads(line[3:])
                return said, started, imported
        raise AssertionError("the process that opens models died")

    def programs(self) -> int:
        """Return how many programs were started, as far as it was watched."""
        return self.trace.read_text().count("= 0") if self.trace.exists() else 0

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=60)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One harmless folder for each loader."""
    import test_embedder
    import test_generative
    import test_reranker
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    from warta.index.training.embedder import save_model

    top = tmp_path_factory.mktemp("bases")
    found = {name: top / name for name in LOADERS}
    test_reranker.make_model(found["reranker"])
    test_reranker.make_model(found["nli"], labels=2)
    config = json.loads((found["nli"] / "config.json").read_text())
    config["id2label"] = {"0": "contradiction", "1": "entailment"}
    (found["nli"] / "config.json").write_text(json.dumps(config))
    test_reranker.make_model(top / "bare", head=False)
    body = Transformer(str(top / "bare"))
    SentenceTransformer(modules=[body, Pooling(32)], device="cpu").save(str(found["embedder"]))
    save_model(found["static"], test_embedder.TABLE, test_embedder.small_tokenizer())
    shutil.copytree(found["static"], found["own"])
    shutil.copytree(test_generative.save(top / "chat"), found["generative"])
    return found


class Hostile:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self):
        return Path.write_text, (self._mark, "it ran")


def copy_of(base: Path, name: str, folder: Path) -> Path:
    folder = folder / "models" / "000001" if name == "own" else folder
    shutil.copytree(base, folder)
    return folder


def with_file(folder: Path, place: str, ending: str, mark: Path) -> None:
    path = folder / f"{place}.{ending}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps(Hostile(mark)))
    if place.startswith("1_"):  # what a library looks for first lies beside it
        shutil.copy(folder / "model.safetensors", path.parent / "decoy.safetensors")


def with_setting(folder: Path, file: str, setting: object) -> None:
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    before = json.loads(path.read_text()) if path.exists() else {}
    merged = {**before, **setting} if isinstance(setting, dict) else setting
    path.write_text(json.dumps(merged))


def test_nothing_in_a_models_folder_runs_whoever_opens_it(bases, tmp_path):
    files = list(product(LOADERS, PLACES, ENDINGS))
    settings = list(product(LOADERS, SETTINGS))
    cases = [*files, *settings]
    loader = Loader(tmp_path)
    try:
        for number, name in enumerate(LOADERS):  # as they are they open: the others prove something
            whole = copy_of(bases[name], name, tmp_path / f"whole{number}")
            assert loader.open(name, whole, ready=False)[0] == "loaded", name
        before = loader.programs()
        tried = 0
        for number, case in enumerate(cases[::STEP]):
            folder = copy_of(bases[case[0]], case[0], tmp_path / f"case{number}")
            if len(case) == 3:
                with_file(folder, case[1], case[2], loader.mark)
            else:
                with_setting(folder, *case[1])
            said, started, imported = loader.open(case[0], folder)
            assert str(folder) in said, (case, said)
            assert (started, imported, loader.mark.exists()) == ([], False, False), case
            shutil.rmtree(tmp_path / f"case{number}")
            tried += 1
        assert loader.programs() == before
    finally:
        loader.close()
    print(f"{tried} folders of models: each refused with its reason, nothing run")
    assert tried == len(cases[::STEP])


def test_a_link_to_a_folder_of_pickles_is_followed_as_a_library_would(bases, tmp_path):
    from warta.corpus.errors import InputError
    from warta.index.embedding.model_folder import refuse_code

    folder = copy_of(bases["embedder"], "embedder", tmp_path / "model")
    refuse_code(folder)
    (tmp_path / "elsewhere").mkdir()
    with_file(tmp_path / "elsewhere", "pytorch_model", "bin", tmp_path / "MARK")
    (folder / "2_Dense").symlink_to(tmp_path / "elsewhere")
    (folder / "round").symlink_to(folder)
    with pytest.raises(InputError, match=r"2_Dense/pytorch_model\.bin can run code"):
        refuse_code(folder)
