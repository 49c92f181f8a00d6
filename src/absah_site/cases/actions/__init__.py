"""The only writers of cases. Each adds an entry and a row of the ledger, in one transaction."""
