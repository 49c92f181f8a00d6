"""What people of both parties do during the year: one engine, and kinds of case as data."""
