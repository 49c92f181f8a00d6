"""Documents on their way: prepared, sent round, signed or not, finished, and known to everybody by their QR."""
