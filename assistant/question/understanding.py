"""A message and its conversation, read once: see `Understood`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from warta.assistant.answer import Message
from warta.assistant.question.asking import wrapping_words
from warta.assistant.question.conversation import (
    TakenOver,
    Thread,
    continued,
    leans,
    rarest,
    thread_of,
)
from warta.assistant.question.ellipsis import own_words, subject_of
from warta.assistant.question.outlets import Restriction, find_sources, find_unknown
from warta.assistant.question.segments import asked_in, lines_of, quoted_topic
from warta.assistant.question.task import (
    Roles,
    instruction_words,
    roles_of,
    sides_of,
    speaker_of,
    strangeness,
    task_of,
)
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
from warta.corpus.language.function_words import QUESTION_WORDS
from warta.corpus.language.names import names
from warta.corpus.language.words import is_english, query_terms, terms
from warta.index.reader.asked import asking_of

_ANY_TOPIC = "kebakaran hutan di Riau"  # stands for a headline where its request is read
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
    clean = lines_of(question)
    asked, dropped = asked_in(clean)
    about = quoted_topic(clean)
    language = _language(about[0] if about else " ".join(asked) or clean, history)
    thread = thread_of(history, day) if history else None
    reader = _Reading(day, known, without, language)
    read = [reader.part(text, thread) for text in asked[:1]]
    for text in asked[1:_MOST_PARTS]:
        before = read[-1][0]
        own = Thread(before.standalone, before.subject or subject_of(before.text), beside=True)
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
        "question"
        if quoted_topic(part.text) or (topics and not _to_warta(part.text))
        else task_of(part.text)
        for part, topics in read
    ]
    if kind := _kindly(clean, kinds, [task_of(part.text) for part, _ in read]):
        return [Part(clean, clean, "", "", task="courtesy")], kind
    asking = [part for (part, _), kind in zip(read, kinds, strict=True) if ":" not in kind]
    if len(asking) > 1:  # "… komunitas apa dan kegiatannya ngapain aja?" asks nothing of Warta
        asking = [_asking(part) for part in asking]
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


def _kindly(clean: str, kinds: Sequence[str], alone: Sequence[str]) -> str:
    """Return which courtesy a message is as a whole, "" for none.

    "makasih ya, membantu banget": "membantu banget" alone is nothing that is known. `kinds`: what
    its parts ask for, with what they lean on; `alone`: each by itself. "makasih, yang terbaru dong"
    asks for the latest.
    """
    kind = task_of(clean)
    if not kind.startswith("courtesy:"):
        return ""
    social = all(":" in part or part == "help" for part in kinds)
    asks = any(":" not in task and task not in ("help", "question", "keyword") for task in alone)
    thanked = kind == "courtesy:thanks" and not (asks or asking_of(clean).word or "?" in clean)
    return kind if social or (thanked and strangeness(clean) <= _STRANGE) else ""


# Share of words of no small talk up to which thanks stay thanks: 0.62 of thanks with more behind
# that were not learned from, 12 of 3,487 topics behind thanks; at 0.25 it is 0.76 and 160.
_STRANGE = 0.2


def _asking(part: Part) -> Part:
    return (
        replace(part, task="question") if part.task == "help" and not _to_warta(part.text) else part
    )


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


def _asked_task(wording: str) -> Task:
    """Return the task of a request that leans on something or asks for it, no small talk."""
    found = task_of(wording)
    return found if ":" not in found else "question"  # type: ignore[return-value]


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
        if about := quoted_topic(text):
            return self._about(text, *about), ()
        taken = continued(text, thread, self._today, self._without)
        wording = taken.text if taken.exchanged else text
        task, asking = _asked_task(wording), asking_of(wording)
        days = self._days(text, taken, thread)
        if task == "latest" and days and days.until == self._today:  # the newest there is, up to it
            shorter = _cut(text, days)
            if own_words(_TAKEN_OFF.sub("", roles_of(shorter, task).subject)):
                wording, days = shorter, None
        if task == "count":  # since when is always told with the number
            wording = _SINCE_WHEN.sub("", wording)
            taken = replace(taken, query=_SINCE_WHEN.sub("", taken.query))
        plain = task == "question" or (task == "list" and asking.word)
        roles = None if plain else self._roles(wording, task)
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
            speaker=speaker_of(wording, asking, roles, task),
            sides=sides_of(wording, roles) if task == "comparison" else (),
            days=days,
            negated=asking.negated,
            newest=task == "latest" or _NEWEST.search(wording) is not None,
        )
        named = set(own_words(" ".join(part.names)))
        content = tuple(w for w in own_words(part.subject) if w not in named)
        return replace(part, content=content), taken.topics

    def _about(self, text: str, order: str, topic: str) -> Part:
        """Return a request for a quoted headline: only what stands before it is instruction."""
        found = task_of(f"{order} {_ANY_TOPIC}")
        task: Task = "summary" if ":" in found or found == "question" else found  # type: ignore[assignment]
        named = tuple(n.text for n in names(topic) if not n.initial or " " in n.text)
        days = find_range(order, self._today, self._archive.last)
        return Part(
            text=text, standalone=text, query=topic, subject=topic, task=task, names=named,
            content=tuple(own_words(topic)), days=days, newest=task == "latest",
        )  # fmt: skip

    def after_background(
        self, text: str, dropped: Sequence[str]
    ) -> tuple[Part, tuple[Topic, ...]] | None:
        """Return a question that leans on what its own message told before, None for others."""
        told = [piece for piece in dropped if not _SIGNED.match(piece)]
        clause = next(filter(None, map(_telling_clause, reversed(told))), "")
        if not clause or len(own_words(text)) > _FEW:
            return None
        named = any(not name.initial or " " in name.text for name in names(text))
        alone = named or rarest(text) >= _TELLING
        thread = Thread(clause, " ".join(_told_in(clause)), beside=False, told=not alone)
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
        bare = self._without_conditions(text, None)
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
        kept = [_unasked(piece.strip()) for n in found for piece in _GENITIVE.split(n.text)]
        about = None if subject is None else set(query_terms(subject))
        return tuple(
            name
            for name in dict.fromkeys(kept)
            if name
            and not (days and name in days.text)
            and (about is None or about.issuperset(query_terms(name)))
        )


def _unasked(name: str) -> str:
    """Return a name without what asks behind it, in capitals as all is: "BUPATI BLORA SIAPA"."""
    kept = name.split(" ")
    while name.isupper() and len(kept) > 1 and kept[-1].lower() in _BEHIND:
        kept.pop()
    return " ".join(kept)


_BEHIND = QUESTION_WORDS | {"di", "ke", "dari"}
_SINCE_WHEN = re.compile(
    r",? (?:dan|serta|and) (?:sejak |mulai |dari |since )?(?:kapan|when)\b.*$", re.IGNORECASE
)
_GENITIVE = re.compile(r"['’]s\b")
_SIGNED = re.compile(
    r"\W*(?:salam|hormat|terima kasih|makasih|trims|thanks|thank you|regards|best|please|tolong|"
    r"--|—|\d+[.:/]\d+)|\[",
    re.IGNORECASE,
)
_HOW_ARE_YOU = re.compile(
    r"\W*(?:(?:hai|halo|hallo|hi|hey|selamat \w+)\W+)?(?:warta\W+)?(?:gimana|bagaimana|apa|how are)"
    r"\s+(?:kabar(?:mu|nya)?|you)(?:\s+(?:kamu|anda|hari ini|pagi ini|today|doing))*"
    r"(?:\W+(?:warta|bot|kak|min|bro|sis))?\W*",
    re.IGNORECASE,
)
_FEW = 4  # words of its own with which a question may lean on its own message's background
_TELLING = 8  # rarity of a word from which on a question says itself what it is about
# Who asks, not what is asked about.
_INTRODUCES = re.compile(
    r"\W*(?:perkenalkan|nama saya|(?:saya|aku|kami|ini)\s+(?:[A-Z]\w+|dari|pembaca|mahasiswa|"
    r"mahasiswi|wartawan|jurnalis|reporter|anggota|guru)\b)"
)
_CLAUSE = re.compile(r"[.,;:!?\n]+(?=\s|$)")
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


def _telling_clause(background: str) -> str:
    """Return the last clause of a background that holds a name and something else, "" for none."""
    for clause in reversed(_CLAUSE.split(background)):
        told = clause.strip()
        if _INTRODUCES.match(told[:1].lower() + told[1:]):
            continue
        named = any(not name.initial or " " in name.text for name in names(clause))
        if named and len(_told_in(clause)) > 1:
            return clause
    return ""


def _told_in(clause: str) -> list[str]:
    """Return the words of a clause that are no wrapping, as they are written."""
    said = (word.strip('()[],"“”') for word in clause.split())
    return [word for word in said if set(own_words(word)) - wrapping_words()]


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
