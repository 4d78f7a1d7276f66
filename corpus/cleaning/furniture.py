"""What page furniture looks like, line by line, in Indonesian and English.

Three kinds of signal, none of them knows a particular outlet: whole lines that only ever stand
beside an article (`SURE`), openings that lead into a link or a form (`LEADS`), and the share of
words that belong to a web page rather than to news (`web_share`). The page as a whole is judged in
`warta.corpus.cleaning.zones`; here a line is judged alone.
"""

import re
from functools import lru_cache

from warta.corpus.cleaning.patterns import FILLERS, LEADS, SECTIONS, SURE, WEB_WORDS

QUOTES = "\"“”'‘’«"
LONGEST = 400
"""Characters of the longest furniture line that is told from a paragraph."""
_LONGEST_POINTER = 240
_NETWORKS = (
    "facebook|fb|twitter|tweet|whatsapp|wa|telegram|instagram|ig|youtube|tiktok|pinterest|linkedin|"
    "threads|line|messenger|reddit|tumblr|snapchat|bluesky|x|google|gmail|viber|wechat"
)
_MONTHS = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|"
    "a(?:gustus|ugust|gu|ug|gt)|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?"
)
_DAYS = (
    "senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|ahad|"
    "mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun|monday|tuesday|wednesday|thursday|friday|"
    "saturday|sunday"
)
_TIME_WORDS = (
    rf"{_MONTHS}|{_DAYS}|wib|wita|wit|am|pm|gmt|utc|pukul|jam|lalu|ago|yang|hari|hours?|days?|"
    r"minutes?|menit|detik|weeks?|pekan|bulan|months?|at|on|last|updated?|published|posted|"
    r"diperbarui|diterbitkan|dipublikasikan|dimuat|tayang|terbit|tanggal|date|oleh|by|admin"
)
TIMESTAMP = re.compile(rf"(?=.*\d)(?:\b(?:{_TIME_WORDS})\b|[\d\s.,:;/|()·•–—-])+", re.I)

