"""What the public sees and programs ask: the form with its verdict, shared results, the interface for programs."""
