"""What the pages of the desk say, in Indonesian and English; apart from what the chat page gets."""

from typing import Final

from warta.assistant import texts
from warta.assistant.texts import Language

# key: (Indonesian, English)
_TABLE: Final[dict[str, tuple[str, str]]] = {
    "to_main": ("Langsung ke isi", "Skip to the content"),
    "ask": ("Tanya", "Ask"),
    "search": ("Cari", "Search"),
    "search_box": ("Kata yang dicari di arsip", "Words to find in the archive"),
    "search_hint": ("Cari kata, nama, “frasa persis” …", "Search words, names, “exact phrase” …"),
    "other_language": ("English", "Indonesia"),
    "browse": ("Semua artikel, terbaru dahulu", "All articles, newest first"),
    "results_for": ("Hasil untuk “{q}”", "Results for “{q}”"),
    "total": ("{n} artikel", "{n} articles"),
    "total_one": ("1 artikel", "1 article"),
    "holds_all": ("memuat semua kata", "with every word"),
    "holds_all_one": ("memuat kata ini", "with this word"),
    "holds_any": ("memuat sebagian kata", "with some of the words"),
    "holds_phrase": ("memuat persis “{said}”", "with exactly “{said}”"),
    "no_phrase": (
        "Tidak ada artikel yang memuat persis “{said}”.",
        "No article has “{said}” exactly.",
    ),
    "without_marks": ("Cari kata-katanya tanpa tanda kutip", "Search the words without marks"),
    "fell_back": (
        "Tidak ada artikel yang memuat semua kata sekaligus.",
        "No article has all of the words.",
    ),
    "show_any": ("Tampilkan juga yang memuat sebagian kata", "Also show those with some words"),
    "show_all": ("Hanya yang memuat semua kata", "Only those with every word"),
    "instead": ("“{typed}” tidak ada di arsip; dicari: “{meant}”.",
                "“{typed}” is not in the archive; searched: “{meant}”."),
    "folded": ("salinan dihitung satu", "copies count once"),
    "sort": ("Urutkan", "Sort"),
    "by_relevance": ("Paling cocok", "Best match"),
    "by_day": ("Terbaru", "Newest"),
    "nothing": ("Tidak ada artikel yang cocok.", "No article matches."),
    "nothing_more": (
        "Coba kata lain, lebih sedikit kata, atau hapus filter.",
        "Try other words, fewer words, or remove the filters.",
    ),
    "without_filter": ("Cari tanpa filter", "Search without filters"),
    "ask_this": ("Tanyakan ini kepada Warta", "Ask Warta about this"),
    "filters": ("Filter", "Filters"),
    "to_filters": ("Ke filter", "To the filters"),
    "clear_filters": ("Hapus semua filter", "Remove all filters"),
    "remove_filter": ("Hapus filter {what}", "Remove the filter {what}"),
    "apply": ("Terapkan", "Apply"),
    "time": ("Waktu", "Time"),
    "outlets": ("Media", "Outlets"),
    "more_outlets": ("{n} media lain", "{n} other outlets"),
    "all_years": ("Semua tahun", "All years"),
    "in_period": ("{what}: {n} artikel", "{what}: {n} articles"),
    "also_in": ("Juga di {names}", "Also in {names}"),
    "also_here": ("{n} versi lain di media ini", "{n} other versions at this outlet"),
    "also_here_one": ("1 versi lain di media ini", "1 other version at this outlet"),
    "pages": ("Halaman", "Pages"),
    "page_of": ("Halaman {page} dari {last}", "Page {page} of {last}"),
    "previous": ("Sebelumnya", "Previous"),
    "next": ("Berikutnya", "Next"),
    "follow": ("Ikuti pencarian ini (RSS)", "Follow this search (RSS)"),
    "first_thousand": ("(1.000 yang pertama)", "(the first 1,000)"),
    "take_csv": ("Unduh CSV", "Download CSV"),
    "take_ris": ("Unduh RIS", "Download RIS"),
    "new_since": ("{n} baru sejak {when} UTC", "{n} new since {when} UTC"),
    "new_last": ("Yang baru sejak kunjungan terakhir Anda", "New since your last visit"),
    "show_new": ("Hanya yang baru", "Only the new ones"),
    "show_seen": ("Tampilkan semua", "Show all"),
    "mark_seen": ("Tandai sudah dilihat", "Mark as seen"),
    "remember": (
        "Alamat yang nanti menunjukkan apa yang baru",
        "An address that later shows what is new",
    ),
    "bad_moment": (
        "“{value}” bukan waktu. Tulis seperti 2019-09-30T08:00Z. Dicari tanpa itu.",
        "“{value}” is no time. Write it as 2019-09-30T08:00Z. Searched without it.",
    ),
    "bad_day": (
        "“{value}” bukan tanggal. Tulis seperti 2019-09-30. Dicari tanpa tanggal itu.",
        "“{value}” is no day. Write it as 2019-09-30. Searched without it.",
    ),
    "bad_range": (
        "{since} sesudah {until}. Tukar kedua tanggal. Dicari tanpa keduanya.",
        "{since} comes after {until}. Swap the days. Searched without both.",
    ),
    "bad_source": (
        "Arsip ini tidak memuat media “{value}”. Pilih dari daftar. Dicari tanpa media itu.",
        "This archive has no outlet “{value}”. Choose from the list. Searched without it.",
    ),
    "bad_choice": (
        "“{value}” tidak dikenal untuk {name}. Pilih {choices}.",
        "“{value}” is unknown for {name}. Choose {choices}.",
    ),
    "bad_page": (
        "Tidak ada halaman “{value}”. Pilih 1 sampai {last}.",
        "There is no page “{value}”. Choose 1 to {last}.",
    ),
    "too_many": (
        "{name} disebut {n} kali; yang pertama dipakai.",
        "{name} was given {n} times; the first is used.",
    ),
    "too_long_query": (
        "Kata yang dicari terlalu panjang: {n} karakter. Paling banyak {max}; sisanya dibuang.",
        "The query is too long: {n} characters. At most {max}; the rest was left out.",
    ),
    "ask_article": ("Tanya tentang artikel ini", "Ask about this article"),
    "about_article": ("Tentang artikel ini", "About this article"),
    "published": ("Terbit", "Published"),
    "day_agrees": (
        "Keterangan tanggal yang ada sepakat.",
        "What there is on its day agrees.",
    ),
    "day_decided": ("Cara tanggal ditetapkan", "How the day was decided"),
    "corrected_by": ("Dikoreksi oleh", "Corrected by"),
    "also_carried": ("Juga dimuat", "Also carried"),
    "history": ("Riwayat versi", "Versions"),
    "edition": ("Versi {n}, dibaca {day}", "Version {n}, read {day}"),
    "first_edition": ("versi pertama yang dibaca", "the first that was read"),
    "was_titled": ("Judul sebelumnya: “{title}”", "Headline before: “{title}”"),
    "was_dated": ("Tanggal sebelumnya: {day}", "Day before: {day}"),
    "more_changes": ("… dan {n} kalimat lain", "… and {n} more sentences"),
    "taken_out": ("Dihapus", "Taken out"),
    "put_in": ("Ditambahkan", "Added"),
    "outlet_search": ("Semua dari media ini", "All of this outlet"),
    "day_search": ("Semua pada hari ini", "All of this day"),
    "quoted_here": ("Kutipan ditandai", "The quotation is marked"),
    "bad_span": (
        "Kutipan “{value}” tidak ada di artikel ini. Tulis awal dan akhirnya seperti q=120-180.",
        "There is no quotation “{value}” in this article. Write its bounds as q=120-180.",
    ),
    "no_article": ("Artikel tidak ada", "No such article"),
    "unknown_article": (
        "Tidak ada artikel “{id}” di arsip ini. Periksa alamatnya, atau cari judulnya.",
        "There is no article “{id}” in this archive. Check the address, or search its headline.",
    ),
    "article_live": (
        "Artikel “{id}” sudah dibaca, tetapi belum ada di indeks. Coba lagi sebentar.",
        "The article “{id}” was read and is not in the index yet. Try again in a moment.",
    ),
    "article_left": (
        "Artikel “{id}” tidak lagi ada di arsip ini: berkas asalnya sudah tidak ada.",
        "The article “{id}” is no longer in this archive: the file it came from is gone.",
    ),
    "article_removed": (
        "Artikel “{id}” ditarik dari arsip ini oleh pengelolanya.",
        "The article “{id}” was withdrawn from this archive by its maintainer.",
    ),
    "article_erased": (
        "Artikel “{id}” dihapus dari arsip ini oleh pengelolanya; teksnya tidak disimpan lagi.",
        "The article “{id}” was erased by its maintainer; its text is no longer kept.",
    ),
    "empty_archive": ("Arsip masih kosong.", "The archive is empty."),
    "empty_remedy": (
        "Pengelola dapat mengisinya dengan: warta index FOLDER",
        "The maintainer can fill it with: warta index FOLDER",
    ),
    "same_event": ("Peristiwa yang sama", "The same event"),
    "to_story": ("Ikuti rangkaian peristiwa", "Follow the story"),
    "story": ("Rangkaian peristiwa", "Story"),
    "story_of": ("Rangkaian peristiwa: {title}", "Story: {title}"),
    "story_counts": (
        "{reports} laporan dalam {articles} artikel dari {outlets} media",
        "{reports} reports in {articles} articles of {outlets} outlets",
    ),
    "story_alone": (
        "Arsip tidak memuat artikel lain tentang peristiwa ini.",
        "The archive has no other article on this event.",
    ),
    "story_unlinked": (
        "Indeks ini dibuat sebelum artikel ditautkan per peristiwa. Pengelola dapat membaruinya "
        "dengan: warta index",
        "This index was made before articles were linked by event. The maintainer can renew it "
        "with: warta index",
    ),
    "days_of_story": ("Hari demi hari", "Day by day"),
    "also_that_day": ("{n} laporan lain", "{n} more reports"),
    "also_that_day_one": ("1 laporan lain", "1 more report"),
    "figures": ("Angka yang berubah", "Figures that changed"),
    "voices": ("Siapa berkata apa", "Who says what"),
    "all_quotes": ("Semua kutipan", "All quotations"),
    "as_text": ("Teks dengan sumber", "Text with sources"),
    "person": ("Kutipan {name}", "Quotations of {name}"),
    "person_counts": (
        "{n} kutipan langsung di {articles} artikel, terbaru dahulu",
        "{n} direct quotations in {articles} articles, newest first",
    ),
    "person_checked": (
        "Nama pembicara dibaca dari kalimatnya. Yang bertanda “dari konteks” diambil dari kalimat "
        "sebelumnya: periksa di artikelnya.",
        "Who speaks is read in the sentence. What is marked “from context” is taken from the "
        "sentence before: check it in the article.",
    ),
    "from_context": ("dari konteks", "from context"),
    "no_quotes": (
        "Tidak ada kutipan langsung dari “{name}” di {articles} artikel terbaru yang menyebutnya.",
        "No direct quotation of “{name}” in the {articles} newest articles that name them.",
    ),
    "no_name": ("Tulis nama yang dicari.", "Write the name to look for."),
    "search_name": ("Cari artikel tentang {name}", "Search articles on {name}"),
    "person_older": (
        "Dibaca {n} artikel terbaru dari {total} yang memuat nama ini.",
        "The {n} newest of {total} articles with this name were read.",
    ),
    "shared": ("Jawaban yang dibagikan", "A shared answer"),
    "shared_when": (
        "Dijawab dari arsip ini, dibagikan {day}, apa adanya sejak itu; dapat dibaca sampai "
        "{last}.",
        "Answered from this archive, shared on {day} and unchanged since; to be read until {last}.",
    ),
    "no_share": ("Tidak ada jawaban di alamat ini", "There is no answer at this address"),
    "no_share_more": (
        "Masa berlakunya habis, atau pengelola mencabutnya. Periksa alamatnya, atau tanyakan lagi.",
        "It has expired, or the maintainer revoked it. Check the address, or ask again.",
    ),
    "ask_again_now": ("Tanyakan lagi sekarang", "Ask it again now"),
}  # fmt: skip
_TABLE["article_erasing"] = _TABLE["article_erased"]  # under way


def text(language: Language, key: str, **values: object) -> str:
    """Return a text of the desk, or one that it shares with the chat page."""
    if key not in _TABLE:
        return texts.text(language, key, **values)
    said = _TABLE[key][0 if language == "id" else 1]
    return said.format(**values) if values else said
