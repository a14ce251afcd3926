// Marks a post that reached three likes, or gained a tenth since its lists were built
FOREACH (_ IN CASE WHEN likes >= 3 AND 10 * likes >= 11 * coalesce(post.listedLikes, 0) AND post.changedAt IS NULL
         THEN [1] ELSE [] END | SET post.changedAt = $recordedAt)
