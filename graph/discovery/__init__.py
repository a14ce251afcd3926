"""Discovery beside the feed: what is liked most, what trends, whom to follow, what is similar, and search."""
