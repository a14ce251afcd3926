"""Background builds: similar posts, vectors, tops of hashtags and months, affinity."""
