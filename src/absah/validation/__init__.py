"""Is this document genuine? Facts, then judgement, then words. Pure."""
