// Moves a batch of the posts of a variant to its hashtag; the ties keep how it is spelled. Returns how many
// :param rows => head([{hashtag: 'sunsets', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[:VARIANT_OF]->(kept:Hashtag)
CALL (variant, kept) {
  MATCH (post)-[tie:TAGGED]->(variant)
  WITH variant, kept, post, tie LIMIT $rows.batch
  MERGE (post)-[same:TAGGED]->(kept)
    ON CREATE SET same.as = []
  SET same.as = reduce(all = coalesce(same.as, [kept.name]), name IN coalesce(tie.as, [variant.name]) |
    CASE WHEN name IN all THEN all ELSE all + name END)
  DELETE tie
  RETURN count(*) AS moved
}
RETURN moved
