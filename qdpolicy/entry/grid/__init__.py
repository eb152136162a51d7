"""The grid of actuals: what it shows, what is read and kept from it, and its form without script."""
