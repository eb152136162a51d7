"""Money: programs, editions, support items."""
