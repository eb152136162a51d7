"""The facts of the fixtures: files that a person reads and corrects, and their way into the tables."""
