// People whom I may want to follow, the best first, each with what speaks for them as of $now; none if I am unknown
// :param me => '42'
// :param now => timestamp()
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
// :param breadth => head([{followees: 200, followeesOf: 200, followersOf: 500, likes: 1000, followers: 1000, both: 500, acts: 50, best: 400, leftOut: 3000}])
// :param strengths => head([{common: 1.6, liked: 1.1, follower: 2.0, near: 0.1, damping: 0.85, learns: true}])
// :param since => timestamp() - 90 * 86400000
// ---- 1. Me: what is learned from me, and how much of what I did is read
MATCH (me:User {id: $me})
WITH me,
  // fragment: my_learning
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= $now RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
WITH me, mine {.*, isLearned: $strengths.learns AND NOT coalesce(me.notProfiled <> false, false),
  hasAffinity: EXISTS { (me)-[:AFFINITY]->() } AND (mine.resetAt IS NULL OR me.affinityAt IS NULL),
  follows: COUNT { (me)-[:FOLLOWS]->() }, likes: COUNT { (me)-[:LIKED]->() }} AS mine
// ---- 2. Candidates: a row for each thing that speaks for a person
CALL (me, mine) {
  // My followees follow them. Where no affinity is stored, two steps of the walk of affinity/walk stand in
  // fragment: named_followees
  CALL (me) {
    CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT 1000 }
    WITH me, follow, person WHERE coalesce(follow.since <= $now, true) AND person <> me AND
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    RETURN DISTINCT person AS via LIMIT $breadth.followees
  }
  // end fragment
  CALL (via) { MATCH (via)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT $breadth.followeesOf }
  WITH mine, via, person WHERE coalesce(follow.since <= $now, true)
  WITH DISTINCT mine, via, person
  WITH mine, via, person, COUNT { (via)-[:FOLLOWS]->() } AS follows, COUNT { (via)<-[:FOLLOWS]-() } AS followers
  RETURN person, via, 1.0 / log(2.0 + follows + followers) AS common, CASE WHEN mine.hasAffinity THEN 0.0 ELSE
    (1 - $strengths.damping) * $strengths.damping ^ 2 / mine.follows / follows END AS near, null AS liked, 0 AS follower, 0 AS out
UNION ALL
  WITH me WHERE mine.isLearned AND mine.hasAffinity
  MATCH (me)-[near:AFFINITY]->(person)
  RETURN person, null AS via, 0.0 AS common, coalesce(toFloatOrNull(near.score), 0.0) AS near, null AS liked, 0 AS follower, 0 AS out
