// Posts that the source of each holdout retrieved for each person, by arm, with their likes and hides since
// :param rewardMs => 604800000
// :param mature => timestamp()
MATCH (me:User)-[:WAS_SHOWN|KEPT_SLATE]->(slate:Slate)
WHERE slate.holdout IS NOT NULL AND slate.asOf <= $mature
UNWIND [{arm: 'held', posts: slate.heldPosts}, {arm: 'open', posts: slate.openPosts}] AS of
UNWIND of.posts AS id
WITH slate.holdout AS experiment, of.arm AS arm, me, id, min(slate.asOf) AS since
MATCH (post:Post {id: id})
WITH experiment, arm, me,
  EXISTS { (me)-[like:LIKED]->(post) WHERE since <= like.at <= since + $rewardMs } AS liked,
  EXISTS { (me)-[hid:HID]->(post) WHERE since <= hid.at <= since + $rewardMs } AS hid
RETURN experiment, arm, me.id AS person, 0 AS slates, count(*) AS impressions,
  count(CASE WHEN liked THEN 1 END) AS likes, count(CASE WHEN hid THEN 1 END) AS hides
ORDER BY experiment, arm, person
