"""One HTML file from run folders.

`folder.py` reads them, `summary.py` and `comparison.py` say what they mean, `data.py` packs the cells for the page's own
scripts, and `page.py` puts everything into the template under assets/.
"""

from __future__ import annotations
