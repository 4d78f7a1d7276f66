"""A folder of somebody's model, looked through before a library opens it: nothing in it may run.

Libraries read a model's settings as instructions: a dotted name is imported and called, weights
in an older format are unpickled, another folder or hub is asked for a part. So a folder is
refused for any file that could be unpickled, whatever lies beside it, and for any setting that
names code; what is left are numbers (safetensors), vocabularies and plain settings.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from warta.corpus.errors import InputError

# Files that a library takes for pickled, or loads as code of the machine.
_UNPICKLED: Final = frozenset(
    "bin pt pth pkl pickle p ckpt joblib jbl dill cloudpickle npy npz h5 hdf5 keras msgpack "
    "mar nemo ot pdparams pdmodel pb params caffemodel so dll dylib pyd pyc".split()
)
_PACKED: Final = frozenset("gz bz2 xz zst lz4 zip tar tgz 7z".split())
# What such files begin with, should one bear another name: pickle, ZIP (torch), HDF5, NumPy.
_BEGINNINGS: Final = (
    *(b"\x80" + bytes([protocol]) for protocol in range(1, 6)),
    b"PK\x03\x04",
    b"\x89HDF",
    b"\x93NUMPY",
    b"\x7fELF",
)
_NUMBERS: Final = (".safetensors",)  # its own reader refuses everything that is none
_TABLES: Final = frozenset({"tokenizer.json", "vocab.json", "added_tokens.json"})  # words only
_LARGEST: Final = 16 << 20  # bytes of a file of settings
_MOST_FILES: Final = 2_000
_DEEPEST: Final = 64

_MODULES: Final = re.compile(
    r"sentence_transformers(?:\.\w+)*\.(?:Transformer|Pooling|Normalize|Dense|StaticEmbedding|"
    r"LayerNorm|Dropout|WeightedLayerPooling|LogitScore)"
)
_ACTIVATIONS: Final = re.compile(
    r"torch\.nn(?:\.modules\.(?:activation|linear))?\.(?:Identity|Sigmoid|LogSigmoid|Tanh|ReLU|"
    r"ReLU6|LeakyReLU|PReLU|ELU|CELU|SELU|GELU|SiLU|Mish|Hardtanh|Hardswish|Hardsigmoid|"
    r"Softplus|Softsign|Softmax|LogSoftmax|Threshold)"
)
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_WEIGHTS: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.safetensors")
# Settings that only ever name code or a model elsewhere, and those that are ours to choose.
_NEVER: Final = frozenset(
    "auto_map auto_mapping custom_pipelines custom_generate custom_code trust_remote_code "
    "code_revision base_model_name_or_path tokenizer_name_or_path".split()
)
_OURS: Final = frozenset({"use_safetensors", "weights_only"})
_READ_AS: Final = "safetensors, JSON, text and vocabularies"
_DOWNLOADED: Final = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "*.tiktoken"]


def model_folder(name_or_path: str | Path, kind: str, *, download: bool = False) -> Path:
    """Return the folder of a model, given as one or by its name on the hub, found harmless.

    A name is looked up among those downloaded before; only with `download` is the hub asked, and
    then for nothing that would be refused. `kind` is for the messages.

    Raises InputError where there is no such model or it is refused.
    """
    folder = Path(name_or_path).expanduser()
    if not folder.is_dir():
        named = str(name_or_path)
        if isinstance(name_or_path, Path) or not named or named[:1] in "./~":
            raise InputError(
                f"No {kind} model at {folder}.", "Give the folder of a model, or its name."
            )
        folder = _downloaded(named, kind, download)
    refuse_code(folder)
    return folder


def _downloaded(name: str, kind: str, download: bool) -> Path:
    from huggingface_hub import snapshot_download

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        found = snapshot_download(
            full, local_files_only=not download, allow_patterns=list(_DOWNLOADED)
        )
    except Exception as error:  # the library passes on whatever its parts raise
        raise InputError(
            f"The {kind} model {name!r} cannot be loaded: {str(error)[:300]}.",
            "Check the name; a model that is not on this machine has to be downloaded first.",
        ) from error
    return Path(found)


def refuse_code(folder: Path) -> None:
    """Raise InputError for the first thing in a model's folder that could run when it is read."""
    for path in _files(folder):
        _check_file(path)
        if path.name == "adapter_config.json":
            raise _refused(path, "is an adapter, which brings in a model from elsewhere")
        if path.suffix.lower() == ".json" and path.name not in _TABLES:
            _check_settings(path, _settings(path))


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file below; links to folders are followed, as a library would."""
    seen: set[tuple[int, int]] = set()
    count = 0
    for parent, folders, names in os.walk(folder, followlinks=True):
        status = os.stat(parent)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        for name in sorted(names):
            count += 1
            if count > _MOST_FILES:
                raise InputError(
                    f"{folder} holds more than {_MOST_FILES:,} files.",
                    "Give the folder of one model alone.",
                )
            yield Path(parent) / name


def _check_file(path: Path) -> None:
    endings = [part.lower() for part in path.name.split(".")[1:]]
    while len(endings) > 1 and endings[-1] in _PACKED:
        endings.pop()
    if endings and endings[-1] in _UNPICKLED | _PACKED:
        raise _refused(path, "can run code when it is read")
    try:
        if not path.is_file():
            raise _refused(path, "is no plain file")
        with path.open("rb") as file:
            begin = file.read(8)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check its rights.") from None
    if begin.startswith(_BEGINNINGS) and path.suffix.lower() not in _NUMBERS:
        raise _refused(path, "is pickled, packed or compiled under another name")


def _settings(path: Path) -> Any:
    if path.stat().st_size > _LARGEST:
        raise _refused(path, f"has more than {_LARGEST >> 20} MiB of settings")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}.", "Copy the model folder again.") from error


def _check_settings(path: Path, settings: Any) -> None:
    if path.name == "modules.json":
        entries = settings if isinstance(settings, list) else [settings]
        for entry in entries:
            kind = entry.get("type") if isinstance(entry, dict) else entry
            if not isinstance(kind, str) or not _MODULES.fullmatch(kind):
                raise _refused(path, f"names the module {str(kind)[:80]!r}")
            _check_place(path, entry.get("path", ""))
    for key, value, above in _values(settings):
        if problem := _problem(key, value, above):
            raise _refused(path, problem)


def _check_place(path: Path, place: Any) -> None:
    if not isinstance(place, str) or not re.fullmatch(r"[\w.-]*", place) or ".." in place:
        raise _refused(path, f"reads a module at {str(place)[:80]!r}")


def _values(settings: Any, key: str = "", above: str = "", depth: int = 0) -> Iterator[Any]:
    """Yield (key, value, key above) of everything in `settings`, lists under their own key."""
    if depth > _DEEPEST:
        raise InputError(f"A model's settings are nested over {_DEEPEST} deep.", "Use another one.")
    if isinstance(settings, dict):
        for name, value in settings.items():
            yield str(name), value, key
            yield from _values(value, str(name), key, depth + 1)
    elif isinstance(settings, list):
        for value in settings:
            if not isinstance(value, dict | list):
                yield key, value, above
            yield from _values(value, key, above, depth + 1)


def _problem(key: str, value: Any, above: str) -> str:
    """Return why a setting is refused, "" where it is harmless."""
    low = key.casefold()
    if low in _OURS or (low in _NEVER and value not in (None, False, "", {}, [])):
        return f"sets {key}"
    if not isinstance(value, str):
        return ""
    if "activation" in low or low.endswith(("_fn", "_function")) or low == "hidden_act":
        harmless = "." not in value or _ACTIVATIONS.fullmatch(value)
        return "" if harmless else f"names the function {value[:80]!r}"
    if above == "types" and not _MODULES.fullmatch(value):
        return f"names the module {value[:80]!r}"
    if above == "weight_map" and not _WEIGHTS.fullmatch(value):
        return f"takes weights from {value[:80]!r}"
    if low.endswith(("_class", "_type", "_implementation", "_processor")) or low in (
        "architectures",
        "backend",
    ):
        named = _DOTTED.fullmatch(value) or "/" in value or "--" in value
        return f"names {value[:80]!r} as its {key}" if named else ""
    return ""


def _refused(path: Path, why: str) -> InputError:
    return InputError(
        f"{path} {why}: the model is not opened.",
        f"Use a model that comes as {_READ_AS}, or take that out of its folder.",
    )
