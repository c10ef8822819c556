"""Credit: people's contributions, counted from the history. There are no points or levels."""
