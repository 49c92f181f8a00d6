"""The archive: finished documents kept as they are, found again, provable as long as they are kept."""
