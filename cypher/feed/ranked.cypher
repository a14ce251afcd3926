// The best posts that may be shown to me, each with its sources, features, score and the data that its reasons need
// :param now => timestamp()
// :param halfLifeDays => 7
// :param mine => head([{untimed: -4611686018427387904, newest: {at: -4611686018427387905, id: ''}, newestOfAuthors: {at: -4611686018427387905, id: ''}, near: [], hasAffinity: true, hasFastrp: true, folds: false, factors: null, factorsNorm: null, stayed: [], left: [], resetAt: null, unlearns: false}])
// :param vectors => head([{factors: 'factorsA', factorsNorm: 'factorsNormA', content: 'contentA', contentNorm: 'contentNormA', fastrp: 'fastrpA'}])
// :param request => head([{me: '42', since: null, months: [0], sensitive: false, exclude: [], servedDays: 7, minLikers: 2, seldomPosts: 2, seldomSince: timestamp() - 30 * 86400000, trendFading: 1.0, newArcs: false, limit: 60}])
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
// :param quotas => head([{followees: 30, missed: 5, similar_posts: 240, looks_alike: 10, liked_authors: 60, liked_by_followees: 240, friends_of_friends: 10, interests: 10, new_posts: 20, trending: 10, popular: 10, newest: 0}])
// :param weights => head([{known: {lists: 0.85, factors: 2.29, fastrp: 5.35, rate: 0.66, followed: 0.39, proof: 0.22, pop: 0.02, trend: 0.5, tag: 0.08, never: -1.72, content: 12.0, recency: 1.0, affinity: 0.03, prior: 1.0, feedback: 1.0}, never: {lists: 0.69, factors: 3.85, fastrp: 5.55, rate: 0.53, followed: 1.7, proof: 0.34, pop: 0.26, trend: 0.5, tag: 0.13, never: -1.72, content: 12.0, recency: 1.0, affinity: 0.03, prior: 1.0, feedback: 1.0}}])
// :param smoothing => head([{lists: 0.3, rateLikes: 0.05, ratePosts: 3, proof: 1, pop: 2, trend: 0.05, tag: 20, recency: 1e-3, affinity: 1e-4}])
// :param priors => head([{followees: 1.05, missed: 1.05, similar_posts: 1.04, liked_by_followees: 1.03, liked_authors: 1.02, friends_of_friends: 1.01, interests: 1.0, new_posts: 0.99, looks_alike: 0.98, trending: 0.9, popular: 0.8, newest: 0.7}])
// :param feedback => head([{acts: {LIKED: 1.0, SAVED: 2.0, SHARED: 2.0, MORE_LIKE: 3.0}, stay: 0.3, stayShare: 1.0, leave: -0.3, leaveShare: 0.25, hide: -1.0, hideReasons: {spam: -2.0}, hideHalfLifeDays: 14, pick: 5.0, more: 3.0, less: 3.0}])
// ---- 1. Me: how many people and posts I muted, blocked and saw, by which the filters below read the shorter side
MATCH (me:User {id: $request.me})
WITH me, EXISTS { (me)-[:MUTED]->() } OR EXISTS { (me)-[:BLOCKED]-() } AS bars, COUNT { (me)-[:MUTED]->() } <= 10 AS mutesFew,
  // Of people with more of these than are read as rows, the remaining posts are checked one by one
  COUNT { (me)-[:MUTED]->() } > $bounds.seen OR COUNT { (me)-[:BLOCKED]->() } > $bounds.seen
    OR COUNT { (me)<-[:BLOCKED]-() } > $bounds.seen AS manyBars,
  COUNT { (me)-[:LIKED|VIEWED|HID]->() } > $bounds.seen AS sawMany, COUNT { (me)-[:SAVED|SHARED|MORE_LIKE]->() } > $bounds.seen AS savedMany,
  COUNT { (me)-[:LIKED]->() } > $bounds.seen AS likedMany, COUNT { (me)-[:VIEWED]->() } > $bounds.seen AS viewedMany,
  me.mutedWords + coalesce(me.mutedSpellings, []) AS mutedWords
