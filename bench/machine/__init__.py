"""What machine this is, and how a process is set up to measure on it.

In: the operating system. Out: facts, a name and the load; limits; for a worker its variables, its CPUs and a machine
that no other run uses.
"""
