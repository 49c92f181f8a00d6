"""The pages on which an agency says which of its systems are told, and sees what became of it."""
