// Ids of the transactions that create slates now
SHOW TRANSACTIONS YIELD transactionId, metaData
WHERE metaData.query = 'slates/create'
RETURN transactionId AS id
