"""`python -m absah_site.cli`, for the processes that a command starts."""

import sys

from absah_site.cli import main

if __name__ == "__main__":
    sys.exit(main())
