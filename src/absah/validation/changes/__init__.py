"""What later revisions did to a signed document: its states compared, and what each difference means."""
