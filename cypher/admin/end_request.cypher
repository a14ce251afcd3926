// Ends what runs for a request whose client has left; the statements
// :param requestId => 'f3b1'
SHOW TRANSACTIONS YIELD transactionId AS id, metaData, currentQuery
WHERE metaData.request = $requestId
TERMINATE TRANSACTIONS id YIELD transactionId
RETURN metaData.query AS statement
