// Creates what version 10 adds: lists of what trends, people who were dismissed, packs of people; again, it changes
// nothing
CREATE CONSTRAINT pack_id IF NOT EXISTS FOR (pack:Pack) REQUIRE pack.id IS UNIQUE;
CREATE INDEX pack_at IF NOT EXISTS FOR (pack:Pack) ON (pack.at);
CALL db.createLabel('TrendingList');
CALL db.createRelationshipType('TRENDING');
CALL db.createProperty('builtAt');
CALL db.createProperty('place');
CALL db.createProperty('likers');
CALL db.createProperty('usual');
CALL db.createProperty('about');
CALL db.createRelationshipType('DISMISSED');
CALL db.createRelationshipType('MADE');
CALL db.createRelationshipType('HAS');
CALL db.createRelationshipType('LEFT');
CALL db.createProperty('name');