_SECOND_PERSON = frozenset(
    "anda kamu kami your you our we silakan silahkan mohon harap please".split()
)
_THIS_PAGE = re.compile(
    r"\b(?:situs|website|laman|halaman|portal|artikel|konten)(?: web)? ini\b|"
    r"\bthis (?:web)?(?:site|page|article|story)\b",
    re.I,
)
_NEXT_SENTENCE = re.compile(r"[.!?][\"”’]? ?,? ?[\"“‘]?[A-Z].*[a-z].*[a-z]")
_LINKISH = re.compile(r"[|•·»›>→←▶►✕©®†#@/\\]|https?:|www\.|\.(?:com|co|id|net|org)\b", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMENT_HEADS = re.compile(r"\b(?:komentar|comments?|tanggapan|balasan|reply|replies)\b", re.I)
_LIST_HEADS = re.compile(
    r"\b(?:juga|terkait|serupa|lainnya|lain|populer|terpopuler|pilihan|rekomendasi|trending|dibaca|"
    r"selanjutnya|terkini|terbaru|related|also|recommended|read|latest|recent|like|more|next)\b",
    re.I,
)
_HINT = re.compile(r"\b(?:[Aa]nda|[Kk]amu|[Kk]ami|[Yy]our?|[Oo]ur|[Ww]e|[Ii]ni|[Tt]his)\b|[|»›•©→]")
_SEPARATORS = re.compile(r"\s*[|»›•·→]\s*|\s+[>/~:-]\s+")
_EDGES = " \t*•·–—-:»«›‹>|<→←↑↓▶►◄▲▼✓✔●○■□▪…._()[]{}#+,;!?\"'“”‘’"
_NETWORK_RUN = re.compile(
    rf"(?!(?:dan|and|di|ke|on|to|us|kami|via)\b\W*$)(?:(?:{_NETWORKS}|share|bagikan|on|via|ke|di|copy|link|salin|tautan|email|cetak|print|kirim|"
    r"follow|ikuti|kami|us|dan|and|to)\b[\s|,/•·&:+-]*)+",
    re.I,
)
_CREDIT = re.compile(
    r"[(\[/]\s?(?:foto|photo|dok|doc|dokumentasi|istimewa|ist|sumber foto|antara foto|shutterstock|"
    r"getty|unsplash|pixabay|pexels|freepik|istock|(?:reuters|afp|ap|epa|antara)\s?/)"
    r"[^)\]]{0,60}[)\]]\s?\.?$",
    re.I,
)
_POINTER = re.compile(
    r"(?:baca|lihat|simak|tonton|cek|read|see|watch|also|berita|artikel|jangan|don't|kabar|related)"
    r"\b.{0,24}:\s*\S.{12,}",
    re.I,
)
_BETWEEN = re.compile(
    r"(?:advertisement|advertorial|iklan|ads?\b|sponsored|pariwara|scroll(?! to top| ke atas)|"
    r"gulir|geser|lanjut|continue|gambas|halaman (?:selanjutnya|berikutnya|\d)|next page|page \d|"
    r"(?:\d+ ){2,}|pilihan (?:redaksi|editor)|"
    r"(?:simak|saksikan|tonton|lihat|watch)\b.{0,30}\b(?:video|videonya|infografis|foto|tayangan)|"
    r"perbesar|klik|click|embed|video)",
    re.I,
)


def _joined(lines: str, by: str) -> re.Pattern[str]:
    return re.compile(by.join(line.strip() for line in lines.strip().splitlines()), re.I)


_LEADS = _joined(LEADS, "|")
_SURE = _joined(SURE, "")
_SECTIONS = _joined(SECTIONS, "")


def words(line: str) -> list[str]:
    """Words of a line without digits, in order, as written."""
    return _WORD.findall(line)


def bare(line: str) -> str:
    """The line without bullets, arrows and counts around it, single-spaced."""
    return " ".join(line.strip(_EDGES).split())


def is_furniture(line: str) -> bool:
    """True where the line alone is surely page furniture, wherever it stands."""
    return len(line) <= LONGEST and _is_furniture(line)


@lru_cache(maxsize=8192)
def _is_furniture(line: str) -> bool:
    """The same menus and footers stand on every page of an outlet: they are judged once."""
    core = bare(line)
    if not core:
        return False
    lead = _LEADS.match(core)
    if lead:
        return _leads_nowhere_else(core, core[: lead.end() + 2])
    if is_menu(core) or lists_sections(core):
        return True
    if len(core) > 60 or _SECTIONS.fullmatch(core):
        return False
    return bool(_SURE.fullmatch(core) or _NETWORK_RUN.fullmatch(core))


def _leads_nowhere_else(core: str, opening: str) -> bool:
    """True where furniture fills the line: a scraper may have glued a paragraph to its opening."""
    if addresses_reader(core) or web_share(core) >= 0.25:
        return True
    if len(core) > _LONGEST_POINTER:
        return False
    if len(core) > 120 and _NEXT_SENTENCE.search(core, len(opening)):
        return False
    is_labelled = ":" in opening[-3:]
    is_reprint = "tayang" in opening.lower() or "judul" in core
    return len(core) <= 80 or is_labelled or is_reprint or web_share(core) >= 0.15


def is_menu(line: str) -> bool:
    """True for entries of a menu or breadcrumb side by side: "Home | News", "Beranda / Desa"."""
    parts = [part.strip() for part in _SEPARATORS.split(line) if part.strip()]
    if not 2 <= len(parts) <= 30 or max(map(len, parts)) > 30:
        return False
    known = sum(bool(_SECTIONS.fullmatch(part) or _SURE.fullmatch(part)) for part in parts)
    return 2 * known >= len(parts)


def lists_sections(line: str) -> bool:
    """True for a menu without separators: "Beranda Nasional Ekonomi Olahraga"."""
    found = words(line)
    if len(found) < 3 or len(line) > 160 or not all(word[0].isupper() for word in found):
        return False
    known = sum(bool(_SECTIONS.fullmatch(word) or _SURE.fullmatch(word)) for word in found)
    return known >= 3 and 2 * known >= len(found)


def is_section(line: str) -> bool:
    """True for names of sections and buttons that could as well be a sub-heading."""
    core = bare(line)
    return len(core) <= 40 and bool(_SECTIONS.fullmatch(core))


def is_inline(line: str) -> bool:
    """True for furniture that stands between paragraphs: pointers with a headline, ad marks."""
    core = bare(line)
    return bool(_POINTER.match(core) or _BETWEEN.match(core))


def web_share(line: str) -> float:
    """Share of the line's words (0–1) that belong to web pages.

    Marks of links count as words of that kind, words that only join others do not count.
    """
    found = [low for word in words(line) if (low := word.lower()) not in FILLERS]
    marks = len(_LINKISH.findall(line))
    if not found:
        return 1.0 if marks else 0.0
    hits = sum(word in WEB_WORDS for word in found) + marks
    return min(1.0, hits / len(found))


def addresses_reader(line: str) -> bool:
    """True where the page talks to its reader: cookie notes, forms, appeals to follow."""
    low = {word.lower() for word in words(line)}
    if len(low & WEB_WORDS) < (1 if len(line) <= 80 else 2):
        return False
    return bool(low & _SECOND_PERSON or _THIS_PAGE.search(line))


def speaks_of_page(line: str) -> bool:
    """A quick look: False where `addresses_reader` and a high `web_share` are out of question."""
    return bool(_HINT.search(line))


def is_timestamp(line: str) -> bool:
    """True for a line that holds a date or time and nothing else."""
    return len(line) <= 60 and bool(TIMESTAMP.fullmatch(line))


def is_credit(line: str) -> bool:
    """True for a caption that ends with a photo credit."""
    return len(line) <= 220 and bool(_CREDIT.search(line))


def heads_a_list(line: str) -> bool:
    """True for furniture under which links to other articles follow ("Berita Terkait")."""
    return len(line) <= 40 and not _POINTER.match(bare(line)) and bool(_LIST_HEADS.search(line))


def heads_comments(line: str) -> bool:
    """True for furniture under which readers' comments or the form for them follow."""
    return len(line) <= 60 and bool(_COMMENT_HEADS.search(line))