UNION ALL
  // I liked their posts, of those that I may be shown
  WITH me, mine WHERE mine.isLearned
  CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $breadth.likes }
  WITH me, mine, liked WHERE coalesce(act.at <= $now, true) AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  // fragment: author (post=liked)
  CALL (liked) { OPTIONAL MATCH (author:User)-[:POSTED]->(liked) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, liked, author WHERE author IS NOT NULL AND
    // fragment: posts (post=liked)
    (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND liked.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT liked.id IN $exclude
    AND (NOT coalesce(liked.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND ($sensitive OR NOT coalesce(liked.sensitive <> false, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(liked) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (liked)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
    AND (me.mutedWords IS NULL OR NOT any(words IN [liked.words] WHERE
      any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
    // end fragment
  RETURN author AS person, null AS via, 0.0 AS common, 0.0 AS near, liked, 0 AS follower, 0 AS out
UNION ALL
  WITH me, mine WHERE mine.isLearned
  CALL (me) { MATCH (me)<-[follow:FOLLOWS]-(person) RETURN follow, person LIMIT $breadth.followers }
  WITH person, follow WHERE coalesce(follow.since <= $now, true)
  RETURN person, null AS via, 0.0 AS common, 0.0 AS near, null AS liked, 1 AS follower, 0 AS out
UNION ALL
  // Whom I follow, dismissed, muted or blocked, or who blocked me, is none: left out before the best are taken, of whom
  // few would be left
  CALL (me) {
    CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT $bounds.seen }
    RETURN person
  UNION ALL
    CALL (me) { MATCH (me)-[:DISMISSED]->(person) RETURN person LIMIT $breadth.leftOut }
    RETURN person
  UNION ALL
    CALL (me) { MATCH (me)-[:MUTED]->(person) RETURN person LIMIT $breadth.leftOut }
    RETURN person
  UNION ALL
    CALL (me) { MATCH (me)-[:BLOCKED]->(person) RETURN person LIMIT $breadth.leftOut }
    RETURN person
  UNION ALL
    CALL (me) { MATCH (me)<-[:BLOCKED]-(person) RETURN person LIMIT $breadth.leftOut }
    RETURN person
  }
  RETURN person, null AS via, 0.0 AS common, 0.0 AS near, null AS liked, 0 AS follower, 1 AS out
}
// ---- 3. The best of them, those without a post last
WITH me, mine, person, collect(DISTINCT via) AS vias, sum(common) AS common, sum(near) AS near, count(DISTINCT liked) AS liked,
  max(follower) > 0 AS follower, max(out) AS out
WHERE out = 0 AND person <> me AND person:User AND person.id IS :: STRING NOT NULL
  // Nobody whom I follow is left
  AND NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false))
WITH me, mine, person, vias, liked, follower, {common: $strengths.common * log(1 + common), liked: $strengths.liked * log(1 + liked),
  follower: CASE WHEN follower THEN $strengths.follower ELSE 0.0 END, near: $strengths.near * log(1 + 10000 * near)} AS parts
WITH me, mine, person, vias, liked, follower, parts, CASE WHEN mine.isLearned THEN parts.common + parts.liked + parts.follower + parts.near
  ELSE toFloat(size(vias)) END AS score
ORDER BY score DESC, person.id LIMIT $breadth.best
WITH me, mine, person, vias, liked, follower, parts, score, EXISTS { (person)-[:POSTED]->() } AS hasPosts
ORDER BY hasPosts DESC, score DESC, person.id
// ---- 4. Those who were active lately. The ties are looked up again, as not all of very many were read
WITH me, mine, person, vias, liked, follower, parts, score, hasPosts
WHERE NOT EXISTS { (me)-[:FOLLOWS]->(person) } AND (NOT EXISTS { (me)-[:DISMISSED]->() } OR NOT EXISTS { (me)-[:DISMISSED]->(person) }) AND
  // fragment: people
  (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
  AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
  AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
  // end fragment
// An act without a time may be of lately, and who never did anything may be about to
CALL (person) {
  CALL (person) {
    CALL (person) { MATCH (person)-[:POSTED]->(post) RETURN post.takenAt AS at LIMIT $breadth.acts }
    RETURN at
  UNION ALL
    CALL (person) { MATCH (person)-[act:LIKED]->() RETURN act.at AS at LIMIT $breadth.acts }
    RETURN at
  UNION ALL
    CALL (person) { MATCH (person)-[act:COMMENTED]->() RETURN act.at AS at LIMIT $breadth.acts }
    RETURN at
  }
  WITH at WHERE coalesce(at <= $now, true)
  RETURN count(*) = 0 OR count(CASE WHEN coalesce(at > $since, true) THEN 1 END) > 0 AS isActive
}
WITH me, mine, person, vias, liked, follower, parts, score, hasPosts WHERE isActive
WITH me, mine, person, vias, liked, follower, parts, score, hasPosts LIMIT $limit
WITH me, mine, collect({person: person, vias: vias, liked: liked, follower: follower, parts: parts, score: score, hasPosts: hasPosts}) AS found
// ---- 5. What we have in common: my likes and followees are read once, as lists
CALL (me, mine) {
  WITH me, mine WHERE mine.isLearned
  CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $breadth.both }
  WITH me, mine, liked WHERE coalesce(act.at <= $now, true) AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
  // fragment: author (post=liked)
  CALL (liked) { OPTIONAL MATCH (author:User)-[:POSTED]->(liked) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, liked, author WHERE
    // fragment: posts (post=liked)
    (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND liked.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT liked.id IN $exclude
    AND (NOT coalesce(liked.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND ($sensitive OR NOT coalesce(liked.sensitive <> false, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(liked) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (liked)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
    AND (me.mutedWords IS NULL OR NOT any(words IN [liked.words] WHERE
      any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
    // end fragment
  RETURN collect(DISTINCT liked) AS likes
}
CALL (me) {
  // fragment: named_followees
  CALL (me) {
    CALL (me) { MATCH (me)-[follow:FOLLOWS]->(person) RETURN follow, person LIMIT 1000 }
    WITH me, follow, person WHERE coalesce(follow.since <= $now, true) AND person <> me AND
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    RETURN DISTINCT person AS via LIMIT $breadth.followees
  }
  // end fragment
  RETURN collect(via) AS followees, count(CASE WHEN COUNT { (via)-[:FOLLOWS]->() } > $breadth.followeesOf THEN 1 END) AS unread
}
UNWIND range(0, size(found) - 1) AS place
WITH me, mine, place, found[place] AS one, found[place].person AS person, likes, followees, unread
// Counts are of all if all was read on both sides. Where some followees follow very many, a person with few followers
// is asked instead
CALL (mine, one, person, followees, unread) {
  WITH mine, one, person, followees, unread, unread > 0 AND COUNT { (person)<-[:FOLLOWS]-() } <= $breadth.followersOf AS fromPerson
  CALL (one, person, followees, fromPerson) {
    WITH one WHERE NOT fromPerson
    UNWIND one.vias AS via
    RETURN via
  UNION
    WITH person, followees WHERE fromPerson
    MATCH (person)<-[follow:FOLLOWS]-(via) WHERE coalesce(follow.since <= $now, true) AND via IN followees
    RETURN via
  }
  WITH via, mine.follows <= $breadth.followees AND (unread = 0 OR fromPerson) AS isWhole
  // First who follows few: it says more of them
  ORDER BY COUNT { (via)-[:FOLLOWS]->() }, via.id
  RETURN collect(coalesce(via.username, via.fullName, 'user ' + via.id, 'somebody')) AS names, head(collect(isWhole)) AS allVias
}
CALL (me, mine, person, likes) {
  WITH person, likes WHERE size(likes) > 0 AND NOT coalesce(person.likesForSelf <> false, false) AND NOT EXISTS { (me)-[:UNLEARNED]->(person) }
  CALL (person) { MATCH (person)-[act:LIKED]->(post) RETURN act, post LIMIT $breadth.both }
  WITH post WHERE coalesce(act.at <= $now, true) AND post IN likes
  RETURN count(DISTINCT post) AS both
}
CALL (mine, person, followees) {
  WITH person, followees WHERE mine.isLearned
  CALL (person) { MATCH (person)-[follow:FOLLOWS]->(other) RETURN follow, other LIMIT $breadth.followeesOf }
  WITH other WHERE coalesce(follow.since <= $now, true) AND other IN followees
  RETURN count(DISTINCT other) AS alike
}
RETURN person.id AS person, toStringOrNull(person.username) AS username, toStringOrNull(person.fullName) AS fullName, one.score AS score,
  one.parts AS parts, one.hasPosts AS hasPosts, names[..2] AS names, size(names) AS vias, coalesce(allVias, false) AS allVias,
  one.liked AS liked, mine.likes <= $breadth.likes AS allLiked, one.follower AS follower, both,
  mine.likes <= $breadth.both AND COUNT { (person)-[:LIKED]->() } <= $breadth.both AS allBoth, alike,
  mine.follows <= $breadth.followees AND COUNT { (person)-[:FOLLOWS]->() } <= $breadth.followeesOf AS allAlike, mine.isLearned AS isLearned, NOT mine.hasAffinity AS lacksAffinity
ORDER BY place
