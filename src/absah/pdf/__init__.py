"""What is true of a PDF page: where an anchor stands, what a signature looks like, which notice it carries. Pure."""
