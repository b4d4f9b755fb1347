"""Bodies of functions: inlined, called again, spliced in at each `yield`, or kept as they are."""
