"""What AWS refuses is refused."""
