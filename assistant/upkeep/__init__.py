"""What a maintainer does to a home: index, status, check, repair, backup, restore, opinions.

Each is one function that the command line and the server call.
"""
