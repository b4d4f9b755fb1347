"""The text of one function: its syntax tree, its names, and what of it is not supported."""
