// Deletes claimed events that were refused from the ledger; returns how many
// needs: events/claim
// :param ids => ['new']
UNWIND $ids AS id
MATCH (event:Event {id: id})
DELETE event
RETURN count(*) AS events
