// What people were shown in each arm of each experiment, and what they liked and hid of it since
// :param rewardMs => 604800000
MATCH (me:User)-[:WAS_SHOWN|KEPT_SLATE]->(slate:Slate)
WHERE slate.experiment IS NOT NULL AND slate.served > 0
CALL (me, slate) {
  UNWIND slate.posts[..slate.served] AS id
  MATCH (post:Post {id: id})
  RETURN
    count(CASE WHEN EXISTS { (me)-[like:LIKED]->(post) WHERE slate.asOf <= like.at <= slate.asOf + $rewardMs } THEN 1 END) AS likes,
    count(CASE WHEN EXISTS { (me)-[hid:HID]->(post) WHERE slate.asOf <= hid.at <= slate.asOf + $rewardMs } THEN 1 END) AS hides
}
RETURN slate.experiment AS experiment, slate.arm AS arm, me.id AS person, count(*) AS slates,
  sum(size(slate.posts[..slate.served])) AS impressions, sum(likes) AS likes, sum(hides) AS hides
ORDER BY experiment, arm, person
