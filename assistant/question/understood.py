"""What is asked, read once: the frozen data that search, reader, composer and page use.

Nobody but this package looks at the wording of a question. `understand` makes one `Understood`
of a message and its conversation; a message with several questions has several `Part`s, each of
which is searched, judged and answered by itself.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Self

from warta.corpus.dates.phrases import DateRange
from warta.index.reader.asked import Head

Language = Literal["id", "en"]

Task = Literal[
    "question", "summary", "timeline", "latest", "list", "quotes", "comparison", "count",
    "profile", "find", "explain", "keyword", "help", "courtesy", "elsewhere",
]  # fmt: skip
"""What is to be done.

question: one thing is to be told (who, when, how much, why, whether, what somebody said).
summary: what happened, told briefly. timeline: the same by day, or how something developed.
latest: the newest of a topic, or of all. list: the items of an enumeration in the news.
quotes: all that somebody said. comparison: two or more things, days or outlets side by side.
count: how many articles there are. profile: who somebody or what some body is. find: the
articles themselves. explain: background, in sentences of one article. keyword: a name or topic
without any verb. help: what Warta is and does. courtesy: a greeting or thanks and nothing else.
elsewhere: what no archive can know (the weather now, a joke, a sum, a booking).
"""

Courtesy = Literal["", "greeting", "thanks", "farewell"]
Elsewhere = Literal["", "weather", "clock", "joke", "sum", "booking", "writing", "chat"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is known of the archive when a question is read.

    `outlets` as it names them; `first` and `last` day of publication, None without dates: a day
    without a year is taken from between them.
    """

    outlets: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Something taken over from the conversation; it can be taken off by its `text`.

    `kind`: "name" of a person, place or body, or "story", the words an earlier question was
    about.
    """

    text: str
    kind: Literal["name", "story"]


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message.

    `text`: the asking sentence as typed, in clean characters, without greeting, label, thanks,
    signature, wish and background. `standalone`: the same with what the conversation adds, to be
    shown and given to a model. `query`: what is searched: with what the conversation adds,
    without instruction ("ringkas berita"), outlets, days counted from today and "terbaru"; never
    empty unless nothing is asked for. `subject`: what it is about, in its own words, without
    asking words and instruction; "" where it has none.

    `word`: the asking word in its usual form (apa, siapa, kapan, mana, berapa, mengapa,
    bagaimana, apakah; the same for English), "" for none. `noun`: what it goes with, folded
    ("harga", "kota"), "" for none. `head`: see `Head`. `listed`: several things are asked for
    ("apa saja", "siapa saja").

    `names`: capitalised names of its own, in order, none of an outlet asked for or a day.
    `content`: its other words that say what it is about, folded, in order. `speaker`: whose words
    are asked for, "" for nobody's. `sides`: what is compared, two or more, else empty. `days`:
    the days asked for, None for none; those of greeting, wish or background are none. `negated`:
    it asks for what is not. `newest`: the newest counts ("terbaru", "sekarang").
    """

    text: str
    standalone: str
    query: str
    subject: str
    task: Task = "question"
    word: str = ""
    noun: str = ""
    head: Head = "thing"
    listed: bool = False
    names: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    speaker: str = ""
    sides: tuple[str, ...] = ()
    days: DateRange | None = None
    negated: bool = False
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as it was understood, after the turns before it.

    `text` is as typed. `parts` are its questions in order, at least one. `topics` are what the
    conversation adds to them, none where each has its own subject. `outlets` are those the
    question restricts itself to, as the archive names them; `unknown_outlets` those it names and
    the archive lacks. `courtesy` and `elsewhere` say which kind where the task is so named.
    `dropped` are the pieces of the message that ask nothing (greeting, background, signature).
    `corrected` are words that no article holds as typed: (as typed, as searched). `today` is the
    day of asking.
    """

    text: str
    language: Language
    parts: tuple[Part, ...]
    topics: tuple[Topic, ...] = ()
    outlets: tuple[str, ...] = ()
    unknown_outlets: tuple[str, ...] = ()
    courtesy: Courtesy = ""
    elsewhere: Elsewhere = ""
    dropped: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    today: date | None = field(default=None)

    @property
    def first(self) -> Part:
        """The first question."""
        return self.parts[0]

    @property
    def task(self) -> Task:
        """The task of the first question."""
        return self.first.task

    @property
    def followup(self) -> bool:
        """Whether anything was taken over from the conversation."""
        return bool(self.topics)

    @property
    def query(self) -> str:
        """What is searched for the first question."""
        return self.first.query

    @property
    def standalone(self) -> str:
        """The first question with what the conversation adds."""
        return self.first.standalone

    @property
    def days(self) -> DateRange | None:
        """The days that the first question asks for."""
        return self.first.days

    def only(self, part: Part) -> Self:
        """Return the message as if `part` alone were asked: what a writer is given."""
        return replace(self, text=part.text, parts=(part,))
