"""A folder laid out as the training data is, with invented lines: every command runs on it."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

_TOWNS = [f"Kota{a}{b}" for a in "abcdefgh" for b in "abcdefghij"]


def _write(path: Path, records: Iterable[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)


def _question(town: str, *, split: str = "train", answerable: bool = True) -> dict[str, object]:
    return {
        "id": f"{split}-{town}",
        "question": f"Kapan pasar {town} dibuka?",
        "answers": ["Senin"] if answerable else [],
        "context": f"Pasar {town} dibuka Senin. Pedagang {town} senang. Hujan turun di pelabuhan.",
        "answerable": answerable,
        "split": split,
    }


def write_toy_data(folder: Path) -> Path:
    """Write all files of `index/training/data.toml` below `folder`; return it."""
    news = (
        {"id": f"click-{n}", "title": f"Pasar {t} dibuka", "text": _question(t)["context"]}
        for n, t in enumerate(_TOWNS)
    )
    _write(folder / "news" / "click_id.jsonl.gz", news)
    leads = ({"a": t, "b": f"{t} adalah kota di tepi laut. Kota itu besar."} for t in _TOWNS)
    _write(folder / "train" / "wiki_title_lead.jsonl.gz", leads)
    pairs = (
        {"en": f"the market of {t} is {en}", "id": f"pasar {t} itu {id_}"}
        for t in _TOWNS
        for en, id_ in (("big", "besar"), ("new", "baru"))
    )
    _write(folder / "train" / "parallel_en_id.jsonl.gz", pairs)
    implied = {"a": "Hujan turun.", "b": "Basah.", "label": "entailment", "split": "train"}
    _write(folder / "train" / "indonli.jsonl.gz", [implied] * 4)
    _write(folder / "qa" / "facqa.jsonl.gz", map(_question, _TOWNS[:30]))
    _write(folder / "qa" / "tydiqa_id.jsonl.gz", map(_question, _TOWNS[30:60]))
    aside = [_question(town, split="valid", answerable=False) for town in _TOWNS[60:64]]
    for name in ("idk_mrc", "squad2_id"):
        _write(folder / "qa" / f"{name}.jsonl.gz", aside)
    return folder
