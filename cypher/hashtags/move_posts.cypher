// Takes a page of posts from a variant, which its hashtag has; the ties keep how it is spelled. Returns how many
// :param rows => head([{hashtag: 'sunsets', variantOf: 'sunset', batch: 2000}])
MATCH (variant:Hashtag {name: $rows.hashtag})-[merged:VARIANT_OF]->(kept:Hashtag {name: $rows.variantOf}) WHERE merged.undoing IS NULL
CALL (variant, kept) {
  MATCH (post)-[tie:TAGGED]->(variant)
  WITH variant, kept, post, tie LIMIT $rows.batch
  // fragment: tie_spelled
  MERGE (post)-[same:TAGGED]->(kept)
    ON CREATE SET same.as = []
  SET same.as = reduce(all = coalesce(same.as, [kept.name]), name IN coalesce(tie.as, [variant.name]) |
    CASE WHEN name IN all THEN all ELSE all + name END)
  // end fragment
  DELETE tie
  RETURN count(*) AS moved
}
RETURN moved
