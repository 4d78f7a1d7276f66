"""One reading of text: words and stems, sentences, names, numbers, places, which language it is.

Ask it for the terms of a text, its sentences, what it names and counts. It knows no article.
"""
