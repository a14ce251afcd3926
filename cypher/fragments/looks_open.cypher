// Condition: a post may look like others: everybody may be shown it, and its author has opted out of nothing
post.id IS :: STRING NOT NULL AND NOT coalesce(post.visibility <> 'public', false) AND NOT EXISTS {
  MATCH (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false)
    OR coalesce(author.optedOut <> false, false) OR coalesce(author.notProfiled <> false, false)
}
