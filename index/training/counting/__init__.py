"""What is counted in texts, not learned: how rare a term is, and how often written small."""
