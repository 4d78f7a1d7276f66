"""The reading desk: search, articles, feeds and lists as pages that are made on the server.

No script is needed to read them; the templates in `templates/` escape whatever is foreign.
"""
