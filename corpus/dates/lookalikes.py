"""Numbers that look like dates and are none: laws, school years, editions, schools, durations."""

import re

from warta.corpus.dates.calendar import MONTH

_LAWS = (
    r"uu|undang-undang|pp|perpu|perppu|perpres|keppres|inpres|permen\w*|perda|pergub|perbup|"
    r"perwali|pkpu|pojk|peraturan(?: \w+){0,3}|putusan(?: \w+){0,2}|surat(?: \w+){0,3}|sk|skb|"
    r"nomor|no\.?|pasal|ayat|law|act|article|regulation|rule|decree"
)
_EDITIONS = (
    r"ajaran|pelajaran|anggaran|akademik|fiskal|buku|politik|angkatan|lulusan|kelahiran|keluaran|"
    r"produksi|musim|edisi|season|class of|model|apbn|apbnp|apbd|rapbn|rapbd|pemilu|pilpres|"
    r"pilkada|pilgub|pileg|cpns|utbk|snmptn|sbmptn|liga \d|piala \w+|sea games|asian games|"
    r"olimpiade|kurikulum|sensus|visi|agenda"
)
_PLACES = (
    r"universitas|univ|institut|stadion|jalan|jl\.?|jln\.?|gerakan|monumen|tugu|taman|gedung|rsud?|"
    r"rumah sakit|bandara|lapangan|hotel|film|lagu|novel|album|serial|masjid|gor|kampus|tragedi|"
    r"serangan(?: teror)?|proklamasi|pertempuran|alumni|reuni|kerusuhan mei|partai|boeing|airbus"
)
_BIRTHS = (
    r"(?:lahir|kelahiran|dilahirkan|didirikan|berdiri|dibangun|born|founded|established)"
    r"(?: (?:sejak|pada|di|tanggal|on|in|tahun|\w+,)){0,3}"
)
_NAMES = re.compile(
    rf"\b(?:{_LAWS})\s*(?:no\.?|nomor|number)?\s*\d[\w./-]*(?!\w|\s?{MONTH}\b)"
    r"(?:\s*(?:tahun|year|of)\s*\d{4})?"
    r"|\b\d+ tahun (?:19|20)\d\d\b"
    rf"|\b(?:{_EDITIONS})(?: \w+){{0,2}}? (?:tahun )?(?:19|20)\d\d(?:\s?[/–-]\s?\d{{2,4}})?"
    r"|\b(?:19|20)\d\d\s?/\s?(?:19|20)?\d\d\b(?!/)"
    rf"|\b(?:{_PLACES})\s+(?:\d+\s+)?{MONTH}\b(?:\s+(?:19|20)\d\d)?"
    rf"|\b(?:{_PLACES})\s+\d+\s+{MONTH}\b(?:\s+(?:19|20)\d\d)?"
    rf"|\b{_BIRTHS} (?:\d+ )?(?:{MONTH} )?(?:tahun )?(?:19|20)\d\d\b"
    rf"|\b{_BIRTHS} \d+ {MONTH}\b"
    rf"|\b(?:sebelas|sepuluh) {MONTH}\b"
    r"|\b(?:peristiwa|gerakan) 30 september\b(?! 20)"
    r"|\bsehari semalam\b|\bminggu tenang\b|\b(?:19|20)\d\d\s?an\b"
)


def blot_names(text: str) -> str:
    """Return lower-case `text` of the same length with names and numbers of that kind blotted out.

    "uu nomor 12 tahun 2011", "tahun ajaran 2019/2020", "universitas 17 agustus 1945" and
    "lahir 3 mei 1990" tell no time that news could be sought by.
    """
    return _NAMES.sub(lambda match: "\x00" * len(match[0]), text)
