"""The text of a query -> terms: spelling, aliases, outlets, the bilingual table.

Ask it how a question's words are to be searched.
"""
