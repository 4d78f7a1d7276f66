"""What is to be done, what a request is about, whose words it asks for, what it holds side by side.

The first two are linear models learned on requests made of the training questions (`training/`):
one over the words of the whole request, one that labels each word as instruction, topic or person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from warta.assistant.question.asking import Token, read_weights, shipped, tokens
from warta.assistant.question.ellipsis import own_words
from warta.corpus.language.names import names
from warta.corpus.language.words import fold
from warta.index.reader.asked import Asking, asking_of

ROLES = ("P", "S", "X")
_STAY = 0.6  # log-odds of going on with a role rather than changing it


@dataclass(frozen=True, slots=True)
class Roles:
    """What a request is about: its topics in order, the person among them, "" for none.

    `subject` is all of that as it stands in the request.
    """

    subject: str
    topics: tuple[str, ...]
    person: str


@lru_cache(maxsize=512)
def task_of(request: str) -> str:
    """Return the task of a request; of courtesies and what lies elsewhere with its kind."""
    model, features = shipped("task"), task_features(request)
    best = model.best(features)
    if not (_is_social(best) and _says_more(request)):
        return best
    scores = zip(model.scores(features), model.classes, strict=True)
    return max((score, name) for score, name in scores if not _is_social(name))[1]


def _is_social(task: str) -> bool:
    return task == "help" or ":" in task


def _says_more(request: str) -> bool:
    """Tell whether half of its words are in no small talk known, and nobody is spoken to.

    Of 5,704 topics and names of train typed alone 18 are taken for small talk then, without it 449.
    """
    words = [token.text.lower() for token in tokens(request) if token.text[0].isalpha()]
    return strangeness(request) >= _HALF and not _addressed(words)


_HALF = 0.5


def strangeness(request: str) -> float:
    """Return the share of its words that are in no small talk known; 0 of no words."""
    words = [token.text.lower() for token in tokens(request) if token.text[0].isalpha()]
    return sum(word not in small_talk_words() for word in words) / max(1, len(words))


def task_features(request: str) -> list[str]:
    """Return the names of the features of a request: its words, first and last ones, its form."""
    found = [token.text.lower() for token in tokens(request)]
    inner = [word for word in found if word[0].isalnum()]
    asking = asking_of(request)
    capital = [n for n in names(request) if not n.initial or " " in n.text]
    size = len(inner)
    out = [f"w={word}" for word in set(inner)]
    out += [f"b={a} {b}" for a, b in pairwise(inner)]
    out += [f"f{at}={word}" for at, word in enumerate(inner[:3])]
    out += [f"l{at}={word}" for at, word in enumerate(inner[::-1][:3])]
    out += [f"f2={' '.join(inner[:2])}", f"f3={' '.join(inner[:3])}", f"l2={' '.join(inner[-2:])}"]
    out += [f"s3={word[:4]}" for word in inner[:2]]
    out += sorted({f"g={gram}" for word in inner[:4] + inner[-3:] for gram in _grams(word)})
    out += [
        f"n={min(size, 12)}", f"?={'?' in found:d}", f"head={asking.head}",
        f"word={asking.word}", f"list={asking.listed:d}", f"hn={asking.word}{min(size, 12)}",
        f"word1={asking.word}{bool(inner) and asking_of(inner[0]).word == asking.word:d}",
        f"cap={min(len(capital), 2)}{min(size, 6)}", f"any={bool(asking.word):d}{min(size, 12)}",
        f"to={_addressed(inner)}{min(size, 6)}", f"to1={_addressed(inner)}{' '.join(inner[:1])}",
        f"empty={size == 0:d}", f"digits={any(w.isdigit() for w in inner):d}{min(size, 6)}",
    ]  # fmt: skip
    return out


_GRAM = 5  # characters: "^ring", "ringk", …: "dirangkumin" shares most of them with "rangkumkan"


def _grams(word: str) -> list[str]:
    marked = f"^{word}$"
    return [marked[at : at + _GRAM] for at in range(max(1, len(marked) - _GRAM + 1))]


_YOU = frozenset(
    "kamu anda kau lu lo elo sampeyan kowe panjenengan warta you your yourself".split()
)
_LEAST_OWNED = 5  # characters of a word with "-mu": "umurmu", no "jamu"


def _addressed(words: Sequence[str]) -> bool:
    """Tell words that are said to somebody: "kamu bisa apa", "siapa pembuatmu"."""
    return any(word in _YOU or _is_yours(word) for word in words)


def _is_yours(word: str) -> bool:
    letters = word.isascii() and word.isalpha()
    return letters and word.endswith("mu") and len(word) >= _LEAST_OWNED


def roles_of(request: str, task: str) -> Roles:
    """Return what a request of a task is about; all of it where nothing is instruction."""
    found = tokens(request)
    labels = best_roles(found, task)
    runs: list[tuple[str, int, int]] = []
    for token, label in zip(found, labels, strict=True):
        if label == "X":
            continue
        if runs and runs[-1][0] == label and not _parted(request[runs[-1][2] : token.start]):
            runs[-1] = (label, runs[-1][1], token.end)
        else:
            runs.append((label, token.start, token.end))
    kept = [(label, request[first:last].strip(" ?!.,;:\"'“”")) for label, first, last in runs]
    kept = [(label, text) for label, text in kept if re.search(r"\w", text)]
    return Roles(
        subject=" ".join(text for _, text in kept),
        topics=tuple(text for label, text in kept if label == "S"),
        person=next((text for label, text in kept if label == "P"), ""),
    )


def _parted(between: str) -> bool:
    return bool(re.search(r"\w", between))


def role_features(found: Sequence[Token], task: str) -> list[list[str]]:
    """Return for each token of a request the names of its features."""
    folded = [token.text.lower() for token in found]
    padded = ["^^", "^", *folded, "$", "$$"]
    size = len(found)
    rows = []
    for at, token in enumerate(found):
        two, one, word, after, later = padded[at : at + 5]
        shape = "A" if token.text[0].isupper() else "9" if token.text[0].isdigit() else "a"
        shape = shape if token.text[0].isalnum() else token.text[0]
        rows.append([
            f"w={word}", f"-1={one}", f"+1={after}", f"-2={two} {one}", f"+2={after} {later}",
            f"-1w={one} {word}", f"w+1={word} {after}", f"tw={task} {word}", f"t={task}",
            f"at={min(at, 5)}", f"left={min(size - 1 - at, 3)}", f"sh={shape}{min(at, 2)}",
            f"t-1={task} {one}", f"t+1={task} {after}", f"tat={task}{min(at, 4)}",
            f"s3={word[-3:]}", f"-2w={two}|{word}",
        ])  # fmt: skip
    return rows


_NEVER = -1e6  # what no request was made of is no instruction, whatever stands around it


@cache
def instruction_words() -> frozenset[str]:
    """Return the words that requests are made of; no other word is instruction."""
    listed: list[str] = read_weights()["instruction"]
    return frozenset(listed)


@cache
def small_talk_words() -> frozenset[str]:
    """Return the words that messages to Warta itself are made of."""
    listed: list[str] = read_weights()["small_talk"]
    return frozenset(listed)


def best_roles(found: Sequence[Token], task: str) -> list[str]:
    """Return the role of each token of a request: instruction (X), topic (S), person (P)."""
    if not found:
        return []
    model = shipped("role")
    instruction = instruction_words()
    order = [model.classes.index(role) for role in ROLES]
    best: list[list[float]] = []
    came: list[list[int]] = []
    for token, row in zip(found, role_features(found, task), strict=True):
        raw = model.scores(row)
        scores = [raw[place] for place in order]
        if token.text[0].isalnum() and token.text.lower() not in instruction:
            scores[ROLES.index("X")] = _NEVER
        if not best:
            best.append(scores)
            came.append([-1] * len(ROLES))
            continue
        last, now, back = best[-1], [], []
        for role, score in enumerate(scores):
            ways = [value - _STAY * (before != role) for before, value in enumerate(last)]
            chosen = max(range(len(ways)), key=ways.__getitem__)
            now.append(score + ways[chosen])
            back.append(chosen)
        best.append(now)
        came.append(back)
    role = max(range(len(ROLES)), key=best[-1].__getitem__)
    path = []
    for at in range(len(best) - 1, -1, -1):
        path.append(ROLES[role])
        role = came[at][role]
    return path[::-1]


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
    pedagang penumpang kubu bicara suara pro kontra officials experts people residents witnesses
    both sides ministers""".split()
)


def speaker_of(text: str, asking: Asking, roles: Roles | None, task: str) -> str:
    """Return whose words are asked for, "" for nobody's.

    A collection of what many say ("kutipan para tokoh") is nobody's in particular.
    """
    if task == "quotes" and roles:
        person = _WHILE.split(roles.person)[0].strip() or roles.person
        of_many = set(fold(person).split()) <= _MANY
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
    r"(?!.*(?:,|\b(?:oleh|dari|kata|menurut|by|from|pernyataan|kutipan|komentar|ucapan|tanggapan|"
    r"disampaikan|diucapkan|dikatakan)\b))",
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
