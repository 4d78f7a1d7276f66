"""Answer -> text, Markdown, JSON; what the command line prints.

Ask it for a form of an answer that leaves the page.
"""
