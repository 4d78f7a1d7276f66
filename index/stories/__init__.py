"""Articles on the same event and its follow-ups: links between them, made with the index."""
