// Slates whose pool was stored, with the inputs of their draws, and the seen places that were liked or hidden since
// :param learning => head([{places: 10, rewardMs: 604800000, mature: timestamp()}])
MATCH (me:User)-[:WAS_SHOWN|KEPT_SLATE]->(slate:Slate)
WHERE slate.poolPosts IS NOT NULL AND slate.asOf <= $learning.mature
CALL (me, slate) {
  UNWIND range(0, size(slate.posts[..slate.served][..$learning.places]) - 1) AS place
  MATCH (post:Post {id: slate.posts[place]})
  RETURN
    collect(CASE WHEN EXISTS { (me)-[like:LIKED]->(post) WHERE slate.asOf <= like.at <= slate.asOf + $learning.rewardMs }
      THEN place END) AS liked,
    collect(CASE WHEN EXISTS { (me)-[hid:HID]->(post) WHERE slate.asOf <= hid.at <= slate.asOf + $learning.rewardMs }
      THEN place END) AS hid
}
RETURN me.id AS person, slate.source AS source, slate.posts[..slate.served][..$learning.places] AS drawn,
  slate.probabilities[..slate.served][..$learning.places] AS probabilities, liked, hid,
  slate.poolPosts AS posts, slate.poolAuthors AS authors, slate.poolSources AS sources, slate.poolHashtags AS hashtags,
  slate.poolFeatures AS features, slate.poolShown AS shown, slate.poolLate AS late, slate.poolLikes AS likes,
  slate.poolConstants AS constants, slate.poolAudiences AS audiences, slate.poolPage AS page
ORDER BY slate.id
