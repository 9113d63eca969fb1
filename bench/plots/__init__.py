"""Plots of a run for papers: a column wide, in the style of `style.py`, distinct in colour, in shape and in grey.

A kind is drawn for one problem, operation and condition at a time, each into a file of its own; `ratio` and `matrix` show
several problems at once. What a run holds no data for is an error that says so, never an empty picture.
"""

from __future__ import annotations
