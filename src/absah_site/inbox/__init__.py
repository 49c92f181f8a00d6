"""What a person was told, and how this person wishes to be told."""
