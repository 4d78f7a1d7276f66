"""Names by their capitals: people, places, bodies and works, without a model."""

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Joins two capitalised words into one name.
_LINKS = frozenset("bin binti van von de der den da al el la le du dos ibn of the".split())
# Bodies and offices whose names hold "dan": "Menteri Pemuda dan Olahraga".
_BODIES = frozenset(
    "menteri kementerian dinas badan komisi direktorat deputi departemen fakultas biro lembaga "
    "minister ministry department".split()
)
# Capitalised only because a sentence starts with them.
_STARTERS = frozenset(
    """ada adalah adapun agar akan akhirnya akibat akibatnya antara apa apabila atas awalnya bagi
    bagaimana bahkan bahwa banyak baru beberapa begitu belum berapa berdasarkan berikut bersama
    biasanya bila bukan dalam dan dapat dari demi demikian dengan di dia diketahui dimana dua hal
    hampir hanya hari hasil hasilnya hingga ia ini itu itulah jadi jangan jika juga kami kapan
    karena kata ke kegiatan kemarin kemudian kepada ketika kini kita lalu lebih maka mantan masih
    melalui memang menurut menurutnya meski meskipun mereka misalnya mulai namun nanti oleh pada
    padahal para pasalnya pihak pihaknya pun saat saja salah sambil sampai sang saya sebab
    sebagai sebelum sebelumnya sebuah secara sedangkan sehingga sejak sejumlah selain selama
    selanjutnya seluruh semua sementara senin seorang seperti serta sesudah setelah setiap siapa
    suatu sudah supaya tahun tak tanpa tapi telah tentang terhadap terkait tetapi tidak untuk
    usai walau walaupun yaitu yakni yang
    mengapa kenapa gimana mana manakah dimanakah siapakah apakah berapakah kapankah bagaimanakah
    mengapakah sebutkan jelaskan benarkah betulkah adakah bisakah tolong soal
    a about after all also although an and are as at because before but by did does during each
    for from had has he her here his how however i if in is it its many more most not of on one
    or our over she since so some such that the their then there these they this those to two
    under until was we were what when where which while who whom why with you""".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, `text[start:end]`; `initial` where a sentence starts with it.

    An initial run of one word may be a common word.
    """

    text: str
    start: int
    end: int
    initial: bool


@lru_cache(maxsize=1024)
def names(text: str) -> tuple[Name, ...]:
    """Return the names of a sentence in order; function words at its start are not names."""
    words = list(_WORD.finditer(text))
    found: list[Name] = []
    at = 0
    while at < len(words):
        stop = _run_end(words, at, text)
        if stop == at:
            at += 1
            continue
        found.append(
            Name(
                text[words[at].start() : words[stop - 1].end()],
                words[at].start(),
                words[stop - 1].end(),
                _starts_sentence(text, words[at].start()),
            )
        )
        at = stop
    return tuple(found)


def _run_end(words: list[re.Match[str]], at: int, text: str) -> int:
    first = words[at][0]
    if not first[0].isupper() or first.lower() in _STARTERS:
        return at
    stop = at + 1
    while stop < len(words) and _adjoins(text, words[stop - 1], words[stop]):
        word = words[stop][0]
        if word[0].isupper() or (word[0].isdigit() and len(word) <= 4):
            stop += 1
        elif (word in _LINKS or _joins_a_body(words, at, stop)) and _capital_after(
            words, stop, text
        ):
            stop += 2
        else:
            break
    return stop


def _joins_a_body(words: list[re.Match[str]], at: int, stop: int) -> bool:
    """Tell "Menteri Pemuda dan Olahraga" from "Menteri Susi dan Menteri Rini"."""
    following = words[stop + 1][0].lower() if stop + 1 < len(words) else ""
    run = {word[0].lower() for word in words[at:stop]}
    return (
        words[stop][0] in ("dan", "and")
        and not run.isdisjoint(_BODIES)
        and following not in _BODIES
        and run.isdisjoint(("dan", "and"))
    )


def _capital_after(words: list[re.Match[str]], at: int, text: str) -> bool:
    return (
        at + 1 < len(words)
        and words[at + 1][0][0].isupper()
        and _adjoins(text, words[at], words[at + 1])
    )


def _adjoins(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    between = text[left.end() : right.start()]
    # "H. Tirta" is one name, "Ambon. Kota" is not.
    return between in (" ", "-", "/") or (between == ". " and len(left[0]) <= 3)


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\n\"'“”‘’([–—-")
    return not before or before[-1] in ".!?:"
