"""The shape of what officers type about their agreements."""
