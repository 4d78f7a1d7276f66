"""What is asked and what is said: question and history in, answer with citations out.

    from warta.assistant import Assistant, Message
    answer = Assistant.load("warta-data").answer("Siapa kepala BPMP Maluku?")

Names are imported when they are first used, so that `import warta.assistant` loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warta.assistant.answer import Answer, Citation, Message, Receipt
    from warta.assistant.answering.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Message", "Receipt"]

_HOMES = {
    "Answer": "warta.assistant.answer",
    "Assistant": "warta.assistant.answering.assistant",
    "Citation": "warta.assistant.answer",
    "Message": "warta.assistant.answer",
    "Receipt": "warta.assistant.answer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'warta.assistant' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
