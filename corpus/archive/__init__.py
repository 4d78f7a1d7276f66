"""Every version of every article, in SQLite; and what can be saved of a damaged file.

Ask it for articles, runs and findings. It is the only thing of a home that cannot be rebuilt.
"""
