// Creates what version 7 adds: saves, shares, and posts of which somebody wants more; again, it changes nothing
CALL db.createRelationshipType('SAVED');
CALL db.createRelationshipType('SHARED');
CALL db.createRelationshipType('MORE_LIKE');
