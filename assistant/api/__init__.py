"""The HTTP API and MCP, and the gate through which every question comes.

Ask it for the router or the tools of an assistant.
"""
