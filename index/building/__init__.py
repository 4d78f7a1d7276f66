"""Archive -> next snapshot.

Ask it to read paths into the archive and to build, or to repair, what answers are made from.
"""
