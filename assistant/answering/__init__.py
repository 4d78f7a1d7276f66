"""The one path from a question to an answer, on one snapshot.

Ask it for an `Assistant`.
"""
