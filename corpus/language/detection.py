"""Indonesian or English, told by the small words that hold either language together."""

import re

_INDONESIAN = frozenset(
    """yang dan di dengan untuk dari pada ini itu dalam tidak adalah akan oleh ke juga karena sudah
    telah atau sebagai para kepada bahwa saat lebih bisa ada mereka kami kita dia ia saya anda
    tersebut menjadi dapat seperti hingga antara namun setelah secara sementara tak belum masih
    bagi serta agar apa siapa mana berapa kapan mengapa bagaimana apakah""".split()
)
_ENGLISH = frozenset(
    """the and of to in is are was were for that with on by from at as it its be been has have had
    this these those not but or an their they he she his her we our you your who which what when
    where how why will would can could after before about into than then there said does
    did""".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST = 2
_READ = 4000


def language_of(text: str) -> str:
    """Return "id", "en", or "" where too few small words stand in the opening to tell."""
    indonesian = english = 0
    for word in _WORD.findall(text[:_READ].lower()):
        indonesian += word in _INDONESIAN
        english += word in _ENGLISH
    if max(indonesian, english) < _FEWEST or indonesian == english:
        return ""
    return "id" if indonesian > english else "en"
