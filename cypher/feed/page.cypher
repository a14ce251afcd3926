// A page of my slate, or of the given items if there is none: each post with the reasons for it that hold now
// :param sensitive => false
// :param exclude => []
// :param limit => 10
// :param start => 0
// :param given => head([{me: '42', slate: null, items: [{post: '1', source: 'similar_posts', link: null, via: null, newcomer: false, score: 0.0, probability: 1.0}], every: true, asOf: timestamp(), exclude: [], likes: 100, followees: 200, nameStrangers: true, stayShare: 1.0}])
// ---- 1. Places of the slate, whose lists are read once each, or of the given items
MATCH (me:User {id: $given.me})
OPTIONAL MATCH (me)-[:WAS_SHOWN]->(slate:Slate {id: $given.slate})
OPTIONAL MATCH (build:Build {name: 'current'})
WITH me, build, slate, slate.posts AS posts, slate.sources AS sources, slate.links AS links, slate.vias AS vias, slate.scores AS scores,
  slate.probabilities AS probabilities, slate.newcomers AS newcomers, slate.features AS features, size(slate.names) AS width, slate.parts AS parts,
  slate.width AS formerWidth,
  slate {.asOf, .expiresAt, .seed, .profile, .profileHash, .source, .names, .known, .never, .nameStrangers, .stayShare, .experiment, .arm, size: size(slate.posts)} AS about,
  // fragment: my_learning_now, as after a reset no reason is of before, also of a slate that is older
  {
    resetAt: head(COLLECT { MATCH (me)-[reset:RESET]->() WHERE reset.at <= timestamp() RETURN max(reset.at) }),
    unlearns: EXISTS { (me)-[:UNLEARNED]->() }
  }
  // end fragment
  AS mine
// Of who has viewed very much, no view of a post that very many viewed is looked up: it would be found among all of
// theirs. Of who is not profiled, only that they follow the author is a reason
WITH *, COUNT { (me)-[:VIEWED]->() } AS views, mine {.*, every: $given.every AND NOT coalesce(me.notProfiled <> false, false)} AS mine
WITH *, mine {.*, dwell: build.dwell, stayShare: coalesce(about.stayShare, $given.stayShare), looks: build.dwell > 0 AND views > 0, fewViews: views <= 10000} AS mine
UNWIND range($start, size(coalesce(posts, $given.items)) - 1) AS place
WITH me, mine, about, place, CASE WHEN slate IS NULL THEN $given.items[place] ELSE {
    post: posts[place], source: sources[place], link: links[place], via: vias[place], score: scores[place],
    probability: probabilities[place], newcomer: coalesce(place IN newcomers, false), asOf: about.asOf, nameStrangers: coalesce(about.nameStrangers, true), features: features[place * width..(place + 1) * width],
    parts: parts[place * formerWidth..(place + 1) * formerWidth] // of a slate made by an older version
  } END AS item
