"""Where the library meets the world: keys, the signer process, pyHanko, typst, files. Does input and output."""
