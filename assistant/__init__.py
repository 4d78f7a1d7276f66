"""What is asked and what is said: question and history in, answer with citations out.

    from assistant import Assistant, Message
    answer = Assistant.load("warta-data").answer("Siapa kepala BPMP Maluku?")

Names are imported when they are first used, so that `import assistant` loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answer import Answer, Citation, Message, Receipt
    from assistant.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Message", "Receipt"]

_HOMES = {
    "Answer": "assistant.answer",
    "Assistant": "assistant.assistant",
    "Citation": "assistant.answer",
    "Message": "assistant.answer",
    "Receipt": "assistant.answer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
