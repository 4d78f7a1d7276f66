"""The server's log under attack: the same message once a minute, with how often it came.

An attacker writes nothing into a log that nobody else could, but could fill the disk with it.
"""

import logging
import sys
import time
from collections.abc import Callable

_EVERY = 60.0  # seconds
_MOST = 256  # messages remembered; who invents new ones makes no more than these a minute
_LONGEST = 4_000  # characters of one message with its trace


class OnceAMinute(logging.Filter):
    """Lets a message pass once a minute; the next to pass says how many did not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str], tuple[float, int]] = {}  # at what time, how many since

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the message is to be written."""
        now, key = self._clock(), _kind(record)
        passed, since = self._last.get(key, (-_EVERY, 0))
        if now - passed < _EVERY:
            self._last[key] = (passed, since + 1)
            return False
        if key not in self._last and len(self._last) >= _MOST and not self._forget(now):
            return False
        self._last[key] = (now, 0)
        if since:
            said = f"{record.getMessage()} ({since} more like it in the last minutes)"
            record.__dict__.update(msg=said, args=None)
        return True

    def _forget(self, now: float) -> bool:
        """Forget what was not said for a minute; False where nothing is that old."""
        old = [key for key, (passed, _) in self._last.items() if now - passed >= _EVERY]
        for key in old:
            del self._last[key]
        return bool(old)


class _Short(logging.Formatter):
    """The usual form, cut where it is long: a trace of a deep recursion has a thousand lines."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        cut = len(said) - _LONGEST
        if cut <= 0:
            return said
        return f"{said[: _LONGEST // 2]}\n… {cut} characters …\n{said[-_LONGEST // 2 :]}"


def keep_short() -> None:
    """Let everything that is logged in this process pass by way of one filter."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    once = OnceAMinute()
    for handler in root.handlers:
        handler.addFilter(once)
        form = handler.formatter
        handler.setFormatter(_Short(form._fmt if form else "warta: %(message)s"))


def _kind(record: logging.LogRecord) -> tuple[str, str]:
    """Return what makes two messages the same: where they come from, not what they name."""
    error = record.exc_info[1] if record.exc_info else None
    place = ""
    if error is not None:
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{record.name}:{record.lineno}", f"{type(error).__name__} {place}"
