"""Everything that is learned, and the commands that make it anew.

Nothing of it is needed to search or to answer.
"""
