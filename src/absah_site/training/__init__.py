"""Training and outreach: attendance by a code on the screen, evaluation, and certificates of attendance."""
