// Removes the notes of version 3 of the schema about stored candidates, from 2000 people in a transaction
MATCH (user:User)
WHERE user.storedAsOf IS NOT NULL OR user.staleSince IS NOT NULL OR user.storedHash IS NOT NULL
   OR user.storedActs IS NOT NULL OR user.storedWithout IS NOT NULL
CALL (user) {
  REMOVE user.storedAsOf, user.storedHash, user.storedActs, user.storedWithout, user.staleSince
} IN TRANSACTIONS OF 2000 ROWS