MATCH (post:Post {id: item.post})
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
WITH me, mine, about, place, item, post, author
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
WITH me, mine, about, place, item, post AS image, author AS creator LIMIT $limit
// ---- 2. Reasons: the one of the item's source, or all; a row for each that holds now
CALL (me, mine, item, image, creator) {
  WITH me, item, image, creator WHERE ($given.every OR item.source IN ['followees', 'missed']) AND EXISTS { (me)-[:FOLLOWS]->(creator) }
  RETURN CASE item.source WHEN 'missed' THEN 'missed' ELSE 'followees' END AS source, {} AS facts,
    [{id: creator.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'POSTED'}] AS path
UNION ALL
  // Likes and the other acts apart: of all four at once, Neo4j reads all ties of me or of the post
  WITH me, mine, item, image WHERE mine.every OR item.source = 'similar_posts'
  CALL (me, mine, item, image) {
    MATCH (liked:Post {id: item.link})-[arc:SIMILAR|SIMILAR_NEW]->(image)
    WHERE EXISTS {
      MATCH (me)-[act:LIKED]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    } OR EXISTS {
      MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    } OR mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000) AND EXISTS {
      MATCH (me)-[act:VIEWED]->(liked) WHERE
        // fragment: stays
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    }
    RETURN liked, arc
  UNION ALL
    WITH me, mine, image WHERE mine.every
    // fragment: some_likes
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, type(act) AS type
    UNION ALL
      CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, 'LIKED' AS type
    UNION ALL
      WITH me, mine WHERE mine.looks
      CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN DISTINCT liked, 'VIEWED' AS type
    }
    // end fragment
    WITH image, collect(DISTINCT liked) AS likes
    // Read from the post, or if very many lists have it from what I liked
    CALL (image, likes) {
      WITH image, likes WHERE COUNT { (image)<-[:SIMILAR|SIMILAR_NEW]-() } <= 400
      MATCH (image)<-[arc:SIMILAR|SIMILAR_NEW]-(liked) WHERE liked IN likes
      RETURN liked, arc
    UNION ALL
      WITH image, likes WHERE COUNT { (image)<-[:SIMILAR|SIMILAR_NEW]-() } > 400
      UNWIND likes AS liked
      MATCH (liked)-[arc:SIMILAR|SIMILAR_NEW]->(image)
      RETURN liked, arc
    }
    RETURN liked, arc
  }
  // fragment: author (post=liked)
  CALL (liked) { OPTIONAL MATCH (author:User)-[:POSTED]->(liked) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, mine, item, image, liked, arc, author
  WHERE NOT liked.id IN $given.exclude AND coalesce(liked.takenAt <= coalesce(item.asOf, $given.asOf), true) AND
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
  WITH me, mine, item, image, liked, author, type(arc) AS tie ORDER BY arc.weight DESC, liked.id, tie LIMIT 1
  // fragment: acts_upon
  CALL (me, mine, liked) {
    MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  UNION ALL
    MATCH (me)-[act:LIKED]->(liked) WHERE
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  UNION ALL
    WITH me, mine, liked WHERE mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000)
    MATCH (me)-[act:VIEWED]->(liked) WHERE
      toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
      AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  }
  // end fragment
  WITH me, mine, item, image, liked, author, tie, act ORDER BY act = 'VIEWED', act = 'LIKED', act LIMIT 1
  CALL (me, mine, item, image, liked) {
    CALL (image, liked) {
      CALL (liked) { MATCH (liked)<-[:LIKED]-(person) RETURN person LIMIT 200 }
      RETURN person, 1 AS ofLiked, 0 AS ofImage
    UNION ALL
      CALL (image) { MATCH (image)<-[:LIKED]-(person) RETURN person LIMIT 200 }
      RETURN person, 0 AS ofLiked, 1 AS ofImage
    }
    WITH me, mine, person, sum(ofLiked) AS ofLiked, sum(ofImage) AS ofImage WHERE ofLiked = 1 AND ofImage = 1 AND person <> me
    WITH me, mine, person, EXISTS { (me)-[:FOLLOWS]->(person) } AS followed
    WHERE (followed OR coalesce(item.nameStrangers, $given.nameStrangers))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(person) }) AND NOT coalesce(person.likesForSelf <> false, false)
      AND
      // fragment: people
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
      // end fragment
    WITH person, followed ORDER BY followed DESC, person.id LIMIT 1
    RETURN collect({name: coalesce(person.username, person.fullName, 'user ' + person.id, 'somebody'), followed: followed, id: person.id}) AS both
  }
  RETURN 'similar_posts' AS source, {
      likedAuthor: coalesce(author.username, author.fullName, 'user ' + author.id), likedAt: toIntegerOrNull(liked.takenAt),
      likedType: toStringOrNull(liked.mediaType), act: act, both: both[0].name, bothFollowed: both[0].followed, bothId: both[0].id
    } AS facts, [{id: liked.id, label: 'Post', type: act}, {id: image.id, label: 'Post', type: tie}] AS path
