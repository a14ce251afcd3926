// The time of the newest post; null if no post has one
MATCH (post:Post)
RETURN max(post.takenAt) AS takenAt
