// Creates the constraint by which version 5 of the schema merges hashtags; running it again changes nothing
CREATE CONSTRAINT hashtag_name IF NOT EXISTS FOR (hashtag:Hashtag) REQUIRE hashtag.name IS UNIQUE;
