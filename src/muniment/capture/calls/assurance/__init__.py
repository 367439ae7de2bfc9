"""What should be there and what is: calls that a switch says there were, against recordings."""
