// Slates, posts shown, likes and hides of each person in each arm of each experiment; a post counts once
// :param rewardMs => 604800000
// :param mature => timestamp()
MATCH (me:User)-[:WAS_SHOWN|KEPT_SLATE]->(slate:Slate)
WHERE slate.experiment IS NOT NULL AND slate.served > 0 AND slate.asOf <= $mature
WITH slate.experiment AS experiment, slate.arm AS arm, me, collect(slate) AS slates
CALL (me, slates) {
  UNWIND slates AS slate
  UNWIND slate.posts[..slate.served] AS id
  WITH id, collect(slate.asOf) AS times
  OPTIONAL MATCH (post:Post {id: id})
  WITH
    EXISTS { (me)-[like:LIKED]->(post) WHERE any(at IN times WHERE at <= like.at <= at + $rewardMs) } AS liked,
    EXISTS { (me)-[hid:HID]->(post) WHERE any(at IN times WHERE at <= hid.at <= at + $rewardMs) } AS hid
  RETURN count(*) AS impressions, count(CASE WHEN liked THEN 1 END) AS likes, count(CASE WHEN hid THEN 1 END) AS hides
}
RETURN experiment, arm, me.id AS person, size(slates) AS slates, impressions, likes, hides
ORDER BY experiment, arm, person
