"""What pages of events say."""
