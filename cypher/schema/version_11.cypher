// Creates what version 11 adds, the names of merges of hashtags; again, it changes nothing
CALL db.createRelationshipType('VARIANT_OF');
CALL db.createRelationshipType('NOT_VARIANT_OF');
CALL db.createRelationshipType('BECOMES');
CALL db.createProperty('as');
CALL db.createProperty('by');
CALL db.createProperty('moving');
CALL db.createProperty('undoing');
CALL db.createProperty('copied');
CALL db.createProperty('mutedSpellings');
