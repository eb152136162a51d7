"""Work on the actuals: what waits for me, entering, the life of a value, the review queue."""
