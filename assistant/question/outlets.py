"""Which outlets a question restricts its sources to: "menurut Kompas", "according to Tempo"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_STRONG = (
    r"menurut(?: laporan| pemberitaan| berita)?|versi|dikutip dari|dilansir(?: dari| oleh)?|"
    r"mengutip|lansir|(?:laporan|pemberitaan|liputan|berita|artikel|kabar|tulisan)(?: dari| di)?|"
    r"diberitakan(?: oleh)?|dilaporkan(?: oleh)?|dimuat(?: di| oleh)?|baca di|sumber(?:nya)?|media|"
    r"according to|as reported by|reported by|published (?:by|in|on)|(?:stories|articles?|news|"
    r"reports?|coverage) (?:from|in|by|on|of)|as per"
)
_WEAK = r"di|dari|oleh|in|on|from|by|via"
_TAILS = (".com", ".co.id", ".co", ".id", ".net", ".org", ".tv", ".news")
# Outlets whose name is a word of every day are meant only with a capital or a clear sign.
_EVERYDAY = frozenset(
    "tempo merdeka antara suara kontan bisnis republika metro waspada fajar surya viva warta kabar "
    "berita nasional analisa sinar harapan media time times post mirror sun star guardian".split()
)
_JOIN = r"\s*(?:,|dan|atau|serta|maupun|sama|and|or|&|vs\.?)\s*"


@dataclass(frozen=True, slots=True)
class Restriction:
    """Outlets as the archive names them, and `question[start:end]` that asks for them."""

    sources: tuple[str, ...]
    start: int
    end: int


@lru_cache(maxsize=512)
def find_sources(question: str, sources: tuple[str, ...]) -> Restriction | None:
    """Return the outlets a question restricts itself to, None where it does not.

    `sources` are the outlets known; "Kompas" means kompas.com, "Tribun" tribunnews.com.
    """
    known = _known(sources)
    for rule in known.rules:
        for match in rule.finditer(question):
            named = known.name.findall(match["names"])
            if match["strong"] is not None or all(_is_name(text) for text in named):
                meant = dict.fromkeys(s for text in named for s in known.aliases[text.lower()])
                return Restriction(tuple(meant), match.start(), match.end())
    return None


# Outlets that people ask for by name; which of them an archive holds, the archive says.
_PRESS = (
    "kompas.com detik.com tempo.co cnnindonesia.com cnbcindonesia.com liputan6.com tribunnews.com "
    "republika.co.id antaranews.com okezone.com sindonews.com jpnn.com merdeka.com suara.com "
    "kumparan.com tirto.id mediaindonesia.com jawapos.com bisnis.com kontan.co.id viva.co.id "
    "inews.id metrotvnews.com tvonenews.com rmol.id gatra.com beritasatu.com thejakartapost.com "
    "katadata.co.id idntimes.com brilio.net kapanlagi.com wowkeren.com fimela.com narasi.tv "
    "pikiran-rakyat.com solopos.com harianjogja.com jatimnet.com bbc.com reuters.com apnews.com "
    "aljazeera.com nytimes.com theguardian.com cnn.com bloomberg.com hipwee.com voi.id"
).split()


@lru_cache(maxsize=512)
def find_unknown(question: str, sources: tuple[str, ...]) -> Restriction | None:
    """Return the outlets a question restricts itself to that are not among `sources`.

    They are named as people write them: "Detik".
    """
    known, others = _others(sources)
    found = find_sources(question, others)
    if found is None:
        match = _HOST.search(question)
        if match is None or _names_of(match["host"]) & known:
            return None
        return Restriction((match["host"],), match.start(), match.end())
    named = _known(others).name.findall(question[found.start : found.end])
    return Restriction(tuple(dict.fromkeys(named)), found.start, found.end)


@lru_cache(maxsize=8)
def _others(sources: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what the outlets of the archive are called, and the other outlets we know of."""
    known = frozenset(alias for source in sources for alias in _names_of(source))
    return known, tuple(name for name in _PRESS if not known & _names_of(name))


_HOST = re.compile(
    rf"(?<!\w)(?:{_STRONG}|{_WEAK})\s+(?P<host>(?:www\.)?[a-z0-9-]{{3,}}(?:\.[a-z]{{2,4}}){{1,2}})(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What outlets are called, and the rules that find them in a question."""

    aliases: dict[str, list[str]]
    name: re.Pattern[str]
    rules: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=8)
def _known(sources: tuple[str, ...]) -> _Known:
    aliases = _aliases(sources)
    if not aliases:
        return _Known({}, re.compile("(?!)"), ())
    options = "|".join(re.escape(alias) for alias in sorted(aliases, key=len, reverse=True))
    one = rf"(?<!\w)(?:{options})(?!\w)"
    led = (
        rf"(?<!\w)(?:(?P<strong>{_STRONG})|{_WEAK})\s+(?:media |situs |portal |koran |majalah )?"
        rf"(?P<names>{one}(?:{_JOIN}{one})*)"
    )
    paired = rf"(?P<names>{one}{_JOIN}{one})(?P<strong>(?!))?"
    return _Known(
        aliases,
        re.compile(one, re.IGNORECASE),
        (re.compile(led, re.IGNORECASE), re.compile(paired, re.IGNORECASE)),
    )


def _is_name(text: str) -> bool:
    return text[0].isupper() or "." in text or text.lower() not in _EVERYDAY


def _aliases(sources: Sequence[str]) -> dict[str, list[str]]:
    """Return what people call each outlet, in lower case, to the outlets of that name."""
    aliases: dict[str, list[str]] = {}
    for source in sources:
        for alias in _names_of(source):
            if len(alias) > 2:
                aliases.setdefault(alias, []).append(source)
    return aliases


def _names_of(source: str) -> set[str]:
    whole = source.strip().lower()
    bare = whole.removeprefix("www.")
    tail = next((tail for tail in _TAILS if bare.endswith(tail)), "")
    host = bare.removesuffix(tail)
    names = {whole, bare, host, host.replace("-", " "), host.replace("-", "")}
    core = host.split(".")[-1] if tail else host
    names |= {core, core.replace("-", " "), core + "com" if tail == ".com" else core}
    for ending in ("news", "news.com", "online"):
        if core.endswith(ending) and len(core) > len(ending) + 2:
            names.add(core.removesuffix(ending))
    if "-" in core:
        names.add(core.split("-")[0])
    return names
