"""What learns in training: boosted trees, linear models, the encoder, what an answer is."""
