"""Links between articles on one event: decided by pairs, the same however an index came about."""

import random
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from homes import article, fill

from warta.corpus.article import Article
from warta.corpus.errors import ConfigError, DamagedSnapshot
from warta.corpus.language.words import terms
from warta.index.building import build as module
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.snapshot.shelf import open_snapshot
from warta.index.snapshot.snapshot import LINKS, Snapshot
from warta.index.stories.links import Links, Model, linked, moved, read_model
from warta.index.stories.pairs import FEATURES, Headline, Table, are_instalments
from warta.index.stories.training.train import JudgedPairs, learned

PLACES = "Kedungwaru Sukamaju Wanareja Tirtomoyo Banyubiru Karangjati".split()
EVENTS = "banjir gempa kebakaran panen festival longsor".split()
FIRST = date(2024, 3, 1)


def _reports(count: int, seed: int = 3) -> list[Article]:
    chance = random.Random(seed)
    found = []
    for number in range(count):
        place, event = chance.choice(PLACES), chance.choice(EVENTS)
        text = f"{event} di {place} pada hari itu dilaporkan {chance.randrange(4)} orang warga. "
        found.append(
            article(
                f"id-{number:02}",
                text + " ".join(chance.choices(EVENTS, k=6)),
                title=f"{event.title()} di {place}",
                day=FIRST + timedelta(chance.randrange(50)) if chance.random() < 0.9 else None,
                source=chance.choice(["Kompas.com", "Tempo.co"]),
            )
        )
    return found


def _links(home: Path) -> set[tuple[str, str, int]]:
    snapshot = open_snapshot(home).snapshot
    assert snapshot.links is not None
    ids = [snapshot.article(number).id for number in range(len(snapshot.published))]
    return {(ids[a], ids[b], c) for a, b, c in snapshot.links.pairs.tolist()}


def test_links_are_those_that_a_look_at_every_pair_finds(tmp_path: Path) -> None:
    fill(tmp_path, _reports(60))
    snapshot, model = open_snapshot(tmp_path).snapshot, read_model()
    table, slow = Table(snapshot.openings()), set()
    for one, other in combinations(range(60), 2):
        days = snapshot.published[[one, other]]
        rows = table.features(np.array([one]), np.array([other]))
        if (days > 0).all() and abs(days[0] - days[1]) <= model.days:
            chance = model.chances(rows)[0]
            serial = table.instalments(np.array([one]), np.array([other]))[0]
            if rows[0, 0] >= model.cosine and chance >= model.least and not serial:
                slow.add((f"id-{one:02}", f"id-{other:02}", round(1000 * chance)))
    assert _links(tmp_path) == slow
    assert 20 < len(slow) < 500


def test_links_are_the_same_in_whatever_batches_the_articles_came(tmp_path: Path) -> None:
    reports = _reports(60)
    fill(tmp_path / "whole", reports)
    for order in range(3):
        random.Random(order).shuffle(reports)
        home = tmp_path / f"steps-{order}"
        for count in (7, 30, 31, 60):
            fill(home, reports[:count])
        assert _links(home) == _links(tmp_path / "whole")


def test_an_article_that_leaves_takes_its_links_with_it(tmp_path: Path) -> None:
    reports = _reports(60)
    fill(tmp_path, reports)
    before = _links(tmp_path)
    gone = next(iter(sorted(before)))[0]
    fill(tmp_path, [each for each in reports if each.id != gone])
    assert _links(tmp_path) == {link for link in before if gone not in link}


def test_a_changed_article_is_linked_anew(tmp_path: Path) -> None:
    told = article("a", "Banjir di Sukamaju.", title="Banjir di Sukamaju", day=FIRST)
    also = article("b", "Banjir di Sukamaju.", title="Banjir di Sukamaju", day=FIRST, source="X")
    fill(tmp_path, [told, also])
    assert [link[:2] for link in _links(tmp_path)] == [("a", "b")]
    fill(tmp_path, [told, article("b", "Panen raya.", title="Panen di Wanareja", day=FIRST)])
    assert _links(tmp_path) == set()


