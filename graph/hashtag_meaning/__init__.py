"""What hashtags mean: which are spellings of the same word, and are one hashtag."""
