// Creates or replaces a person; the affinity of a new one is due
// :param me => '42'
// :param values => head([{username: 'ana', fullName: null, optedOut: null, visibility: null}])
// :param recordedAt => timestamp()
MERGE (me:User {id: $me})
  ON CREATE SET me.affinityAt = $recordedAt
SET me.username = $values.username, me.fullName = $values.fullName, me.optedOut = $values.optedOut,
  me.visibility = $values.visibility
RETURN me.id AS user
