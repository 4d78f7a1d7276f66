"""The verdict and the shape of an answer: which sentences, in which order, with which notes.

Ask it whether the archive answers, and what to say.
"""
