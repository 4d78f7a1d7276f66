"""Pages that are no article: errors, consent walls, lists of teasers, frames without a text.

An archive that holds them quotes them. Each is told by what it is made of, and only where little
else is there: news about cookies or a page that cannot be reached is news.
"""

import re

from warta.corpus.cleaning.furniture import addresses_reader, web_share

_SHORT = 700
"""Characters of text below which a page can be nothing but its message."""
_FEWEST_WORDS = 12
_TEASERS = 0.6
_FEWEST_TEASERS = 3
_LINE = 40

_ERROR = re.compile(
    r"(?:error\s*)?(?:40[0134]|410|429|50[0234]|52\d)\b(?:\s*[-–:|]\s*|\s+)?(?:error|page|not|halaman|"
    r"forbidden|bad|service|gateway|internal|maaf|oops|too|access|tidak|$)"
    r"|(?:oops|ups|maaf|sorry|waduh)[!,.…\s]{1,4}.{0,60}\b(?:not\s(?:be\s)?found|tidak\s(?:dapat\s|bisa\s)?"
    r"(?:ditemukan|tersedia|diakses)|error|kesalahan|404)"
    r"|(?:page|halaman|laman|artikel|berita|file|url|konten)\b.{0,50}\b(?:not\sfound|could\snot\sbe\sfound|"
    r"cannot\sbe\sfound|can.t\sbe\sfound|tidak\s(?:dapat\s|bisa\s)?ditemukan|tidak\stersedia|"
    r"sudah\s(?:dihapus|tidak\s(?:ada|tersedia))|telah\sdihapus|no\slonger\s(?:available|exists))"
    r"|(?:access\sdenied|akses\sditolak|forbidden|bad\sgateway|service\s(?:temporarily\s)?unavailable|"
    r"internal\sserver\serror|gateway\stime-?out|too\smany\srequests|just\sa\smoment|"
    r"attention\srequired|checking\s(?:your\sbrowser|if\sthe\ssite)|verify(?:ing)?\s(?:that\s)?you\sare\s"
    r"(?:a\s)?human|are\syou\s(?:a\s)?(?:human|robot)|site\s(?:is\s)?(?:under\smaintenance|offline)|"
    r"situs\s(?:ini\s)?(?:sedang\s)?(?:dalam\s)?(?:perbaikan|pemeliharaan)|website\sexpired|"
    r"account\s(?:has\sbeen\s)?suspended|domain\s(?:has\s)?expired|"
    r"error\sestablishing\sa\sdatabase|database\serror|fatal\serror)",
    re.I,
)
_CONSENT = re.compile(
    r"\b(?:cookies?|kuki|consent|gdpr|privacy\spolicy|kebijakan\sprivasi|data\spribadi|personal\sdata|"
    r"mitra\skami|our\spartners|manage\s(?:preferences|options|choices)|accept\sall|terima\ssemua|"
    r"setuju(?:i)?\sdan\slanjut|legitimate\sinterest|vendors?)\b",
    re.I,
)
_SCRIPTS = re.compile(
    r"\b(?:enable|turn\son|aktifkan|nyalakan|requires?|membutuhkan|memerlukan|need)\b.{0,30}\bjava\s?script\b"
    r"|\bjava\s?script\b.{0,40}\b(?:disabled|required|enable|dinonaktifkan|diaktifkan|tidak\saktif)\b",
    re.I,
)
_CUT = re.compile(
    r"(?:\.{2,}|…|\[(?:\.{3}|…|&hellip;)\])[\"”’)\s]*(?:(?:\[?(?:read\smore|baca\s(?:selengkapnya|lebih\slanjut|"
    r"lagi)|selengkapnya|continue\sreading|more|lanjut(?:kan)?)\]?)?[\s»>→.]*)$"
    r"|(?:read\smore|baca\sselengkapnya|selengkapnya|continue\sreading)[\s»>→.]*$",
    re.I,
)


def why_no_article(title: str, text: str, *, is_page: bool = False) -> str:
    """Return what a text is where it is no article, "" where it can be one.

    Of 38,425 articles of the two archives none is taken for an error, a frame or a consent wall,
    and one, which tells in cut sentences, for teasers: these are looked for in whole pages only.
    """
    if len(text) <= _SHORT:
        if _ERROR.match(title.strip()) or _ERROR.match(text.lstrip()):
            return "It is an error page."
        if _SCRIPTS.search(text):
            return "It is an empty frame: scripts fetch the text."
        if _is_consent(f"{title}\n{text}"):
            return "It is a page that asks for consent to cookies."
    if is_page and is_near_empty(text):
        return "It is a page with next to no text."
    if is_page and _is_list_of_teasers(text):
        return "It is a page of teasers: their texts are cut off."
    return ""


def is_near_empty(text: str) -> bool:
    """True for a page whose text is shorter than any news, a caption or a menu's rest."""
    return len(text.split()) < _FEWEST_WORDS


def _is_consent(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    met = {found.casefold() for found in _CONSENT.findall(text)}
    talking = sum(addresses_reader(line) or web_share(line) >= 0.25 for line in lines)
    return len(met) >= 2 and 2 * talking >= len(lines)


def _is_list_of_teasers(text: str) -> bool:
    lines = [line for line in text.split("\n") if len(line) >= _LINE and not line.startswith("|")]
    cut = sum(bool(_CUT.search(line)) for line in lines)
    whole = sum(line.rstrip('"”’) ').endswith((".", "!", "?")) for line in lines) - sum(
        line.rstrip('"”’) ').endswith("..") for line in lines
    )
    return cut >= _FEWEST_TEASERS and cut >= _TEASERS * (cut + max(whole, 0))
