// Deletes a person to whom nothing is tied any more; returns how many, and how many words they muted
// needs: forget/likes
// needs: forget/comments
// needs: forget/posts
// needs: forget/ties
// :param me => '42'
MATCH (me:User {id: $me})
WHERE NOT EXISTS { (me)--() }
WITH me, CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN size(me.mutedWords) ELSE 0 END AS muted
DELETE me
RETURN count(*) AS users, sum(muted) AS muted_words
