// Claims events in the ledger, so that none takes effect twice; returns the ids of the new ones
// :param rows => [{id: 'new', user: '42', at: timestamp()}]
UNWIND $rows AS row
MERGE (event:Event {id: row.id}) // waits for concurrent claims of the same event
WITH row, event
WHERE event.at IS NULL // an existing entry has a time
SET event.at = row.at, event.user = row.user
RETURN row.id AS id