// ---- 2. Candidates: a row for each post and source, and one for each excluded post; small branches first
CALL (me, bars, mutesFew, sawMany, savedMany, likedMany, viewedMany, mutedWords) {
  CALL (me, bars, mutesFew, sawMany, savedMany, likedMany, viewedMany, mutedWords) {
    CALL (me, bars) {
      UNWIND $request.exclude AS id
      MATCH (post:Post {id: id})
      RETURN post, null AS source, 0.0 AS similar, null AS links, null AS liker, 1 AS out
    UNION ALL
      MATCH (me)-[:WAS_SHOWN]->(slate:Slate) WHERE $now - $request.servedDays * 86400000 < slate.asOf <= $now
      UNWIND slate.posts[..slate.served] AS id
      WITH id LIMIT $bounds.seen // those of the newest slates, which the store gives first
      MATCH (post:Post {id: id})
      RETURN post, null AS source, 0.0 AS similar, null AS links, null AS liker, 1 AS out
    UNION ALL
      // fragment: source_popular
      CALL () {
        UNWIND $request.months AS month
        MATCH ()-[:TOP {hashtag: '', month: month}]->(post)
        WHERE
          CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
            ELSE coalesce($request.since < post.takenAt <= $now, false) END
        RETURN post ORDER BY coalesce(post.likeCount, 0) DESC, post.id LIMIT $quotas.popular
      }
      // end fragment
      RETURN post, 'popular' AS source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_trending
      CALL () {
        MATCH (list:TrendingList) WHERE coalesce(toIntegerOrNull(list.asOf) <= $now, true)
        WITH list ORDER BY list.builtAt DESC LIMIT 1
        MATCH (list)-[row:TRENDING]->(post) WHERE row.place < 50 AND
          CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
            ELSE coalesce($request.since < post.takenAt <= $now, false) END
        RETURN post ORDER BY row.place, post.id LIMIT $quotas.trending
      }
      // end fragment
      RETURN post, 'trending' AS source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_newest
      CALL () {
        WITH $quotas.newest AS quota WHERE quota > 0
        CALL () {
          MATCH (post:Post) WHERE post.takenAt <= $now AND ($request.exclude = [] OR NOT post.id IN $request.exclude)
          RETURN post ORDER BY post.takenAt DESC LIMIT 4 * $quotas.newest
        }
        WITH post WHERE NOT
          (coalesce(post.visibility <> 'public', false)
            OR EXISTS { (post)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
        RETURN post ORDER BY post.takenAt DESC LIMIT $quotas.newest
      }
      // end fragment
      RETURN post, 'newest' AS source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_interests
      CALL (me, bars) {
        CALL (me) {
          WITH me, $mine AS mine, $mine.newest AS oldest
          CALL (me, mine) {
            CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, 1.0 AS counted
          UNION ALL
            CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
          UNION ALL
            UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
            RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
          }
          WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
              (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
              AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
            THEN counted ELSE 0.0 END AS weight
          WHERE coalesce(at <= $now, true)
            AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
            AND weight > 0
          CALL (liked) { MATCH (liked)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
          RETURN hashtag, weight, 0 AS wanted
        UNION ALL
          CALL (me) { MATCH (me)<-[:MENTIONS]-(shown) RETURN shown LIMIT $bounds.likes }
          CALL (shown) { MATCH (shown)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
          RETURN hashtag, 1.0 AS weight, 0 AS wanted
        UNION ALL
          WITH me, $mine AS mine
          CALL (me) { MATCH (me)-[pick:INTERESTED_IN]->(hashtag) RETURN hashtag, pick LIMIT $bounds.likes }
          WITH hashtag, pick WHERE
            coalesce(pick.at <= $now, true) AND (mine.resetAt IS NULL OR coalesce(pick.at > mine.resetAt, false))
          RETURN hashtag, CASE pick.inferred WHEN true THEN 1.0 ELSE toFloat($feedback.pick) END AS weight, 0 AS wanted // inferred as a liked post
        UNION ALL
          WITH me, $mine AS mine
          CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
          WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
            coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
            AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
          WITH hashtag, how WHERE how IN ['less', 'none'] OR how = 'more' AND NOT ofTopic
          // What I want less of, or dismissed, is no interest, however often I liked it
          RETURN hashtag, CASE how WHEN 'more' THEN toFloat($feedback.pick) ELSE -1e9 END AS weight, CASE how WHEN 'more' THEN 2 ELSE 0 END AS wanted
        UNION ALL
          WITH me, $mine AS mine
          CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
          WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
            coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
            AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
          WITH hashtag WHERE how = 'more' AND ofTopic
          // Of topics no more than half of them, the most typical ones of each topic first
          WITH hashtag,
            coalesce(toIntegerOrNull(head(COLLECT { MATCH (hashtag)-[of:OF_TOPIC]->() RETURN of.place LIMIT 1 })), 101)
            AS place
          ORDER BY place, hashtag.name LIMIT $bounds.interests / 2
          RETURN hashtag, toFloat($feedback.pick) AS weight, 1 AS wanted
        }
        WITH me, bars, hashtag, sum(weight) AS weight, max(wanted) AS wanted WHERE weight >= 0 AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(hashtag) })
        RETURN hashtag, wanted ORDER BY wanted DESC, weight DESC, hashtag.name LIMIT $bounds.interests
      }
      // Of a hashtag that I want more of as many as the quota, of the others a share; the newest are for both sources
      CALL (hashtag, wanted) {
        CALL (hashtag) {
          UNWIND $request.months AS month
          MATCH ()-[:TOP {hashtag: hashtag.name, month: month}]->(post)
          WHERE
            CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
              ELSE coalesce($request.since < post.takenAt <= $now, false) END
          RETURN post ORDER BY coalesce(post.likeCount, 0) DESC, post.id LIMIT $quotas.interests
        }
        WITH wanted, collect(post) AS posts
        UNWIND CASE WHEN wanted > 0 THEN posts ELSE posts[..$quotas.interests / $bounds.interests] END AS post
        RETURN post, 'interests' AS source
      UNION
        CALL (hashtag) {
          MATCH (hashtag)<-[:TAGGED]-(post) RETURN post LIMIT $bounds.scanned
        UNION
          MATCH (hashtag)-[:RECENT]->(post) WHERE EXISTS { (hashtag)<-[:TAGGED]-(post) } RETURN post LIMIT $bounds.scanned
        }
        WITH wanted, post WHERE
          CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
            ELSE coalesce($request.since < post.takenAt <= $now, false) END
        WITH wanted, post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id
        WITH wanted, collect(post) AS newest, collect(CASE WHEN $quotas.new_posts > 0 AND NOT coalesce(toIntegerOrNull(post.likeCount) >= 3, false) THEN post END) AS unliked
        UNWIND [['interests', newest, $quotas.interests], ['new_posts', unliked, $quotas.new_posts]] AS brought UNWIND brought[1][..CASE WHEN wanted > 0 THEN brought[2] ELSE brought[2] / $bounds.interests END] AS post
        RETURN post, brought[0] AS source
      }
      // end fragment
      RETURN post, source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_friends_of_friends
      CALL (me) {
        CALL (me) {
          MATCH (me)-[near:AFFINITY]->(author) WHERE $mine.hasAffinity
          RETURN author, near.score AS affinity
          UNION ALL
          UNWIND $mine.near AS near
          MATCH (author:User {id: near.person})
          RETURN author, near.score AS affinity
        UNION ALL
          CALL (me) { MATCH (me)-[follow:FOLLOWS]->(author) RETURN author, follow.since AS since LIMIT $bounds.seen }
          WITH author, since WHERE coalesce(since <= $now, true)
          RETURN author, -1.0 AS affinity
        }
        WITH author, max(affinity) AS affinity, min(affinity) < 0 AS followed WHERE NOT followed AND author <> me
        RETURN author ORDER BY affinity DESC, author.id LIMIT $quotas.friends_of_friends / 2
      }
      CALL (author) {
        CALL (author) {
          CALL (author) {
            MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
          UNION
            MATCH (author)-[:RECENT]->(post) WHERE EXISTS { (author)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
          }
          WITH post WHERE
            CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
              ELSE coalesce($request.since < post.takenAt <= $now, false) END
          RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $bounds.posts
        }
        RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT 2
      }
      // end fragment
      RETURN post, 'friends_of_friends' AS source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_liked_authors
      CALL (me) {
        CALL (me) {
          CALL (me) {
            WITH me, $mine AS mine, $mine.newestOfAuthors AS oldest
            CALL (me, mine) {
              CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
              RETURN act, act.at AS at, liked, 1.0 AS counted
            UNION ALL
              CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
              RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
            UNION ALL
              UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
              RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
            }
            WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
                (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
                AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
              THEN counted ELSE 0.0 END AS weight
            WHERE coalesce(at <= $now, true)
              AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
              AND weight > 0
            MATCH (liked)<-[:POSTED]-(author)
            WITH author, sum(weight) AS likes
            RETURN author, log((likes + $smoothing.rateLikes) / (COUNT { (author)-[:POSTED]->() } + $smoothing.ratePosts)) AS rate
            ORDER BY rate DESC, author.id LIMIT $bounds.authors
          }
          CALL (author) {
            CALL (author) {
              MATCH (author)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
            UNION
              MATCH (author)-[:RECENT]->(post) WHERE EXISTS { (author)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
            }
            WITH post WHERE
              CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
                ELSE coalesce($request.since < post.takenAt <= $now, false) END
            RETURN post ORDER BY coalesce(post.takenAt, $mine.untimed) DESC, post.id LIMIT $bounds.posts
          }
          RETURN post, rate
        UNION ALL
          WITH me, $mine AS mine
          CALL (me, mine) {
            CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, 1.0 AS counted
          UNION ALL
            CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
          UNION ALL
            UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
            RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
          }
          WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
              (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
              AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
            THEN counted ELSE 0.0 END AS weight
          WHERE coalesce(at <= $now, true)
          RETURN liked AS post, null AS rate
        }
        WITH post, max(rate) AS rate, count(*) AS rows, count(rate) AS rated WHERE rows = rated // liked posts are out before the quota
        RETURN post ORDER BY rate DESC, post.id LIMIT $quotas.liked_authors
      }
      // end fragment
      RETURN post, 'liked_authors' AS source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_followees
      CALL (me, bars) {
        CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
        WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
          AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
        // How many posts are late is known if all or the newest are read, or the late come first, then an older one
        CALL (followee) {
          CALL (followee) {
            MATCH (followee)-[:POSTED]->(post) RETURN post LIMIT $bounds.scanned
          UNION
            MATCH (followee)-[:RECENT]->(post) WHERE EXISTS { (followee)-[:POSTED]->(post) } RETURN post LIMIT $bounds.scanned
          }
          WITH post, post.takenAt AS at, coalesce($request.seldomSince < post.takenAt <= $now, true) AS isLate,
            CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
              ELSE coalesce($request.since < post.takenAt <= $now, false) END
            AS isThere
          WITH collect(isLate) AS late, sum(CASE WHEN isLate THEN 1 ELSE 0 END) AS count,
            collect(CASE WHEN isThere THEN {post: post, at: at, isLate: isLate} END) AS posts
          WITH posts, $quotas.missed > 0 AND count <= $request.seldomPosts
            AND (size(late) <> $bounds.scanned OR count < size(late) AND all(first IN late[..count] WHERE first)) AS isSeldom
          UNWIND posts AS one
          RETURN one.post AS post, coalesce(one.at, $mine.untimed) AS at, isSeldom AND one.isLate AS isMissed
        }
        // Cut to all that may be among the newest of either source, then sorted by time
        WITH post, at, isMissed, post.id AS id WHERE NOT id IN $request.exclude ORDER BY isMissed DESC, at DESC, id
        LIMIT $quotas.followees + CASE $quotas.missed WHEN 0 THEN 0 ELSE $request.seldomPosts * $bounds.followees END
        WITH post, isMissed ORDER BY at DESC, id
        WITH collect(post)[..$quotas.followees] AS newest, collect(CASE WHEN isMissed THEN post END)[..$quotas.missed] AS missed
        UNWIND [['missed', missed], ['followees', newest]] AS brought
        UNWIND brought[1] AS post
        RETURN post, brought[0] AS source
      }
      // end fragment
      RETURN post, source, 0.0 AS similar, null AS links, null AS liker, 0 AS out
    UNION ALL
      CALL (me) { MATCH (me)-[act:LIKED|VIEWED|HID]->(post) RETURN post, act.at AS at, type(act) AS kind LIMIT $bounds.seen }
      WITH post, at, kind WHERE kind = 'HID' OR coalesce(at <= $now, true)
      RETURN post, null AS source, 0.0 AS similar, null AS links, null AS liker, 1 AS out
    UNION ALL
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(post) RETURN post, act.at AS at LIMIT $bounds.seen }
      WITH post, at WHERE coalesce(at <= $now, true)
      RETURN post, null AS source, 0.0 AS similar, null AS links, null AS liker, 1 AS out
    UNION ALL
      // fragment: similar_posts
      CALL (me) {
        CALL (me) {
          CALL (me) {
            WITH me, $mine AS mine, $mine.newest AS oldest
            CALL (me, mine) {
              CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
              RETURN act, act.at AS at, liked, 1.0 AS counted
            UNION ALL
              CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
              RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
            UNION ALL
              UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
              RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
            }
            WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
                (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
                AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
              THEN counted ELSE 0.0 END AS weight
            WHERE coalesce(at <= $now, true)
              AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
              AND weight > 0
            CALL (liked) {
              WITH liked WHERE NOT $request.newArcs
              MATCH (liked)-[arc:SIMILAR]->(post) RETURN arc, post
            UNION ALL
              WITH liked WHERE $request.newArcs
              MATCH (liked)-[arc:SIMILAR_NEW]->(post) RETURN arc, post
            }
            RETURN post, sum(weight * arc.weight) AS sum, collect({weight: weight * arc.weight, post: liked}) AS links, 0 AS own
          UNION ALL
            WITH me, $mine AS mine
          CALL (me, mine) {
            CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, 1.0 AS counted
          UNION ALL
            CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
          UNION ALL
            UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
            RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
          }
          WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
              (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
              AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
            THEN counted ELSE 0.0 END AS weight
          WHERE coalesce(at <= $now, true)
            RETURN liked AS post, 0.0 AS sum, [] AS links, 1 AS own
          }
          WITH post, sum(sum) AS sum, head(collect(links)) AS links, sum(own) AS own WHERE own = 0
          RETURN collect({post: post, sum: sum, links: links}) AS found, max(sum) AS largest
        }
        UNWIND found AS one
        RETURN one.post AS post, CASE WHEN largest > 0 THEN one.sum / largest ELSE 0.0 END AS similar, one.links AS links
      }
      // end fragment
      RETURN post, null AS source, similar, links, null AS liker, 0 AS out
    UNION ALL
      // fragment: source_looks_alike
      CALL (me) {
        CALL (me) {
          WITH me, $mine AS mine, $mine.newest AS oldest WHERE $quotas.looks_alike > 0 AND COUNT { ()-[:SIMILAR_PICTURE]->() } > 0
          CALL (me, mine) {
            CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, 1.0 AS counted
          UNION ALL
            CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
          UNION ALL
            UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
            RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
          }
          WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
              (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
              AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
            THEN counted ELSE 0.0 END AS weight
          WHERE coalesce(at <= $now, true)
            AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
            AND weight > 0
          CALL (liked) { MATCH (liked)-[arc:SIMILAR_PICTURE]->(post) RETURN arc, post LIMIT 20 }
          WITH liked, post, weight * toFloatOrNull(arc.weight) AS alike
          ORDER BY alike DESC, liked.id
          RETURN post, sum(alike) AS alike, head(collect(liked)) AS look, 0 AS own
        UNION ALL
          WITH me, $mine AS mine WHERE $quotas.looks_alike > 0 AND COUNT { ()-[:SIMILAR_PICTURE]->() } > 0
          CALL (me, mine) {
            CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, 1.0 AS counted
          UNION ALL
            CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
            RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
          UNION ALL
            UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
            RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
          }
          WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
              (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
              AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
            THEN counted ELSE 0.0 END AS weight
          WHERE coalesce(at <= $now, true)
          RETURN liked AS post, 0.0 AS alike, null AS look, 1 AS own
        }
        WITH post, sum(alike) AS alike, head(collect(look)) AS look, sum(own) AS own
        WHERE own = 0 AND alike > 0 AND
          CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
            ELSE coalesce($request.since < post.takenAt <= $now, false) END
        RETURN post, look ORDER BY alike DESC, post.id LIMIT $quotas.looks_alike
      }
      // end fragment
      RETURN post, 'looks_alike' AS source, 0.0 AS similar, [{post: look}] AS links, null AS liker, 0 AS out
    UNION ALL
      // fragment: my_followees
      CALL (me) { MATCH (me)-[follow:FOLLOWS]->(followee) RETURN follow.since AS since, followee LIMIT $bounds.followees }
      WITH me, bars, followee, since WHERE coalesce(since <= $now, true)
        AND (NOT bars OR NOT EXISTS { (me)-[:MUTED]->(followee) } AND NOT EXISTS { (me)-[:BLOCKED]-(followee) })
      // end fragment
      WITH followee WHERE (NOT $mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(followee) })
        AND NOT coalesce(followee.likesForSelf <> false, false)
      CALL (followee) { MATCH (followee)-[like:LIKED]->(post) RETURN like.at AS at, post LIMIT $bounds.likesOfFollowee }
      WITH followee, at, post WHERE coalesce(at <= $now, true)
      RETURN post, null AS source, 0.0 AS similar, null AS links, followee AS liker, 0 AS out
    }
    WITH me, bars, mutesFew, sawMany, savedMany, likedMany, viewedMany, mutedWords, post, collect(DISTINCT source) AS sources, sum(similar) AS similar,
      head(collect(CASE WHEN source IS NULL THEN links END)) AS links, head(collect(CASE source WHEN 'looks_alike' THEN links END)) AS looks, collect(DISTINCT liker) AS likers, sum(out) AS out
    WHERE out = 0
      AND (sources <> [] OR similar > 0 AND $quotas.similar_posts > 0 OR size(likers) >= $request.minLikers AND $quotas.liked_by_followees > 0)
      AND
      // fragment: in_window
      CASE WHEN $request.since IS NULL THEN coalesce(post.takenAt <= $now, true)
        ELSE coalesce($request.since < post.takenAt <= $now, false) END
      // end fragment
      // From the few that I muted, or else from those of the post, of which there may be hundreds
      AND (NOT bars OR NOT CASE WHEN mutesFew THEN EXISTS { MATCH (me)-[:MUTED]->(tag:Hashtag) WITH tag MATCH (post)-[:TAGGED]->(tag) RETURN tag }
        ELSE EXISTS { (post)-[:TAGGED]->(tag) WHERE EXISTS { (tag)<-[:MUTED]-() } AND EXISTS { (me)-[:MUTED]->(tag) } } END)
      AND (mutedWords IS NULL OR NOT any(words IN [post.words] WHERE
        any(word IN mutedWords WHERE coalesce(words CONTAINS ' ' + word + ' ', false))))
      // Skipped where both have too many ties: the check would read all ties of one of them. Cases, as Neo4j would look
      // up the ties of all posts, some twice, before it decided
      AND CASE WHEN sawMany THEN NOT EXISTS { (me)-[:HID]->(post) }
        AND CASE WHEN likedMany AND COUNT { (post)<-[:LIKED]-() } > $bounds.seen THEN true ELSE NOT EXISTS { (me)-[:LIKED]->(post) } END
        AND CASE WHEN viewedMany AND COUNT { (post)<-[:VIEWED]-() } > $bounds.seen THEN true ELSE NOT EXISTS { (me)-[:VIEWED]->(post) } END
        ELSE true END
      AND CASE WHEN savedMany THEN NOT EXISTS { (me)-[:SAVED|SHARED|MORE_LIKE]->(post) } ELSE true END
    RETURN post, sources, similar, links, looks, likers
    // Posts within a quota come first; the rest of the pool is for similar posts and those that followees liked
    ORDER BY CASE sources WHEN [] THEN 0 ELSE 1 END DESC,
      $weights.known.lists * log($smoothing.lists + similar) + $weights.known.proof * log($smoothing.proof + size(likers)) DESC, post.id
    LIMIT $bounds.pool
  }
  RETURN collect({
    post: post, similar: similar, links: links, looks: looks, likers: likers,
    sources: sources
      + CASE WHEN similar > 0 AND $quotas.similar_posts > 0 THEN ['similar_posts'] ELSE [] END
      + CASE WHEN size(likers) >= $request.minLikers AND $quotas.liked_by_followees > 0 THEN ['liked_by_followees'] ELSE [] END
  }) AS pool
}
// ---- 3. Authors of the candidates, and my ties to each
CALL (me, pool) {
  UNWIND pool AS one
  WITH one, one.post AS post
  CALL (post) { OPTIONAL MATCH (author)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
  RETURN author, one, 0 AS likes, 0.0 AS near, 0 AS followed, 0 AS barred, 0.0 AS hid
UNION ALL
  CALL (me) {
    // fragment: near
    MATCH (me)-[near:AFFINITY]->(author) WHERE $mine.hasAffinity
    RETURN author, near.score AS affinity
    UNION ALL
    UNWIND $mine.near AS near
    MATCH (author:User {id: near.person})
    RETURN author, near.score AS affinity
    // end fragment
  }
  RETURN author, null AS one, 0 AS likes, affinity AS near, 0 AS followed, 0 AS barred, 0.0 AS hid
UNION ALL
  // fragment: my_follows
  CALL (me) { MATCH (me)-[follow:FOLLOWS]->(author) RETURN author, follow.since AS since LIMIT $bounds.seen }
  WITH author, since WHERE coalesce(since <= $now, true)
  // end fragment
  RETURN author, null AS one, 0 AS likes, 0.0 AS near, 1 AS followed, 0 AS barred, 0.0 AS hid
UNION ALL
  MATCH (me)-[:MUTED]->(author) // or a hashtag, which has no posts of its own; the limit counts both
  RETURN author, null AS one, 0 AS likes, 0.0 AS near, 0 AS followed, 1 AS barred, 0.0 AS hid LIMIT $bounds.seen
UNION ALL
  MATCH (me)-[:BLOCKED]->(author)
  RETURN author, null AS one, 0 AS likes, 0.0 AS near, 0 AS followed, 1 AS barred, 0.0 AS hid LIMIT $bounds.seen
UNION ALL
  MATCH (me)<-[:BLOCKED]-(author)
  RETURN author, null AS one, 0 AS likes, 0.0 AS near, 0 AS followed, 1 AS barred, 0.0 AS hid LIMIT $bounds.seen
UNION ALL
  WITH me, $mine AS mine, $mine.newestOfAuthors AS oldest
  // fragment: newest_likes
  CALL (me, mine) {
    CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
    RETURN act, act.at AS at, liked, 1.0 AS counted
  UNION ALL
    CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
    RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
  UNION ALL
    UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
    RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
  }
  WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
      (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
      AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
    THEN counted ELSE 0.0 END AS weight
  WHERE coalesce(at <= $now, true)
    AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
    AND weight > 0
  // end fragment
  MATCH (author)-[:POSTED]->(liked)
  RETURN author, null AS one, weight AS likes, 0.0 AS near, 0 AS followed, 0 AS barred, 0.0 AS hid
UNION ALL
  WITH me, $mine AS mine
  // fragment: my_hides
  CALL (me, mine) {
    CALL (me) { MATCH (me)-[hide:HID]->(hidden) RETURN hide, hidden LIMIT $bounds.hides }
    WITH hide.at AS at, hidden, coalesce($feedback.hideReasons[toStringOrNull(hide.reason)], $feedback.hide) AS weight
    WHERE mine.resetAt IS NULL OR coalesce(at > mine.resetAt, false)
    RETURN at, hidden, weight
  UNION ALL
    UNWIND mine.left AS leave
    MATCH (hidden:Post {id: leave.post})
    RETURN leave.at AS at, hidden, toFloat($feedback.leave) AS weight
  }
  WITH hidden, -weight * 0.5 ^ (CASE WHEN at < $now THEN $now - at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays) AS fading
  // end fragment
  MATCH (author)-[:POSTED]->(hidden)
  RETURN author, null AS one, 0 AS likes, 0.0 AS near, 0 AS followed, 0 AS barred, fading AS hid
}
WITH me, manyBars, author, collect(one) AS theirs, sum(likes) AS likes, max(near) AS near, sum(followed) AS followed, sum(barred) AS barred,
  sum(hid) AS hid
WHERE theirs <> [] AND barred = 0 AND coalesce(author <> me, true) 
  AND (followed = 1 OR NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)))
  AND (NOT manyBars OR author IS NULL OR
    // fragment: people (person=author)
    (NOT EXISTS { (me)-[:MUTED]->() } OR author = me OR NOT EXISTS { (me)-[:MUTED]->(author) })
    AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR author = me OR NOT EXISTS { (me)-[:BLOCKED]-(author) })
    AND (NOT (coalesce(author.optedOut <> false, false) OR coalesce(author.visibility <> 'public', false)) OR author = me OR EXISTS { (me)-[:FOLLOWS]->(author) })
    // end fragment
  )
WITH me, author, theirs, followed, hid, log($smoothing.affinity + near) AS affinity,
  log((likes + $smoothing.rateLikes) / (COUNT { (author)-[:POSTED]->() } + $smoothing.ratePosts)) AS rate,
  CASE WHEN author IS NOT NULL AND likes = 0 THEN 1 ELSE 0 END AS never
// ---- 4. The score without hashtags: only numbers, because each row of a sort carries all its columns
UNWIND theirs AS one
// My vectors are read now, beside the pool alone: until here, everybody near to me was a row that would carry them
WITH me, collect({author: author, one: one, followed: followed, hid: hid, affinity: affinity, rate: rate, never: never}) AS pool
WITH me, pool,
  CASE WHEN $mine.folds THEN $mine.factors ELSE me[$vectors.factors] END AS myFactors,
  CASE WHEN $mine.folds THEN $mine.factorsNorm ELSE me[$vectors.factorsNorm] END AS myNorm,
  CASE WHEN $mine.hasFastrp THEN me[$vectors.fastrp] END AS myFastrp
UNWIND pool AS it
// Grouped, so that the sorted rows do not carry the whole pool, either; by the post, as a map is slower as a key
WITH me, myFactors, myNorm, myFastrp, it.one.post AS post, head(collect(it)) AS it
WHERE post.id IS :: STRING NOT NULL AND ($request.sensitive OR NOT coalesce(post.sensitive <> false, false))
  AND (it.followed = 1 OR NOT coalesce(post.visibility <> 'public', false))
  AND coalesce(post.takenAt <= $now, true)
WITH me, myFactors, myNorm, myFastrp, post, it.author AS author, it.one AS one, it.followed AS followed, it.hid AS hid,
  it.affinity AS affinity, it.rate AS rate, it.never AS never, CASE it.never WHEN 1 THEN $weights.never ELSE $weights.known END AS by,
  // Of equal priors the last by name, so that what I may have missed is among the best few of its own source
  reduce(best = head(it.one.sources), source IN it.one.sources |
    CASE WHEN $priors[source] > $priors[best] OR $priors[source] = $priors[best] AND source > best THEN source ELSE best END) AS source
WITH me, myFactors, myNorm, author, one, post, source, followed, hid, affinity, rate, never, by,
  CASE WHEN 0 < toIntegerOrNull(post.likeCount) <= 9007199254740992 THEN toIntegerOrNull(post.likeCount) ELSE 0 END AS likes,
  log($smoothing.lists + one.similar) AS lists,
  coalesce((2 * vector.similarity.cosine(myFactors, post[$vectors.factors]) - 1) * myNorm * post[$vectors.factorsNorm], 0.0) AS factors,
  coalesce(2 * vector.similarity.cosine(myFastrp, post[$vectors.fastrp]) - 1, 0.0) AS fastrp,
  log($smoothing.proof + size(one.likers)) AS proof,
  log($smoothing.trend + coalesce(toFloatOrNull(post.trend), 0.0) * $request.trendFading) AS trend,
  CASE WHEN $request.since IS NULL THEN 0.0
    ELSE log($smoothing.recency + 0.5 ^ (($now - post.takenAt) / 86400000.0 / $halfLifeDays)) END AS recency,
  log($priors[source]) AS prior
WITH me, author, one, post, source, followed, hid, affinity, rate, never, by, lists, factors, fastrp, proof, log($smoothing.pop + likes) AS pop, trend, recency,
  prior, CASE WHEN likes < 3 THEN coalesce((2 * vector.similarity.cosine(myFactors, post[$vectors.content]) - 1) * myNorm * post[$vectors.contentNorm], 0.0)
    * (3 - likes) / 3 ELSE 0.0 END AS content
WITH me, author, one, post, source, followed, hid, affinity, rate, never, by, lists, factors, fastrp, proof, pop, trend, content, recency, prior,
  by.lists * lists + by.factors * factors + by.fastrp * fastrp + by.rate * rate + by.followed * followed + by.proof * proof
  + by.pop * pop + by.trend * trend + by.never * never + by.content * content + by.recency * recency + by.affinity * affinity + by.prior * prior
  - by.feedback * log(1 + hid) AS score
ORDER BY score DESC, post.id
// The best few of each source stay in, so that none is crowded out before mixing; then the best of all
WITH me, source, collect({post: post, author: author, one: one, by: by, hid: hid, score: score, features: {
    lists: lists, factors: factors, fastrp: fastrp, rate: rate, followed: toFloat(followed), proof: proof, pop: pop, trend: trend,
    never: toFloat(never), content: content, recency: recency, affinity: affinity, prior: prior
  }}) AS theirs
UNWIND range(0, size(theirs) - 1) AS place
// Grouped as above
WITH me, theirs[place].post AS post, place < $bounds.each AS isOfEach, head(collect(theirs[place])) AS one
ORDER BY isOfEach DESC, one.score DESC, post.id
LIMIT $bounds.best
// ---- 5. Hashtags: the rarest of each post, compared with those of my newest likes and hides, and with my wishes
CALL (post) {
  CALL (post) {
    MATCH (post)-[:TAGGED]->(hashtag)
    RETURN hashtag ORDER BY coalesce(hashtag.share, 0.0) = 0.0, hashtag.share, hashtag.name LIMIT $bounds.hashtags
  }
  RETURN collect(DISTINCT hashtag) AS hashtags
}
WITH me, collect(one {.*, hashtags: hashtags}) AS ranked
CALL (me) {
  CALL (me) {
    WITH me, $mine AS mine, $mine.newest AS oldest
    // fragment: newest_likes
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[act:LIKED]->(liked) RETURN act, liked LIMIT $bounds.stored }
      RETURN act, act.at AS at, liked, 1.0 AS counted
    UNION ALL
      CALL (me) { MATCH (me)-[act:SAVED|SHARED|MORE_LIKE]->(liked) RETURN act, liked LIMIT $bounds.stored }
      RETURN act, act.at AS at, liked, $feedback.acts[type(act)] AS counted
    UNION ALL
      UNWIND mine.stayed AS stay MATCH (liked:Post {id: stay.post})
      RETURN null AS act, stay.at AS at, liked, toFloat($feedback.stay) AS counted
    }
    WITH act, at, liked, CASE WHEN act IS NULL THEN counted WHEN
        (mine.resetAt IS NULL OR coalesce(act.at > mine.resetAt, false))
        AND (NOT mine.unlearns OR NOT EXISTS { (me)-[:UNLEARNED]->(liked) })
      THEN counted ELSE 0.0 END AS weight
    WHERE coalesce(at <= $now, true)
      AND (act IS NULL OR coalesce(at, mine.untimed) > oldest.at OR coalesce(at, mine.untimed) = oldest.at AND liked.id <= oldest.id)
      AND weight > 0
    // end fragment
    // Any of them, not the rarest: sorted rows would carry the whole pool
    CALL (liked) { MATCH (liked)-[:TAGGED]->(hashtag) WHERE hashtag.share > 0 RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, sum(weight) AS likes
  }
  RETURN collect({hashtag: hashtag, likes: likes}) AS liked, sum(likes) AS total
}
CALL (me, ranked, liked, total) {
  CALL (me, ranked, liked) {
    UNWIND liked AS one
    RETURN one.hashtag AS hashtag, null AS place, one.likes AS likes, 0.0 AS hid, 0.0 AS wanted, 0 AS dismissed
  UNION ALL
    WITH me, $mine AS mine
    // fragment: my_wants
    CALL (me) { MATCH (me)-[want:WANTS]->(hashtag) RETURN want, hashtag LIMIT $bounds.seen }
    WITH hashtag, want.how AS how, want.topic IS NOT NULL AS ofTopic WHERE
      coalesce(want.at <= $now, true) AND coalesce($now < want.until, true)
      AND (mine.resetAt IS NULL OR coalesce(want.at > mine.resetAt, false))
    // end fragment
    RETURN hashtag, null AS place, 0 AS likes, CASE how WHEN 'less' THEN toFloat($feedback.less) ELSE 0.0 END AS hid,
      CASE how WHEN 'more' THEN toFloat($feedback.more) ELSE 0.0 END AS wanted, CASE how WHEN 'none' THEN 1 ELSE 0 END AS dismissed
  UNION ALL
    WITH me, $mine AS mine
    // fragment: my_hides
    CALL (me, mine) {
      CALL (me) { MATCH (me)-[hide:HID]->(hidden) RETURN hide, hidden LIMIT $bounds.hides }
      WITH hide.at AS at, hidden, coalesce($feedback.hideReasons[toStringOrNull(hide.reason)], $feedback.hide) AS weight
      WHERE mine.resetAt IS NULL OR coalesce(at > mine.resetAt, false)
      RETURN at, hidden, weight
    UNION ALL
      UNWIND mine.left AS leave
      MATCH (hidden:Post {id: leave.post})
      RETURN leave.at AS at, hidden, toFloat($feedback.leave) AS weight
    }
    WITH hidden, -weight * 0.5 ^ (CASE WHEN at < $now THEN $now - at ELSE 0 END / 86400000.0 / $feedback.hideHalfLifeDays) AS fading
    // end fragment
    CALL (hidden) { MATCH (hidden)-[:TAGGED]->(hashtag) RETURN hashtag LIMIT $bounds.hashtags }
    RETURN hashtag, null AS place, 0 AS likes, fading AS hid, 0.0 AS wanted, 0 AS dismissed
  UNION ALL
    UNWIND range(0, size(ranked) - 1) AS place
    UNWIND ranked[place].hashtags + [null] AS hashtag // null, so that a post without hashtags has a row, too
    RETURN hashtag, place, 0 AS likes, 0.0 AS hid, 0.0 AS wanted, 0 AS dismissed
  }
  WITH total, hashtag, collect(place) AS places, sum(likes) * (1 - max(dismissed)) AS likes, sum(hid) AS hid, sum(wanted) AS wanted
  WHERE places <> []
  WITH places, toStringOrNull(hashtag.name) AS name, hid, wanted, CASE WHEN hashtag.share > 0
    THEN log((likes + $smoothing.tag * hashtag.share) / (total + $smoothing.tag) / hashtag.share) END AS lift
  UNWIND places AS place
  WITH place, collect(name) AS names, sum(lift) AS lift, count(lift) AS lifts, sum(hid) AS hid, sum(wanted) AS wanted
  RETURN place, names, hid, wanted, CASE lifts WHEN 0 THEN 0.0 ELSE lift / sqrt(lifts) END AS tag
}
WITH ranked[place] AS one, ranked[place].features AS features, names, tag, log(1 + ranked[place].hid) AS counted,
  log(1 + ranked[place].hid + hid) - log(1 + wanted) AS feedback
WITH one, one.post AS it, one.author AS creator, names, features {.*, tag: tag, feedback: -feedback} AS features,
  one.score + one.by.tag * tag - one.by.feedback * (feedback - counted) AS score
// Grouped, so that the sorted rows do not carry the list of all, which would take memory once a row
WITH it.id AS post, score, features, toStringOrNull(creator.id) AS author, one.one.sources AS sources, names AS hashtags,
  COUNT { (creator)<-[:FOLLOWS]-() } AS followers, toIntegerOrNull(it.impressions) AS impressions, toIntegerOrNull(it.impressionLikes) AS impressionLikes,
  toIntegerOrNull(it.likeCount) AS likes,
  reduce(best = head(one.one.links), link IN one.one.links | CASE WHEN link.weight > best.weight THEN link ELSE best END).post.id AS link,
  head(one.one.looks).post.id AS look, head(one.one.likers).id AS liker,
  toStringOrNull(it.pictureModel) AS model, toStringOrNull(it.pictureBytes) AS picture, count(*) AS rows
RETURN post, author, sources, score, features, hashtags, link, look, liker, model, picture, followers, impressions, impressionLikes, likes
ORDER BY score DESC, post
LIMIT $request.limit
