// The posts that my sources bring and that may be shown to me, scored, the best of each source: a row a source
// :param me => '42'
// :param now => timestamp()
// :param windowDays => 7
// :param ever => true
// :param candidates => head([{stored: ['friends_of_friends', 'liked_by_followees', 'similar_taste', 'interests'], lists: [['popular', ['1', '2'], ['7', ''], [0, 0], [5.0, 3.0], ['', ''], ['', '']]]}])
// :param near => head([{authors: [['7', 0.02, 3.0], ['8', 0.01, 0.0]], similar: [['7', 0.5, '1'], ['8', 0.4, '1']]}])
// :param storedDays => 7
// :param newest => 50
// :param remembered => 3
// :param servedDays => 7
// :param sensitive => false
// :param exclude => []
// :param priors => head([{followees: 1.2, liked_by_followees: 1.1, friends_of_friends: 1.0, similar_taste: 1.0, interests: 1.0, popular: 0.5}])
// :param weights => head([{taste: 1.0, history: 0.5, affinity: 0.1, engagement: 0.1, interest: 0.1, proof: 0.1, recency: 1.0, prior: 1.0, feedback: 1.0}])
// :param smoothing => head([{taste: 1e-5, history: 0.05, posts: 3, affinity: 1e-4, engagement: 2, interest: 0.05, proof: 0.5, recency: 1e-3}])
// :param feedback => head([{like: 1.0, comment: 2.0, view: 0.5, dwellMs: 10000, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14}])
// :param halfLifeDays => 7
// :param perSource => 10
// :param spare => 5
MATCH (me:User {id: $me})
// What I liked and saw by then is in no list: only where there is more since, each post is looked at
WITH me, $candidates.lists = [] AND (me.staleSince IS NOT NULL
  OR coalesce(me.storedActs <> COUNT { (me)-[:LIKED]->() } + COUNT { (me)-[:VIEWED]->() }, true)) AS actedSince
WITH me, actedSince, COLLECT {
    MATCH (me)-[:HAS_CANDIDATES]->(list:Candidates)
    WHERE list.source IN $candidates.stored AND ($ever OR list.recent)
      // Those of another time know nothing of what was new then
      AND $now - $storedDays * 86400000 <= me.storedAsOf <= $now + 86400000
    RETURN list
  } AS lists, COLLECT {
    MATCH (me)-[:WAS_SHOWN]->(slate:Slate)
    WHERE $now - $servedDays * 86400000 < slate.asOf <= $now
    UNWIND slate.posts[..slate.served] AS post
    RETURN post
  } AS served, COLLECT {
    MATCH (me)-[hid:HID]->(post:Post)
    RETURN [post, -coalesce($feedback.hideReasons[hid.reason], $feedback.hide)
      * 0.5 ^ (CASE WHEN hid.at < $now THEN $now - hid.at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays)]
  } AS hides
WITH me, actedSince, lists, served, COLLECT {
    UNWIND hides AS hide
    WITH hide[0] AS post, hide[1] AS fading
    MATCH (author:User)-[:POSTED]->(post)
    RETURN [author, fading]
  } AS hidAuthors, COLLECT {
    UNWIND hides AS hide
    WITH hide[0] AS post, hide[1] AS fading
    MATCH (post)-[:TAGGED]->(hashtag:Hashtag)
    RETURN [hashtag, fading]
  } AS hidHashtags
