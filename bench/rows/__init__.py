"""What is known of a cell, on disk and in memory.

In: the files of a run folder, which may come from elsewhere. Out: rows, values and step curves whose types were
checked.
"""
