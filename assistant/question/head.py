"""What an answer is: the asking word with its noun, a closed part of the grammar and so by rules.

On the training questions the heads agree with the kind an annotator gave in what
`tests/test_head.py` says.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from warta.assistant.question.understood import Head
from warta.corpus.language.words import fold

_MANY = r"(?:berapa(?:kah)?|brp|brapa|seberapa|pira|piro|how (?:many|much)|what)"
_WHICH = r"(?:apa(?:kah)?|apaan|mana(?:kah)?|what|which|opo)"
_UNIT = (
    r"(?:tahun|thn|taun|bulan|bln|hari|jam|menit|detik|minggu|pekan|years?|months?|days?|"
    r"hours?|minutes?|weeks?)"
)
_PLACES = (
    r"(?:kota|negara|provinsi|propinsi|pulau|daerah|kabupaten|kab|desa|kelurahan|benua|wilayah|"
    r"kecamatan|lokasi|tempat|kampus|stadion|sirkuit|bandara|pelabuhan|kampung|dusun|gedung|hotel|"
    r"rumah sakit|rs|mal|jalan|ibu ?kota|city|country|province|island|place|venue|town|district|"
    r"stadium|hospital|circuit|state)"
)
_SUMS = (
    r"(?:harga|biaya|anggaran|gaji|tarif|dana|modal|rupiah|rp|dolar|dollar|duit|uang|uangnya|nilai|"
    r"kerugian|honor|honorarium|upah|tunjangan|denda|ganti rugi|kompensasi|santunan|utang|hutang|"
    r"mahar|ongkos|omzet|omset|bayaran|pendapatan|laba|rugi|investasi|pajak|iuran|hadiah|cost|price|"
    r"budget|salary|fee|fine|paid|pay|worth|money|spend|spent|earn|revenue|loss|profit|prize)"
)
_SIZES = (
    r"(?:tinggi|luas|panjang|berat|bobot|jarak|jauh|kecepatan|cepat|suhu|kekuatan|kuat|magnitudo|"
    r"skala|lebar|dalam|kedalaman|kapasitas|besar|ukuran|nomor|nomer|no|dosis|kadar|kilometer|km|"
    r"meter|hektare|hektar|kilo|kg|ton|liter|derajat|inci|watt|megawatt|volume|daya|level|poin|"
    r"nilai tukar|kurs|indeks|rating)"
)
_SAYS = (
    r"(?:kata|pesan|komentar|tanggapan|pernyataan|pendapat|respons?|reaksi|saran|kritik|kritikan|"
    r"pandangan|penilaian|ucapan|himbauan|imbauan|harapan|permintaan|klarifikasi|bantahan|jawaban|"
    r"penjelasan|keterangan|pengakuan|cuitan|seruan|usul|usulan|ancaman|keluhan|pembelaan|alibi|"
    r"curhatan|sindiran|nasihat|nasehat|janji|dalih|pledoi|doa|sikap|peringatan|kesaksian|kesan|"
    r"prediksi|pembelaan|ungkapan|pujian|ocehan|celetukan|wejangan|perkataan|isi pidato|pengalaman)"
)
_SAID = (
    r"(?:bilang|ngomong|ngomongin|kata|berkata|komentar|berkomentar|komen|omong|ngaku|jawab|"
    r"menjawab|cerita|curhat|ngingetin|pesan|berpesan|minta|meminta|ngakuin|nyebut|nanggepin|"
    r"tanggapi|menanggapi|mendoakan|doain|ngasih (?:saran|pesan|peringatan|komentar)|"
    r"menyebut|menilai|berpendapat|berharap|mengaku|cuit|nuntut|menuntut|nyaranin|menyarankan)"
)
_RULES: tuple[tuple[Head, str], ...] = (
    ("share", rf"{_MANY} ?(?:persen|percent|%)|persentase|percentage|what share"),
    ("age", r"\b(?:umur|usia|berusia|berumur|how old|what age)\w*\b"),
    ("rank", rf"\b(?:peringkat|urutan|posisi|ranking|rangking|klasemen|keberapa|ke ?berapa) ?"
     rf"(?:ke ?)?(?:{_MANY}|\b)(?=.*\b(?:berapa|brp|brapa|keberapa)\b|\b)(?<!siapa)"
     rf"|{_MANY} (?:peringkat|urutan)|\b(?:what|which) (?:rank|position)|\bwhere .* ranked?\b"),
    ("score", rf"\bskor(?:nya)?\b|\bscore\b|(?:menang|kalah|imbang|seri|unggul|win|lose|won) "
         rf"(?:{_MANY})\b"
     r"|berapa[- ]berapa"),
    ("duration", rf"{_MANY} lama|lamanya|how long|(?<!umur )(?<!usia ){_MANY} {_UNIT}\b|"
     r"\blama(?:nya)? (?:berapa|brp)|butuh waktu (?:berapa|brp)"),
    ("day", r"\b(?:kapan(?:kah)?|kpn|bilamana|kapankah|when)\b|\b(?:tahun|thn|taun|tanggal|tgl|"
         r"bulan|bln|jam|"
     r"pukul|hari|abad|menit(?: ke)?|pekan|musim)(?: ke)?-? ?(?:berapa(?:kah)?|brp|brapa|apa|"
     r"mana)\b|"
     r"\b(?:what|which) (?:year|date|day|month|time|hour|week)\b"),
    ("price", rf"{_MANY}(?: besar(?:nya)?| jumlah| total)?\W+(?:\w+ ){{0,1}}{_SUMS}\b|"
     rf"\b{_SUMS}(?:nya)?\b(?:.*\b)?(?:berapa|brp|brapa)\b|\bhow much\b|what (?:is|was) the "
     rf"(?:\w+ )?{_SUMS}|(?:berapa|brp) (?:juta|miliar|triliun|ribu|poundsterling|euro|yen)\b"),
    ("measure", rf"{_MANY} {_SIZES}\b|\b{_SIZES}(?:nya)? (?:berapa|brp|brapa)\b|seberapa|"
     r"\bhow (?:tall|far|high|big|large|deep|wide|fast|heavy|strong|hot|cold|often)\b"),
    ("count", r"\b(?:berapa(?:kah)?|brp|brapa|pira|piro)\b|\bhow many\b|jumlah\w* .*apa|what "
         r"number"),
    ("purpose", r"\b(?:untuk|buat|guna|demi) (?:apa|ngapain)\b|\btujuan(?:nya)?\b|\bwhat "
         r"(?!.*\bstands? for).* for\b|"
     r"\bpurpose\b"),
    ("statement", rf"\b(?:apa|gimana|bagaimana|opo)(?:kah)?(?: isi| saja| aja)? {_SAYS}\b|"
         rf"\b{_SAYS}(?:nya)? .*\b(?:apa|gimana|"
     rf"bagaimana)\b|\b{_SAID} (?:apa|apaan|gimana|bagaimana)\b|^{_SAYS} [a-z]|"
     rf"apa yang (?:dikatakan|disampaikan|diucapkan|diminta|dibilang|ditegaskan|{_SAID})|"
     r"\bwhat (?:did|does|do|has|have|had) .*\b(?:say|said|tell|think|suggest|ask|demand|urge|"
     r"comment)\b|\bhow did .* (?:respond|react|describe|comment|rate|explain)"),
    ("reason", r"\b(?:mengapa|kenapa|knp|knapa|napa|kok|why|how come|alasan\w*|penyebab\w*|"
         r"pemicu\w*|"
     r"motif\w*|pertimbangan|latar belakang|gara-gara apa|karena apa)\b|\bapa sebab|"
     r"apa(?:kah)? yang (?:menyebabkan|membuat|mendorong|melatarbelakangi|bikin|memicu)|"
     r"\bwhat (?:caused|made|led)|\bwhat (?:is|was) the (?:reason|cause)"),
    ("office", rf"\b(?:jabatan|profesi|pekerjaan|kerjanya|jabatannya|profesinya|pekerjaannya|"
         rf"sebagai|"
     rf"menjabat(?: sebagai)?) {_WHICH}|{_WHICH} (?:jabatan|profesi|pekerjaan)|what (?:job|"
     rf"position|"
     r"post|office)"),
    ("place", rf"\b(?:di|ke|dari|nang|ning|ing)[ -]?(?:mana|ndi)(?:kah)?\b|\b(?:dimana|kemana|"
         rf"darimana|dmn|dmna)\b|"
     rf"\bwhere\b|\b{_PLACES}(?:nya)? (?:\w+ )?{_WHICH}\b|(?:what|which) {_PLACES}\b"),
    ("person", r"\b(?:siapa(?:kah)?|siape|syp|sapa|sopo|who|whom|whose)\b|\b(?:aktor|aktris|tokoh|"
     r"pemain|presiden|menteri|pelatih|penyanyi|pengacara|kiper|hakim|artis|gubernur|bupati)"
     rf" {_WHICH}\b"),
    ("meaning", r"^\W*(?:apa|opo)(?:kah)? (?:itu|sih|kuwi|iku)\b|\b(?:arti|artinya|makna|"
         r"pengertian|definisi|"
     r"kepanjangan|kepanjangannya|singkatan|maksudnya|dimaksud)\b|\bitu apa(?: sih)?\W*$|"
     r"\bwhat (?:does|do) .*\b(?:mean|stand for)\b|^\W*what(?: is|'s) an? [\w-]+\W*$"),
    ("decision", r"(?:^|, |: |\. )(?:apakah(?! (?:nama|yang))|"
         r"\w{3,}(?<!apa)(?<!mana)(?<!siapa)(?<!berapa)(?<!kapan)(?<!"
     r"mengapa)(?<!bagaimana)(?<!masa)(?<!lang)kah)\b|^ada (?!berapa|brp|apa|siapa|kabar).*\?$|"
     r"^\W*(?:(?:apa(?:kah)? )?(?:benar|betul)(?:kah)?|apakah|apa (?:ada|sudah|bisa|boleh|"
     r"masih|pernah|memang|mungkin)|\w+kah|emang(?:nya)?|is|are|was|were|did|does|do|has|have|had|"
     r"can|could|will|would|should|may|might)\b(?!.*\b(?:apa saja|apa aja)\b)|"
     r"\b(?:gak|ga|nggak|ngga|enggak|tidak|tak|kagak|bukan)\b(?: sih| ya)?\W*$|"
     r"\b(?:sudah|udah|udh|sdh)\b.*\b(?:belum|blm|blom)\b|\b(?:ya|iya|betul|bener|benar) "
     r"(?:gak|nggak|ga|tidak)\b|\b\w+ (?:gak|ga|nggak|ngga) (?:sih|ya|kalo|kalau|kata|ke|soal|di|"
     r"dengan|sama|buat|\w+)\b(?!.*\b(?:apa|siapa|mana|berapa|brp|kenapa|kapan)\b)"),
    ("name", rf"\b(?:nama|judul|julukan|sebutan|gelar|merek|merk|brand|tema|"
         rf"inisial)\w*\b.*{_WHICH}|"
     rf"{_WHICH} (?:nama|judul|julukan|sebutan|gelar|merek|tema)|what(?: is|'s|was)? .*\b(?:name|"
     r"title|called|nickname)\b"),
    ("way", r"\b(?:bagaimana(?:kah)?|gimana|gmn|gmna|bgmn|piye|cara|caranya|how)\b"),
)  # fmt: skip
_COMPILED = tuple((head, re.compile(rule)) for head, rule in _RULES)
_USUAL = {
    "brp": "berapa", "brapa": "berapa", "seberapa": "berapa", "pira": "berapa", "piro": "berapa",
    "syp": "siapa", "sapa": "siapa", "sopo": "siapa", "siape": "siapa",
    "who": "siapa", "whom": "siapa", "whose": "siapa",
    "kpn": "kapan", "bilamana": "kapan", "when": "kapan", "dmn": "mana", "dmna": "mana",
    "dimana": "mana", "kemana": "mana", "darimana": "mana", "where": "mana", "which": "mana",
    "ndi": "mana", "knp": "mengapa", "knapa": "mengapa", "napa": "mengapa", "kenapa": "mengapa",
    "kok": "mengapa", "why": "mengapa", "gimana": "bagaimana", "gmn": "bagaimana",
    "gmna": "bagaimana", "bgmn": "bagaimana", "piye": "bagaimana", "how": "bagaimana",
    "apaan": "apa", "opo": "apa", "ngapain": "apa", "what": "apa", "benarkah": "apakah",
    "betulkah": "apakah",
}  # fmt: skip
_WORDS = re.compile(
    r"\b(?:(?:apa|siapa|kapan|mana|berapa|mengapa|bagaimana)(?:kah)?|" + "|".join(_USUAL) + r")\b"
)
_LISTED = re.compile(
    r"\b(?:apa|siapa|mana|di ?mana|berapa|ke ?mana|dmn) (?:saja|aja|wae)\b|\bapa-apa\b|"
    r"\bsiapa-siapa\b|"
    r"\bwhat (?:are|were) (?:the|some)\b|\bwhich (?:\w+ ){0,2}?\w+s (?:are|were|have|did|does|do|"
    r"will)\b|\bwho (?:are|were)\b|"
    r"^\W*(?:sebut(?:kan|in)?|daftar|list|name)\b"
)
_NEGATED = re.compile(
    r"\b(?:tidak|tak|bukan|belum|tanpa|selain|kecuali|batal|gagal|not|without|except|never|gak|ga|"
    r"nggak|ngga|blm|n't|no longer)\b(?!(?: sih| ya)?\W*$)"
)
_NO_NOUN = frozenset(
    "yang yg itu ini saja aja di dari dan adalah sih ya is are was were the a an of to did "
    "does do ke pada untuk soal sama kah dengan oleh itu".split()
)


@dataclass(frozen=True, slots=True)
class Asking:
    """The asking word in its usual form, the noun it goes with, and what the answer is."""

    word: str
    noun: str
    head: Head
    listed: bool
    negated: bool


@lru_cache(maxsize=512)
def asking_of(question: str) -> Asking:
    """Return what `question` asks for; a thing where nothing says what."""
    folded = " ".join(fold(question).split())
    match = _WORDS.search(folded)
    word = match[0] if match else ""
    bare = word.removesuffix("kah")
    usual = _USUAL.get(word, _USUAL.get(bare, bare if word != "apakah" else word))
    head: Head = next((head for head, rule in _COMPILED if rule.search(folded)), "thing")
    return Asking(
        word=usual,
        noun=_noun(folded, match),
        head=head,
        listed=_LISTED.search(folded) is not None,
        negated=_NEGATED.search(folded) is not None,
    )


def _noun(folded: str, match: "re.Match[str] | None") -> str:
    """Return the noun beside the asking word: after it for "berapa", before it for "apa"."""
    if match is None:
        return ""
    before = re.findall(r"[^\W_]+", folded[: match.start()])
    after = [w for w in re.findall(r"[^\W_]+", folded[match.end() :]) if w not in _NO_NOUN]
    first = re.match(r"(?:\W*(?:saja|aja|sih|ya)\b)*\W*(\w+)", folded[match.end() :])
    follows = first is not None and first[1] not in _NO_NOUN
    ahead = before[-1] if before and before[-1] not in _NO_NOUN else ""
    if match[0].startswith(("berapa", "brp", "what", "which", "how", "siapa", "seberapa")):
        return after[0] if follows and after else ahead.removesuffix("nya")
    if match[0].startswith(("apa", "mana")) and ahead:
        return ahead.removesuffix("nya")
    return after[0] if follows and after else ahead
