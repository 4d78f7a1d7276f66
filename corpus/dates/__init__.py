"""Days: of publication, mentioned in a text, asked for in a question.

Ask it which day a field, an address or a phrase means. Indonesian dates are day/month/year.
"""
