"""What is asked: a message and its conversation, read once.

Ask it to `understand`.
"""
