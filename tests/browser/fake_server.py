"""Serves the page over the fake assistant, for tests that want hostile articles and no index."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.web.server import serve

if __name__ == "__main__":
    serve(
        FakeAssistant,
        Settings(home=Path(sys.argv[1]), port=0),
        ready=lambda address: print(f"Warta is at {address} (Ctrl-C stops)", flush=True),
    )
