"""Text only: files and feeds -> articles -> passages. Knows neither the index nor the assistant."""

from warta.corpus.article import Article, Passage, Record, Skipped
from warta.corpus.errors import InputError, WartaError

__all__ = ["Article", "InputError", "Passage", "Record", "Skipped", "WartaError"]
