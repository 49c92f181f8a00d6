"""Pages of certificates issued elsewhere."""
