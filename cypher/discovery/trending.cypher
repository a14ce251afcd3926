// What trends, and I may be shown, or anybody if $me is '': a page of the last list, or of the one that was built at
// $list; of those I follow, only posts by them or that they liked. A row without a post if there is none, and no row
// without a list
// :param me => '42'
// :param list => null
// :param start => 0
// :param limit => 10
// :param followed => false
// :param sensitive => false
// :param exclude => []
// ---- 1. The list, and what of it I may be shown
MATCH (list:TrendingList) WHERE $list IS NULL OR list.builtAt = $list
WITH list ORDER BY list.builtAt DESC LIMIT 1
OPTIONAL MATCH (me:User {id: $me})
WITH list, me WHERE me IS NOT NULL OR $me = ''
OPTIONAL CALL (list, me) {
  // Of whom I follow, and of what each likes, those that the store gives first
  CALL (list, me) {
    WITH list, me WHERE $followed = true // a mere false in its place, as in a link to Browser, fails in the planner of 5.26
    CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT 200 }
    WITH list, me, person WHERE NOT EXISTS { (me)-[:UNLEARNED]->(person) } AND NOT coalesce(person.likesForSelf <> false, false) AND
      // fragment: people
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
      // end fragment
    CALL (person) { MATCH (person)-[:LIKED]->(post) RETURN post LIMIT 200 }
    MATCH (post)<-[row:TRENDING]-(list)
    RETURN row, post, person AS liker
  UNION ALL
    MATCH (list)-[row:TRENDING]->(post)
    WHERE NOT $followed OR EXISTS { (post)<-[:POSTED]-(author) WHERE EXISTS { (me)-[:FOLLOWS]->(author) } }
    RETURN row, post, null AS liker
  }
  WITH me, row, post, liker ORDER BY liker.id
  WITH me, row, post, collect(DISTINCT liker)[..3] AS likers WHERE row.place >= $start
  // fragment: author
  CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, row, post, likers, author
  WHERE
    // fragment: posts
    (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND post.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT post.id IN $exclude
    AND (NOT coalesce(post.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND ($sensitive OR NOT coalesce(post.sensitive <> false, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
    AND (me.mutedWords IS NULL OR NOT any(words IN [post.words] WHERE
      any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
    // end fragment
  RETURN row, post, likers, author ORDER BY row.place LIMIT $limit
}
// ---- 2. Each with why it trends
RETURN list.builtAt AS list, coalesce(toIntegerOrNull(list.asOf), 0) AS asOf, coalesce(list.byPosts <> false, false) AS byPosts, coalesce(toIntegerOrNull(list.size), 0) AS size,
  toIntegerOrNull(row.place) AS place, post.id AS post, toStringOrNull(author.id) AS author, toIntegerOrNull(post.takenAt) AS takenAt,
  toStringOrNull(post.imageUrl) AS imageUrl,
  [liker IN likers | coalesce(toStringOrNull(liker.username), toStringOrNull(liker.fullName), 'user ' + toStringOrNull(liker.id), 'somebody')] AS likers,
  CASE WHEN post IS NOT NULL THEN
    // fragment: trending_facts
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
          coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
          AS hashtag
        WHERE NOT EXISTS { (me)-[:MUTED]->(hashtag) }
        RETURN coalesce(toStringOrNull(hashtag.display), hashtag.name) LIMIT 2
      }
    }
    // end fragment
  END AS facts,
  // fragment: counts
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(post.commentCount) <= 9007199254740992 THEN toIntegerOrNull(post.commentCount) ELSE 0 END AS commentCount
  // end fragment
ORDER BY place
