// Terminates the transactions of a request whose client has disconnected; returns their statements
// :param requestId => 'f3b1'
SHOW TRANSACTIONS YIELD transactionId AS id, metaData, currentQuery
WHERE metaData.request = $requestId
TERMINATE TRANSACTIONS id YIELD transactionId
RETURN metaData.query AS statement
