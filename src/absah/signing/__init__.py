"""A signature as a walk through states, from a draft to a signed document. Pure; ports lead outside."""
