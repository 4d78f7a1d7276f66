"""Whose words a request asks for, and what it holds side by side."""

import re

from warta.assistant.question.ellipsis import own_words
from warta.assistant.question.task import Roles, instruction_words
from warta.corpus.language.names import names
from warta.corpus.language.words import fold
from warta.index.reader.asked import Asking

_WHILE = re.compile(
    r"\s+(?:setelah|sesudah|usai|saat|ketika|pas|waktu|sebelum|after|when|before)\b", re.IGNORECASE
)
# "Apa kata Ratna soal pasar": between what is said and what it is about stands who says it.
_WORDS_OF = re.compile(
    r"\b(?:kata|komentar|tanggapan|pernyataan|pendapat|respons?|reaksi|pesan|saran|kritik|pandangan|"
    r"penilaian|ucapan|bantahan|penjelasan|harapan|sikap|sindiran|pujian|doa|keluhan|protes|"
    r"kecaman|klarifikasi|pengakuan|jawaban|did|does|has|menurut) "
    r"(?P<who>[^?,]{2,50}?) "
    r"(?:soal|tentang|ttg|terkait|mengenai|atas|terhadap|kepada|ke|buat|untuk|say|said|think|setelah|"
    r"saat|waktu|pas|usai|abis|habis|sehabis|jelang|menjelang|kalo|kalau|ketika|mendengar|melihat|"
    r"about|on)\b",
    re.IGNORECASE,
)
# "ratna bilang apa soal pasar".
_SAYS_WHAT = re.compile(
    r"^\W*(?P<who>[^?,]{2,50}?) (?:(?:sempat|cuma|sampe|kasih|ngasih|nitip|titip) )?"
    r"(?:bilang|ngomong|omong|cerita|jawab|berharap|berpesan|komentar|komen|nanggepin|menanggapi|"
    r"klarifikasi|curhat|ngaku|pesan|pesen|tanggapan|sindir|nyindir|jelasin|ngejelasin)(?:nya)? "
    r"(?:apa|apaan|gimana|gmn|bagaimana)\b",
    re.IGNORECASE,
)
_NO_ONE = re.compile(
    r"(?:apa|gimana|gmn|bagaimana|kenapa|siapa|terus|trus|lalu)\b|.* (?:soal|tentang|ttg)\b",
    re.IGNORECASE,
)


# Words for many of whom none is meant: in an article stands a name instead.
_MANY = frozenset(
    """para berbagai semua sejumlah beberapa banyak tokoh pejabat menteri anggota warga warganet
    netizen pengamat pihak publik masyarakat politisi politikus ahli pakar orang korban saksi
    pedagang officials experts people residents witnesses""".split()
)


def speaker_of(text: str, asking: Asking, roles: Roles | None, task: str) -> str:
    """Return whose words are asked for, "" for nobody's.

    A collection of what many say ("kutipan para tokoh") is nobody's in particular.
    """
    if task == "quotes" and roles:
        person = _WHILE.split(roles.person)[0].strip() or roles.person
        of_many = set(fold(person).split()) <= _MANY | instruction_words()
        of_many = of_many or _spoken_of(text, person)
        return "" if of_many else person
    if asking.head != "statement" and task != "quotes":
        return ""
    for pattern in (_SAYS_WHAT, _WORDS_OF):
        if (match := pattern.search(text)) and not _NO_ONE.match(match["who"]):
            return match["who"].strip()
    return next((n.text for n in names(text) if not n.initial or " " in n.text), "")


_MATTER = re.compile(
    r"\b(?:soal|tentang|ttg|mengenai|perihal|ihwal|terkait|terhadap|atas|about|on)\b"
    r"(?!.*\b(?:oleh|dari|kata|menurut|by|from)\b)",
    re.IGNORECASE,
)


def _spoken_of(text: str, name: str) -> bool:
    """Tell a name behind "soal": what is spoken of, where nobody is named before it."""
    return _MATTER.search(text[: max(text.lower().find(name.lower()), 0)]) is not None


def sides_of(text: str, roles: Roles | None) -> tuple[str, ...]:
    """Return what is held beside each other: the names on both sides of "dan", "vs", "atau".

    Empty where no such word parts the request. What both share ("harga", "soal RKUHP") is in
    neither: it stays among the content and names of the part.
    """
    topics = (*roles.topics, roles.person) if roles else ()
    places = [(text.find(topic), text.find(topic) + len(topic)) for topic in topics if topic]
    if not places:
        return ()
    whole = text[min(start for start, _ in places) : max(end for _, end in places)]
    for joint in _AND.finditer(whole):
        left, right = whole[: joint.start()], whole[joint.end() :]
        if own_words(left) and own_words(right):
            first, second = _side(left, last=True), _side(right, last=False)
            if not names(second) and names(first) and first not in second:
                second = f"{names(first)[-1].text} {second}"  # "UU KPK lama dan baru"
            return first, second
    return ()


def _side(text: str, *, last: bool) -> str:
    """Return the name nearest to the joint with what stands between, else the words there."""
    found = names(text)
    if last and found:
        return text[found[-1].start :].strip()
    if not last and found and found[0].start < _NEAR:
        return text[: found[0].end].strip() if found[0].start else found[0].text
    bare = _TAIL.split(text, maxsplit=1)[0]
    return " ".join(bare.split()[-_WORDS:] if last else bare.split()[:_WORDS])


_NEAR = 12  # characters before a name that may belong to it: "gempa Palu"
_WORDS = 3
_TAIL = re.compile(r"\s+(?:soal|tentang|mengenai|terkait|di|pada|dalam|about|in|on)\b")
_AND = re.compile(
    r"\s+(?:dan|dengan|dgn|vs\.?|versus|sama|atau|dibanding(?:kan)?(?: dengan)?|and|with|to|or|lan|"
    r"karo)\s+|\s*[,;]\s*",
    re.IGNORECASE,
)