// Groups are made within subqueries, so that none carries the lists of the rows around them
CALL (me, actedSince, lists, served) {
  CALL (me, actedSince, lists, served) {
    CALL (lists) {
      UNWIND lists AS list
      RETURN list.source AS source, list.posts AS posts, list.authors AS authors, list.times AS times,
        list.values AS values, list.vias AS vias, list.links AS links
    UNION ALL
      UNWIND $candidates.lists AS list
      RETURN list[0] AS source, list[1] AS posts, list[2] AS authors, list[3] AS times,
        list[4] AS values, list[5] AS vias, list[6] AS links
    }
    UNWIND [place IN range(0, size(posts) - 1)
      WHERE coalesce($now - $windowDays * 86400000 < times[place] <= $now, true) AND NOT posts[place] IN served
    ][..$perSource + $spare] AS place
    WITH source, posts[place] AS id, authors[place] AS by, values[place] AS value, vias[place] AS via, links[place] AS link
    MATCH (post:Post {id: id})
    OPTIONAL MATCH (author:User {id: by})
    WITH me, actedSince, post, author, source, value, via, link
    WHERE (NOT actedSince OR NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }) AND
      // fragment: posts
      (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
      AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
      AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
      AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
      AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
      // end fragment
    RETURN post, author, source, value, via, link
  UNION ALL
    MATCH (me)-[:FOLLOWS]->(author)-[:POSTED]->(post)
    WHERE coalesce($now - $windowDays * 86400000 < post.takenAt <= $now, $windowDays IS NULL) AND NOT post.id IN served AND
      // fragment: posts
      (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (me)-[:MUTED]->(author) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
      AND (NOT coalesce(author.optedOut, false) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
      AND coalesce(author <> me, true) AND NOT post.id IN $exclude AND ($sensitive OR NOT coalesce(post.sensitive, false))
      AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(post) })
      AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (me)-[:MUTED]->(tag) } })
      // end fragment
    WITH me, author, post ORDER BY post.takenAt DESC, post.id LIMIT 2 * $newest
    WHERE NOT EXISTS { (me)-[:LIKED|VIEWED]->(post) }
    RETURN post, author, 'followees' AS source, 0.0 AS value, '' AS via, '' AS link LIMIT $newest
  }
  WITH post, author, collect({source: source, value: value, via: via, link: link}) AS brought
  RETURN collect({author: author, post: post, brought: brought}) AS found
}
CALL (me, hidAuthors, found) {
  CALL (me, hidAuthors, found) {
    UNWIND found AS one
    RETURN one.author AS author, one, 0.0 AS affinity, 0.0 AS history, 0.0 AS hidden
  UNION ALL
    MATCH (me)-[near:AFFINITY]->(author:User) WHERE $candidates.lists = []
    RETURN author, null AS one, near.score AS affinity, near.history AS history, 0.0 AS hidden
  UNION ALL
    UNWIND $near.authors AS near
    MATCH (author:User {id: near[0]})
    RETURN author, null AS one, near[1] AS affinity, near[2] AS history, 0.0 AS hidden
  UNION ALL
    UNWIND hidAuthors AS hid
    RETURN hid[0] AS author, null AS one, 0.0 AS affinity, 0.0 AS history, hid[1] AS hidden
  }
  WITH author, collect(one) AS theirs, max(affinity) AS affinity, max(history) AS history, sum(hidden) AS hidden
  WHERE theirs <> []
  UNWIND theirs AS one
  RETURN author, affinity, history, hidden, COUNT { (author)-[:POSTED]->() } AS posts, one.post AS post,
    one.brought AS brought
}
// A post that several sources bring stands under the one of the highest prior
WITH *, reduce(best = head(brought), one IN tail(brought) |
    CASE WHEN $priors[one.source] > $priors[best.source] THEN one ELSE best END) AS by,
  reduce(value = 0.0, one IN brought | CASE one.source WHEN 'similar_taste' THEN one.value ELSE value END) AS taste,
  reduce(value = 0.0, one IN brought | CASE one.source WHEN 'interests' THEN one.value ELSE value END) AS interest,
  reduce(value = 0.0, one IN brought | CASE one.source WHEN 'liked_by_followees' THEN one.value ELSE value END) AS proof
WITH me, author, post, by, {
    taste: $weights.taste * log($smoothing.taste + taste),
    history: $weights.history * log((history + $smoothing.history) / (posts + $smoothing.posts)),
    affinity: $weights.affinity * log($smoothing.affinity + affinity),
    engagement: $weights.engagement * log($smoothing.engagement + coalesce(post.likeCount, 0)
      + $feedback.comment * coalesce(post.commentCount, 0)),
    interest: $weights.interest * log($smoothing.interest + interest),
    proof: $weights.proof * log($smoothing.proof + proof),
    recency: CASE WHEN $windowDays IS NULL THEN 0.0 ELSE $weights.recency
      * log($smoothing.recency + 0.5 ^ (($now - post.takenAt) / 86400000.0 / $halfLifeDays)) END,
    prior: $weights.prior * log($priors[by.source]),
    feedback: -$weights.feedback * log(1 + hidden + reduce(total = 0.0, fading IN COLLECT {
        UNWIND hidHashtags AS hid
        WITH hid[0] AS hashtag, hid[1] AS fading
        MATCH (post)-[:TAGGED]->(hashtag)
        RETURN fading
      } | total + fading))
  } AS parts
WITH me, author, post, by, parts, parts.taste + parts.history + parts.affinity + parts.engagement + parts.interest
  + parts.proof + parts.recency + parts.prior + parts.feedback AS score
ORDER BY score DESC, post.id
WITH me, by.source AS source, collect({author: author, post: post, by: by, parts: parts, score: score}) AS ranked
UNWIND ranked[..$perSource] AS one
WITH me, source, one, one.post AS post
WITH me, source, collect({post: post.id, author: one.author.id, score: one.score, parts: one.parts,
  value: one.by.value, via: one.by.via, link: one.by.link,
  hashtags: COLLECT { MATCH (post)-[:TAGGED]->(hashtag) RETURN hashtag.name ORDER BY hashtag.name }}) AS items
RETURN source, items, coalesce($now - $storedDays * 86400000 <= me.storedAsOf <= $now + 86400000, false) AS isStored,
  me.storedWithout AS without, COLLECT {
    MATCH (me)-[:WAS_SHOWN]->(slate:Slate)
    WHERE $now - $servedDays * 86400000 < slate.asOf <= $now
    WITH slate ORDER BY slate.asOf DESC, slate.id LIMIT $remembered
    UNWIND slate.authors[..slate.served] AS author
    RETURN author
  } AS shown
ORDER BY source
