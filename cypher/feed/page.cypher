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
// ---- 2. What may be a reason, by source: the post and the person that it would name, and its rank, the smallest first
CALL (me, mine, item, image, creator) {
  CALL (me, mine, item, image, creator) {
    WITH me, item, image, creator WHERE ($given.every OR item.source IN ['followees', 'missed']) AND EXISTS { (me)-[:FOLLOWS]->(creator) }
    RETURN CASE item.source WHEN 'missed' THEN 'missed' ELSE 'followees' END AS source, null AS link, null AS via, null AS act, [] AS rank, {} AS facts,
      [{id: creator.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'POSTED'}] AS path
  UNION ALL
    // Posts that I liked, saved, shared, want more like or stayed at: those that this is like or looks like, the
    // author's, and in slates of an older version those that people like who like this
    WITH me, mine, item, image, creator WHERE mine.every OR item.source IN ['similar_posts', 'looks_alike', 'liked_authors', 'similar_taste']
    CALL (me, mine, item, image, creator) {
      MATCH (liked:Post {id: item.link})-[arc:SIMILAR|SIMILAR_NEW|SIMILAR_PICTURE]->(image)
      RETURN liked, arc, null AS via
    UNION
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
        WITH image, likes WHERE COUNT { (image)<-[:SIMILAR|SIMILAR_NEW|SIMILAR_PICTURE]-() } <= 400
        MATCH (image)<-[arc:SIMILAR|SIMILAR_NEW|SIMILAR_PICTURE]-(liked) WHERE liked IN likes
        RETURN liked, arc
      UNION ALL
        WITH image, likes WHERE COUNT { (image)<-[:SIMILAR|SIMILAR_NEW|SIMILAR_PICTURE]-() } > 400
        UNWIND likes AS liked
        MATCH (liked)-[arc:SIMILAR|SIMILAR_NEW|SIMILAR_PICTURE]->(image)
        RETURN liked, arc
      }
      RETURN liked, arc, null AS via
    UNION
      WITH mine, item, creator WHERE mine.every OR item.source = 'liked_authors'
      CALL (creator) { MATCH (creator)-[:POSTED]->(liked) RETURN liked LIMIT 200 }
      RETURN liked, null AS arc, null AS via
    UNION
      WITH item, image WHERE item.source = 'similar_taste'
      MATCH (liked:Post {id: item.link})<-[:LIKED]-(via:User {id: item.via})-[:LIKED]->(image)
      WHERE NOT coalesce(via.likesForSelf <> false, false)
      RETURN liked, null AS arc, via
    }
    WITH me, mine, item, image, creator, liked, via, type(arc) AS tie, toFloatOrNull(arc.weight) AS weight,
      CASE WHEN via IS NOT NULL THEN 'similar_taste' WHEN arc IS NULL THEN 'liked_authors' WHEN type(arc) = 'SIMILAR_PICTURE' THEN 'looks_alike' ELSE 'similar_posts' END AS source
    WHERE mine.every OR item.source = source
    // Likes and the other acts apart: of all four at once, Neo4j reads all ties of me or of the post. Each kind once:
    // somebody may have viewed a post ten thousand times
    CALL (me, mine, liked) {
      MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
      RETURN DISTINCT type(act) AS act
    UNION ALL
      MATCH (me)-[act:LIKED]->(liked) WHERE
        // fragment: learned_from
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
      RETURN DISTINCT type(act) AS act
    UNION ALL
      WITH me, mine, liked WHERE mine.looks AND (mine.fewViews OR COUNT { (liked)<-[:VIEWED]-() } <= 10000)
      MATCH (me)-[act:VIEWED]->(liked) WHERE
        // fragment: stays
        toFloatOrNull(act.dwellMs) >= mine.stayShare * mine.dwell
        AND toFloatOrNull(act.dwellMs) >= mine.stayShare * coalesce(toFloatOrNull(liked.dwell), 0.0) AND
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
        // end fragment
      RETURN DISTINCT type(act) AS act
    }
    RETURN source, liked AS link, via, act, [-weight, -toIntegerOrNull(CASE source WHEN 'liked_authors' THEN liked.takenAt END), liked.id, tie, act = 'VIEWED', act = 'LIKED', act] AS rank, {} AS facts,
      [{id: liked.id, label: 'Post', type: act}] + CASE source WHEN 'liked_authors' THEN [{id: creator.id, label: 'User', type: 'POSTED'}]
        WHEN 'similar_taste' THEN [{id: via.id, label: 'User', type: 'LIKED'}] ELSE [] END
      + [{id: image.id, label: 'Post', type: CASE source WHEN 'liked_authors' THEN 'POSTED' WHEN 'similar_taste' THEN 'LIKED' ELSE tie END}] AS path
  UNION ALL
    // People whom I follow: those who like this, and, of my followers, too, those who follow the author or whom the
    // author follows. One whom I follow and who follows the author comes first, then the author
    WITH me, mine, item, image, creator WHERE mine.every OR item.source IN ['liked_by_followees', 'friends_of_friends']
    CALL (me) {
      CALL (me) { MATCH (me)-[:FOLLOWS]->(person) RETURN person LIMIT $given.followees }
      RETURN collect(person) AS followees
    }
    CALL (me, mine, item, image, creator, followees) {
      WITH mine, item, image, followees WHERE mine.every OR item.source = 'liked_by_followees'
      // Read from the post, or if very many like it from my followees, those of them without very many likes
      CALL (image, followees) {
        WITH image, followees WHERE COUNT { (image)<-[:LIKED]-() } <= 200
        MATCH (image)<-[:LIKED]-(person) WHERE person IN followees
        RETURN DISTINCT person
      UNION ALL
        WITH image, followees WHERE COUNT { (image)<-[:LIKED]-() } > 200
        UNWIND followees AS person
        WITH image, person WHERE COUNT { (person)-[:LIKED]->() } <= 10000 AND EXISTS { (person)-[:LIKED]->(image) }
        RETURN DISTINCT person
      }
      WITH item, image, person WHERE NOT coalesce(person.likesForSelf <> false, false)
      RETURN 'liked_by_followees' AS source, person AS via, [person.id <> item.via, person.id] AS rank, {} AS facts,
        [{id: person.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'LIKED'}] AS path
    UNION ALL
      WITH me, mine, item, image, creator, followees WHERE (mine.every OR item.source = 'friends_of_friends') AND creator IS NOT NULL
      CALL (me) {
        CALL (me) { MATCH (me)<-[:FOLLOWS]-(person) RETURN person LIMIT $given.followees }
        RETURN collect(person) AS followers
      }
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
      WITH item, image, creator, person, person IN followees AS followed, person IN followers AS follower, max(follows) AS follows
      WHERE (person <> creator OR follower) AND (followed OR person = creator OR coalesce(item.nameStrangers, $given.nameStrangers))
      RETURN 'friends_of_friends' AS source, person AS via, [NOT (followed AND follows), person <> creator, NOT followed, NOT follows, person.id] AS rank,
        {followed: followed, follows: follows} AS facts,
        [via IN [person] WHERE via <> creator | {id: via.id, label: 'User', type: 'FOLLOWS'}]
          + [{id: creator.id, label: 'User', type: 'FOLLOWS'}, {id: image.id, label: 'Post', type: 'POSTED'}] AS path
    }
    RETURN source, null AS link, via, null AS act, rank, facts, path
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
    // Hashtags that I want more of or picked come first, then those that are mine more than everybody's: my ties
    // divided by the square root of the hashtag's share
    WITH me, item, image, hashtag, collect({link: link, type: type, rank: rank}) AS ties
    WITH me, item, image, hashtag, ties, CASE WHEN any(tie IN ties WHERE tie.rank >= 3) THEN 1 ELSE 0 END AS picked,
      size(ties) / sqrt(CASE WHEN hashtag.share > 0 THEN hashtag.share ELSE 1.0 END) AS strength
    ORDER BY picked DESC, strength DESC, hashtag.name LIMIT 3
    WITH me, item, image, collect({hashtag: hashtag, ties: ties, picked: picked, strength: strength}) AS best
    // Topics of which several of these hashtags are, by the same kind of ties to several posts
    CALL (best) {
      UNWIND best AS one
      WITH one, one.hashtag AS hashtag WHERE size(best) > 1
      MATCH (hashtag)-[:OF_TOPIC]->(topic:Topic) WHERE topic.id IS :: STRING NOT NULL
      UNWIND one.ties AS tie
      WITH topic, tie.type AS type, collect(DISTINCT hashtag) AS members, count(DISTINCT tie.link) AS links WHERE size(members) > 1 AND links > 1
      WITH topic, type, members ORDER BY topic.id
      RETURN collect({topic: topic, type: type, members: members}) AS topics
    }
    UNWIND best AS one
    UNWIND one.ties[..20] AS tie
    WITH item, image, one, one.hashtag AS hashtag, tie.type AS type, tie.rank AS nth, tie.link AS link, topics,
      size([other IN one.ties WHERE other.type = tie.type]) AS count
    RETURN CASE WHEN item.source = 'new_posts' AND NOT coalesce(toIntegerOrNull(image.likeCount) >= 3, false) THEN 'new_posts' ELSE 'interests' END AS source,
      link, null AS via, null AS act, [-one.picked, -one.strength, hashtag.name, -nth, -count, type, link.id] AS rank,
      {
        hashtag: coalesce(toStringOrNull(hashtag.display), hashtag.name), tie: type, count: count,
        topic: CASE WHEN link IS NOT NULL THEN head([of IN topics WHERE of.type = type AND hashtag IN of.members | of.topic]) END
      } AS facts,
      CASE WHEN link IS NULL THEN [{id: hashtag.name, label: 'Hashtag', type: CASE type WHEN 'WANTS' THEN 'WANTS' ELSE 'INTERESTED_IN' END}]
      ELSE [{id: link.id, label: 'Post', type: type}, {id: hashtag.name, label: 'Hashtag', type: 'TAGGED'}] END
        + [{id: image.id, label: 'Post', type: 'TAGGED'}] AS path
  UNION ALL
    WITH me, mine, item, image AS post WHERE mine.every OR item.source = 'trending'
    WITH me, post, coalesce(item.asOf, $given.asOf) AS asOf
    CALL (post, asOf) { MATCH (post)<-[row:TRENDING]-(list:TrendingList)
      WHERE coalesce(toIntegerOrNull(list.asOf) <= asOf, true) RETURN row, list ORDER BY list.builtAt DESC LIMIT 1 }
    RETURN 'trending' AS source, null AS link, null AS via, null AS act, [] AS rank,
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
  }
  // ---- 3. The first of each source whose post and person may be named; of an author's posts, what I did most often
  // fragment: author (post=link)
  CALL (link) { OPTIONAL MATCH (author:User)-[:POSTED]->(link) RETURN author ORDER BY author.id LIMIT 1 }
  // end fragment
  WITH source, link, author, via, act, rank, facts, path
  WHERE (link IS NULL OR NOT link.id IN $given.exclude AND coalesce(link.takenAt <= coalesce(item.asOf, $given.asOf), true) AND
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
    ) AND (via IS NULL OR (source = 'friends_of_friends' OR NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(via) }) AND
      // fragment: people (person=via)
      (NOT EXISTS { (me)-[:MUTED]->() } OR via = me OR NOT EXISTS { (me)-[:MUTED]->(via) })
      AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR via = me OR NOT EXISTS { (me)-[:BLOCKED]-(via) })
      AND (NOT (coalesce(via.optedOut <> false, false) OR coalesce(via.visibility <> 'public', false)) OR via = me OR EXISTS { (me)-[:FOLLOWS]->(via) })
      // end fragment
    )
  WITH source, act, collect({link: link, author: author, via: via, rank: rank, facts: facts, path: path}) AS those
  UNWIND those AS one
  WITH source, act, one, size(those) AS count
  ORDER BY CASE source WHEN 'liked_authors' THEN [act = 'VIEWED', -count, act] ELSE [] END + one.rank
  WITH source, head(collect(one {.*, act: act, count: count})) AS best
  WITH source, best.act AS act, best.facts AS facts, best.count AS count, best.path AS path, best.link AS link, best.author AS author, best.via AS via,
    coalesce(best.via.username, best.via.fullName, 'user ' + best.via.id, 'somebody') AS viaName
  CALL (me, mine, item, image, source, link) {
    WITH me WHERE source = 'similar_posts'
    CALL (image, link) {
      CALL (link) { MATCH (link)<-[:LIKED]-(person) RETURN person LIMIT 200 }
      RETURN person, 1 AS ofLiked, 0 AS ofImage
    UNION ALL
      CALL (image) { MATCH (image)<-[:LIKED]-(person) RETURN person LIMIT 200 }
      RETURN person, 0 AS ofLiked, 1 AS ofImage
    }
    WITH person, sum(ofLiked) AS ofLiked, sum(ofImage) AS ofImage WHERE ofLiked = 1 AND ofImage = 1 AND person <> me
    WITH person, EXISTS { (me)-[:FOLLOWS]->(person) } AS followed
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
  CALL (me, facts) {
    WITH facts.topic AS topic WHERE facts.topic IS NOT NULL
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
  RETURN source, CASE
      WHEN source IN ['similar_posts', 'looks_alike'] THEN {
        act: act, likedAuthor: coalesce(author.username, author.fullName, 'user ' + author.id), likedAt: toIntegerOrNull(link.takenAt),
        likedType: toStringOrNull(link.mediaType), both: both[0].name, bothFollowed: both[0].followed, bothId: both[0].id
      }
      WHEN source = 'liked_authors' THEN {act: act, liked: CASE WHEN COUNT { (creator)-[:POSTED]->() } <= 200 THEN count END}
      // With more followees than were read, the number of likers is unknown
      WHEN source = 'liked_by_followees' THEN {
        liker: viaName, found: count,
        likers: CASE WHEN COUNT { (me)-[:FOLLOWS]->() } <= $given.followees THEN count END
      }
      WHEN source IN ['friends_of_friends', 'similar_taste'] THEN facts {
        .followed, .follows, via: CASE WHEN via <> creator THEN viaName END
      }
      WHEN source IN ['interests', 'new_posts'] THEN facts {.hashtag, .tie, .count, topic: topics[0]}
      ELSE facts
    END AS facts, path
UNION ALL
  // A reason that holds for every post, so that each has a row
  WITH item WHERE true
  RETURN null AS source, null AS facts, null AS path
}
// ---- 4. The page, a row for each post
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
