// Creates what version 6 adds: wishes about hashtags, and the ends of wishes and mutes; again, it changes nothing
CREATE INDEX muted_until IF NOT EXISTS FOR ()-[muted:MUTED]-() ON (muted.until);
CREATE INDEX wants_until IF NOT EXISTS FOR ()-[want:WANTS]-() ON (want.until);
CALL db.createRelationshipType('WANTS');
CALL db.createProperty('how');
