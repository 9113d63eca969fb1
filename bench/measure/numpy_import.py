"""How long NumPy takes to import. The harness and every framework need it, so a worker imports this module first."""

import time

start = time.perf_counter()

NUMPY_IMPORT_S = time.perf_counter() - start
