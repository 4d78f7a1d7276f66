"""Reads one bad input after the other between two good ones, and says what came of each.

A name of a case comes in on each line, a verdict goes out as JSON. Whatever ends this process,
or is not answered in time, is the verdict of the case it was at. InputLimits hold for each case.
"""

import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import bad_bases
import bad_cases

from warta.corpus.article import Article, Record, Skipped
from warta.corpus.cleaning.intake import to_article
from warta.corpus.errors import InputError
from warta.corpus.passages import passages
from warta.corpus.reading.readers import read
from warta.corpus.reading.timing import within

ADDRESS_SPACE = 4 * 2**30  # bytes; what ends in MemoryError
CPU_SECONDS = 60  # of one case; what ends by SIGXCPU
_OURS = ("It cannot be read: ", "It cannot be cleaned: ")


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    _try("cut 390")  # the libraries are loaded before anything is measured
    for line in sys.stdin:
        print(json.dumps(_measured(line.rstrip("\n"))), file=answers, flush=True)


def _measured(name: str) -> dict[str, Any]:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = int(spent.ru_utime + spent.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + CPU_SECONDS, resource.RLIM_INFINITY))
    begun, busy = time.monotonic(), time.process_time()
    verdict = _try(name)
    taken = {"seconds": time.monotonic() - begun, "busy": time.process_time() - busy}
    return {"name": name, **taken, **verdict}


def _try(name: str) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="bad-"))
    try:
        (folder / "a-good.txt").write_bytes(bad_bases.valid()[".txt"])
        (folder / "z-good.jsonl").write_text(json.dumps({**bad_bases.FIELDS, "id": "good"}))
        bad_cases.put(name, folder)
        before = _resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        verdict = _verdict(folder)
        return {**verdict, "grown": _resident("VmHWM") - before}
    finally:
        subprocess.run(["rm", "-rf", "--", folder], check=False)  # deeper than Python can go


def _verdict(folder: Path) -> dict[str, Any]:
    """Read the folder as a run does, clean and cut what came out, and look at each part."""
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    reasons: set[str] = set()
    good: dict[str, str] = {}
    for found in read([folder]):
        result = _cleaned(found)
        kinds[type(result).__name__] += 1
        if isinstance(result, Skipped):
            reasons.add(result.reason[:200]) if len(reasons) < 5 else None
            wrong += _faults_of_skipped(result)
        elif Path(found.origin).name in ("a-good.txt", "z-good.jsonl"):
            good[Path(found.origin).name] = result.text
        else:
            wrong += _faults_of_article(result)
    if good != {"a-good.txt": bad_bases.TEXT, "z-good.jsonl": bad_bases.TEXT}:
        wrong.append(f"the neighbours are {good!r}"[:500])
    return {"kinds": kinds, "reasons": sorted(reasons), "wrong": wrong[:5]}


def _cleaned(found: Record | Skipped) -> Article | Skipped:
    if isinstance(found, Skipped):
        return found
    try:
        with within():
            return to_article(found)
    except InputError as error:
        return Skipped(found.origin, found.line, error.what, error.remedy)
    except MemoryError:
        return Skipped(found.origin, found.line, "It cannot be cleaned: MemoryError.", "")
    except Exception as error:
        what = f"It cannot be cleaned: {type(error).__name__}: {error}."
        return Skipped(found.origin, found.line, what, "")


def _faults_of_skipped(skipped: Skipped) -> list[str]:
    if skipped.reason.startswith(_OURS):
        return [skipped.reason[:300]]
    shown = skipped.origin + skipped.reason + skipped.remedy
    whole = skipped.reason.strip() and shown.isprintable() and len(skipped.reason) < 2_000
    return [] if whole else [f"a reason that cannot be shown: {skipped.reason!r}"[:500]]


def _faults_of_article(article: Article) -> list[str]:
    faults = []
    for name in ("id", "title", "text", "source", "url"):
        value = getattr(article, name)
        odd = set(filter(_is_odd, value.replace("\n", " ")))
        if odd:
            faults.append(f"{name} holds {sorted(odd)[:9]!r}")
    cut = passages(article)
    if not cut or any(article.text[part.start : part.end] != part.text for part in cut):
        faults.append("its passages are not parts of it")
    if len(article.id) > 200:
        faults.append(f"an id of {len(article.id)} characters")
    return faults


# Controls, lone surrogates, odd line ends; and what changes the direction or hides.
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")
_HIDING = frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or character in _HIDING


def _resident(name: str) -> int:
    """Return a line of /proc/self/status in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
