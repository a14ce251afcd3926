// When the newest post was taken; null if no post has a time
MATCH (post:Post)
RETURN max(post.takenAt) AS takenAt
