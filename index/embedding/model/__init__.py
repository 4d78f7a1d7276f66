"""The embedder that ships: weights, tokenizer and model card."""
