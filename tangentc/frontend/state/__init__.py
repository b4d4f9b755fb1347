"""What is known while a program is lowered: values, names, containers, and what the program captured."""
