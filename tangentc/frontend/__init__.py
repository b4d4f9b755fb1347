"""From the syntax tree of a live function to its trace, with kinds and inlining in the same walk."""
