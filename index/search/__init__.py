"""Query -> candidates -> order -> hits.

Ask it for a `Retriever`, or for a `View`: one snapshot, held for as long as one answer takes.
"""
