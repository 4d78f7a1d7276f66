"""Learns to read messages: `python -m warta.assistant.question.training.train QUESTIONS`."""
