"""The model that reads a question with a sentence in its article.

Ask it which sentences of the hits answer, best first, and how surely.
"""
