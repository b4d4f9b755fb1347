"""Facts about a trace, computed once from frozen data: positions, alias classes, activity."""
