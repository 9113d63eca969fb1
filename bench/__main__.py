"""`python -m bench`: the same as `gradmark`."""

from .cli import main

if __name__ == "__main__":
    main()
