// Takes claimed events out of the ledger again, for they were refused; how many
// needs: events/claim
// :param ids => ['new']
UNWIND $ids AS id
MATCH (event:Event {id: id})
DELETE event
RETURN count(*) AS events
