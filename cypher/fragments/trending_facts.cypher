// Why a post trends: by a hashtag that it still has, or within a community, which is told by hashtags that I did not
// mute. A list has hashtags by their names of when it was made
{
  now: toIntegerOrNull(row.now), usual: toFloatOrNull(row.usual), byPosts: coalesce(list.byPosts <> false, false), isInCommunity: row.hashtag IS NULL,
  hashtag: head(COLLECT {
    MATCH (post)-[tie:TAGGED]->(hashtag:Hashtag) WHERE hashtag.name = row.hashtag OR coalesce(row.hashtag IN tie.as, false)
    RETURN coalesce(toStringOrNull(hashtag.display), hashtag.name) LIMIT 1
  }),
  about: COLLECT {
    UNWIND row.about AS name
    MATCH (named:Hashtag {name: name})
    WITH DISTINCT
      // fragment: hashtag_kept
      coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
      // end fragment
      AS hashtag
    WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
    RETURN coalesce(toStringOrNull(hashtag.display), hashtag.name) LIMIT 2
  }
}
