"""The only writers of agreements. Each adds a fact and a row of the ledger, in one transaction."""
