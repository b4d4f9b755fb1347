"""Paths through a program: choices, branches, early exits, and how what they leave is joined."""
