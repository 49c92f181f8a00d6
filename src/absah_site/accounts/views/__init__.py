"""The door, and the page on which a person looks after the own safety."""
