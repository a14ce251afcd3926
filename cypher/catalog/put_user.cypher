// Puts a person as they are given, in place of what was told of them before
// :param me => '42'
// :param told => head([{username: 'ana', fullName: null, optedOut: null}])
MERGE (me:User {id: $me})
SET me.username = $told.username, me.fullName = $told.fullName, me.optedOut = $told.optedOut
RETURN me.id AS user
