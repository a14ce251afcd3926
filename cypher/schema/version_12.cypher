// Creates what version 12 adds: topics, which are hashtags that belong together; again, it changes nothing
CREATE CONSTRAINT topic_id IF NOT EXISTS FOR (topic:Topic) REQUIRE topic.id IS UNIQUE;
CALL db.createRelationshipType('OF_TOPIC');
CALL db.createProperty('topic');
