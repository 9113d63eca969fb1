"""Questions that are not runs: step sizes, pitfalls, values side by side.

In: a problem or a case. Out: a table.
"""
