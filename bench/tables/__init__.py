"""From rows to tables.

In: the rows of a run. Out: one row per cell as a data frame, and tables of text for people, pytest-benchmark and CSV.
"""
