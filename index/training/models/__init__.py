"""What learns in training: boosted trees, a linear model of pairs, the encoder."""
