// The posts that were served in slates of some days before a time, with the source of each, and to whom
// :param now => timestamp()
// :param servedDays => 7
MATCH (slate:Slate) WHERE $now - $servedDays * 86400000 < slate.asOf <= $now AND slate.served > 0
MATCH (me)-[:WAS_SHOWN|KEPT_SLATE]->(slate)
RETURN id(me) AS node, slate.posts[..slate.served] AS posts, slate.sources[..slate.served] AS sources
