"""Pages, by who stands before them: whoever enters, whoever decides, the person alone."""
