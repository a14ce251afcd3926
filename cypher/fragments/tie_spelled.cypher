// Adds the spellings of a tie of a variant's post to that of its hashtag
MERGE (post)-[same:TAGGED]->(kept)
  ON CREATE SET same.as = []
SET same.as = reduce(all = coalesce(same.as, [kept.name]), name IN coalesce(tie.as, [variant.name]) |
  CASE WHEN name IN all THEN all ELSE all + name END)
