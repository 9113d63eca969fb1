"""Many cells: the orchestrator makes references and starts workers, the supervisor watches each.

In: a plan. Out: a run folder with a row for every cell, whatever happened to its worker.
"""
