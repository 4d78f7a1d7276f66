"""A message and its conversation, read once: see `Understood`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from warta.assistant.answer import Message
from warta.assistant.question.asking import asking_spans, wrapping_words
from warta.assistant.question.conversation import (
    TakenOver,
    Thread,
    continued,
    leans,
    thread_of,
)
from warta.assistant.question.ellipsis import own_words, subject_of
from warta.assistant.question.head import Asking, asking_of
from warta.assistant.question.outlets import Restriction, find_sources, find_unknown
from warta.assistant.question.task import Roles, instruction_words, roles_of, task_of
from warta.assistant.question.understood import (
    Courtesy,
    Elsewhere,
    Holdings,
    Language,
    Part,
    Task,
    Topic,
    Understood,
)
from warta.corpus.dates.phrases import DateRange, find_range
from warta.corpus.language.characters import normalise
from warta.corpus.language.names import names
from warta.corpus.language.words import is_english, query_terms, terms

_MOST_PARTS = 4  # questions of one message that are answered; what follows is dropped
_BYGONE = 10  # years after which an event is told of in later news, not found in that of its day
_MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
).split()


def understand(
    question: str,
    history: Sequence[Message] = (),
    today: date | None = None,
    archive: Holdings | None = None,
    without: Sequence[str] = (),
) -> Understood:
    """Return what `question` asks on `today`, after the turns of `history` (oldest first).

    Topics in `without` are not taken over. Any text is understood as something.
    """
    day, known = today or date.today(), archive or Holdings()
    clean = _lines(question)
    asked, dropped = _asked(clean)
    language = _language(" ".join(asked) or clean, history)
    thread = thread_of(history, day) if history else None
    reader = _Reading(day, known, without, language)
    read = [reader.part(text, thread) for text in asked[:1]]
    for text in asked[1:_MOST_PARTS]:
        before = read[-1][0]
        own = Thread(before.standalone, before.subject or subject_of(before.text))
        read.append(reader.part(text, own))
    if asked and thread is None and not read[0][1]:
        read[0] = reader.after_background(asked[0], dropped) or read[0]
    parts, kind = _without_courtesies(read, clean, reader)
    social = kind or all(part.task == "help" for part in parts)
    return Understood(
        text=" ".join(question.split()),
        language=language,
        parts=tuple(parts),
        topics=read[0][1] if read and thread is not None and not social else (),
        outlets=tuple(dict.fromkeys(o for text in asked for o in reader.outlets(text))),
        unknown_outlets=tuple(dict.fromkeys(o for t in asked for o in reader.unknown(t))),
        courtesy=_courtesy(kind),
        elsewhere=_elsewhere(kind),
        dropped=tuple(dropped),
        today=day,
    )


def _lines(question: str) -> str:
    """Return a message in clean characters, its lines kept, spaces counted once."""
    lines = (" ".join(line.split()) for line in normalise(question).split("\n"))
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=256)
def _asked(clean: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the stretches that ask, and the others that hold words, in order."""
    spans = asking_spans(clean)
    asked, dropped, end = [], [], 0
    for span in spans:
        first, last = _whole_clause(clean, max(end, 0), span.start, span.end)
        dropped.append(clean[end:first])
        text = " ".join(_ASIDE.sub("", _order(clean[first:last])).split())
        text = _GOES_ON.sub("", text) if first else text
        question, mark, order = text.rpartition("?")
        text = question + mark if mark and _BARE_ORDER.fullmatch(order) else text
        asked += _parted(text)
        end = last
        while end < len(clean) and clean[end] in "?!.":
            asked[-1] += clean[end] if clean[end] == "?" and not asked[-1].endswith("?") else ""
            end += 1
    dropped.append(clean[end:])
    if not spans and (order := _order(clean)) != clean:
        return (" ".join(order.split()),), ()
    asked = [text for text in asked if not _BARE_ORDER.fullmatch(text)] or asked
    return tuple(asked), tuple(" ".join(d.split()) for d in dropped if re.search(r"\w", d))


# "(buat bahan rapat)", "-- Rina, desk nasional" behind a request.
_ASIDE = re.compile(
    r"\s*(?:\((?:buat|untuk|utk|for|bahan)\b[^)]*\)?|\s(?:--|—|–)\s+[A-Z]\w+[^?]*)\s*$"
)
_GOES_ON = re.compile(r"^(?:jadi|nah|so)\s+(?=\w+\s)", re.IGNORECASE)
_LEFT_OVER = re.compile(
    r"[^\S\n]+(?P<words>\w[\w/&'’-]*(?:[^\S\n]+\w[\w/&'’-]*){0,2})(?=\s*$|[.?!\n]|\s+(?:--|—|–|\()\s*)"
)
_STOPS = ".?!\n:;,"


