// Creates what version 9 adds: resets, and posts and people that are not to be learned from; again, it changes nothing
CALL db.createRelationshipType('UNLEARNED');
CALL db.createRelationshipType('RESET');
