"""Files and feeds -> records, or what was skipped, with the reason and the remedy.

Ask it to read paths; it answers item by item and goes on after each failure.
"""
