"""What form the answer to a question takes, by its question words and their nouns."""

import re
from functools import lru_cache

from warta.corpus.language.words import fold

# In the order they are tried; features and learned weights count on it.
FORMS = (
    "percent", "money", "duration", "date", "count", "place", "person", "reason", "method",
    "definition", "name", "other",
)  # fmt: skip
_MANY = r"berapa(?:kah)?|brp|how (?:many|much)|seberapa"
_WHICH = r"(?:apa|mana)(?:kah)?"
_PLACES = "kota|negara|provinsi|propinsi|pulau|daerah|kabupaten|desa|benua|wilayah|kecamatan"
_PLACES += "|lokasi|tempat|kampus|stadion|ibu ?kota|city|country|province|island|place|venue"
_RULES = (
    ("percent", rf"(?:{_MANY}) ?(?:persen|percent|%)|persentase|percentage"),
    ("money", r"(?:berapa|brp|how much).*\b(?:harga|biaya|anggaran|gaji|tarif|dana|modal|rupiah|"
     r"dolar|nilai|kerugian|honor|honorarium|upah|tunjangan|denda|ganti rugi|kompensasi|santunan|"
     r"utang|cost|price|budget|salary|paid|worth)|harga.*berapa|\bhow much\b|"
     r"\b(?:harga|biaya|anggaran|gaji|tarif|dana)(?:nya)?\b.*\b(?:berapa|brp)"),
    ("duration", r"berapa(?:kah)? lama|how long|"
     rf"(?<!umur )(?:{_MANY}) (?:tahun|bulan|hari|jam|menit|minggu|pekan|years|months|days|hours|"
     r"minutes|weeks)"),
    ("date", r"\bkapan|\bbilamana|(?:tahun|tanggal|bulan|jam|pukul|hari|abad) (?:berapa|apa|mana)|"
     r"\bwhen\b|(?:what|which) (?:year|date|day|month|time)"),
    ("count", rf"\b(?:{_MANY})|\bhow (?:tall|far|high|big|large|deep|wide|old|fast|heavy)|"
     r"\bjumlah\b.*\bapa|what (?:number|share)"),
    ("person", r"\bsiapa|\bwho(?:m|se)?\b|(?:aktor|tokoh|pemain|presiden|menteri|pelatih|"
     r"penyanyi|pengacara|kiper|hakim|raja) (?:mana|apa|siapa)"),
    ("place", r"\b(?:di|ke|dari) ?mana|dimana|kemana|\bwhere\b|"
     rf"\b(?:{_PLACES})\b(?: \w+)? {_WHICH}|(?:what|which) (?:{_PLACES})"),
    ("reason", r"\bmengapa|\bkenapa|\b(?:alasan|penyebab|sebab|motif)(?:nya)?\b|\bwhy\b|"
     r"what (?:is|was) the (?:reason|cause)|apa yang (?:menyebabkan|membuat)"),
    ("method", r"\bbagaimana|\bgimana|\bhow\b"),
    ("definition", r"\bapa(?:kah)? (?:itu|arti|maksud|pengertian|definisi)|yang dimaksud|"
     r"\b(?:arti|pengertian|definisi|kepanjangan|singkatan)\b|what (?:is|are|does) (?:a |an |the )?"
     r"\w+(?: mean)?\??$"),
    ("name", rf"{_WHICH}|\bwhat\b|\bwhich\b"),
)  # fmt: skip
_COMPILED = tuple((form, re.compile(rule)) for form, rule in _RULES)
_WORDS = re.compile(
    r"\b(?:apa|siapa|kapan|bilamana|dimana|mana|kemana|berapa|brp|mengapa|kenapa|bagaimana|gimana)"
    r"(?:kah)?\b|\b(?:who|whom|whose|what|which|when|where|why|how)\b"
)


@lru_cache(maxsize=512)
def answer_form(question: str) -> str:
    """Return one of `FORMS`."""
    folded = fold(question)
    for form, rule in _COMPILED:
        if rule.search(folded):
            return form
    return "other"


def question_word(question: str) -> str:
    """Return the first question word, folded and without "-kah", or ""."""
    match = _WORDS.search(fold(question))
    return str(match[0]).removesuffix("kah") if match else ""


def focus(question: str) -> str:
    """Return the noun the question word goes with: "kota apa" and "which city" give it, or ""."""
    folded = fold(question)
    match = _WORDS.search(folded)
    if not match:
        return ""
    before: list[str] = re.findall(r"\w+", folded[: match.start()])
    after: list[str] = re.findall(r"\w+", folded[match.end() :])
    if match[0] in ("what", "which", "berapa", "brp", "berapakah", "siapa", "siapakah") and after:
        return after[0]
    ahead = before[-1] if before and before[-1] not in ("di", "ke", "dari") else ""
    if match[0].startswith(("apa", "mana")) and ahead:
        return ahead
    return after[0] if after else ahead
