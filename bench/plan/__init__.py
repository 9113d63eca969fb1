"""From what was typed to cells.

In: a selection of problems, backends, operations and settings. Out: the cells to run, each with its key, and the
others with the reason.
"""
