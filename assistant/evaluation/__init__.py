"""Figures over question files, and what the verdict learns.

Ask it to measure retrieval or answers.
"""
