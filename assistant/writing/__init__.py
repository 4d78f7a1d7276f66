"""Writers by language model, and the check that citations carry what they write.

Ask it for the writer that the settings name.
"""