UNION ALL
  WITH me, mine, item, image WHERE mine.every OR item.source = 'looks_alike'
  CALL (me, mine, item, image) {
    MATCH (liked:Post {id: item.link})-[arc:SIMILAR_PICTURE]->(image)
    WHERE EXISTS {
      MATCH (me)-[act:LIKED]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    } OR EXISTS {
      MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    } OR mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000) AND EXISTS {
      MATCH (me)-[act:VIEWED]->(liked) WHERE
        // fragment: stays
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
    }
    RETURN liked, arc
  UNION ALL
    WITH me, mine, image WHERE mine.every AND EXISTS { (image)<-[:SIMILAR_PICTURE]-() }
    // fragment: some_likes
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, type(act) AS type
    UNION ALL
      CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, 'LIKED' AS type
    UNION ALL
      WITH me, mine WHERE mine.looks
      CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN DISTINCT liked, 'VIEWED' AS type
    }
    // end fragment
    WITH image, collect(DISTINCT liked) AS likes
    // As above
    CALL (image, likes) {
      WITH image, likes WHERE COUNT { (image)<-[:SIMILAR_PICTURE]-() } <= 400
      MATCH (image)<-[arc:SIMILAR_PICTURE]-(liked) WHERE liked IN likes
      RETURN liked, arc
    UNION ALL
      WITH image, likes WHERE COUNT { (image)<-[:SIMILAR_PICTURE]-() } > 400
      UNWIND likes AS liked
      MATCH (liked)-[arc:SIMILAR_PICTURE]->(image)
      RETURN liked, arc
    }
    RETURN liked, arc
  }
  // fragment: author (post=liked)
  CALL (liked) { OPTIONAL MATCH (author:User)-[:POSTED]->(liked) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, mine, item, image, liked, arc, author
  WHERE NOT liked.id IN $given.exclude AND coalesce(liked.takenAt <= coalesce(item.asOf, $given.asOf), true) AND
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
  WITH me, mine, image, liked, author, arc.weight AS weight ORDER BY weight DESC, liked.id LIMIT 1
  // fragment: acts_upon
  CALL (me, mine, liked) {
    MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  UNION ALL
    MATCH (me)-[act:LIKED]->(liked) WHERE
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  UNION ALL
    WITH me, mine, liked WHERE mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000)
    MATCH (me)-[act:VIEWED]->(liked) WHERE
      toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
      AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    RETURN type(act) AS act
  }
  // end fragment
  WITH image, liked, author, act ORDER BY act = 'VIEWED', act = 'LIKED', act LIMIT 1
  RETURN 'looks_alike' AS source, {
      likedAuthor: coalesce(author.username, author.fullName, 'user ' + author.id), likedAt: toIntegerOrNull(liked.takenAt),
      likedType: toStringOrNull(liked.mediaType), act: act
    } AS facts, [{id: liked.id, label: 'Post', type: act}, {id: image.id, label: 'Post', type: 'SIMILAR_PICTURE'}] AS path
UNION ALL
  WITH me, mine, item, image WHERE mine.every OR item.source = 'liked_by_followees'
  CALL (me, mine, item, image) {
    // fragment: some_followees
    CALL (me) {
      CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT $given.followees }
      RETURN collect(person) AS followees
    }
    // end fragment
    // Read from the post, or if very many like it from my followees, those of them without very many likes
    CALL (image, followees) {
      WITH image, followees WHERE COUNT { (image)<-[:LIKED]-() } <= 200
      MATCH (image)<-[:LIKED]-(person) WHERE person IN followees
      RETURN person
    UNION ALL
      WITH image, followees WHERE COUNT { (image)<-[:LIKED]-() } > 200
      UNWIND followees AS person
      WITH image, person WHERE COUNT { (person)-[:LIKED]->() } <= 10000 AND EXISTS { (person)-[:LIKED]->(image) }
      RETURN person
    }
    WITH me, mine, item, image, person
    WHERE (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(person) }) AND NOT coalesce(person.likesForSelf <> false, false)
      AND
      // fragment: people
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
      // end fragment
    RETURN person ORDER BY person.id = item.via DESC, person.id
  }
  WITH me, image, collect(DISTINCT person) AS likers WHERE likers <> []
  // With more followees than were read, the number of likers is unknown
  WITH image, head(likers) AS liker, size(likers) AS found,
    CASE WHEN COUNT { (me)-[:FOLLOWS]->() } <= $given.followees THEN size(likers) END AS likers
  RETURN 'liked_by_followees' AS source,
    {likers: likers, found: found, liker: coalesce(liker.username, liker.fullName, 'user ' + liker.id, 'somebody')} AS facts,
    [{id: liker.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'LIKED'}] AS path
