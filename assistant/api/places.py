"""Places: who is served now, who waits in which order, and who is told "busy" at once.

One `Gate` is one lane. Questions, searches and looks each have their own, so that many of one kind
do not keep another waiting. A place is a token that ends with whatever ends first: the work done
or failed, the reader gone, the longest wait over. The next place is for the address that took least
lately, and the last free one for an address that has none: who asks once is not behind all that
others asked.
"""

import asyncio
import contextlib
import ipaddress
import math
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Self, TypeVar

import anyio.to_thread

from warta.assistant.config import Settings, is_local
from warta.corpus.errors import BusyError

T = TypeVar("T")
_LOST = 30.0  # seconds after which an announced question comes no more
_SHARE = 3  # one address, other than this machine's, has at most this part of a lane
_NEWEST = 0.2  # what the last piece of work counts in how long the next will take
_COURTESY = 0.5  # seconds that work waits for what comes first
_UNSEEN = 12  # at most this part of a lane is kept for questions nobody listens to yet
_LATELY = 10.0  # seconds after which what an address took counts half
_ACTIVE = 2.0  # seconds in which a lane counts as used
_LONG = 500  # characters; the longest of the 3,486 training questions has 136
_MOST_KNOWN = 1_000  # addresses of which it is known what they took


def address_of(host: str) -> str:
    """Return what counts as one address: of IPv6 the network that one customer is given."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped or address.version == 4 or address.is_loopback:
        return str(mapped or address)
    return str(ipaddress.ip_network((address, 64), strict=False))


@dataclass(eq=False, slots=True)
class Ticket:
    """A question on its way: it counts as a place until it arrives or its time is over."""

    gate: "Gate"
    address: str
    taken: float

    def wait(self) -> None:
        """Note that it is taken in: now it is for its reader to come and listen."""
        if self in self.gate._coming:
            self.gate._unheard.add(self)

    def end(self) -> None:
        """Count it no longer; a second time changes nothing."""
        self.gate._coming.pop(self, None)
        self.gate._unheard.discard(self)


class _Taken:
    """Seconds of work that each address took lately."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._of: dict[str, tuple[float, float]] = {}  # seconds, at what time; oldest first

    def add(self, address: str, seconds: float) -> None:
        """Count what an address took just now."""
        taken = self.by(address) + seconds
        self._of.pop(address, None)
        self._of[address] = taken, self._clock()
        if len(self._of) > _MOST_KNOWN:
            del self._of[next(iter(self._of))]

    def by(self, address: str) -> float:
        """Return the seconds; what is long ago counts little."""
        seconds, then = self._of.get(address, (0.0, 0.0))
        return seconds * math.exp2((then - self._clock()) / _LATELY)

    def others(self, address: str) -> bool:
        """Tell whether another address took something lately."""
        now = self._clock()
        return any(one != address and now - then < _LATELY for one, (_, then) in self._of.items())


