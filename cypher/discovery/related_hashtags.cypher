// Hashtags related to one, with how many of the people whom I may see use both, or like posts of both; not those that I
// muted
// needs: build/related
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param hashtag => 'sunset'
// :param similar => head([{arcs: 100, related: 20, likers: 200, liked: 50, fans: 40, hashtags: 100, rare: 1000, rarest: 5, posts: 100, examples: 2}])
// ---- 1. Those to which it has arcs
OPTIONAL MATCH (me:User {id: $me})
WITH me WHERE me IS NOT NULL OR $me = ''
MATCH (given:Hashtag {name: $hashtag})
CALL (given) {
  CALL (given) { MATCH (given)-[arc:RELATED_TO]->(hashtag:Hashtag) RETURN arc, hashtag LIMIT $similar.arcs }
  WITH hashtag, coalesce(toFloatOrNull(arc.weight), 0.0) AS weight, coalesce(toStringOrNull(arc.by), 'use') AS by ORDER BY weight DESC, by
  RETURN hashtag, max(weight) AS weight, head(collect(by)) AS by
}
WITH me, given, hashtag, weight, by WHERE hashtag.name IS :: STRING NOT NULL AND hashtag <> given
  AND NOT EXISTS { (me)-[:MUTED]->(hashtag) }
WITH me, given, hashtag, weight, by ORDER BY weight DESC, hashtag.name LIMIT $similar.related
// ---- 2. Who uses both, in posts that I may be shown and that everybody may, of each hashtag the newest stored
CALL (me, given, hashtag) {
  CALL (given, hashtag) {
    CALL (given) { MATCH (given)<-[:TAGGED]-(post:Post) RETURN post LIMIT $similar.likers }
    RETURN post, 1 AS ofGiven, 0 AS ofOther
  UNION ALL
    CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post:Post) RETURN post LIMIT $similar.likers }
    RETURN post, 0 AS ofGiven, 1 AS ofOther
  }
  WITH me, post, max(ofGiven) AS ofGiven, max(ofOther) AS ofOther
  WHERE coalesce(post.takenAt <= $now, true) AND NOT coalesce(post.visibility <> 'public', false)
  // fragment: author
  CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, post, author, ofGiven, ofOther
  WHERE author IS NOT NULL AND NOT coalesce(author.visibility <> 'public', false) AND NOT coalesce(author.optedOut <> false, false) AND
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
  WITH author, max(ofGiven) AS ofGiven, max(ofOther) AS ofOther, min(CASE WHEN ofGiven = 1 AND ofOther = 1 THEN post.id END) AS withBoth,
    min(CASE WHEN ofOther = 1 THEN post.id END) AS withOther
  WITH ofGiven, ofOther, CASE WHEN ofGiven = 1 AND ofOther = 1 THEN coalesce(withBoth, withOther) END AS example
  ORDER BY withBoth IS NULL, author.id
  RETURN count(example) AS people, collect(example)[..$similar.examples] AS examples,
    coalesce(max(ofGiven) = 1, false) AS hasGiven, coalesce(max(ofOther) = 1, false) AS hasOther
}
WITH me, given, hashtag, weight, by, people, examples, hasGiven, hasOther,
  COUNT { (given)<-[:TAGGED]-() } > $similar.likers OR COUNT { (hashtag)<-[:TAGGED]-() } > $similar.likers AS isCut
// ---- 3. Where hardly anybody uses both: who likes such posts of both
CALL (me, given, hashtag, people) {
  WITH me, given, hashtag WHERE people < 2
  CALL (given, hashtag) {
    CALL (given) { MATCH (given)<-[:TAGGED]-(post:Post) RETURN post LIMIT $similar.liked }
    RETURN post, 1 AS ofGiven, 0 AS ofOther
  UNION ALL
    CALL (hashtag) { MATCH (hashtag)<-[:TAGGED]-(post:Post) RETURN post LIMIT $similar.liked }
    RETURN post, 0 AS ofGiven, 1 AS ofOther
  }
  WITH me, post, max(ofGiven) AS ofGiven, max(ofOther) AS ofOther
  WHERE coalesce(post.takenAt <= $now, true) AND NOT coalesce(post.visibility <> 'public', false)
  // fragment: author
  CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, post, author, ofGiven, ofOther
  WHERE author IS NOT NULL AND NOT coalesce(author.visibility <> 'public', false) AND NOT coalesce(author.optedOut <> false, false) AND
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
  WITH me, post, ofGiven, ofOther, COUNT { (post)<-[:LIKED]-() } > $similar.fans AS hasMore
  CALL (post) { OPTIONAL MATCH (post)<-[like:LIKED]-(person) RETURN like, person LIMIT $similar.fans }
  WITH me, person, max(CASE WHEN coalesce(like.at <= $now, true) THEN ofGiven ELSE 0 END) AS ofGiven,
    max(CASE WHEN coalesce(like.at <= $now, true) THEN ofOther ELSE 0 END) AS ofOther,
    max(hasMore) AS hasMore
  WITH hasMore, CASE WHEN ofGiven = 1 AND ofOther = 1 AND coalesce(person <> me, true) AND person:User
    AND NOT coalesce(person.likesForSelf <> false, false) AND NOT EXISTS { (me)-[:UNLEARNED]->(person) } AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
    THEN person END AS fan
  RETURN count(fan) AS fans, coalesce(max(hasMore), false) AS isCutOfFans
}
WITH hashtag, weight, by, people, isCut, fans, hasGiven, hasOther, examples,
  isCutOfFans OR COUNT { (given)<-[:TAGGED]-() } > $similar.liked OR COUNT { (hashtag)<-[:TAGGED]-() } > $similar.liked AS isCutOfFans
// An emoji and its name are related whoever uses them. Others may be where not all was read, but not without a post of
// each that I may be shown
WHERE people > 0 OR fans > 0 OR hasOther AND CASE by WHEN 'emoji' THEN true WHEN 'likes' THEN hasGiven AND isCutOfFans ELSE hasGiven AND isCut END
WITH * LIMIT $limit
RETURN hashtag.name AS hashtag, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS display, weight, by, people, isCut,
  fans, isCutOfFans, examples
ORDER BY weight DESC, hashtag
