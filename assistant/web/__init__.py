"""The server and its walls: addresses, logins, limits, connections.

Ask it for the application, or to serve.
"""
