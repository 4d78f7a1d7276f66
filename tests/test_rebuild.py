"""Every shipped artefact has a maker, an origin and its hash; every command that makes one runs."""

import json
import logging
import subprocess
from pathlib import Path

import pytest
from toy_data import write_toy_data

from warta.corpus.errors import ConfigError
from warta.index.training.__main__ import (
    ARTEFACTS,
    STEPS,
    check_data,
    main,
    read_artefacts,
    read_data_sets,
    rebuild,
    sha256,
    write_hashes,
)

ROOT = Path(__file__).resolve().parents[1]
NO_DATA = {".py", ".md", ".css", ".html", ".js", ".toml", ".typed"}


@pytest.mark.parametrize("artefact", read_artefacts(), ids=lambda artefact: artefact.file)
def test_every_artefact_is_the_file_that_its_hash_names(artefact):
    assert sha256(ROOT / artefact.file) == artefact.sha256


def test_every_shipped_file_that_is_data_is_listed_with_its_maker_and_its_data():
    listed = subprocess.run(
        ["git", "ls-files", "corpus", "index", "assistant"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to it is not known")
    data = {line for line in listed.stdout.splitlines() if Path(line).suffix not in NO_DATA}
    artefacts = read_artefacts()
    makers = {step.name for step in STEPS} | {"hand"}
    assert {artefact.file for artefact in artefacts} == data
    assert {artefact.maker for artefact in artefacts} <= makers
    assert {name for artefact in artefacts for name in artefact.data} <= set(read_data_sets())


def test_what_a_step_needs_comes_before_it_and_what_it_ships_is_listed():
    done: set[str] = set()
    files = [artefact.file for artefact in read_artefacts()]
    for step in STEPS:
        assert set(step.needs) <= done
        assert not step.ships or any(file.startswith(step.ships) for file in files)
        done.add(step.name)


def test_every_training_command_runs_and_a_second_run_goes_on_from_the_first(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    data, work = write_toy_data(tmp_path / "data"), tmp_path / "work"
    arguments = ["rebuild", "--data", str(data), "--work", str(work), "--toy"]
    main(arguments)
    tried = {step.name for step in STEPS if step.toy is not None}
    assert {path.name for path in work.iterdir()} == tried
    assert json.loads((work / "lexicon").read_text("utf-8"))["big"] == "besar"
    assert "kota" in str(json.loads((work / "rarity").read_text("utf-8"))["tenths"])
    (work / "half-1").rename(work / "half-1.part")  # as an interrupted run leaves it
    caplog.clear()
    main([*arguments, "--only", "ranking", "--only", "rarity"])
    told = [record.message for record in caplog.records if record.message.startswith("[")]
    assert told[:2] == [
        f"[1 of 4] half-0: kept, it lies in {work}",
        "[2 of 4] half-1: warta.index.training.embedder",
    ]
    assert "[3 of 4] ranking: warta.index.training.ranking" in told
    assert f"[4 of 4] rarity: kept, it lies in {work}" in told
    assert told[-1] == "[4 of 4] rarity: not as shipped"


def test_what_cannot_be_made_is_told_before_anything_is(tmp_path):
    with pytest.raises(ConfigError, match=r"no step x\. Known are embedder"):
        rebuild(tmp_path, tmp_path / "work", ["x"])
    with pytest.raises(ConfigError, match=r"click_id\.jsonl\.gz is missing\. Get it from https://"):
        rebuild(tmp_path, tmp_path / "work", ["rarity"])
    with pytest.raises(ConfigError, match="toy"):
        rebuild(tmp_path, tmp_path / "work", toy=True, install=True)
    assert not (tmp_path / "work").exists()


def test_other_data_than_was_learned_from_is_warned_of(tmp_path, caplog):
    check_data(write_toy_data(tmp_path), ["lexicon"])
    (record,) = caplog.records
    assert "parallel_en_id.jsonl.gz is not the file that the shipped" in record.message


def test_hashes_are_written_beside_their_files_only(tmp_path):
    (tmp_path / "artefacts.toml").write_text(ARTEFACTS.read_text("utf-8"), "utf-8")
    for artefact in read_artefacts():
        (tmp_path / artefact.file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / artefact.file).write_text(artefact.file, "utf-8")
    write_hashes(tmp_path / "artefacts.toml", tmp_path)
    before, after = read_artefacts(), read_artefacts(tmp_path / "artefacts.toml")
    assert [item.sha256 for item in after] == [sha256(tmp_path / item.file) for item in before]
    assert [(i.file, i.maker, i.data) for i in after] == [(i.file, i.maker, i.data) for i in before]


@pytest.mark.shared
def test_the_data_beside_the_checkout_is_what_was_learned_from(shared):
    for data_set in read_data_sets().values():
        assert sha256(shared / data_set.file) == data_set.sha256


@pytest.mark.shared
def test_the_table_of_rarities_is_made_again_byte_for_byte(shared, tmp_path):
    assert rebuild(shared, tmp_path, ["rarity"]) == {"rarity": True}
