// Creates the constraints of version 5 of the schema, for tuned profiles; running it again changes nothing
CREATE CONSTRAINT profile_name IF NOT EXISTS FOR (profile:Profile) REQUIRE profile.name IS UNIQUE;
CREATE CONSTRAINT tuning_name IF NOT EXISTS FOR (tuning:Tuning) REQUIRE tuning.name IS UNIQUE;
CALL db.createLabel('Profile');
CALL db.createLabel('Tuning');
CALL db.createProperty('createdAt');
