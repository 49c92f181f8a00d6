"""The ledger: rows that are written with the fact and never change."""
