"""Counts with which words sentences open that an annotator wanted the sentence before beside.

    python -m warta.index.training.leaning --data ../shared/data

Over the sentences that answer the training questions. The openings are the first word, the first
two, and "tersebut" among the next; kept are those that hardly ever open an article.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from warta.corpus.language.sentences import LEANING, openings, sentences
from warta.index.training.reader_pools import MORE, QUESTIONS, Question, digest, read_questions

# Of 9,268 sentences that answer 2,709 have the one before it beside them. In five folds these
# limits take 1,538, right for 0.43; a list of words written by hand took 1,112, right for 0.41.
# At a share of 0.38 1,181 for 0.46, but "dia" and "hal itu" are left out.
_LEAST = 10  # sentences with an opening, from which it is judged
_SHARE = 0.34  # of them, with the one before it, the share of all counted in as five more
_AS_MANY = 5
_MOST_FIRST = 0.01  # share of the sentences with an opening that open an article


def table(texts: Mapping[str, str], questions: Iterable[Question]) -> str:
    """Return what `warta.corpus.language.sentences` reads: openings, one a line, in order.

    `texts`: articles by id, those that the questions are about among them.
    """
    first, opened = Counter[str](), Counter[str]()
    wanted, seen = Counter[str](), Counter[str]()
    asked = _places(questions)
    found: list[bool] = []
    for article_id, text in texts.items():
        before = ""
        for span in sentences(text):
            sentence = text[span.start : span.end]
            keys = openings(sentence)
            opened.update(keys)
            if not before:
                first.update(keys)
            beside = asked.get((article_id, digest(sentence)))
            if beside is not None:
                found.append(before in beside)
                seen.update(keys)
                wanted.update(keys if found[-1] else ())
            before = digest(sentence)
    base = _AS_MANY * sum(found) / max(len(found), 1)
    return "".join(
        f"{key}\n"
        for key, count in sorted(seen.items())
        if count >= _LEAST
        and (wanted[key] + base) / (count + _AS_MANY) >= _SHARE
        and first[key] <= _MOST_FIRST * opened[key]
    )


def _places(questions: Iterable[Question]) -> dict[tuple[str, str], set[str]]:
    """Return by article and sentence that answers the sentences wanted beside it."""
    found: dict[tuple[str, str], set[str]] = {}
    for question in questions:
        for place in question.evidence[:1]:
            beside = (*question.evidence[1:], *question.context)
            key = (place.article_id, place.digest)
            found.setdefault(key, {each.digest for each in beside})
    return found


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / "news/click_id.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["id"], row["text"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Count and write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/")
    parser.add_argument("--out", type=Path, default=LEANING, help="file to write")
    chosen = parser.parse_args(arguments)
    asked = [question for path in (QUESTIONS, MORE) for question in read_questions(path)]
    chosen.out.write_text(table(dict(_texts(chosen.data)), asked), "utf-8")


if __name__ == "__main__":
    main()
