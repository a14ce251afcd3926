// Marks a post that reached three likes, or has a tenth more than when its lists were made
FOREACH (_ IN CASE WHEN likes >= 3 AND 10 * likes >= 11 * coalesce(post.listedLikes, 0) AND post.changedAt IS NULL
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
