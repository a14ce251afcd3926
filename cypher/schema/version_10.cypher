// Creates what version 10 adds: lists of what trends; again, it changes nothing
CALL db.createLabel('TrendingList');
CALL db.createRelationshipType('TRENDING');
CALL db.createProperty('builtAt');
CALL db.createProperty('place');
CALL db.createProperty('likers');
CALL db.createProperty('usual');
CALL db.createProperty('about');
