"""Learns to read messages from the training questions; the same file comes out each time.

    python -m warta.assistant.question.training.train

writes `weights.json` of the package: which words ask, what is to be done, what a request is
about, and whether a question leans on the one before. Needs scikit-learn; four minutes on one core.
"""

import argparse
import gzip
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warta.assistant.question.asking import WEIGHTS, features, read_weights, tokens
from warta.assistant.question.conversation import Thread, leaning_features
from warta.assistant.question.ellipsis import subject_of
from warta.assistant.question.task import role_features, task_features
from warta.assistant.question.training.examples import Maker, Piece, Request, pools
from warta.corpus.language.names import names
from warta.index import training
from warta.index.reader.asked import asking_of
from warta.index.training.models.fitting import fitted
from warta.index.weights import Linear

QUESTIONS = Path(training.__file__).with_name("questions.jsonl.gz")
_MODELS = ("leaning", "role", "task", "asking")
_SEED = 1
_A_LINE = 12  # requests made of each line
_THANKED = 1500  # questions and topics behind thanks, beside as many thanks with more behind
_A_SMALL_LINE = 50  # the same of small talk, which is told by its words alone
_ABOUT = re.compile(
    r"\b(?:soal|tentang|ttg|terkait|mengenai|about|on)\s+(.{4,60}?)[?]?$", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:apa|apaan|apakah|siapa|siapakah|berapa|brp|kapan|di ?mana|dmn|mana|bagaimana|gimana|"
    r"kenapa|"
    r"mengapa|knp|what|who|how|why|when|which|where)\b(?: saja| aja| yang| yg)?|[?]",
    re.IGNORECASE,
)
_WHY = re.compile(r"(?:mengapa|kenapa|knp)\s+([^?]+?)\W*", re.IGNORECASE)
_OVERVIEW = (
    ("summary", r"\b(?:rangkum|ringkas|ringkasan|rangkuman|ada apa|ceritanya|apa yang terjadi|"
         r"cerita)\b"),
    ("timeline", r"\b(?:kronologi|perkembangan|perjalanan|tahapan|urutan)\w*\b"),
    ("latest", r"\bsekarang\b|\bkabar\b"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """Training questions and what requests are made of."""

    rows: list[dict[str, Any]]
    questions: list[str]
    topics: list[str]
    people: list[str]
    lists: list[str]
    clauses: list[str]


def material(path: Path) -> Material:
    """Read the training questions and take topics, people and things to list from them."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    questions = [row["question"] for row in rows]
    topics, people, lists, clauses = set(), set(), set(), set()
    for row in rows:
        text = row["question"]
        if match := _ABOUT.search(text):
            topics.add(match[1].strip())
        if match := _WHY.fullmatch(text):
            clauses.add(match[1])
        bare = " ".join(_ASKS.sub(" ", text).split()).strip(" ,")
        if row["kind"] == "overview" and not re.match(
            r"(?i)(apa|bagaimana|gimana|rangkum|ringkas|info|ada|kok|kenapa|perkembangan)", text
        ):
            topics.add(text.strip(" ?"))
        if row["kind"] == "list" and row["lang"] == "id":
            lists.add(bare)
        if row["kind"] == "fact" and 2 <= len(bare.split()) <= 6 and row["lang"] == "id":
            topics.add(bare)
        people |= {
            n.text for n in names(text)
            if (not n.initial or " " in n.text) and len(n.text.split()) <= 4 and len(n.text) > 3
        }  # fmt: skip
    topics |= {name for at, name in enumerate(sorted(people)) if at % 6 == 0}
    short = sorted(t for t in topics if len(t.split()) <= 8 and not _ASKS.search(t))
    return Material(rows, questions, short, sorted(people), sorted(lists), sorted(clauses))


def maker(found: Material, seed: int, held: int | None = None, *, test: bool = False) -> Maker:
    """Return what makes messages of the material."""
    return Maker(
        seed, found.questions, found.topics, found.people, found.lists, found.clauses, held,
        test=test,
    )  # fmt: skip


def labelled(pieces: Sequence[Piece]) -> tuple[str, list[str]]:
    """Return a message and the labels of its tokens: B and I for what asks, D for the rest."""
    text = "".join(piece.text for piece in pieces)
    marks = [piece.mark for piece in pieces for _ in piece.text]
    labels, before = [], "D"
    for token in tokens(text):
        mark = marks[token.start]
        labels.append("D" if mark == "D" else "I" if mark == before else "B")
        before = mark
    return text, labels


def learn_asking(found: Material, count: int, held: int | None = None) -> Linear:
    """Return the model of which words ask."""
    rows: list[list[str]] = []
    labels: list[str] = []
    for pieces, _ in maker(found, _SEED, held).messages(count):
        text, marked = labelled(pieces)
        rows += features(tokens(text)).whole()
        labels += marked
    return fitted(rows, labels, least=8, smallest=0.25, strength=0.7, steps=50)


def learn_task(found: Material, each: int, held: int | None = None) -> Linear:
    """Return the model of what is to be done."""
    rows, labels = [], []
    for row in found.rows:
        rows.append(task_features(row["question"]))
        labels.append(_task(row))
    make = maker(found, _SEED + 1, held)
    make.further = True
    for request in requests(make, each, _A_LINE, _A_SMALL_LINE):
        rows.append(task_features(request.text))
        labels.append(request.task)
    for text, task in _after_thanks(found, make):
        rows.append(task_features(text))
        labels.append(task)
    return fitted(rows, labels, least=3, smallest=0.2, strength=1.0, steps=150)


def _after_thanks(found: Material, make: Maker) -> list[tuple[str, str]]:
    """Return questions, topics and what leans on the answer before, behind thanks for it."""
    pick, made = random.Random(_SEED + 4), []
    for at in range(_THANKED):
        row = pick.choice(found.rows)
        asked = (row["question"], _task(row)) if at % 3 else (pick.choice(found.topics), "keyword")
        if at % 9 == 0:
            asked = (make.request("leaning").text, "question")
        thanks = make.choice("wrappers.txt", "thanks")
        joint = " " if thanks[-1] in ".!" else pick.choice([", ", ". ", " "])
        made.append((f"{thanks}{joint}{asked[0]}", asked[1]))
    return made


def _task(row: Mapping[str, Any]) -> str:
    text = row["question"].lower()
    if asking_of(row["question"]).listed or row["kind"] == "list":
        return "list"
    if row["kind"] != "overview":
        return "question"
    bare = "summary" if len(text.split()) > 3 else "keyword"
    found = (task for task, rule in _OVERVIEW if re.search(rule, text))
    return next(found, "explain" if "apa" in text.split() else bare)


def requests(make: Maker, each: int, a_line: int = 0, a_small_line: int = 0) -> list[Request]:
    """Return so many requests of each kind, half where it has kinds, or of each line of it."""
    made = []
    for section in pools("requests.txt"):
        if section == "leaning":
            continue
        share = each if ":" not in section else each // 2
        a_line_here = a_small_line if _is_small_talk(section) else a_line
        share = max(share, a_line_here * len(make.lines("requests.txt", section)))
        made += [make.request(section) for _ in range(share)]
    return made


def learn_role(found: Material, each: int, held: int | None = None) -> Linear:
    """Return the model of what is instruction, topic and person in a request."""
    rows: list[list[str]] = []
    labels: list[str] = []
    make = maker(found, _SEED + 2, held)
    make.further = True
    for request in requests(make, each, _A_LINE):
        if ":" in request.task or request.task in ("help", "question"):
            continue
        roles = ["S" if p.role == "T" else p.role for p in request.pieces for _ in p.text]
        listed = tokens(request.text)
        rows += role_features(listed, request.task)
        labels += [roles[token.start] for token in listed]
    return fitted(rows, labels, least=3, smallest=0.15, strength=1.0, steps=150)


def threads(found: Material) -> list[tuple[str, Thread, bool]]:
    """Return questions after somebody else's thread, and whether they lean on it."""
    pick = random.Random(_SEED + 3)
    started = [row for row in found.rows if row["history"]]
    alone = [row for row in found.rows if not row["history"]]
    made = []
    for row in started:
        first, said = row["history"][0]["content"], row["history"][-1]["content"]
        thread = Thread(first, subject_of(first), said, asking_of(first).head)
        made += [(row["question"], thread, True)] * 4
        made.append((row["question"].lower().rstrip("?"), thread, True))
        other = pick.choice(alone)["question"]
        made.append((other, thread, False))
    for row in alone:
        other = pick.choice(alone)
        said = other["answers"][0] if other["answers"] else ""
        text = other["question"]
        made.append(
            (row["question"], Thread(text, subject_of(text), said, asking_of(text).head), False)
        )
    make = maker(found, _SEED + 3)
    for request in requests(make, 150):
        row = pick.choice(alone)
        said = row["answers"][0] if row["answers"] else ""
        text = row["question"]
        thread = Thread(text, subject_of(text), said, asking_of(text).head)
        about = any(piece.role in ("S", "P") for piece in request.pieces)
        if ":" not in request.task and request.task != "help":
            made.append((request.text, thread, not about))
    for row in alone:  # "Berapa lama MoU itu berlaku?" after a question for the MoU
        named = [n.text.split()[0] for n in names(row["question"]) if not n.initial]
        if named and pick.random() < 0.2:
            said = row["answers"][0] if row["answers"] else ""
            text = row["question"]
            thread = Thread(text, subject_of(text), said, asking_of(text).head)
            made.append((pick.choice(_BACK).format(pick.choice(named)), thread, True))
    made += _short(alone, pick)
    for section, count, leans in (("question", 1200, False), ("leaning", 700, True)):
        for _ in range(count):
            row = pick.choice(alone)
            said = row["answers"][0] if row["answers"] else ""
            first = pick.choice([row["question"], make.request("question").text])
            thread = Thread(first, subject_of(first), said, asking_of(first).head)
            made.append((make.request(section).text, thread, leans))
    return made


def _short(
    alone: Sequence[dict[str, Any]], pick: random.Random
) -> Iterator[tuple[str, Thread, bool]]:
    """Yield short questions for something else: "Siapa ketua DPR?" after one for a flood."""
    for row in alone:
        named = [n.text for n in names(row["question"]) if not n.initial or " " in n.text]
        if named and pick.random() < 0.25:
            other = pick.choice(alone)
            text, said = other["question"], next(iter(other["answers"]), "")
            thread = Thread(text, subject_of(text), said, asking_of(text).head)
            asked = pick.choice(_OWN).format(pick.choice(named))
            yield asked if pick.random() < 0.7 else asked.lower(), thread, False


_OWN = (
    "Siapa ketua {}?", "Siapa kepala {} sekarang?", "Siapa {}?", "Apa itu {}?", "Di mana {}?",
    "Kapan {} dimulai?", "Berapa anggota {}?", "Apa isi {}?", "Siapa pemilik {}?", "Ada apa di {}?",
    "Apa yang dibangun di {}?", "siapa pelatih {}", "Who leads {}?", "What is {}?",
)  # fmt: skip
_BACK = (
    "Berapa lama {} itu berlaku?", "Kapan {} itu mulai?", "Siapa yang menolak {} itu?",
    "Apa syarat {} itu?", "{} itu di mana?", "Mengapa {} itu ditunda?", "Apa tujuan {} itu?",
    "siapa pemilik {} itu", "{} itu isinya apa?", "Why was that {} postponed?",
)  # fmt: skip


def learn_leaning(made: Sequence[tuple[str, Thread, bool]]) -> Linear:
    """Return the model of whether a question leans on the thread before it."""
    rows = [list(leaning_features(question, thread)) for question, thread, _ in made]
    labels = ["leans" if yes else "alone" for _, _, yes in made]
    return fitted(rows, labels, least=3, smallest=0.05, strength=0.5, steps=300)


def _is_small_talk(section: str) -> bool:
    return section.partition(":")[0] in ("help", "courtesy") or section == "elsewhere:chat"


def _words_of(lines: Sequence[str]) -> set[str]:
    plain = (re.sub(r"[\[\]|]", " ", re.sub(r"\{\w+\}|<[^<>]+>", " ", line)) for line in lines)
    return {token.text.lower() for line in plain for token in tokens(line)}


def _every_line() -> list[tuple[str, tuple[str, ...]]]:
    return [*pools("requests.txt").items(), *pools("kinds.txt").items()]


def instruction() -> list[str]:
    """Return the words that requests are made of, apart from what they are about."""
    found: set[str] = set()
    for section, lines in _every_line():
        if ":" in section or section in ("question", "keyword", "help", "leaning"):
            continue
        found |= _words_of(lines)
    return sorted(word for word in found if word[0].isalnum())


def small_talk() -> list[str]:
    """Return the words that messages to Warta itself are made of."""
    found: set[str] = set()
    for section, lines in _every_line():
        found |= _words_of(lines) if section == "help" or ":" in section else set()
    return sorted(word for word in found if word[0].isalpha())


def wrapping(questions: Sequence[str]) -> list[str]:
    """Return the words of what stands around questions that are in none of them."""
    asked = {token.text.lower() for question in questions for token in tokens(question)}
    found = set()
    for section in ("greeting", "lead", "need", "wish", "thanks", "signature", "reported", "tail"):
        for line in pools("wrappers.txt")[section]:
            plain = re.sub(r"[\[\]|]", " ", re.sub(r"\{\w+\}", " ", line))
            found |= {token.text.lower() for token in tokens(plain) if token.text[0].isalpha()}
    return sorted(found - asked)


def starters() -> list[str]:
    """Return the words that begin what people write around a question."""
    found = set()
    for section in ("background", "need", "wish", "thanks", "who", "signature", "reported", "lead"):
        for line in pools("wrappers.txt")[section]:
            choice = re.match(r"\[([^\]]*)\]", line)
            for opening in choice[1].split("|") if choice else [line]:
                if match := re.match(r"[A-Za-z]+", opening):
                    found.add(match[0].lower())
    return sorted(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn all, or only the models that are named, and write the file.

    `--data` is taken as every step of the rebuild takes it, and not read: the questions come with
    `warta.index.training`.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--only", action="append", default=[], choices=_MODELS)
    chosen = parser.parse_args(arguments)
    found = material(QUESTIONS)
    weights: dict[str, object] = {
        "starters": starters(),
        "instruction": instruction(),
        "small_talk": small_talk(),
        "wrapping": wrapping(found.questions),
    }
    kept = read_weights()
    kept.update(weights)  # the features read these lists
    learn: dict[str, Callable[[], Linear]] = {
        "leaning": lambda: learn_leaning(threads(found)),
        "role": lambda: learn_role(found, 400),
        "task": lambda: learn_task(found, 450),
        "asking": lambda: learn_asking(found, 9_000),
    }
    for name in _MODELS:
        only = chosen.only and name not in chosen.only
        weights[name] = kept[name] if only else learn[name]().to_dict()
    said = json.dumps(weights, ensure_ascii=False, separators=(",", ":"))
    chosen.out.write_text(said, "utf-8")


if __name__ == "__main__":
    main()
