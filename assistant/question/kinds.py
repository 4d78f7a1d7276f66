"""What kind of answer a question asks for, in Indonesian and English."""

import re
from typing import Literal

Kind = Literal[
    "who", "when", "where", "how_many", "which", "what", "why", "how", "yes_no", "definition",
    "list", "comparison", "development",
]  # fmt: skip

# Shapes that hold whatever question word stands beside them, in the order they are tried.
_SHAPES: tuple[tuple[Kind, str], ...] = (
    (
        "comparison",
        r"\b(?:apa )?(?:beda|bedanya|perbedaan\w*|perbandingan\w*|dibanding\w*|bandingkan|"
        r"persamaan\w*)\b|\bmana yang lebih\b|\blebih \w+ (?:mana|yang mana)\b|\bvs\b|\bversus\b|"
        r"\b(?:compare[ds]?|comparison|difference|differ|versus)\b|\bbeda(?:nya)? (?:ya|gak|nggak)",
    ),
    (
        "development",
        r"\b(?:perkembangan\w*|kronologi\w*|kelanjutan\w*|naik turun|memburuk|membaik|linimasa|"
        r"perjalanan kasus|dari waktu ke waktu|dari hari ke hari|timeline|chronology|evolve[ds]?|"
        r"unfold(?:ed)?|over time|how (?:did|has|have) .*\b(?:chang|develop|progress)\w*)|"
        r"\bbagaimana perubahan|\bhow things\b",
    ),
    (
        "definition",
        r"^apa(?:kah)? itu\b|\bapa(?:kah)? yang dimaksud|\bapa(?:kah)? (?:arti|makna|pengertian|"
        r"definisi|kepanjangan|singkatan|maksud)\b|\b(?:kepanjangan|singkatan)(?:nya)? .*\bapa\b|"
        r"\bwhat does .* (?:mean|stand for)|\bwhat is meant|\bdefin(?:e|ition)\b|\bitu apa\W*$|"
        r"^what(?: is|['’]s) an? [\w-]+\W*$",
    ),
    (
        "list",
        r"\b(?:apa|siapa|mana|di ?mana|berapa|ke ?mana) (?:saja|aja)\b|^(?:sebut|sebutkan|daftar|"
        r"list|name)\b|\bapa-apa\b|\bwhat (?:are|were) (?:the|some)\b|\bsiapa-siapa\b|"
        r"\bwhich \w+s (?:are|were|have|did)\b|\bwho (?:are|were)\b",
    ),
    (
        "why",
        r"\b(?:mengapa|kenapa|knp|knapa|why|alasan\w*|penyebab\w*|motif\w*|gara-gara apa|"
        r"karena apa|how come|what caused|reasons?)\b|\bapa sebab|\bapa yang (?:menyebabkan|"
        r"membuat|mendorong|melatarbelakangi)",
    ),
)
_WHEN = (
    r"\b(?:kapan|kpn|bilamana|when|(?:tanggal|tgl|tahun|bulan|pukul|jam|hari|menit ke-?|abad)"
    r"(?: ajaran)? (?:ke ?)?(?:berapa|brp|apa|mana)|"
    r"(?:what|which) (?:time|date|day|year|month|hour))"
)
_WORDS: tuple[tuple[Kind, str], ...] = (
    ("when", _WHEN),
    (
        "how_many",
        r"\b(?:berapa|brp|brapa|seberapa|how (?:many|much|old|long|far|tall|high|big|large|deep|"
        r"wide|heavy|fast|often|strong))",
    ),
    (
        "where",
        r"\b(?:di ?mana|ke ?mana|dari ?mana|dmn|where|(?:(?<!wali )kota|negara|provinsi|pulau|"
        r"daerah|kabupaten|desa|kampus|stadion|lokasi|tempat)(?:nya)? (?:mana|apa)|"
        r"(?:what|which) (?:city|country|place|province|island|venue|stadium|town))",
    ),
    ("who", r"\b(?:siapa|syp|sapa|who|whom|whose)"),
    ("how", r"\b(?:bagaimana|gimana|gmn|bgmn|caranya|how)\b"),
    ("which", r"\b(?:mana|manakah|which)\b"),
    ("what", r"\b(?:apa|what)"),
)
_YES_NO = re.compile(
    r"^(?:apa(?:kah)? (?:benar|betul|ada|sudah|bisa|boleh|perlu|akan|masih|pernah|memang|mungkin)|"
    r"apakah|(?:benar|betul|sudah|bisa|ada|akan|harus|masih|mungkin|pernah|perlu|boleh|belum|"
    r"haruskah|tidak)kah|(?:benar|betul|sudah) (?:tidak|nggak|gak|ya)\b|is|are|was|were|did|does|"
    r"do|has|have|had|can|could|will|would|should|may|might)\b"
)
_NOT_YES_NO = re.compile(
    r"^apakah (?:nama|judul|warna|jenis|kelompok|jabatan|profesi|sebutan|julukan|ibu ?kota|gelar|"
    r"isi|bentuk|tema|fungsi|tujuan|manfaat|dampak|hasil|yang)\b"
)
_SHAPE_RULES = tuple((kind, re.compile(rule)) for kind, rule in _SHAPES)
_WORD_RULES = tuple((kind, re.compile(rule)) for kind, rule in _WORDS)


def kind_of(question: str) -> Kind:
    """Return the kind of answer asked for: by its shape, else by the first question word."""
    folded = " ".join(question.lower().replace("’", "'").split())
    for kind, rule in _SHAPE_RULES:
        if rule.search(folded):
            return kind
    rest = _YES_NO.sub("", folded)
    asks = [(m.start(), rank, kind) for rank, kind, m in _asked(rest)]
    if rest != folded and not _NOT_YES_NO.match(folded) and not asks:
        return "yes_no"
    asks = asks or [(m.start(), rank, kind) for rank, kind, m in _asked(folded)]
    return min(asks)[2] if asks else "what"


def _asked(text: str) -> list[tuple[int, Kind, re.Match[str]]]:
    found = ((rank, kind, rule.search(text)) for rank, (kind, rule) in enumerate(_WORD_RULES))
    return [(rank, kind, match) for rank, kind, match in found if match]
