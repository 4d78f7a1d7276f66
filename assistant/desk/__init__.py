"""The reading desk: search, articles, feeds and lists as pages that are made on the server.

No script is needed to read them; the templates in `templates/` escape whatever is foreign.
"""

from warta.assistant.desk.frame import assets
from warta.assistant.desk.routes import add_desk, add_shares

__all__ = ["add_desk", "add_shares", "assets"]
