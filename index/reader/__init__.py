"""The model that reads a question with a sentence in its article.

`ask` reads a question once; `Reader.read` then tells which sentences of the hits answer it, best
first, and how surely the best one does.
"""

from warta.index.reader.features import Asked, Candidate
from warta.index.reader.reader import Reader, Reading, Scored, ask, shipped_reader

__all__ = ["Asked", "Candidate", "Reader", "Reading", "Scored", "ask", "shipped_reader"]
