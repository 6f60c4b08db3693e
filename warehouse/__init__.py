"""The warehouse: a work database that one run writes, and the snapshot of it that analysts open."""
