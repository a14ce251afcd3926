"""Discovery beside the feed: what is liked most, what is rising, whom to follow, what is similar, and search."""
