"""Calls: who is called, and what a program asks of the compiler itself."""
