"""Attacks on signed PDFs, made here: each takes an honest document and says which of our checks must catch it."""
