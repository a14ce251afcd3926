// Creates the constraints of version 5: of tuned profiles, and by which hashtags are merged; again, it changes nothing
CREATE CONSTRAINT hashtag_name IF NOT EXISTS FOR (hashtag:Hashtag) REQUIRE hashtag.name IS UNIQUE;
CREATE CONSTRAINT profile_name IF NOT EXISTS FOR (profile:Profile) REQUIRE profile.name IS UNIQUE;
CREATE CONSTRAINT tuning_name IF NOT EXISTS FOR (tuning:Tuning) REQUIRE tuning.name IS UNIQUE;
CALL db.createLabel('Profile');
CALL db.createLabel('Tuning');
CALL db.createProperty('createdAt');
