// Deletes a batch of the ledger's entries that are older than a time; returns how many
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (event:Event)
WHERE event.at < $before
WITH event LIMIT $batch
DELETE event
RETURN count(*) AS events
