"""A time limit for work that nothing else can interrupt: parsers and patterns.

The system's alarm clock rings in the main thread only. There all of indexing runs, in this
process or in its workers; elsewhere the limit does not hold.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from warta.corpus.errors import InputError

SECONDS = 30.0
"""What one article or feed may take."""
_AGAIN = 0.5  # seconds after which it rings again, should a library have caught the first


class _TimeUp(BaseException):
    """No Exception: libraries that pass over all errors must not pass over this one."""


@contextmanager
def within(
    seconds: float = SECONDS, remedy: str = "Split it, or mend its markup."
) -> Iterator[None]:
    """Raise InputError where what stands under `with` takes longer than `seconds`.

    Within another limit that ends sooner, that one holds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    if 0.0 < outer <= seconds:
        yield
        return
    began = time.monotonic()

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _AGAIN)
        try:
            yield
        finally:
            left = outer and max(outer - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, _AGAIN if left else 0.0)
    except _TimeUp:
        raise InputError(f"It took more than the limit of {seconds:g} seconds.", remedy) from None
    finally:
        signal.signal(signal.SIGALRM, before)