def test_an_article_without_a_day_and_one_of_another_month_are_linked_to_none(
    tmp_path: Path,
) -> None:
    same = {"text": "Banjir di Sukamaju.", "title": "Banjir di Sukamaju"}
    days = (FIRST, None, FIRST + timedelta(31))
    fill(tmp_path, [article(f"id-{at}", day=day, **same) for at, day in enumerate(days)])
    assert _links(tmp_path) == set()


def test_an_index_from_before_there_were_links_is_read_and_gets_them_without_embedding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = _reports(20)
    fill(tmp_path / "new", reports)
    with monkeypatch.context() as earlier:
        earlier.setattr(module, "STORIES_VERSION", "")
        fill(tmp_path / "old", reports)
    assert open_snapshot(tmp_path / "old").snapshot.links is None
    built = fill(tmp_path / "old", reports)
    assert (built.changed, built.embedded) == (True, 0)
    assert _links(tmp_path / "old") == _links(tmp_path / "new")


def test_a_file_of_links_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    for wrong in (np.array([[0, 9, 900]], np.int32), np.zeros((2, 2), np.int32), np.zeros(3)):
        np.save(tmp_path / LINKS, wrong)
        with pytest.raises(DamagedSnapshot, match="does not fit"):
            Links.open(tmp_path / LINKS, 9)


def test_links_follow_their_articles_to_new_numbers() -> None:
    links = np.array([[0, 1, 900], [1, 3, 850], [2, 3, 810]], np.int32)
    assert moved(links, np.array([0, 1, -1, 5])).tolist() == [[0, 1, 900], [1, 5, 850]]


def test_a_story_holds_what_is_linked_to_half_of_its_first_articles() -> None:
    pairs = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5)]
    links = Links(np.array([(*pair, 900) for pair in pairs], np.int32))
    assert links.beside(0)[0].tolist() == [1, 2, 3]
    assert links.story(0).tolist() == [0, 1, 2, 3, 4]  # 4 by 1 and 2; 5 by 3 alone
    assert links.story(6).tolist() == [6]


def test_reports_of_one_flood_are_linked_and_another_flood_is_not(tmp_path: Path) -> None:
    rows = [
        ("Banjir Rendam 340 Rumah di Kedungwaru", FIRST, "Harian Lembah",
         "Banjir setinggi satu meter merendam 340 rumah di Kecamatan Kedungwaru, Senin (1/3/2024), "
         "setelah tanggul Sungai Brantasari jebol."),
        ("Tanggul Brantasari Jebol, Ratusan Rumah di Kedungwaru Terendam", FIRST, "Kabar Pesisir",
         "Tanggul Sungai Brantasari di Kedungwaru jebol pada Senin (1/3/2024) dan air merendam "
         "340 rumah warga."),
        ("Pengungsi Banjir Kedungwaru Bertambah Jadi 900 Orang", FIRST + timedelta(2),
         "Kabar Pesisir", "Jumlah pengungsi banjir di Kedungwaru akibat jebolnya tanggul Sungai "
         "Brantasari bertambah menjadi 900 orang, Rabu (3/3/2024)."),
        ("Festival Layang-layang Wanareja Digelar Lagi", FIRST, "Harian Lembah",
         "Festival layang-layang di Pantai Wanareja kembali digelar pada Sabtu dengan peserta dari "
         "12 negara."),
        ("Kurs Rupiah Ditutup Menguat ke Rp15.610", FIRST, "Harian Lembah",
         "Nilai tukar rupiah terhadap dolar AS ditutup menguat ke Rp15.610 pada perdagangan hari "
         "ini."),
        ("Kurs Rupiah Ditutup Melemah ke Rp15.702", FIRST + timedelta(2), "Harian Lembah",
         "Nilai tukar rupiah terhadap dolar AS ditutup melemah ke Rp15.702 pada perdagangan hari "
         "ini."),
    ]  # fmt: skip
    reports = [
        article(f"id-{at}", text, title=title, day=day, source=source)
        for at, (title, day, source, text) in enumerate(rows)
    ]
    fill(tmp_path, reports, SentenceTransformerEmbedder.load())
    links = open_snapshot(tmp_path).snapshot.links
    assert links is not None
    stories = [links.story(number).tolist() for number in range(6)]
    assert stories[0] == [0, 1, 2]
    assert stories[3:] == [[3], [4], [5]]


