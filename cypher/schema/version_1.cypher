// Makes the identities and indexes of version 1 of the schema; running it again changes nothing
CREATE CONSTRAINT user_id IF NOT EXISTS FOR (user:User) REQUIRE user.id IS UNIQUE;
CREATE CONSTRAINT post_id IF NOT EXISTS FOR (post:Post) REQUIRE post.id IS UNIQUE;
CREATE CONSTRAINT hashtag_name IF NOT EXISTS FOR (hashtag:Hashtag) REQUIRE hashtag.name IS UNIQUE;
CREATE CONSTRAINT comment_id IF NOT EXISTS FOR ()-[comment:COMMENTED]-() REQUIRE comment.id IS UNIQUE;
CREATE CONSTRAINT schema_name IF NOT EXISTS FOR (schema:Schema) REQUIRE schema.name IS UNIQUE;
CREATE INDEX post_taken_at IF NOT EXISTS FOR (post:Post) ON (post.takenAt);
