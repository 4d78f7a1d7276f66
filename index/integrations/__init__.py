"""Retrievers for other frameworks: `warta.integrations.langchain_retriever`, `.haystack_retriever`.

Each module imports its framework, which is not installed with Warta.
"""