def _instalments(one: str, other: str, *, same_day: bool = True) -> bool:
    first, second = Headline.of(terms(one)), Headline.of(terms(other))
    found = are_instalments(first, second, same_day=same_day)
    assert found == are_instalments(second, first, same_day=same_day)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sinopsis Drama PELITA Episode 12, Janji Ratna", "Sinopsis PELITA Eps 13: Luka Lama"),
        ("Ramalan Zodiak Hari Ini: Leo Sabar", "Ramalan Zodiak Cinta: Virgo Menang"),
        ("Kunci Jawaban IPA Kelas 8 Halaman 97", "Kunci Jawaban IPA Kelas 8 Halaman 99"),
        ("7 Model Gamis Batik Terbaru", "8 Gaya Gamis Polos untuk Lebaran"),
        ("Gempa Magnitudo 5,0 Guncang Wanareja", "Gempa M4,4 Guncang Tirtomoyo, Tak Tsunami"),
        ("Prediksi Skor Melati FC vs Garuda Pura di Liga 1", "Prediksi Skor Persada vs Rajawali"),
        ("IHSG Hari Ini 11 Juni 2025 Ditutup Naik", "Prediksi IHSG 12 Juni 2025, Saham Pilihan"),
    ],
)  # fmt: skip
def test_instalments_of_a_serial_are_told_apart(one: str, other: str) -> None:
    assert _instalments(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sinopsis Drama PELITA Episode 12", "Sinopsis PELITA Eps 12: Janji Ratna Kepada Ibu"),
        ("Gempa M5,0 Guncang Wanareja", "Korban Gempa Wanareja Bertambah Jadi 12 Orang"),
        ("Prediksi Melati United vs Garuda Pura", "Hasil Garuda Pura Vs Melati: Imbang 1-1"),
        ("Man Melati Vs Garuda, Laga Penentuan", "Susunan Pemain Manunggal Melati Vs Garuda"),
        ("Banjir Rendam 340 Rumah di Sukamaju", "Banjir Rendam 900 Rumah di Sukamaju"),
        ("Harga Emas Antam Naik Rp 4.000", "Emas Antam Hari Ini Dijual Lebih Mahal per Gram"),
    ],
)
def test_reports_on_one_episode_quake_match_or_day_are_no_instalments(one: str, other: str) -> None:
    assert not _instalments(one, other)


def test_what_is_reported_anew_each_day_is_of_another_event_on_another_day() -> None:
    gold = "Harga Emas Antam Naik Rp 4.000", "Emas Antam Turun, Kini Rp 752.000 per Gram"
    assert _instalments(*gold, same_day=False)
    flood = "Banjir Rendam 340 Rumah di Sukamaju", "Banjir Sukamaju Surut"
    assert not _instalments(*flood, same_day=False)


def test_learning_finds_what_tells_two_kinds_of_pairs_apart() -> None:
    chance = np.random.default_rng(1)
    rows = chance.random((200, 3))
    weights, bias = learned(JudgedPairs(rows, rows[:, 0] > 0.5))
    assert weights[0] > 5 > abs(weights[1]) + abs(weights[2])
    right = (rows @ weights + bias > 0) == (rows[:, 0] > 0.5)
    assert right.mean() > 0.95


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    file.write_text('{"weights": {"cosine": 1.0}, "bias": 0}')
    with pytest.raises(ConfigError, match="Learn it again"):
        read_model(file)
    assert tuple(read_model().weights.shape) == (len(FEATURES),)


def test_nothing_is_compared_where_nothing_is_new(tmp_path: Path) -> None:
    fill(tmp_path, _reports(20))
    snapshot: Snapshot = open_snapshot(tmp_path).snapshot
    assert snapshot.links is not None
    every = Model(np.zeros(len(FEATURES)), 9.0, 0.0, -1.0, 999)  # links whatever it is shown
    kept = linked(snapshot.openings(), np.zeros(20, np.bool_), snapshot.links.pairs, every)
    assert kept.tolist() == snapshot.links.pairs.tolist()
