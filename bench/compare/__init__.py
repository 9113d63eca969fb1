"""Two runs, cell by cell: whether the second is slower, beyond the noise of the machine.

In: two run folders, or two checkouts that `interleaved` measures in turns. Out: verdicts, the noise floor, the
failures of the gate.
"""
