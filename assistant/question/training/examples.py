"""Messages with what is asked in them marked, made of the training questions.

A message is made of pieces: a greeting, a label, who asks and why, the question or request itself,
wishes, thanks, a signature (`wrappers.txt`, `requests.txt`), put together as people do it, and
then typed carelessly: without capitals, without marks. Every character knows whether it asks.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warta.assistant.question.understood import Task

FIRST = (
    "Dewi Andi Budi Sari Rina Agus Putri Bayu Wulan Fajar Intan Joko Ayu Rizki Maya Hendra Lestari "
    "Yusuf Citra Dimas Nanda Tika Arif Galih Ratna Ilham Vina Surya Melati Eko Nur Bagus Laras "
    "Tono Siska Made Ketut Sinta Robert Anna Peter Maria John Emma"
).split()
LAST = (
    "Lestari Wijaya Santoso Pratama Nugroho Hartono Siregar Lubis Simanjuntak Kusuma Permata "
    "Hidayat Rahman Saputra Utami Handayani Prakoso Wibowo Setiawan Tanjung Smith Miller Brown"
).split()
DESKS = (
    "Nasional Ekonomi Olahraga Hiburan Internasional Daerah Politik Humas Riset Investigasi Foto "
    "Metro Bisnis Hukum Budaya Sains sports business foreign"
).split()
CITIES = "Bandung Medan Jakarta Surabaya Ambon Makassar Solo Padang Palu Kupang Denpasar".split()
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
PHRASES = (
    "kemarin|hari ini|pekan lalu|September 2019|24 September|bulan ini|awal September 2019|"
    "minggu ini|10 Oktober 2019|tadi malam|dalam sepekan terakhir|sepanjang 2019|yesterday|"
    "last week|in September 2019|on 24 September"
).split("|")
_OWN_QUESTIONS = 0.15  # share of questions written here: few of train begin with a clause
_SLOT = re.compile(r"\{(\w+)\}")
_SAID = re.compile(r"\{(\w+)\}|<([^<>]+)>")  # of a request: a slot, or words it is about
_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message: `mark` is "D" for what asks nothing, else the part it belongs to.

    Of a request `role` tells instruction (X), topic (S) and person (P); "" of plain questions.
    """

    text: str
    mark: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked and the task it sets; `pieces` in order, their texts joined are the request."""

    pieces: tuple[Piece, ...]
    task: str

    @property
    def text(self) -> str:
        """The request as typed."""
        return "".join(piece.text for piece in self.pieces)


@cache
def pools(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lines of a file of wordings by their section."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in files(__package__).joinpath(name).read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\[([a-z:]+)\]", line):
            section = match[1]
        elif line and not line.startswith("# "):
            found.setdefault(section, []).append(line.replace("\\n", "\n"))
    return {key: tuple(lines) for key, lines in found.items()}


class Maker:
    """Makes messages of questions; the same seed makes the same ones.

    `keep(section, number)` tells which lines of a section may be used, so that a figure can be
    taken over wordings that were not learned from. `further`: with the lines of `kinds.txt`.
    """

    further = False

    def __init__(
        self, seed: int, questions: Sequence[str], topics: Sequence[str], people: Sequence[str],
        lists: Sequence[str], clauses: Sequence[str], held: int | None = None, fold: int = 4, *,
        test: bool = False,
    ) -> None:  # fmt: skip
        self._random = random.Random(seed)
        self._questions = questions
        self._topics = topics
        self._people = people
        self._lists = lists
        self._clauses = clauses
        self._held, self._fold, self._test = held, fold, test

    def lines(self, name: str, section: str) -> list[str]:
        """Return the lines of a section that may be used here."""
        every = pools(name)[section]
        if self.further and name == "requests.txt":
            every += pools("kinds.txt").get(section, ())
        if self._held is None or len(every) < 2 * self._fold:
            return list(every)
        return [
            line for at, line in enumerate(every) if (at % self._fold == self._held) == self._test
        ]

    def choice(self, name: str, section: str) -> str:
        """Return one line of a section with its choices made and its slots filled."""
        line = self._random.choice(self.lines(name, section))
        line = (
            _CHOICE.sub(lambda match: self._random.choice(match[1].split("|")), line)
            if ("|" in line and section not in ("label", "mark", "number"))
            else line
        )
        said = self.filled(re.sub(r" +", " ", line).strip())
        return said.lower() if self._random.random() < 0.3 else said

    def filled(self, line: str) -> str:
        """Return a line with names, clocks and desks in its slots."""
        return _SLOT.sub(lambda match: self._slot(match[1]), line)

    def _slot(self, slot: str) -> str:
        pick = self._random.choice
        day, month = self._random.randint(1, 28), self._random.randint(1, 12)
        values = {
            "first": lambda: pick(FIRST),
            "name": lambda: f"{pick(FIRST)} {pick(LAST)}",
            "desk": lambda: pick(DESKS),
            "city": lambda: pick(CITIES),
            "day": lambda: pick(DAYS),
            "hour": lambda: str(self._random.randint(1, 12)),
            "clock": lambda: (
                f"{self._random.randint(0, 23):02d}{pick(':.')}"
                f"{self._random.randint(0, 59):02d}{pick(['', '', ':13', ' WIB'])}"
            ),
            "date": lambda: f"{day:02d}/{month:02d}/{pick(['2019', '2025', '19', '26'])}",
            "phone": lambda: f"08{self._random.randint(10**8, 10**10)}",
            "topic": lambda: pick(self._topics),
            "t": lambda: pick(self._topics),
            "p": lambda: pick(self._people),
            "w": lambda: pick(self._clauses),
            "a": lambda: pick(self._topics if self._random.random() < 0.5 else self._people),
            "b": lambda: pick(self._topics if self._random.random() < 0.5 else self._people),
            "d": lambda: pick(PHRASES),
        }
        return values[slot]()

    def request(self, section: str) -> Request:
        """Return a request of a section ("summary", "courtesy:thanks")."""
        line = self._random.choice(self.lines("requests.txt", section))
        line = _CHOICE.sub(lambda match: self._random.choice(match[1].split("|")), line)
        line = re.sub(r" +", " ", line).strip().replace(" ?", "?").replace(" ,", ",")
        if self._random.random() < 0.5:
            line = line.rstrip("?")
        pieces, end = [], 0
        for match in _SAID.finditer(line):
            if match.start() > end:
                pieces.append(Piece(line[end : match.start()], "I", "X"))
            role = {"p": "P", "d": "T"}.get(match[1], "S")
            said = self._slot(match[1]) if match[1] else self._random.choice(match[2].split("|"))
            if section == "list" and match[1] == "t":
                said = self._random.choice(self._lists)
            pieces.append(Piece(said, "I", role))
            end = match.end()
        if end < len(line):
            pieces.append(Piece(line[end:], "I", "X"))
        if (
            section not in ("keyword", "help", "leaning")
            and ":" not in section
            and self._random.random() < 0.15
        ):
            phrase = self._random.choice(PHRASES)
            pieces.append(Piece(f" {phrase}", "I", "T"))
        request = Request(tuple(pieces), section)
        return self._careless(request)

    def question(self) -> Request:
        """Return a training question as it stands."""
        return Request((Piece(self._random.choice(self._questions), "I"),), "question")

    def _careless(self, request: Request) -> Request:
        if self._random.random() < 0.4:
            lower = tuple(Piece(p.text.lower(), p.mark, p.role) for p in request.pieces)
            return Request(lower, request.task)
        return request

    def wrapped(self, asks: Sequence[Request]) -> list[Piece]:
        """Return the pieces of a message that asks `asks`, between other things."""
        before, after = self._before(), self._after()
        pieces = [*before, *self._joined(asks), *after]
        return self._typed(pieces)

    def _joined(self, asks: Sequence[Request]) -> list[Piece]:
        pieces: list[Piece] = []
        rand = self._random
        numbered = len(asks) > 1 and rand.random() < 0.25
        numbers = rand.choice(self.lines("wrappers.txt", "number")).split("|") if numbered else []
        for at, ask in enumerate(asks):
            text = [Piece(p.text, f"{p.mark}{at}", p.role) for p in ask.pieces]
            joint = ""
            if at + 1 < len(asks):
                joint = (
                    rand.choice(["\n", " ", "\n\n", "? ", ". "])
                    if numbered
                    else (f"{rand.choice(self.lines('wrappers.txt', 'join'))} ")
                )
                if joint[0] in "?,.;":  # one mark is enough
                    last = text[-1]
                    text[-1] = Piece(last.text.rstrip("?"), last.mark, last.role)
            if numbered:
                pieces.append(Piece(numbers[at % 2], "D"))
            pieces += [p for p in text if p.text]
            if joint:
                pieces.append(Piece(joint, "D"))
        return pieces

    def _before(self) -> list[Piece]:
        rand, pieces = self._random, []

        def add(section: str, chance: float, joints: Sequence[str]) -> None:
            if rand.random() < chance:
                said = self.choice("wrappers.txt", section)
                joint = " " if said[-1] in ":,.!?>-•*" else rand.choice(joints)
                if said[-1] in '"“':
                    joint = ""
                pieces.append(Piece(said + joint, "D"))

        kind = rand.random()
        if kind < 0.2:
            return []
        add("mark", 0.08, [" ", "\n"])
        add("greeting", 0.4, [", ", " ", "! ", ". ", "\n", "\n\n", " - ", ", "])
        add("who", 0.15, [" ", "\n", ". "])
        for _ in range(rand.choice([0, 0, 0, 1, 2, 3])):
            add("background", 0.8, [" ", "\n", ". "])
        add("need", 0.1, [" ", "\n", ". "])
        add("wish", 0.06, [" ", "\n", ". "])
        add("lead", 0.3, [", ", " ", ": ", ". ", "\n", " - ", " nih, ", " ya, ", " dong, ", "? "])
        add("reported", 0.1, [" ", ", ", ": "])
        add("label", 0.12, [" ", "\n"])
        return pieces

    def _after(self) -> list[Piece]:
        rand, pieces = self._random, []

        def add(section: str, chance: float) -> None:
            if rand.random() < chance:
                pieces.append(Piece(self.choice("wrappers.txt", section), "D"))

        if rand.random() < 0.25:
            return []
        tail = rand.random() < 0.2
        if tail:
            pieces.append(
                Piece(rand.choice([" ", ", ", " "]) + self.choice("wrappers.txt", "tail"), "D")
            )
        for _ in range(rand.choice([0, 0, 0, 0, 1, 2, 3])):
            add("background", 0.9)
        add("need", 0.25)
        add("wish", 0.25)
        add("thanks", 0.25)
        add("signature", 0.15)
        joined: list[Piece] = []
        for at, piece in enumerate(pieces):
            joint = rand.choice([" ", " ", " ", "\n", "\n", "\n\n", ". ", ", ", " — ", " ("])
            if tail and not at:
                joint = ""
            joined.append(Piece(joint + piece.text, "D"))
        return joined

    def _typed(self, pieces: list[Piece]) -> list[Piece]:
        style = self._random.random()

        def typed(text: str) -> str:
            if style < 0.2:
                return text.lower()
            if style < 0.24:
                return text.upper()
            if style < 0.32:
                return re.sub(r"[?.!,]+(?=\s|$)", "", text.lower())
            if style < 0.38:
                return re.sub(r"\n+", " ", text)
            return text

        return [Piece(typed(p.text), p.mark, p.role) for p in pieces]

    def messages(self, count: int) -> Iterator[tuple[list[Piece], list[Request]]]:
        """Yield messages as pieces, with what each of them asks."""
        tasks: list[Task | str] = [
            s for s in pools("requests.txt") if s not in ("keyword", "leaning")
        ]
        for _ in range(count):
            asks = []
            number = self._random.choices((1, 2, 3), (0.8, 0.17, 0.03))[0]
            for _ in range(number):
                if self._random.random() < 0.8 or number > 1:
                    own = self._random.random() < _OWN_QUESTIONS
                    asks.append(self.request("question") if own else self.question())
                else:
                    section = self._random.choice(tasks)
                    while ":" in section and self._random.random() < 0.6:
                        section = self._random.choice(tasks)
                    asks.append(self.request(section))
            yield self.wrapped(asks), asks
