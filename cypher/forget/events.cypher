// Deletes a batch of a person's entries in the ledger of events; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (event:Event {user: $me})
WITH event LIMIT $batch
DELETE event
RETURN count(*) AS derived
