"""One cell, in a worker: prepare, first call, check, warm up, calibrate, rounds, check again.

In: a specification with cells. Out: a row for each in the journal, with warnings of what is doubtful.
"""
