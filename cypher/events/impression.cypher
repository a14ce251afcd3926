// I saw a slate of mine up to a place: whether more of it counts as served now, null if no page reached that place
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
// :param place => 1
// :param recordedAt => timestamp()
MATCH (slate:Slate {id: $slate})
WHERE EXISTS { (:User {id: $me})-[:WAS_SHOWN]->(slate) } // from the slate: of mine there may be many
SET slate.id = slate.id // locks it, so that of two at the same time the farther one counts
WITH slate, slate.served AS served, slate {.handedOut} AS of
WITH slate, served, coalesce(of.handedOut, served) AS handedOut // an older version served whatever it handed out
WITH slate, handedOut, CASE WHEN $place <= handedOut THEN served < $place END AS changed
FOREACH (_ IN CASE WHEN changed AND slate.expiresAt >= $recordedAt THEN [1] ELSE [] END | SET slate.served = $place)
RETURN changed, handedOut, slate.expiresAt AS expiresAt
