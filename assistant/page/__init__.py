"""The chat page and the page for maintainers.

Ask it for the Blocks of an assistant; text of others is escaped here.
"""
