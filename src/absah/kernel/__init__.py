"""What every area stands on: time, chance, errors, citations, people, messages. Imports no other area."""
