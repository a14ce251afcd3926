"""What is built for everybody in the background: similar posts, vectors, tops, affinity."""
