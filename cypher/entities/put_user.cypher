// Creates or replaces a person; the affinity of a new one is due
// :param me => '42'
// :param told => head([{username: 'ana', fullName: null, optedOut: null}])
// :param recordedAt => timestamp()
MERGE (me:User {id: $me})
  ON CREATE SET me.affinityAt = $recordedAt
SET me.username = $told.username, me.fullName = $told.fullName, me.optedOut = $told.optedOut
RETURN me.id AS user