def _whole_clause(clean: str, least: int, start: int, end: int) -> tuple[int, int]:
    """Return a stretch with the order before it and the last words of its clause behind it.

    Of 1,260 own requests in wrappers the words of 90 were read without their last one
    ("kebocoran data penumpang Lion").
    """
    found = _LEFT_OVER.match(clean, end)
    if found and not wrapping_words() & set(found["words"].lower().split()):
        end = found.end("words")
    begins = max(clean.rfind(stop, least, start) for stop in _STOPS) + 1
    begins = max(begins, least)
    return (begins if _ORDERS.match(clean[begins:start]) else start), end


# "Kenapa …? Tolong jelaskan": the second asks for nothing more.
_BARE_ORDER = re.compile(
    r"\W*(?:tolong|mohon|coba|please)?\s*(?:jelaskan|jawab|dijawab|dijelaskan|explain|answer)"
    r"(?:\s+(?:ya|dong|dulu|please))*\W*",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\W*(?:(?:tolong|mohon|minta|coba|please|bisa|buatkan|beri(?:kan)?|saya minta)\s+)*"
    r"(?:di)?(?:ringkas\w*|rangkum\w*|simpulkan|summar\w+|linimasa|kronologi|timeline|kumpulkan|kutip\w*|"
    r"cari(?:kan)?|find|bandingkan|compare|daftar\w*|sebutkan|list|jelaskan|terangkan|explain|"
    r"profil|urutkan)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9\"”)][.!?])\s+(?=[A-Z\"“])|\n")


def _order(text: str) -> str:
    """Return of a stretch of several sentences those that order something, else all of it."""
    pieces = _SENTENCE_END.split(text)
    orders = [piece for piece in pieces if _ORDERS.match(piece)]
    asks = any("?" in piece or asking_of(piece).word for piece in pieces if piece not in orders)
    return text if len(pieces) == 1 or not orders or asks else " ".join(orders)


_LEANING = re.compile(r"\b\w{3,}nya\b", re.IGNORECASE)
_BESIDE = re.compile(r"\s*(?:,\s*|\s)(?:dan|serta|terus|trus|lalu|and)\s+", re.IGNORECASE)
_LEAST = 3  # words of its own of a question that stands beside another one


def _parted(text: str) -> list[str]:
    """Return "berapa X di Y dan siapa ketua Z di W" as two: both ask, and can stand alone.

    No question of `train` is parted so; without it 27 of 60 pairs joined by "dan" are read as two.
    """
    for joint in _BESIDE.finditer(text):
        sides = (text[: joint.start()], text[joint.end() :])
        if not all(_asks(side) for side in sides):
            continue
        held = [len(own_words(side)) for side in sides]
        first = asking_of(" ".join(sides[1].split()[:2])).word
        leaning = bool(first and held[0] >= _LEAST - 1 and _LEANING.search(sides[1]))
        if min(held) >= _LEAST or leaning:
            return [sides[0], *_parted(sides[1])]
    return [text]


def _asks(text: str) -> bool:
    asking = asking_of(text)
    return bool(asking.word) or asking.head == "decision"


def _language(text: str, history: Sequence[Message]) -> Language:
    if is_english(text):
        return "en"
    asked = [m.content for m in history if m.role == "user"]
    if asked and not _INDONESIAN.search(text) and is_english(asked[-1]):
        return "en"
    return "id"


_INDONESIAN = re.compile(
    r"\b(?:apa|siapa|kapan|mana|berapa|brp|mengapa|kenapa|bagaimana|gimana|yang|yg|di|dan|itu|ini|"
    r"kalau|kalo|dengan|untuk|dari|pada|nya|terus|saja|\w+nya|terima kasih|makasih|halo|selamat|"
    r"tolong|berita|kabar)\b",
    re.IGNORECASE,
)


