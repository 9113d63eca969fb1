"""`python -m bench`: the same as `gradmark`."""

from __future__ import annotations

from . import ROOT
from .machine.start import use_packages_of

if __name__ == "__main__":
    use_packages_of(str(ROOT))
    from .cli import main

    main()