UNION ALL
  WITH me, mine, item, image, creator WHERE (mine.every OR item.source = 'liked_authors') AND creator IS NOT NULL
  CALL (me, mine, creator) {
    CALL (creator) { MATCH (creator)-[:POSTED]->(liked) RETURN liked LIMIT 200 }
    WITH me, mine, creator AS author, liked
    WHERE (EXISTS { (me)-[:LIKED]->(liked) } OR EXISTS { (me)-[:SAVED|SHARED|MORE_LIKE]->(liked) }
        OR mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000) AND EXISTS { (me)-[:VIEWED]->(liked) })
      AND NOT liked.id IN $given.exclude AND
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
    // fragment: acts_upon
    CALL (me, mine, liked) {
      MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN type(act) AS act
    UNION ALL
      MATCH (me)-[act:LIKED]->(liked) WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN type(act) AS act
    UNION ALL
      WITH me, mine, liked WHERE mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000)
      MATCH (me)-[act:VIEWED]->(liked) WHERE
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN type(act) AS act
    }
    // end fragment
    WITH DISTINCT liked, act ORDER BY liked.takenAt DESC, liked.id
    RETURN act, collect(liked) AS likes ORDER BY act = 'VIEWED', size(likes) DESC, act LIMIT 1 // what I did most often
  }
  RETURN 'liked_authors' AS source, {act: act, liked: CASE WHEN COUNT { (creator)-[:POSTED]->() } <= 200 THEN size(likes) END} AS facts,
    [{id: head(likes).id, label: 'Post', type: act}, {id: creator.id, label: 'User', type: 'POSTED'},
      {id: image.id, label: 'Post', type: 'POSTED'}] AS path
