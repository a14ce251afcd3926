// Condition: not everybody may be shown a post: it, or an author of it, is for followers only
(coalesce(post.visibility <> 'public', false)
  OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
