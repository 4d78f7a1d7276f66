"""Bad files of every kind between two good ones: a verdict for each, the good ones unharmed.

`WARTA_FAULTS=full` tries all of the nearly 13,000 cases, otherwise a fixed choice of them.
"""

import os
from collections import Counter
from pathlib import Path

import bad_bases
import bad_cases
import bad_sizes
import pytest
from bad_pool import Verdict, run
from homes import EMBEDDER

from warta.corpus.archive.archive import Archive
from warta.index.building.ingest import index_paths

pytestmark = pytest.mark.bad_input

FULL = os.environ.get("WARTA_FAULTS") == "full"
MEMORY = 2**30  # bytes one case may take beyond what the worker had
SECONDS = 45.0  # of a processor: a limit of 30, and what cutting into passages takes


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    found = run(bad_cases.names(FULL))
    kinds = sum((Counter(verdict.kinds) for verdict in found), Counter[str]())
    slowest = max(found, key=lambda verdict: verdict.busy)
    largest = max(found, key=lambda verdict: verdict.grown)
    print(f"\n{len(found):,} cases: {dict(kinds)}")
    print(f"slowest: {slowest.name}, {slowest.busy:.1f} s")
    print(f"largest: {largest.name}, {largest.grown / 2**20:.0f} MiB")
    return found


def test_there_is_a_verdict_for_each_and_every_promise_is_kept(verdicts: list[Verdict]) -> None:
    assert [verdict for verdict in verdicts if verdict.wrong] == []
    assert len(verdicts) >= (10_000 if FULL else 250)
    for verdict in verdicts:
        assert verdict.kinds["Article"] >= 2, verdict  # the neighbours
        assert sum(verdict.kinds.values()) >= 3 or verdict.name in MAY_BE_GONE, verdict


# The file is deleted, or put in the place of itself, while it is looked for.
MAY_BE_GONE = {"placed 19", "placed 20"}


def test_each_stays_within_its_memory(verdicts: list[Verdict]) -> None:
    assert [v for v in verdicts if v.grown > MEMORY] == []


def test_each_stays_within_its_time(verdicts: list[Verdict]) -> None:
    assert [v for v in verdicts if v.busy > SECONDS] == []


def test_what_is_skipped_says_which_limit_was_hit(verdicts: list[Verdict]) -> None:
    said = " ".join(reason for verdict in verdicts for reason in verdict.reasons)
    assert "nested deeper than the limit of 100 levels" in said
    assert "the limit for one is 1,000,000" in said or not FULL
    assert "the limit is 8,388,608" in said
    if FULL:
        for limit in ("the limit is 4,000,000", "limit of 100,000 lines", "limit of 30 seconds"):
            assert limit in said


def test_the_lists_are_as_long_as_they_say() -> None:
    lists = ("deep", "lines", "values", "bombs") if FULL else ("deep",)
    assert {name: bad_sizes.length(name) for name in lists} == {
        name: bad_cases.COUNTS[name] for name in lists
    }


def test_a_case_is_made_the_same_every_time(tmp_path: Path) -> None:
    made = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        bad_cases.put("mutated 1234", tmp_path / name)
        made.append([path.read_bytes() for path in (tmp_path / name).iterdir()])
    assert made[0] == made[1] != []


def test_all_at_once_are_accounted_for_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    chosen = ("mutated", "cut", "encoded", "valued", "shaped", "soup", "named", "damaged_gzip")
    folder = tmp_path / "in"
    names = [name for name in bad_cases.names(full=False) if name.split()[0] in chosen]
    for number, name in enumerate(names):
        (folder / f"{number:04}").mkdir(parents=True)
        bad_cases.put(name, folder / f"{number:04}")
    for number in range(0, len(names), 10):
        good = f"Berita baik nomor {number}. {bad_bases.TEXT}"
        (folder / f"{number:04}" / f"z-{number}.txt").write_text(good)
    first = index_paths(tmp_path / "home", [folder], embedder=EMBEDDER)
    assert first.indexed + first.skipped == first.seen >= len(names)
    second = index_paths(tmp_path / "home", [folder], embedder=EMBEDDER)
    assert (second.indexed, second.unchanged) == (0, first.indexed)
    assert (second.seen, second.skipped) == (first.seen, first.skipped)
    assert second.snapshot == first.snapshot
    with Archive.open(tmp_path / "home") as archive:
        kept = archive.hashes()
    assert all(f"z-{number}" in kept for number in range(0, len(names), 10))
