"""Tables of the log to values and back."""
