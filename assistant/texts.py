"""What the page says, in Indonesian and English; the browser gets the whole table."""

from datetime import date
from typing import Literal

Language = Literal["id", "en"]

_MONTHS: dict[str, tuple[str, ...]] = {
    "id": tuple("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split()),
    "en": tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
}

# key: (Indonesian, English); {n} is filled in by whoever shows the text
_TABLE: dict[str, tuple[str, str]] = {
    "tagline": ("Tanya arsip berita", "Ask the news archive"),
    "skip": ("Langsung ke kolom pertanyaan", "Skip to the question box"),
    "welcome": ("Apa yang ingin Anda ketahui?", "What would you like to know?"),
    "welcome_more": (
        "Setiap kalimat jawaban membuka sumbernya. Jika arsip tidak memuat jawabannya, Warta "
        "mengatakannya.",
        "Every sentence of an answer opens its source. Where the archive has no answer, Warta "
        "says so.",
    ),
    "recent": ("Terbaru di arsip", "Recent in the archive"),
    "about": ("Ringkas berita “{title}”", "Summarise the story “{title}”"),
    "question": ("Pertanyaan", "Question"),
    "placeholder": ("Tanya isi arsip …", "Ask the archive …"),
    "send": ("Kirim", "Send"),
    "new_short": ("Baru", "New"),
    "history_short": ("Riwayat", "History"),
    "help": ("Bantuan", "Help"),
    "examples": ("Misalnya", "For example"),
    "example_latest": ("Berita terbaru tentang {name}", "The latest news on {name}"),
    "example_summary": ("Ringkas berita tentang {name}", "Summarise the news on {name}"),
    "example_timeline": ("Linimasa {name}", "Timeline of {name}"),
    "help_ask": (
        "Tanyakan yang pernah diberitakan: siapa, kapan, di mana, berapa, mengapa.",
        "Ask what was in the news: who, when, where, how much, why.",
    ),
    "help_forms": (
        "Minta juga ringkasan, linimasa, kutipan seseorang, perbandingan, profil, kabar terbaru "
        "atau daftar artikel.",
        "Ask for a summary, a timeline, somebody's quotes, a comparison, a profile, the latest "
        "news or a list of articles, too.",
    ),
    "help_sources": (
        "Angka di belakang kalimat membuka artikelnya, dengan kutipannya ditandai. Yang tidak ada "
        "di arsip tidak dijawab.",
        "The number behind a sentence opens its article with the quotation marked. What the "
        "archive lacks is not answered.",
    ),
    "help_filter": (
        "Filter membatasi waktu dan media, hanya untuk percakapan ini.",
        "The filter narrows days and outlets, for this conversation only.",
    ),
    "help_history": (
        "Riwayat disimpan di peramban ini saja, paling banyak {n} jawaban; tidak ada yang terhapus "
        "sendiri.",
        "The history stays in this browser, {n} answers at most; nothing is deleted by itself.",
    ),
    "help_out": (
        "Salin, Unduh (Word, teks) dan cetak membawa pertanyaan, tanggal dan sumbernya.",
        "Copying, downloading (Word, text) and printing take question, day and sources along.",
    ),
    "help_keys": (
        "Tombol: / ke kolom pertanyaan, ↑ pertanyaan terakhir, ↑ ↓ dalam daftar, Shift+Enter baris "
        "baru, Esc menutup.",
        "Keys: / to the question box, ↑ the last question, ↑ ↓ in lists, Shift+Enter a new line, "
        "Esc closes.",
    ),
    "share": ("Bagikan", "Share"),
    "shared_link": (
        "Tautan tersalin. Siapa pun yang dapat membuka Warta ini membacanya sampai {until}.",
        "Link copied. Whoever can open this Warta may read it until {until}.",
    ),
    "not_shared": (
        "Jawaban ini tidak dapat dibagikan. Tanyakan lagi, lalu coba.",
        "This answer cannot be shared. Ask again, then try.",
    ),
    "link_copied": ("Tautan tersalin", "Link copied"),
    "link": ("Salin tautan", "Copy link"),
    "linked": (
        "Pertanyaan ini datang dari sebuah tautan. Tekan Kirim untuk menanyakannya.",
        "This question came with a link. Press Send to ask it.",
    ),
    "stop": ("Berhenti", "Stop"),
    "new": ("Percakapan baru", "New conversation"),
    "search_talks": ("Cari di riwayat …", "Search the history …"),
    "no_match": ("Tidak ada percakapan yang cocok.", "No conversation matches."),
    "rename": ("Ganti nama", "Rename"),
    "deleted": ("Percakapan “{title}” dihapus.", "Conversation “{title}” was deleted."),
    "undo": ("Urungkan", "Undo"),
    "kept_count": (
        "{n} dari {max} jawaban tersimpan, di peramban ini saja.",
        "{n} of {max} answers kept, in this browser only.",
    ),
    "kept_nearly": (
        "Riwayat hampir penuh: {n} dari {max} jawaban. Hapus percakapan lama agar yang baru "
        "tersimpan.",
        "The history is nearly full: {n} of {max} answers. Delete old conversations so that new "
        "ones are kept.",
    ),
    "kept_full": (
        "Riwayat penuh: jawaban ini belum tersimpan. Hapus percakapan lama; lalu ia disimpan.",
        "The history is full: this answer is not kept yet. Delete an old conversation; then it is.",
    ),
    "kept_never": (
        "Peramban ini tidak menyimpan riwayat (mode privat?). Percakapan hilang saat tab ditutup: "
        "salin atau unduh yang perlu.",
        "This browser keeps no history (a private window?). The conversation is gone when the tab "
        "closes: copy or download what you need.",
    ),
    "not_shown": (
        "Jawaban ini tersimpan sebagai teks; tampilannya perlu sambungan ke server.",
        "This answer is kept as text; to show it as before the server is needed.",
    ),
    "withdrawn": (
        "Sebagian jawaban ini tidak ditampilkan lagi: artikelnya ditarik dari arsip.",
        "A part of this answer is not shown any more: its article was withdrawn.",
    ),
    "unanswered": ("Pertanyaan ini belum terjawab.", "This question was not answered."),
    "conversations": ("Percakapan", "Conversations"),
    "no_conversations": (
        "Belum ada percakapan. Percakapan disimpan di peramban ini saja.",
        "No conversations yet. They are kept in this browser only.",
    ),
    "delete": ("Hapus percakapan", "Delete conversation"),
    "word": ("Word (DOCX)", "Word (DOCX)"),
    "word_all": ("Word, seluruh percakapan", "Word, the whole conversation"),
    "too_much": (
        "Percakapan ini terlalu panjang untuk satu berkas. Unduh jawabannya satu per satu.",
        "This conversation is too long for one file. Download its answers one by one.",
    ),
    "asked_on": ("Dicari di arsip Warta, {day}", "Searched in Warta's archive, {day}"),
    "print": ("Cetak", "Print"),
    "details": ("Rincian", "Details"),
    "close": ("Tutup", "Close"),
    "sources": ("Sumber", "Sources"),
    "sources_empty": (
        "Sumber jawaban akan tampil di sini, dengan kalimat yang dikutip ditandai.",
        "The sources of an answer appear here, with the quoted sentence marked.",
    ),
    "open_source": ("Buka sumber {n}", "Open source {n}"),
    "source_n": ("Sumber {n}", "Source {n}"),
    "original": ("Buka aslinya", "Open the original"),
    "whole": ("Baca artikel lengkap", "Read the whole article"),
    "back": ("Kembali ke sumber", "Back to the sources"),
    "also": ("Juga dimuat oleh", "Also carried by"),
    "version": ("versi lain di media yang sama", "other version at the same outlet"),
    "versions": ("versi lain di media yang sama", "other versions at the same outlet"),
    "updated": ("diperbarui", "updated"),
    "corrected": ("Dikoreksi:", "Corrected:"),
    "undated": ("tanpa tanggal", "undated"),
    "untitled": ("Tanpa judul", "Untitled"),
    "unnamed": ("media tidak disebut", "outlet not named"),
    "searching": ("Mencari di arsip …", "Searching the archive …"),
    "unsupported": ("tidak didukung sumbernya", "not carried by its source"),
    "unsupported_more": (
        "Sumber yang dirujuk tidak memuat isi kalimat ini. Periksa sebelum dipakai.",
        "The source it refers to does not carry this sentence. Check before using it.",
    ),
    "partial": ("Jawaban sebagian", "Partial answer"),
    "abstained": ("Tidak ditemukan di arsip", "Not found in the archive"),
    "nearest": ("Artikel terdekat", "Nearest articles"),
    "wider": ("Cari tanpa batasan", "Search without limits"),
    "understood": ("Dipahami sebagai", "Understood as"),
    "without": ("Cari lagi tanpa: {what}", "Search again without: {what}"),
    "from_talk": ("Dari percakapan", "From the conversation"),
    "off": ("Tanya tanpa {what}", "Ask without {what}"),
    "period": ("Waktu", "Time"),
    "outlet": ("Media", "Outlet"),
    "searched_as": ("Dicari sebagai", "Searched as"),
    "since": ("sejak {day}", "since {day}"),
    "until": ("sampai {day}", "until {day}"),
    "copy": ("Salin dengan sumber", "Copy with sources"),
    "copied": ("Tersalin", "Copied"),
    "download": ("Unduh", "Download"),
    "as_text": ("Teks", "Text"),
    "again": ("Tanya lagi", "Ask again"),
    "edit": ("Ubah pertanyaan", "Edit the question"),
    "helpful": ("Jawaban ini membantu", "This answer helps"),
    "unhelpful": ("Jawaban ini tidak membantu", "This answer does not help"),
    "why": ("Apa yang kurang?", "What was wrong?"),
    "why_placeholder": (
        "Misalnya: sumbernya keliru, tanggalnya salah …",
        "For example: wrong source, wrong date …",
    ),
    "send_reason": ("Kirim masukan", "Send feedback"),
    "thanks": ("Terima kasih atas masukan Anda.", "Thank you for telling us."),
    "receipt": (
        "{seconds} detik · versi indeks {snapshot}",
        "{seconds} s · index version {snapshot}",
    ),
    "source_count": ("{n} sumber", "{n} source"),
    "sources_count": ("{n} sumber", "{n} sources"),
    "quoted": ("Semua kalimat dikutip apa adanya", "All sentences are quoted as they stand"),
    "written_by": ("Ditulis oleh {name}", "Written by {name}"),
    "filters": ("Filter", "Filter"),
    "from": ("Dari", "From"),
    "to": ("Sampai", "To"),
    "glance": ("Isi arsip", "In the archive"),
    "per_month": ("Artikel per bulan", "Articles per month"),
    "more": ("Berita terkait", "Related articles"),
    "to_search": ("Cari", "Search"),
    "all_articles": ("Semua artikel", "All articles"),
    "search_all": ("Lihat semua artikel yang memuat “{q}”", "See all articles with “{q}”"),
    "month_count": ("{month}: {n} artikel", "{month}: {n} articles"),
    "clear": ("Hapus filter", "Clear filters"),
    "articles": ("{n} artikel", "{n} articles"),
    "index_age": ("indeks {age}", "index {age}"),
    "no_index": ("Arsip masih kosong", "The archive is empty"),
    "theme": ("Terang atau gelap", "Light or dark"),
    "language": ("Bahasa", "Language"),
    "status": ("Status", "Status"),
    "busy": (
        "Sedang banyak yang bertanya. Coba lagi sebentar lagi.",
        "Many people are asking right now. Please try again in a moment.",
    ),
    "failed": (
        "Jawaban belum dapat diambil; mungkin sedang banyak yang bertanya. Coba lagi sebentar.",
        "No answer could be fetched; perhaps many are asking. Please try again in a moment.",
    ),
    "broken_off": (
        "Jawaban terputus sebelum selesai.",
        "The answer broke off before its end.",
    ),
    "cut_off": (
        "Sambungan ke server terputus. Periksa jaringan, lalu tanyakan lagi.",
        "The connection to the server was lost. Check the network, then ask again.",
    ),
    "unfit": (
        "Waktu atau media yang dipilih tidak cocok dengan arsip ini. Ubah filter, lalu tanyakan "
        "lagi.",
        "The days or outlets chosen do not fit this archive. Change the filters, then ask again.",
    ),
    "too_long": (
        "Pertanyaan terlalu panjang: {n} karakter. Paling banyak {max}.",
        "The question is too long: {n} characters. At most {max}.",
    ),
    "empty": ("Tulis pertanyaan dahulu.", "Write a question first."),
    "stopped": ("Dihentikan.", "Stopped."),
    "retry": ("Coba lagi", "Try again"),
    "missing": (
        "Artikel ini tidak ada lagi di indeks.",
        "This article is no longer in the index.",
    ),
    "s_to_page": ("Ke halaman tanya", "To the chat page"),
    "s_articles": ("Artikel", "Articles"),
    "s_passages": ("Potongan teks", "Passages"),
    "s_covers": ("Terbit", "Published"),
    "s_snapshot": ("Versi indeks", "Index version"),
    "s_kept": ("{name} (tersimpan: {names})", "{name} (kept: {names})"),
    "s_built": ("Dibangun", "Built"),
    "s_skipped": ("Dilewati", "Skipped"),
    "s_dates": ("Tanggal diperkirakan", "Dates estimated"),
    "s_embedder": ("Model", "Model"),
    "s_per_day": ("Artikel per hari", "Articles per day"),
    "s_runs": ("Pengindeksan terakhir", "Last runs"),
    "s_declined": ("Paling sering tidak terjawab", "Declined most often"),
    "s_feedback": ("Masukan pembaca", "What readers say"),
    "s_opinions": ("{up} membantu, {down} tidak membantu", "{up} helpful, {down} not helpful"),
    "s_none": ("Belum ada.", "None yet."),
    "s_when": ("Waktu (UTC)", "When (UTC)"),
    "s_seconds": ("Detik", "Seconds"),
    "s_not_built": ("dibaca, indeksnya belum jadi", "read, its index not finished"),
    "s_not_read": ("belum selesai dibaca", "reading not finished"),
    "s_seen": ("Dilihat", "Seen"),
    "s_indexed": ("Diindeks", "Indexed"),
    "s_unchanged": ("Tetap", "Unchanged"),
    "s_removed": ("Dihapus", "Removed"),
    "s_verdict": ("Nilai", "Verdict"),
    "s_reason": ("Alasan", "Reason"),
    "samples": (
        "Ini arsip contoh: 40 artikel rekaan. Tambahkan milik Anda dengan: warta index FOLDER",
        "This is a sample archive: 40 invented articles. Add yours with: warta index FOLDER",
    ),
}


def text(language: Language, key: str, **values: object) -> str:
    """Return the interface text `key`; a key nobody wrote is a KeyError, found by the tests."""
    said = _TABLE[key][0 if language == "id" else 1]
    return said.format(**values) if values else said


def table(language: Language) -> dict[str, str]:
    """Return every text of one language, for the page's script."""
    return {key: pair[0 if language == "id" else 1] for key, pair in _TABLE.items()}


def day_text(language: Language, day: date) -> str:
    """Return a day as people write it: 10 Sep 2019."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def month_text(language: Language, day: date) -> str:
    """Return a month as people write it: Sep 2019."""
    return f"{_MONTHS[language][day.month - 1]} {day.year}"


def number_text(language: Language, number: int) -> str:
    """Return a whole number with the language's thousands mark: 21.912 or 21,912."""
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if language == "id" else grouped


def language_of(accepted: str, fallback: Language = "id") -> Language:
    """Return the first of our languages that an Accept-Language header or tag list names.

    Malay readers are given Indonesian; who asks for neither gets `fallback`.
    """
    for tag in accepted.lower().split(","):
        name = tag.split(";")[0].strip().split("-")[0]
        if name in ("id", "in", "ms"):
            return "id"
        if name == "en":
            return "en"
    return fallback


def age_text(language: Language, seconds: float) -> str:
    """Return how long ago: baru saja, 3 menit lalu, 2 jam lalu, 5 hari lalu."""
    for size, indonesian, english in (
        (86_400, "hari", "day"),
        (3_600, "jam", "hour"),
        (60, "menit", "minute"),
    ):
        count = int(seconds // size)
        if count >= 1:
            if language == "id":
                return f"{count} {indonesian} lalu"
            return f"{count} {english}{'s' if count > 1 else ''} ago"
    return "baru saja" if language == "id" else "just now"
