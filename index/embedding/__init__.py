"""Texts -> vectors, and the embedder that ships.

Ask it to embed passages or a query, or for the vectors of single words.
"""
