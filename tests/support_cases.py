"""Sentences of real passages, left as they are, fairly paraphrased, or changed in one thing."""

import gzip
import json
import random
import re
from datetime import date

from warta.corpus.article import Article
from warta.corpus.language.names import names
from warta.corpus.language.numbers import facts
from warta.corpus.language.sentences import sentences
from warta.corpus.passages import passages

NUMBERS = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh".split()
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
SYNONYMS = (
    ("mengatakan", "menyatakan"), ("mengungkapkan", "mengatakan"), ("sebanyak ", ""),
    ("saat ini", "kini"), ("sehingga", "maka"), ("karena", "sebab"), ("hanya", "cuma"),
    ("juga ", ""), ("telah", "sudah"), ("akan ", "bakal "), ("namun", "tetapi"),
    ("melakukan", "menjalankan"), ("sekitar", "kira-kira"), ("melalui", "lewat"),
    ("agar", "supaya"), ("ketika", "saat"), ("para ", ""), ("tersebut", "itu"),
)  # fmt: skip


def real_passages(path, count, seed):
    """Return `count` (sentence, passage, title, day) of an archive, drawn by `seed`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rng = random.Random(seed)
    found = []
    while len(found) < count:
        row = rng.choice(rows)
        if len(row["text"]) < 400:
            continue
        passage = rng.choice(passages(Article("a", row["title"], row["text"])))
        spans = sentences(passage.text)
        span = rng.choice(spans)
        sentence = passage.text[span.start : span.end]
        if 8 <= len(sentence.split()) <= 45:
            found.append((sentence, passage.text, row["title"], None))
    return found


def paraphrase(sentence, rng):
    """Return the sentence said otherwise with the same content."""
    said = sentence
    for fact in reversed(facts(sentence)):
        said = (
            said[: fact.start]
            + _other_form(fact, said[fact.start : fact.end], rng)
            + (said[fact.end :])
        )
    if "“" not in said and '"' not in said:
        swaps = [(a, b) for a, b in SYNONYMS if re.search(rf"\b{a}", said)]
        for a, b in rng.sample(swaps, min(2, len(swaps))):
            said = re.sub(rf"\b{a}", b, said, count=1)
        pieces = said.rstrip(".").split(", ")
        if len(pieces) == 2 and rng.random() < 0.5:
            said = f"{pieces[1]}, {pieces[0]}."
    return said


def _other_form(fact, text, rng):
    if fact.kind == "date" and len(fact.value) == 10 and fact.value[0] != "-":
        day = date.fromisoformat(fact.value)
        month = MONTHS.split()[day.month - 1]
        return rng.choice([f"{day.day}/{day.month}/{day.year}", f"{day.day} {month} {day.year}"])
    if text in NUMBERS:
        return str(NUMBERS.index(text))
    if text.isdigit() and int(text) <= 10:
        return NUMBERS[int(text)] if int(text) else text
    if text.startswith("Rp") and len(text) > 2 and text[2].isdigit():
        return "Rp " + text[2:]
    return text


def change_number(sentence, passage, rng):
    """Return the sentence with one number exchanged, or None where it has none."""
    for match in rng.sample(found := list(re.finditer(r"\b\d+\b", sentence)), len(found)):
        other = str(int(match[0]) + rng.choice([1, 2, 3, 7, 10]))
        if other not in re.findall(r"\d+", passage):
            return sentence[: match.start()] + other + sentence[match.end() :]
    words = [m for m in re.finditer(r"\b\w+\b", sentence) if m[0] in NUMBERS[2:]]
    for match in words:
        other = rng.choice([n for n in NUMBERS[2:] if n != match[0] and n not in passage])
        return sentence[: match.start()] + other + sentence[match.end() :]
    return None


def change_date(sentence, passage, rng):
    """Return the sentence with one day or month exchanged."""
    for fact in facts(sentence):
        if fact.kind != "date":
            continue
        text = sentence[fact.start : fact.end]
        match = re.search(r"\d{1,2}", text)
        if match is None or not re.fullmatch(r"[\d/]+|\d{1,2} \w+( \d{4})?", text):
            continue
        day = int(match[0])
        other = rng.choice([d for d in range(1, 28) if d != day and str(d) not in passage] or [day])
        if other != day:
            changed = text[: match.start()] + str(other) + text[match.end() :]
            return sentence[: fact.start] + changed + sentence[fact.end :]
    return None


def change_name(sentence, passage, others, rng):
    """Return the sentence with one name exchanged for one of `others`."""
    own = [n for n in names(sentence) if not n.initial and len(n.text) > 3]
    if not own:
        return None
    name = rng.choice(own)
    fitting = [o for o in others if len(o.split()) == len(name.text.split()) and o not in passage]
    if not fitting:
        return None
    return sentence[: name.start] + rng.choice(fitting) + sentence[name.end :]


def change_negation(sentence, rng):
    """Return the sentence denied, or its denial taken away."""
    if match := re.search(r"\b(tidak|belum|bukan) ", sentence):
        return sentence[: match.start()] + sentence[match.end() :]
    match = re.search(r"\b(akan|telah|sudah|dapat|bisa|me\w{4,}|di\w{4,})\b", sentence)
    if match and match.start() > 0:
        return sentence[: match.start()] + "tidak " + sentence[match.start() :]
    return None


def change_quote(sentence, rng):
    """Return the sentence with one word inside its quotation marks exchanged."""
    match = re.search(r"[\"“]([^\"”]{20,})[\"”]", sentence)
    if not match:
        return None
    words = [m for m in re.finditer(r"\b[a-z]{5,}\b", match[1])]
    if not words:
        return None
    word = rng.choice(words)
    at = match.start(1) + word.start()
    other = rng.choice(["kecewa", "murah", "sepakat", "besok", "pelabuhan", "menolak"])
    return sentence[:at] + other + sentence[at + len(word[0]) :]
