"""What is known about values before the program runs."""
