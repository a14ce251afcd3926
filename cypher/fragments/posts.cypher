// Condition: a post may be shown to me; `author` is null where it has none, and `me` where no person is given
// An id that is not a text was written by hand, and no request can name it.
// Muted hashtags are found from the post's, which are few: people mute thousands. Of those, most are muted by nobody,
// which takes a look at the hashtag alone. No statement may use the variable `tag` itself. A post's words are read
// once, for all of mine
// fragment: people (person=author)
(NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
// end fragment
AND post.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT post.id IN $exclude
AND (NOT coalesce(post.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
AND ($sensitive OR NOT coalesce(post.sensitive <> false, false))
AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
AND (me.mutedWords IS NULL OR NOT any(words IN [post.words] WHERE
  any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