def _without_courtesies(
    read: Sequence[tuple[Part, tuple[Topic, ...]]], clean: str, reader: "_Reading"
) -> tuple[list[Part], str]:
    """Return the parts that ask for something, and what kind of courtesy the message is if none.

    A message that asks nothing is one part without a query.
    """
    if _HOW_ARE_YOU.fullmatch(clean):
        return [Part(clean, clean, "", "", task="courtesy")], "courtesy:greeting"
    # What leans on something asks for it: "Berapa umurnya?" is nothing elsewhere then. Only what
    # is said to Warta itself does not: "apa kabar?", "kamu lagi apa?".
    kinds = [
        "question" if topics and not _to_warta(part.text) else task_of(part.text)
        for part, topics in read
    ]
    asking = [part for (part, _), kind in zip(read, kinds, strict=True) if ":" not in kind]
    if asking:
        return asking, ""
    kind = kinds[0] if kinds else task_of(clean)
    if kinds == [] and ":" not in kind and kind != "help":
        if own_words(clean):
            return [reader.part(clean, None)[0]], ""
        kind = "courtesy:greeting"
    task: Task = "help" if kind == "help" else (
        "courtesy" if kind.startswith("courtesy") else "elsewhere"
    )  # fmt: skip
    return [Part(clean, clean, "", "", task=task)], kind


_WARTA = re.compile(
    r"\b(?:kamu|anda|warta|you|apa kabar|(?:nama|kabar|umur)mu|(?:lagi|sedang) (?:apa|ngapain))\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\b(?:dia|ia|beliau|mereka|itu|ini|\w+nya|he|she|they|him|her|them|it|that)\b", re.IGNORECASE
)


def _to_warta(text: str) -> bool:
    """Tell words that are about Warta from such as are about what was spoken of.

    One question of the 3,486 of `train` holds such words, and stays a question.
    """
    return bool(_WARTA.search(text)) and not _SOMEBODY.search(text)


def _courtesy(kind: str) -> Courtesy:
    found = kind.removeprefix("courtesy:") if kind.startswith("courtesy:") else ""
    return found if found in ("greeting", "thanks", "farewell") else ""  # type: ignore[return-value]


def _elsewhere(kind: str) -> Elsewhere:
    return kind.removeprefix("elsewhere:") if kind.startswith("elsewhere:") else ""  # type: ignore[return-value]


