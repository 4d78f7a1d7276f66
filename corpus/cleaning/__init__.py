"""Record -> article: page furniture out, headline, day and language decided.

Ask it for the article of a record; what it took out is kept for the maintainer to see.
"""
