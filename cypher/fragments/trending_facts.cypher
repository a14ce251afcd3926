// Why a post trends: by a hashtag that it still has, or within a community, which is told by hashtags that I did not
// mute
{
  now: toIntegerOrNull(row.now), usual: toFloatOrNull(row.usual), byPosts: coalesce(list.byPosts <> false, false), isInCommunity: row.hashtag IS NULL,
  hashtag: head(COLLECT {
    MATCH (post)-[:TAGGED]->(hashtag:Hashtag) WHERE hashtag.name = row.hashtag
    RETURN coalesce(toStringOrNull(hashtag.display), hashtag.name) LIMIT 1
  }),
  about: COLLECT {
    UNWIND row.about AS name
    MATCH (hashtag:Hashtag {name: name}) WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
    RETURN coalesce(toStringOrNull(hashtag.display), hashtag.name) LIMIT 2
  }
}
