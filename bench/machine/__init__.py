"""What machine this is, and how a process is set up to measure on it.

In: the operating system. Out: facts and a name, load, limits, the lock that keeps two runs apart, variables and CPUs
of a worker.
"""
