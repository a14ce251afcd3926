// Records how far a slate of mine has been served
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
// :param upTo => 2
MATCH (:User {id: $me})-[:WAS_SHOWN]->(slate:Slate {id: $slate})
WHERE slate.served < $upTo
SET slate.served = $upTo
RETURN slate.id AS slate
