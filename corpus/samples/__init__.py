"""Invented sample articles, so that the first start has something to ask."""
