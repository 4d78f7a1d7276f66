"""The manifest notices every changed byte, of itself and of the files it lists."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from warta.corpus.errors import DamagedSnapshot
from warta.index.snapshot.durable import write_durably
from warta.index.snapshot.manifest import MANIFEST, Manifest, Versions, read_manifest, verify


def _manifest(folder: Path) -> Manifest:
    (folder / "terms").mkdir(parents=True)
    files = {
        name: write_durably(folder / name, data)
        for name, data in (("vectors.faiss", b"vectors"), ("terms/meta.json", b"{}"), ("e", b""))
    }
    return Manifest(
        name=folder.name,
        built="2026-02-15T08:00:00+00:00",
        versions=Versions("length-4", 4, "1", "1", "1", "1"),
        articles=2,
        passages=3,
        newest="2026-02-14",
        content="ab" * 32,
        files=files,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "000007"
    manifest = _manifest(folder)
    write_durably(folder / MANIFEST, manifest.to_bytes())
    return folder


def test_what_was_written_is_read_and_verified(folder: Path) -> None:
    manifest = verify(folder)
    assert (manifest.name, manifest.articles, manifest.versions.dim) == ("000007", 2, 4)
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


def test_every_single_bit_of_the_manifest_counts(folder: Path) -> None:
    data = (folder / MANIFEST).read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        with pytest.raises(DamagedSnapshot):
            Manifest.from_bytes(bytes(changed))
    for cut in range(0, len(data), 7):
        with pytest.raises(DamagedSnapshot):
            Manifest.from_bytes(data[:cut])
    with pytest.raises(DamagedSnapshot):
        Manifest.from_bytes(data + b"\n")


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b'{"format": 1}', b"[" * 100_000, b"\xff"])
def test_what_is_no_manifest_is_damage(text: bytes) -> None:
    with pytest.raises(DamagedSnapshot):
        Manifest.from_bytes(text)


def test_a_manifest_of_another_snapshot_is_refused(folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "000008")
    with pytest.raises(DamagedSnapshot, match="describes snapshot '000007'"):
        read_manifest(tmp_path / "000008")


def test_a_manifest_written_by_another_version_says_so(folder: Path) -> None:
    text = (folder / MANIFEST).read_bytes().replace(b"warta-index-", b"warta-later-")
    with pytest.raises(DamagedSnapshot, match="has the format 'warta-later-"):
        Manifest.from_bytes(text)


@pytest.mark.parametrize("name", ["vectors.faiss", "terms/meta.json", "e"])
def test_a_file_cut_grown_changed_missing_or_linked_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    for changed in (data[:-1], data + b"\0", bytes(len(data)), data[::-1]):
        if changed == data:
            continue
        path.write_bytes(changed)
        with pytest.raises(DamagedSnapshot):
            verify(folder)
    path.rename(folder / "aside")
    with pytest.raises(DamagedSnapshot):
        verify(folder)
    path.symlink_to(folder / "aside")
    with pytest.raises(DamagedSnapshot):
        verify(folder)


def test_checksums_of_the_manifest_are_not_enough_when_a_count_is_changed(folder: Path) -> None:
    honest = read_manifest(folder)
    forged = honest.to_bytes().replace(b'"articles": 2', b'"articles": 9')
    assert forged != honest.to_bytes()
    with pytest.raises(DamagedSnapshot, match="not as it was written"):
        Manifest.from_bytes(forged)
    assert replace(honest, articles=9).to_bytes() != forged
