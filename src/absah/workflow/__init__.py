"""A document on its way through the people who sign it: who is next, what may happen, what has happened."""
