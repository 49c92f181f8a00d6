"""Applications and their uses: rows to values and back."""
