// Creates what version 9 adds: resets, what is not to be learned from, who may be shown what; again, it changes nothing
CALL db.createRelationshipType('UNLEARNED');
CALL db.createRelationshipType('RESET');
CALL db.createProperty('visibility');
CALL db.createProperty('notProfiled');
CALL db.createProperty('likesForSelf');
