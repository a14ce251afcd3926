// Notes how far a slate of mine has been served
// :param me => '42'
// :param slate => null
// :param served => 1
MATCH (:User {id: $me})-[:WAS_SHOWN]->(slate:Slate {id: $slate})
WHERE slate.served < $served
SET slate.served = $served
RETURN slate.id AS slate