class _Reading:
    """Reads the questions of one message: on a day, for an archive."""

    def __init__(
        self, today: date, archive: Holdings, without: Sequence[str], language: Language
    ) -> None:
        self._today = today
        self._archive = archive
        self._without = without
        self._language = language

    def part(self, text: str, thread: Thread | None) -> tuple[Part, tuple[Topic, ...]]:
        """Return a question as it is searched and read, with what it takes over from a thread."""
        taken = continued(text, thread, self._today, self._without)
        wording = taken.text if taken.exchanged else text
        found = task_of(wording)
        task: Task = found if ":" not in found else "question"  # type: ignore[assignment]
        asking = asking_of(wording)
        if task == "count":  # since when is always told with the number
            wording = _SINCE_WHEN.sub("", wording)
            taken = replace(taken, query=_SINCE_WHEN.sub("", taken.query))
        plain = task == "question" or (task == "list" and asking.word)
        roles = None if plain else self._roles(wording, task)
        days = self._days(text, taken, thread)
        part = Part(
            text=text,
            standalone=taken.text,
            query=self._query(taken, roles, task, days),
            subject=self._subject(wording, roles, days),
            task=task,
            word=asking.word,
            noun=asking.noun,
            head=asking.head,
            listed=asking.listed,
            names=self._names(wording, days, roles.subject if roles else None),
            content=(),
            speaker=_speaker(wording, asking, roles, task),
            sides=_sides(wording, roles) if task == "comparison" else (),
            days=days,
            negated=asking.negated,
            newest=task == "latest" or _NEWEST.search(wording) is not None,
        )
        named = set(own_words(" ".join(part.names)))
        content = tuple(w for w in own_words(part.subject) if w not in named)
        return replace(part, content=content), taken.topics

    def after_background(
        self, text: str, dropped: Sequence[str]
    ) -> tuple[Part, tuple[Topic, ...]] | None:
        """Return a question that leans on what its own message told before, None for others."""
        told = " ".join(
            piece for piece in dropped if len(own_words(piece)) > 1 and not _SIGNED.match(piece)
        )
        named = [name.text for name in names(told) if not name.initial]
        if not named or len(own_words(text)) > _FEW:
            return None
        thread = Thread(told, " ".join(named))
        return self.part(text, thread) if leans(text, thread) else None

    def outlets(self, text: str) -> tuple[str, ...]:
        """Return the outlets of the archive that a question restricts itself to."""
        found = find_sources(text, self._archive.outlets)
        return found.sources if found else ()

    def unknown(self, text: str) -> tuple[str, ...]:
        """Return the outlets it restricts itself to and the archive lacks."""
        found = find_unknown(text, self._archive.outlets) if self._archive.outlets else None
        return found.sources if found else ()

    def _roles(self, text: str, task: str) -> Roles:
        bare = _QUOTE.sub("", self._without_conditions(text, None))
        roles = roles_of(bare, task)
        other = set(own_words(bare)) - instruction_words()
        return roles if roles.subject or not other else replace(roles, subject=subject_of(bare))

    def _days(self, text: str, taken: TakenOver, thread: Thread | None) -> DateRange | None:
        """Return the days of a question; those of its thread where a follow-up has none."""
        last = self._archive.last
        days = find_range(taken.text if taken.exchanged else text, self._today, last)
        if days is None and taken.topics and thread is not None:
            days = find_range(thread.text, self._today, last)
        if days is None or (self._archive.last is None and self._archive.outlets):
            return None  # in an archive without dates a day cannot choose among articles
        late = days.until and days.until.year < self._today.year - _BYGONE
        bygone = days.kind == "mentioned" and late and not self._covers(days)
        return replace(days, first=None, last=None) if bygone else days

    def _covers(self, days: DateRange) -> bool:
        first = self._archive.first
        return first is not None and (days.until is None or days.until >= first)

    def _query(
        self, taken: TakenOver, roles: Roles | None, task: str, days: DateRange | None
    ) -> str:
        """Return what is searched, never empty unless nothing is asked for."""
        if roles is None:
            query = self._without_conditions(taken.query, days)
        else:
            added = [topic.text for topic in taken.topics if not taken.exchanged]
            query = self._without_conditions(" ".join([roles.subject, *added]), days)
        shorter = " ".join(_TAKEN_OFF.sub(" ", query).split()).strip(" ,")
        if terms(shorter) or (task in ("latest", "summary") and not own_words(shorter)):
            return shorter if own_words(shorter) or task not in ("latest", "summary") else ""
        return query if query_terms(query) else taken.query

    def _subject(self, text: str, roles: Roles | None, days: DateRange | None) -> str:
        said = roles.subject if roles else subject_of(text)
        return _TAKEN_OFF.sub(" ", self._without_conditions(said, None)).strip(" ,?.!")

    def _without_conditions(
        self, text: str, days: DateRange | None, *, printed: bool = True
    ) -> str:
        """Return a text without outlets and days counted from today; those articles print stay."""
        for found in (
            find_sources(text, self._archive.outlets),
            find_unknown(text, self._archive.outlets) if self._archive.outlets else None,
        ):
            if found:
                text = _cut(text, found)
        own = find_range(text, self._today, self._archive.last)
        if own and not _printed(own):
            text = _cut(text, own)
            text = f"{text} {_as_printed(own) if printed else ''}".strip()
        return text

    def _names(self, text: str, days: DateRange | None, subject: str | None) -> tuple[str, ...]:
        """Return the names in `text`, of a request those that belong to its `subject`.

        They are read where they stand: in a subject without "soal" two names stand side by side.
        """
        bare = self._without_conditions(text, None, printed=False)
        found = [n for n in names(bare) if not n.initial or " " in n.text or n.text.isupper()]
        kept = [piece.strip() for n in found for piece in _GENITIVE.split(n.text)]
        about = None if subject is None else set(query_terms(subject))
        return tuple(
            name
            for name in dict.fromkeys(kept)
            if name
            and not (days and name in days.text)
            and (about is None or about.issuperset(query_terms(name)))
        )


