"""The agreements of an officer: reading them, taking their steps, and the duties in them."""
