// Creates what version 10 adds: people who were dismissed, packs of people; again, it changes nothing
CREATE CONSTRAINT pack_id IF NOT EXISTS FOR (pack:Pack) REQUIRE pack.id IS UNIQUE;
CREATE INDEX pack_at IF NOT EXISTS FOR (pack:Pack) ON (pack.at);
CALL db.createRelationshipType('DISMISSED');
CALL db.createRelationshipType('MADE');
CALL db.createRelationshipType('HAS');
CALL db.createRelationshipType('LEFT');
CALL db.createProperty('name');
