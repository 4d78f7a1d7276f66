"""Which words of a sentence answer."""

import pytest

from warta.assistant.composing.emphasis import answering_words
from warta.index.reader.features import ask
from warta.index.weights import read_rarity

CASES = (
    ("Siapa yang membuka Pasar Wonosari?",
     "Pasar Wonosari dibuka oleh Bupati Ratna Kusumawati, Senin (3/3/2025).",
     "Bupati Ratna Kusumawati"),
    ("Siapa Direktur PT Sari Alam?",
     "Direktur PT Sari Alam, Budi Hartono, menolak di Surabaya.", "Budi Hartono"),
    ("Kapan Pasar Wonosari dibuka?",
     "Bupati membuka Pasar Wonosari, Senin (3/3/2025), setelah 3 bulan.", "Senin (3/3/2025)"),
    ("Pukul berapa pasar dibuka?",
     "Pasar dibuka Senin (3/3/2025) pukul 07.30 WIB.", "pukul 07.30 WIB"),
    ("Di mana pabrik itu dibangun?",
     "Pabrik itu dibangun di Kecamatan Sewon, Bantul, dengan dana Jepang.",
     "Kecamatan Sewon, Bantul"),
    ("Di mana pabrik itu dibangun?", "JAKARTA - Pabrik itu mulai dibangun.", "JAKARTA"),
    ("Berapa kios yang dibangun?", "Pada 2024 telah dibangun 214 kios.", "214 kios"),
    ("Berapa biaya perbaikan pasar?",
     "Biaya perbaikan pasar seluas 2 hektare mencapai Rp4,5 miliar.", "Rp4,5 miliar"),
    ("Berapa orang meneken petisi?",
     "Hingga pukul 17.12 WIB, 472 orang meneken petisi.", "472 orang"),
    ("Berapa korban tewas gempa Sewon?",
     "Korban meninggal akibat gempa Sewon 6,8 SR sebanyak 20 orang.", "20 orang"),
    ("Berapa lama pasar ditutup?", "Pasar ditutup tiga bulan sejak 2024.", "tiga bulan"),
    ("When was the market opened?", "Pasar dibuka 3 Maret 2025.", "3 Maret 2025"),
)  # fmt: skip


def words(question, sentence):
    span = answering_words(ask(question, read_rarity()), sentence)
    return sentence[slice(*span)] if span else None


@pytest.mark.parametrize(("question", "sentence", "wanted"), CASES)
def test_the_words_that_were_asked_for_are_told_from_the_others(question, sentence, wanted):
    assert words(question, sentence) == wanted


def test_nothing_is_told_where_two_names_would_do_or_none_is_there():
    assert words("Siapa yang hadir?", "Yang hadir Rina Wati dan Budi Santo dari awal.") is None
    assert words("Siapa yang membuka pasar?", "Pasar dibuka pagi ini.") is None
    assert words("Mengapa pasar ditutup?", "Pasar ditutup 3 bulan karena Covid.") is None
    assert words("Di mana Budi?", "Pasar dibuka Senin (3/3/2025).") is None