class Gate:
    """Lets `workers` at a time do their work and `waiting` more stand in line.

    The next hears "busy", and so does who would wait longer than `longest` seconds by what the
    work took lately, and who did wait that long. For one event loop.
    """

    def __init__(
        self,
        workers: int,
        waiting: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        longest: float = 30.0,
        pause: float = 0.0,
        after: "Gate | None" = None,
        long: "Gate | None" = None,
    ) -> None:
        """Work begins while nothing of `after` is under way, or half a second later.

        A place is free again `pause` seconds after its work, and while something was under way
        in `after` lately, when it has rested as long as it worked. Long questions go to `long`.
        """
        self._pause = pause
        self._after = after
        self._long = long
        self._active = -_ACTIVE  # when something was under way last
        self._resting = asyncio.Event()
        self._resting.set()
        self._clock = clock
        self._longest = longest
        self._workers = workers
        self._working = 0
        self._at_work: Counter[str] = Counter()
        self._rests: dict[Place, tuple[float, str]] = {}  # places: until when, whose they were
        self._taken = _Taken(clock)
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}  # of equals the first is next
        self._room = workers + waiting
        self._inside = 0
        self._of_address: Counter[str] = Counter()
        self._coming: dict[Ticket, None] = {}
        self._unheard: set[Ticket] = set()  # of these, those that wait for their readers
        self._seconds = 0.0  # a piece of work, lately
        self.waited: Callable[[float], None] = lambda seconds: None  # told how long each waited

    @property
    def working(self) -> int:
        """How many are being served."""
        return self._working

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return max(0, self._inside - self._working)  # what rests is not inside

    @property
    def full(self) -> bool:
        """Whether the next to come is told "busy"."""
        while self._coming and (first := next(iter(self._coming))).taken < self._clock() - _LOST:
            first.end()
        unheard = min(len(self._unheard), max(1, self._room // _UNSEEN))
        entering = len(self._coming) - len(self._unheard)
        return self._inside + entering + unheard >= self._room

    @property
    def crowded(self) -> bool:
        """Whether somebody waits: what is not the answer itself can be left out."""
        return self._inside > self._workers

    def lane(self, length: int) -> "Gate":
        """Return where a question of `length` characters waits."""
        return self._long if self._long and length > _LONG else self

    def refuses(self, address: str) -> bool:
        """Tell whether somebody from `address` is told "busy" now."""
        self._wake()
        if self.full or self._wait(address) > self._longest:
            return True
        if not address or is_local(address):
            return False
        return self._of_address[address] >= max(1, self._room // _SHARE)

    def announce(self, address: str = "") -> Ticket:
        """Count a question that is on its way."""
        ticket = Ticket(self, address, self._clock())
        self._coming[ticket] = None
        return ticket

    @contextlib.asynccontextmanager
    async def place(self, address: str = "") -> AsyncIterator[None]:
        """Wait for a place, in turn, and give it back. Raises BusyError."""
        place = await Place.of(self, address)
        try:
            yield
        finally:
            place.end()

    async def run(self, work: Callable[[], T], address: str = "") -> T:
        """Do work of a thread once there is a place for it. Raises BusyError."""
        async with self.place(address):
            return await anyio.to_thread.run_sync(work)

    def close(self) -> None:
        """Turn away who waits and who comes, and let who is being served end."""
        self._room = 0
        for line in self._lines.values():
            for turn in line:
                if not turn.done():
                    turn.set_exception(self._busy())
        self._lines.clear()

    def _may_begin(self, address: str) -> bool:
        """Tell whether there is a place for somebody from `address`.

        While several ask, none of them has all places: the next to come finds one free.
        """
        free = self._workers - self._working
        if free != 1 or not self._at_work[address]:
            return free > 0
        return not self._taken.others(address)

    def _wait(self, address: str) -> float:
        """Return the seconds somebody from `address` would stand in line."""
        if self._may_begin(address):
            return 0.0
        own = len(self._lines.get(address, ()))
        ahead = sum(min(len(line), own + 1) for line in self._lines.values())
        return (ahead + 1) * self._seconds / self._workers

    def _busy(self) -> BusyError:
        return BusyError(
            f"{self._working} are being served and {self.waiting} wait.", "Try again in a moment."
        )

    async def _enter(self, address: str) -> None:
        if self._inside >= self._room or self.refuses(address):
            raise self._busy()
        self._inside += 1
        self._of_address[address] += 1
        if address not in self._lines and self._may_begin(address):
            self._begin(address)
            return
        try:
            await self._stand_in_line(address)
        except BaseException:
            self._leave(address)
            raise

    async def _stand_in_line(self, address: str) -> None:
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._lines.setdefault(address, deque()).append(turn)
        for place, (until, _) in self._rests.items():
            loop.call_later(until - self._clock(), self._rested, place)
        try:
            async with asyncio.timeout(self._longest):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._stop(address)  # the place came in the moment of leaving
            elif turn in (line := self._lines.get(address, deque())):
                line.remove(turn)
                if not line:
                    del self._lines[address]
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise

    def _leave(self, address: str) -> None:
        self._inside -= 1
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    def _begin(self, address: str) -> None:
        self._working += 1
        self._at_work[address] += 1
        self._resting.clear()

    def _rested(self, place: "Place") -> None:
        if (rest := self._rests.pop(place, None)) is not None:
            self._stop(rest[1])

    def _wake(self) -> None:
        """Take back what has rested, also where the loop that was to do so has ended."""
        now = self._clock()
        for place in [place for place, (until, _) in self._rests.items() if until <= now]:
            self._rested(place)

    def _stop(self, address: str) -> None:
        """Take a place back and give out what is free."""
        self._working -= 1
        self._at_work[address] -= 1
        if not self._at_work[address]:
            del self._at_work[address]
        while (following := self._following()) is not None:
            line = self._lines.pop(following)
            turn = line.popleft()
            if line:
                self._lines[following] = line  # of equals the others come first now
            if not turn.done():
                self._begin(following)
                turn.set_result(None)
        self._active = self._clock()
        if not self._working:
            self._resting.set()

    def _following(self) -> str | None:
        """Return the address whose turn it is: of those that may begin, who took least lately."""
        may = [address for address in self._lines if self._may_begin(address)]
        return min(may, key=self._took_lately, default=None)

    def _took_lately(self, address: str) -> float:
        return self._taken.by(address) + self._at_work[address] * self._seconds

    def _rest(self, worked: float) -> float:
        """Return the seconds until a place that worked so long is free again."""
        after = self._after
        used = after and (after._working or self._clock() - after._active < _ACTIVE)
        return max(self._pause, worked) if used else self._pause

    async def _let_pass(self) -> None:
        """Wait while work goes on that comes first."""
        if self._after is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_COURTESY):
                    await self._after._resting.wait()

    def _took(self, address: str, seconds: float) -> None:
        self._taken.add(address, seconds)
        self._seconds += (seconds - self._seconds) * (_NEWEST if self._seconds else 1.0)


class Place:
    """One place at work; it ends once, with whatever ends it first."""

    def __init__(self, gate: Gate, address: str) -> None:
        self._gate: Gate | None = gate
        self._address = address
        self._began = gate._clock()

    @classmethod
    async def of(cls, gate: Gate, address: str = "") -> Self:
        """Wait in line for one. Raises BusyError."""
        came = gate._clock()
        await gate._enter(address)
        place = cls(gate, address)
        try:
            await gate._let_pass()
        except BaseException:
            place.end()
            raise
        place._began = gate._clock()
        gate.waited(place._began - came)
        return place

    def end(self) -> None:
        """Give it back; the next in line goes on. A second time changes nothing."""
        gate, self._gate = self._gate, None
        if gate is None:
            return
        worked = gate._clock() - self._began
        rest = gate._rest(worked)
        gate._took(self._address, worked + rest)
        gate._leave(self._address)
        if rest:
            gate._rests[self] = gate._clock() + rest, self._address
            asyncio.get_running_loop().call_later(rest, gate._rested, self)
        else:
            gate._stop(self._address)


@dataclass(frozen=True, slots=True)
class Lanes:
    """The gates of one server, by what a request costs.

    `ask` is for questions, `long` for those of many characters, `search` for searches, `look` for
    what is only looked up, `status` for the status page, `tools` for calls of other programs'
    assistants.
    """

    ask: Gate
    long: Gate
    search: Gate
    look: Gate
    status: Gate
    tools: Gate

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the lanes of these settings."""
        workers = settings.workers
        # What is long or a search takes more than a question: fewer at a time, and these first.
        long = Gate(max(1, workers // 2), 8, longest=60.0)
        ask = Gate(workers, settings.queue, longest=60.0, long=long)
        long._after = ask
        return cls(
            ask=ask,
            long=long,
            search=Gate(max(1, workers // 2), 16, longest=5.0, after=ask),
            look=Gate(2 * workers, 64, longest=5.0),
            status=Gate(1, 32, longest=5.0, pause=0.05),
            tools=Gate(workers + settings.queue, 0),
        )

    def close(self) -> None:
        """Serve nobody more: the server ends."""
        for gate in (self.ask, self.long, self.search, self.look, self.status, self.tools):
            gate.close()
