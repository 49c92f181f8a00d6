"""The ceremony room: does the steps of a reviewed ceremony on an offline machine, and keeps the record. No database."""
