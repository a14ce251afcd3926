// All data of a person, as rows of the format's files
// :param me => '42'
MATCH (me:User {id: $me})
CALL (me) {
  // ---- 1. Myself, what I posted and what I did with posts
  RETURN 'users' AS file, me {.id, .username, .fullName, .optedOut, .visibility, .notProfiled, .likesForSelf} AS row
UNION ALL
  MATCH (me)-[:POSTED]->(post)
  RETURN 'posts' AS file, post {.id, author: me.id, .takenAt, .mediaType, .caption, .imageUrl, .sensitive, .visibility,
    likeCount: CASE WHEN post.givenLikeCount IS NOT NULL THEN post.likeCount END,
    commentCount: CASE WHEN post.givenCommentCount IS NOT NULL THEN post.commentCount END} AS row
UNION ALL
  MATCH (me)-[follows:FOLLOWS]->(other)
  RETURN 'follows' AS file, {follower: me.id, followee: other.id, at: follows.since} AS row
UNION ALL
  MATCH (me)-[liked:LIKED]->(post)
  RETURN 'likes' AS file, {user: me.id, post: post.id, at: liked.at} AS row
UNION ALL
  MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(post)
  RETURN CASE type(act) WHEN 'SAVED' THEN 'saves' WHEN 'SHARED' THEN 'shares' ELSE 'more_like' END AS file,
    {user: me.id, post: post.id, at: act.at} AS row
UNION ALL
  MATCH (me)-[comment:COMMENTED]->(post)
  RETURN 'comments' AS file, {id: comment.id, user: me.id, post: post.id, at: comment.at, text: comment.text} AS row
UNION ALL
  // ---- 2. Hashtags and people of my posts, what I looked at
  MATCH (me)-[:POSTED]->(post)-[tie:TAGGED]->(hashtag)
  UNWIND
    // fragment: spelled
    CASE WHEN tie.as IS NULL THEN [hashtag.display]
      ELSE COLLECT { UNWIND tie.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
    // end fragment
    AS spelling
  RETURN 'tags' AS file, {post: post.id, hashtag: spelling} AS row
UNION ALL
  MATCH (me)-[:POSTED]->(post)-[:MENTIONS]->(person)
  RETURN 'mentions' AS file, {post: post.id, user: person.id} AS row
UNION ALL
  MATCH (me)-[:POSTED]->(post) WHERE post.picture IS NOT NULL
  RETURN 'picture_vectors' AS file, {post: post.id, model: post.pictureModel, vector: post.picture} AS row
UNION ALL
  MATCH (me)-[viewed:VIEWED]->(post)
  RETURN 'views' AS file, {user: me.id, post: post.id, at: viewed.at, dwellMs: viewed.dwellMs} AS row
UNION ALL
  // ---- 3. What I mute, block and hide
  MATCH (me)-[mutes:MUTED]->(muted)
  UNWIND
    // fragment: said_of (tie=mutes, hashtag=muted)
    CASE WHEN mutes.as IS NULL THEN [muted.display] + COLLECT { MATCH (muted)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
      ELSE COLLECT { UNWIND mutes.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
    // end fragment
    AS spelling
  RETURN 'mutes' AS file, {user: me.id, mutedUser: muted.id, hashtag: spelling, at: mutes.at,
    until: mutes.until} AS row
UNION ALL
  WITH
    // fragment: muted_words
    CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(me.mutedWords) - 1) | {
        word: me.mutedWords[place],
        at: CASE WHEN me.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsAt[place], -4611686018427387904) END,
        until: CASE WHEN me.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsUntil[place], -4611686018427387904) END
      }] ELSE [] END
    // end fragment
    AS muted
  UNWIND muted AS one
  RETURN 'muted_words' AS file, {user: me.id, word: one.word, at: one.at, until: one.until} AS row
UNION ALL
  MATCH (me)-[blocks:BLOCKED]->(other)
  RETURN 'blocks' AS file, {user: me.id, blocked: other.id, at: blocks.at} AS row
UNION ALL
  MATCH (me)-[hid:HID]->(post)
  RETURN 'hides' AS file, {user: me.id, post: post.id, at: hid.at, reason: hid.reason} AS row
UNION ALL
  // ---- 4. What I am interested in, what is not learned from, packs
  MATCH (me)-[picked:INTERESTED_IN]->(hashtag)
  UNWIND
    // fragment: said_of (tie=picked)
    CASE WHEN picked.as IS NULL THEN [hashtag.display] + COLLECT { MATCH (hashtag)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
      ELSE COLLECT { UNWIND picked.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
    // end fragment
    AS spelling
  RETURN 'interests' AS file, {user: me.id, hashtag: spelling, at: picked.at, inferred: picked.inferred} AS row
UNION ALL
  MATCH (me)-[wants:WANTS]->(hashtag)
  UNWIND
    // fragment: said_of (tie=wants)
    CASE WHEN wants.as IS NULL THEN [hashtag.display] + COLLECT { MATCH (hashtag)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
      ELSE COLLECT { UNWIND wants.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
    // end fragment
    AS spelling
  RETURN 'wants' AS file, {user: me.id, hashtag: spelling, how: wants.how, at: wants.at, until: wants.until,
    topic: wants.topic} AS row
UNION ALL
  MATCH (me)-[unlearned:UNLEARNED]->(one)
  RETURN 'unlearned' AS file, {user: me.id, post: CASE WHEN one:Post THEN one.id END, person: CASE WHEN one:User THEN one.id END,
    at: unlearned.at} AS row
UNION ALL
  MATCH (me)-[dismissed:DISMISSED]->(person)
  RETURN 'dismissed' AS file, {user: me.id, person: person.id, at: dismissed.at} AS row
UNION ALL
  // Who left my packs is not mine to know
  MATCH (me)-[:MADE]->(pack)-[has:HAS]->(person)
  RETURN 'packs' AS file, {pack: pack.id, name: pack.name, by: me.id, person: person.id, at: has.at, madeAt: pack.at, left: null} AS row
UNION ALL
  MATCH (me)-[mine:HAS|LEFT]-(pack)<-[:MADE]-(maker) WHERE mine:LEFT OR maker <> me
  RETURN 'packs' AS file, {pack: pack.id, name: pack.name, by: maker.id, person: me.id, at: mine.at, madeAt: pack.at,
    left: CASE WHEN mine:LEFT THEN true END} AS row
UNION ALL
  MATCH (me)-[reset:RESET]->()
  RETURN 'resets' AS file, {user: me.id, at: reset.at} AS row
}
RETURN file, row
