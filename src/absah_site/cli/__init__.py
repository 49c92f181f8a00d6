"""`absah`: the command line of an instance. What needs no database (`lint`, `inspect`) is in `absah.cli`."""

from absah_site.cli.main import main

__all__ = ["main"]
