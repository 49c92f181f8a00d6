"""Our own signing engine: reads what it needs, appends what is new, and leaves odd files to the other engine."""
