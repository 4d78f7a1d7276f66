"""What Gradio keeps of readers and questions, bounded: else memory and time grow with them."""

import sys
from typing import Any, Final

import gradio as gr
from gradio.utils import LRUCache

SESSIONS: Final = 200  # 10,000 by default, 90 MB for each 3,000
STREAMS: Final = 1_000  # readers whose stream is known, twenty times those who can wait
EVENTS: Final = 100


def bound(page: gr.Blocks) -> None:
    """Let a page with its queue forget: call it once `page.queue` was called.

    Of its own Gradio keeps a set of every reader for ever, 3 KB of each of the last 2,000, and
    figures of the last 10,000 questions, of which it makes a pandas table after each answer,
    in 16 ms in the end, for a monitoring that is off here.
    """
    page.state_session_capacity = SESSIONS
    queue: Any = page._queue
    queue.ANALYTICS_MAX_EVENTS = EVENTS
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # spelt so in Gradio
    queue.pending_messages_per_session = LRUCache(STREAMS)
    queue.pending_event_ids_session = LRUCache(STREAMS)
