"""The public page that answers: is this document genuine?."""