UNION ALL
  WITH me, item, image, creator WHERE (mine.every OR item.source = 'friends_of_friends') AND creator IS NOT NULL
  // Affinity covers follows in both directions. A followee who follows the author comes first, then the author
  // fragment: some_followees
  CALL (me) {
    CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT $given.followees }
    RETURN collect(person) AS followees
  }
  // end fragment
  CALL (me) {
    CALL (me) { MATCH (me)<-[:FOLLOWS]-(person) RETURN person LIMIT $given.followees }
    RETURN collect(person) AS followers
  }
  CALL (me, item, creator, followees, followers) {
    // Read from the author, or if the author has very many from my people, those of them with few ties
    CALL (creator, followees, followers) {
      WITH creator, followees, followers WHERE COUNT { (creator)<-[:FOLLOWS]-() } <= 200
      MATCH (creator)<-[:FOLLOWS]-(person) WHERE person IN followees OR person IN followers
      RETURN person, true AS follows
    UNION ALL
      WITH creator, followees, followers WHERE COUNT { (creator)<-[:FOLLOWS]-() } > 200
      UNWIND (followees + followers)[..200] AS person
      WITH creator, person WHERE COUNT { (person)-[:FOLLOWS]->() } <= 1000 AND EXISTS { (person)-[:FOLLOWS]->(creator) }
      RETURN person, true AS follows
    UNION ALL
      WITH creator, followees, followers WHERE COUNT { (creator)-[:FOLLOWS]->() } <= 200
      MATCH (creator)-[:FOLLOWS]->(person) WHERE person IN followees OR person IN followers
      RETURN person, false AS follows
    UNION ALL
      WITH creator, followees, followers WHERE COUNT { (creator)-[:FOLLOWS]->() } > 200
      UNWIND (followees + followers)[..200] AS person
      WITH creator, person WHERE COUNT { (person)<-[:FOLLOWS]-() } <= 1000 AND EXISTS { (person)<-[:FOLLOWS]-(creator) }
      RETURN person, false AS follows
    UNION ALL
      WITH creator, followers WHERE creator IN followers
      RETURN creator AS person, false AS follows
    }
    WITH me, item, creator, person, person IN followees AS followed, person IN followers AS follower, max(follows) AS follows
    WHERE (person <> creator OR follower) AND (followed OR person = creator OR coalesce(item.nameStrangers, $given.nameStrangers))
      AND
      // fragment: people
      (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
      AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
      // end fragment
    RETURN person AS via, followed, follows
    ORDER BY followed AND follows DESC, person = creator DESC, followed DESC, follows DESC, person.id LIMIT 1
  }
  RETURN 'friends_of_friends' AS source, {
      via: CASE WHEN via <> creator THEN coalesce(via.username, via.fullName, 'user ' + via.id, 'somebody') END, followed: followed, follows: follows
    } AS facts, [via IN [via] WHERE via <> creator | {id: via.id, label: 'User', type: 'FOLLOWS'}]
      + [{id: creator.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'POSTED'}] AS path
UNION ALL
  WITH me, mine, item, image WHERE mine.every OR item.source IN ['interests', 'new_posts']
  WITH me, mine, item, image, coalesce(item.asOf, $given.asOf) AS asOf, EXISTS { (me)-[:WANTS]->() } AS wishes // which few have
  CALL (me, mine, image, asOf, wishes) {
    CALL (image) { MATCH (image)-[:TAGGED]->(hashtag) WHERE hashtag.name IS :: STRING NOT NULL RETURN hashtag LIMIT 100 }
    WITH hashtag WHERE NOT wishes OR NOT EXISTS {
      MATCH (me)-[want:WANTS]->(hashtag)
      WHERE want.how IN ['less', 'none'] AND
        coalesce(want.at <= asOf, true) AND coalesce(asOf < want.until, true)
        AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    }
    RETURN collect(hashtag) AS hashtags
  }
  CALL (me, mine, image, hashtags, asOf, wishes) {
    WITH me, mine, asOf, hashtags WHERE wishes
    UNWIND hashtags AS hashtag
    MATCH (me)-[want:WANTS]->(hashtag)
    WHERE want.how = 'more' AND
      coalesce(want.at <= asOf, true) AND coalesce(asOf < want.until, true)
      AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    RETURN hashtag, null AS link, 'WANTS' AS type, 4 AS rank
  UNION ALL
    WITH me, mine, hashtags WHERE EXISTS { (me)-[:INTERESTED_IN]->() }
    UNWIND hashtags AS hashtag
    MATCH (me)-[pick:INTERESTED_IN]->(hashtag)
    WHERE mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false)
    WITH hashtag, max(CASE pick.inferred WHEN true THEN 0 ELSE 3 END) AS rank
    RETURN hashtag, null AS link, CASE rank WHEN 0 THEN 'INFERRED' ELSE 'INTERESTED_IN' END AS type, rank
  UNION ALL
    // fragment: some_likes
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, type(act) AS type
    UNION ALL
      CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN liked, 'LIKED' AS type
    UNION ALL
      WITH me, mine WHERE mine.looks
      CALL (me) { MATCH (me)-[act:VIEWED]->(liked) RETURN act, liked LIMIT $given.likes }
      WITH me, mine, act, liked WHERE
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      RETURN DISTINCT liked, 'VIEWED' AS type
    }
    // end fragment
    CALL (liked) { MATCH (liked)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT 20 }
    WITH hashtag, liked, type WHERE hashtag IN hashtags AND liked <> image
    RETURN hashtag, liked AS link, type, 1 AS rank
  UNION ALL
    CALL (me) { MATCH (me)<-[:MENTIONS]-(shown) RETURN shown LIMIT $given.likes }
    CALL (shown) { MATCH (shown)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT 20 }
    WITH hashtag, shown WHERE hashtag IN hashtags AND shown <> image
    RETURN hashtag, shown AS link, 'MENTIONS' AS type, 2 AS rank
  }
  // Hashtags that I want more of or picked come first, then those that are mine more than everybody's: my ties divided
  // by the square root of the hashtag's share
  WITH me, item, image, hashtag, collect({link: link, type: type, rank: rank}) AS ties
  WITH me, item, image, hashtag, ties, CASE WHEN any(tie IN ties WHERE tie.rank >= 3) THEN 1 ELSE 0 END AS picked,
    size(ties) / sqrt(CASE WHEN hashtag.share > 0 THEN hashtag.share ELSE 1.0 END) AS strength
  ORDER BY picked DESC, strength DESC, hashtag.name LIMIT 3
  WITH me, item, image, collect({hashtag: hashtag, ties: ties, picked: picked, strength: strength}) AS best
  UNWIND best AS one
  UNWIND one.ties[..20] AS tie
  WITH me, item, image, best, one.hashtag AS hashtag, tie, tie.link AS link, size([other IN one.ties WHERE other.type = tie.type]) AS count,
    one.picked AS picked, one.strength AS strength
  // fragment: author (post=link)
  CALL (link) { OPTIONAL MATCH (author:User)-[:POSTED]->(link) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, item, image, best, hashtag, tie, link, author, count, picked, strength
  WHERE link IS NULL OR NOT link.id IN $given.exclude AND
    // fragment: posts (post=link)
    (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND link.id IS :: STRING NOT NULL AND coalesce(author <> me, true) AND NOT link.id IN $exclude
    AND (NOT coalesce(link.visibility <> 'public', false) OR EXISTS { (me)-[:FOLLOWS]->(author) })
    AND ($sensitive OR NOT coalesce(link.sensitive <> false, false))
    AND (NOT EXISTS { (me)-[:HID]->() } OR NOT EXISTS { (me)-[:HID]->(link) })
    AND (NOT EXISTS { (me)-[:MUTED]->() } OR NOT EXISTS { (link)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } })
    AND (me.mutedWords IS NULL OR NOT any(words IN [link.words] WHERE
      any(word IN me.mutedWords + coalesce(me.mutedSpellings, []) WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
    // end fragment
  WITH me, item, image, best, hashtag, tie, link, count ORDER BY picked DESC, strength DESC, hashtag.name, tie.rank DESC, count DESC, tie.type, link.id LIMIT 1
  // Its topic, if another of these hashtags is of it, too, by the same kind of ties, to other posts
  CALL (me, best, hashtag, tie, link) {
    WITH me, best, hashtag, tie WHERE link IS NOT NULL
    MATCH (hashtag)-[:OF_TOPIC]->(topic:Topic) WHERE topic.id IS :: STRING NOT NULL
    WITH me, best, tie, topic LIMIT 1
    UNWIND best AS one
    WITH me, tie, topic, one, one.hashtag AS other WHERE EXISTS { (other)-[:OF_TOPIC]->(topic) }
    UNWIND one.ties AS otherTie
    WITH me, tie, topic, other, otherTie WHERE otherTie.type = tie.type
    WITH me, topic, count(DISTINCT other) AS hashtags, count(DISTINCT otherTie.link) AS links WHERE hashtags > 1 AND links > 1
    // fragment: topic_name
    CALL (me, topic) {
      CALL (topic) { MATCH (topic)<-[of:OF_TOPIC]-(typical:Hashtag) RETURN of, typical LIMIT 500 }
      WITH me, typical, min(of.place) AS nth WHERE typical.name IS :: STRING NOT NULL
      WITH me, typical, nth ORDER BY nth, typical.name LIMIT 20
      WITH typical, nth WHERE NOT EXISTS { (me)-[:MUTED]->(typical) } AND NOT EXISTS { (typical)-[:VARIANT_OF]->() } // which may be merged just now
      WITH typical ORDER BY nth, typical.name LIMIT 3
      WITH collect(coalesce(toStringOrNull(typical.display), typical.name)) AS spellings
      RETURN CASE WHEN spellings <> [] THEN substring(reduce(text = '', spelling IN spellings | text + ', ' + spelling), 2) END AS topicName
    }
    // end fragment
    WITH topic, topicName WHERE topicName IS NOT NULL
    RETURN collect({id: topic.id, name: topicName}) AS topics
  }
  RETURN CASE WHEN item.source = 'new_posts' AND NOT coalesce(toIntegerOrNull(image.likeCount) >= 3, false) THEN 'new_posts' ELSE 'interests' END AS source, {hashtag: coalesce(toStringOrNull(hashtag.display), hashtag.name), tie: tie.type, count: count, topic: topics[0]} AS facts, CASE WHEN link IS NULL
    THEN [{id: hashtag.name, label: 'Hashtag', type: CASE tie.type WHEN 'WANTS' THEN 'WANTS' ELSE 'INTERESTED_IN' END}, {id: image.id, label: 'Post', type: 'TAGGED'}]
    ELSE [{id: link.id, label: 'Post', type: tie.type}, {id: hashtag.name, label: 'Hashtag', type: 'TAGGED'},
      {id: image.id, label: 'Post', type: 'TAGGED'}] END AS path
UNION ALL
  WITH me, mine, item, image AS post WHERE mine.every OR item.source = 'trending'
  WITH me, post, coalesce(item.asOf, $given.asOf) AS asOf
  CALL (post, asOf) { MATCH (post)<-[row:TRENDING]-(list:TrendingList)
    WHERE coalesce(toIntegerOrNull(list.asOf) <= asOf, true) RETURN row, list ORDER BY list.builtAt DESC LIMIT 1 }
  RETURN 'trending' AS source,
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
    AS facts, [{id: post.id, label: 'Post', type: null}] AS path
UNION ALL
  // Slates of an older version
  WITH me, item, image WHERE item.source = 'similar_taste'
  MATCH (me)-[act:LIKED]->(liked:Post {id: item.link})<-[:LIKED]-(person:User {id: item.via})-[:LIKED]->(image)
  // fragment: author (post=liked)
  CALL (liked) { OPTIONAL MATCH (author:User)-[:POSTED]->(liked) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH me, mine, act, image, liked, person, author
  WHERE (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(person) }) AND NOT coalesce(person.likesForSelf <> false, false)
    AND
    // fragment: learned_from
    (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
    AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    // end fragment
    AND
    // fragment: people
    (NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
    AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
    // end fragment
    AND
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
  RETURN 'similar_taste' AS source, {via: coalesce(person.username, person.fullName, 'user ' + person.id, 'somebody')} AS facts,
    [{id: liked.id, label: 'Post', type: 'LIKED'}, {id: person.id, label: 'User', type: 'LIKED'},
      {id: image.id, label: 'Post', type: 'LIKED'}] AS path
UNION ALL
  // A reason that holds for every post, so that each has a row
  WITH item WHERE true
  RETURN null AS source, null AS facts, null AS path
}
// ---- 3. The page, a row for each post
WITH me, about, place, item, image, creator, collect({source: source, facts: facts, path: path}) AS reasons
RETURN place, item, image.id AS post, toStringOrNull(creator.id) AS author,
  toIntegerOrNull(image.takenAt) AS takenAt, toStringOrNull(image.imageUrl) AS imageUrl,
  CASE WHEN creator IS NOT NULL THEN coalesce(creator.username, creator.fullName, 'user ' + creator.id, 'somebody') END AS authorName,
  [reason IN reasons WHERE reason.source IS NOT NULL] AS reasons, about, me.id AS me,
  // fragment: counts (post=image)
  CASE WHEN 0 < toIntegerOrNull(image.likeCount) <= 9007199254740992 THEN toIntegerOrNull(image.likeCount) ELSE 0 END AS likeCount,
  CASE WHEN 0 < toIntegerOrNull(image.commentCount) <= 9007199254740992 THEN toIntegerOrNull(image.commentCount) ELSE 0 END AS commentCount
  // end fragment
ORDER BY place
