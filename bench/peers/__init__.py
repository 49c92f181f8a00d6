"""The others: each does the same work with the same key on the same file, judged before it is measured."""
