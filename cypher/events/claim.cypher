// Claims events for the ledger, so that none acts twice; the ids of those that were not in it
// :param rows => [{id: 'new', user: '42', at: timestamp()}]
UNWIND $rows AS row
MERGE (event:Event {id: row.id}) // waits for others that claim it at the same time
WITH row, event
WHERE event.at IS NULL // an entry that was there has its time
SET event.at = row.at, event.user = row.user
RETURN row.id AS id
