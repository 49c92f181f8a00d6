"""What was signed, by whom, with which consent."""