_SINCE_WHEN = re.compile(
    r",? (?:dan|serta|and) (?:sejak |mulai |dari |since )?(?:kapan|when)\b.*$", re.IGNORECASE
)
_GENITIVE = re.compile(r"['’]s\b")
_SIGNED = re.compile(
    r"\W*(?:salam|hormat|terima kasih|makasih|trims|thanks|thank you|regards|best|please|tolong|"
    r"--|—|\d+[.:/]\d+)|\[",
    re.IGNORECASE,
)
# No request that the roles were learned on begins so.
_QUOTE = re.compile(
    r"^\W*(?:(?:tolong|jadi|mohon)\s+)*(?:kutip(?:kan)?)\s+(?:(?:ucapan|kata-kata|perkataan|pernyataan)\s+)?",
    re.IGNORECASE,
)
_HOW_ARE_YOU = re.compile(
    r"\W*(?:(?:hai|halo|hallo|hi|hey|selamat \w+)\W+)?(?:warta\W+)?(?:gimana|bagaimana|apa|how are)"
    r"\s+(?:kabar(?:mu|nya)?|you)(?:\s+(?:kamu|anda|hari ini|pagi ini|today|doing))*"
    r"(?:\W+(?:warta|bot|kak|min|bro|sis))?\W*",
    re.IGNORECASE,
)
_WHILE = re.compile(
    r"\s+(?:setelah|sesudah|usai|saat|ketika|sebelum|after|when|before)\b", re.IGNORECASE
)
_FEW = 2  # words of its own with which a question may lean on its own message's background
_NEWEST_WORDS = (
    r"\b(?:terbaru|terkini|paling baru|teranyar|baru-baru ini|akhir-akhir ini|belakangan ini|"
    r"sekarang|saat ini|kini|skrg|skg|latest|newest|most recent|recent|recently|currently|"
    r"right now|lately)\b"
)
_NEWEST = re.compile(
    rf"{_NEWEST_WORDS}|\b(?:update|perkembangan) (?:terakhir|soal|kasus)\b", re.IGNORECASE
)
# Articles seldom say of themselves that they are the newest: those that do are of another kind.
_TAKEN_OFF = re.compile(rf"\b(?:(?:kabar|berita|info|news)\W+)?{_NEWEST_WORDS}", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:kata|komentar|tanggapan|pernyataan|pendapat|respons?|reaksi|pesan|saran|kritik|pandangan|"
    r"penilaian|ucapan|bantahan|penjelasan|harapan|sikap|did|does|has|menurut) "
    r"(?P<who>[^?,]{2,50}?) "
    r"(?:soal|tentang|ttg|terkait|mengenai|atas|terhadap|kepada|ke|buat|untuk|say|said|think|setelah|"
    r"saat|waktu|pas|usai|about|on)\b",
    re.IGNORECASE,
)


def _printed(days: DateRange) -> bool:
    """Tell a date that articles themselves may print from one counted from today."""
    return any(c.isdigit() for c in days.text) and days.kind == "mentioned"


def _as_printed(days: DateRange) -> str:
    """Return the one day of a phrase like "kemarin" as articles write it, else ""."""
    if days.kind == "published" or days.since is None or days.since != days.until:
        return ""
    return f"{days.since.day} {_MONTHS[days.since.month - 1]} {days.since.year}"


def _cut(text: str, found: "DateRange | Restriction") -> str:
    joined = f"{text[: found.start].rstrip()} {text[found.end :].lstrip()}"
    return re.sub(r"\s+([,?.!])", r"\1", joined).strip(" ,")


def _speaker(text: str, asking: Asking, roles: Roles | None, task: str) -> str:
    """Return whose words are asked for, "" for nobody's."""
    if task == "quotes" and roles and roles.person:
        return _WHILE.split(roles.person)[0].strip() or roles.person
    if asking.head != "statement" and task != "quotes":
        return ""
    if match := _SAYS.search(text):
        return match["who"].strip()
    return next((n.text for n in names(text) if not n.initial or " " in n.text), "")


def _sides(text: str, roles: Roles | None) -> tuple[str, ...]:
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


def spelt(
    understood: Understood, corrections: Callable[[str], Sequence[tuple[str, str]]]
) -> Understood:
    """Return the message with misspelt words as they are searched, and which they were.

    `corrections` tells of a query (as typed, as searched); only Indonesian is corrected.
    """
    if understood.language != "id":
        return understood
    parts, slips = [], []
    for part in understood.parts:
        found = corrections(part.query) if part.query else ()
        for typed, meant in found:
            right = meant.title() if typed[0].isupper() else meant
            word = re.compile(rf"\b{re.escape(typed)}\b")
            part = replace(
                part,
                text=word.sub(right, part.text),
                standalone=word.sub(right, part.standalone),
                query=word.sub(right, part.query),
                subject=word.sub(right, part.subject),
                speaker=word.sub(right, part.speaker),
                names=tuple(word.sub(right, name) for name in part.names),
                sides=tuple(word.sub(right, side) for side in part.sides),
            )
            slips.append((typed, right))
        parts.append(part)
    return replace(understood, parts=tuple(parts), corrected=tuple(dict.fromkeys(slips)))
