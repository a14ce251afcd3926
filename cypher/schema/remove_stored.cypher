// Removes what version 3 of the schema noted of each person's stored candidates, some thousands at a time
MATCH (user:User)
WHERE user.storedAsOf IS NOT NULL OR user.staleSince IS NOT NULL OR user.storedHash IS NOT NULL
   OR user.storedActs IS NOT NULL OR user.storedWithout IS NOT NULL
CALL (user) {
  REMOVE user.storedAsOf, user.storedHash, user.storedActs, user.storedWithout, user.staleSince
} IN TRANSACTIONS OF 2000 ROWS
