"""Makes the weights that read a message: `python -m assistant.question.training.train`."""
