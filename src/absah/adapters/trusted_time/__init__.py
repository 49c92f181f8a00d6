"""Whether this machine's clock may be believed: measured against others over the network, watched for jumps."""
