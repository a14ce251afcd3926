// Creates the constraint of version 2 of the schema, for the progress of imports; running it again changes nothing
CREATE CONSTRAINT import_progress IF NOT EXISTS
FOR (progress:ImportProgress) REQUIRE (progress.import, progress.file, progress.lane) IS UNIQUE;
CALL db.createProperty('batches');
CALL db.createProperty('rows');
CALL db.createProperty('created');
CALL db.createProperty('updated');
CALL db.createProperty('rejected');
