"""An index on disk: durable files, manifest, vectors, terms, texts, and the shelf of snapshots.

Ask it to open the live snapshot, to write the next one, or to check every byte.
"""
