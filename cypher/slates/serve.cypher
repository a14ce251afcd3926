// Records how far a slate of mine has been handed out: that counts as served at once, unless impressions report it
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
// :param upTo => 2
MATCH (slate:Slate {id: $slate})
WHERE EXISTS { (:User {id: $me})-[:WAS_SHOWN]->(slate) } // from the slate: of mine there may be many
SET slate.id = slate.id // locks it, so that of two pages at the same time the farther one counts
WITH slate, slate.served AS served, slate {.handedOut, .servedLater} AS of
WITH slate, served, coalesce(of.handedOut, served) AS handedOut, coalesce(of.servedLater, false) AS servedLater
SET slate.handedOut = CASE WHEN handedOut < $upTo THEN $upTo ELSE handedOut END,
  slate.served = CASE WHEN served < $upTo AND NOT servedLater THEN $upTo ELSE served END
RETURN slate.id AS slate
