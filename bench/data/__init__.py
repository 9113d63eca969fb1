"""What cells are computed from, and how it is stored.

In: the arrays of an instance; files. Out: inputs by name, arrays stored by what they were made from, files replaced
as a whole or read with checked types.
"""
