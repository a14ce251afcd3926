// Terminates the transactions of a request whose client has disconnected; returns their statements
// :param requestKey => '7d1f3f6ce2a84f0b8a9c'
SHOW TRANSACTIONS YIELD transactionId AS id, metaData, currentQuery
WHERE metaData.requestKey = $requestKey
TERMINATE TRANSACTIONS id YIELD transactionId
RETURN metaData.query AS statement
