// A post's author, my acts upon it, each filter that keeps it from me, and what ties me to it
// :param me => '42'
// :param post => '1'
// :param now => timestamp()
// :param servedDays => 7
MATCH (me:User {id: $me})
MATCH (post:Post {id: $post})
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, post, author,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
RETURN post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  EXISTS { (me)-[:POSTED]->(post) } AS own,
  EXISTS { (me)-[:HID]->(post) } AS hidden,
  toStringOrNull(post.pictureModel) AS model, toStringOrNull(post.pictureBytes) AS picture,
  EXISTS { (me)-[:MUTED]->(author) } AS mutedAuthor,
  COLLECT { MATCH (post)-[:TAGGED]->(hashtag:Hashtag) WHERE EXISTS { (me)-[:MUTED]->(hashtag) }
    RETURN coalesce(toStringOrNull(hashtag.display), toStringOrNull(hashtag.name)) ORDER BY hashtag.name } AS mutedHashtags,
  [word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(post.words CONTAINS ' ' + word + ' ', false)] AS mutedWords,
  EXISTS { (me)-[:BLOCKED]->(author) } AS blocked,
  EXISTS { (me)<-[:BLOCKED]-(author) } AS blockedMe,
  coalesce(post.sensitive <> false, false) AS sensitive,
  (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false))
    AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } AS optedOut,
  coalesce(post.visibility <> 'public', false) AND NOT EXISTS { (me)-[:FOLLOWS]->(author) } AS forFollowers,
  EXISTS { (me)-[:LIKED]->(post) } AS liked,
  EXISTS { (me)-[:SAVED]->(post) } AS saved,
  EXISTS { (me)-[:SHARED]->(post) } AS shared,
  EXISTS { (me)-[:MORE_LIKE]->(post) } AS moreLike,
  EXISTS { (me)-[:VIEWED]->(post) } AS viewed,
  EXISTS { (me)-[:WAS_SHOWN]->(slate:Slate) WHERE $now - $servedDays * 86400000 < slate.asOf <= $now
    AND post.id IN slate.posts[..slate.served] } AS served,
  EXISTS { (me)-[follow:FOLLOWS]->(author) WHERE coalesce(follow.since <= $now, true) } AS follows,
  COLLECT {
    MATCH (post)-[:TAGGED]->(hashtag:Hashtag)
    WHERE EXISTS {
      (me)-[pick:INTERESTED_IN]->(hashtag) WHERE coalesce(pick.inferred <> true, true) AND
        // fragment: pick_counts
        coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
        // end fragment
    } OR EXISTS {
      (me)-[want:WANTS]->(hashtag) WHERE want.how = 'more' AND
        // fragment: wish_counts
        coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
        AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
        // end fragment
    }
    RETURN coalesce(toStringOrNull(hashtag.display), toStringOrNull(hashtag.name)) ORDER BY hashtag.name LIMIT 1
  } AS myHashtags
