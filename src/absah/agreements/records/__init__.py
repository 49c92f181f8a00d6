"""Plain records that the clauses ask for, as values with their rules: addresses, requests, costs."""
