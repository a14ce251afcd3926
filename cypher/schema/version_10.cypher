// Creates what version 10 adds: full-text indexes of names and captions, related hashtags, lists of what trends, people
// who were dismissed, packs of people; again, it changes nothing
// No analyzer of Neo4j that folds accents keeps all words: standard-folding drops "will", "the", "an", "in", which are
// names, and words of other languages. This one drops none, knows words of all scripts (UAX 29), and lowers case.
// The query folds accents (graph/discovery/search_text.py). Captions have no limit, so the words that are kept of them
// are indexed, each once and at most 20,000 characters (graph/words.py): that takes a third of what the whole would
CREATE FULLTEXT INDEX people_names IF NOT EXISTS FOR (user:User) ON EACH [user.username, user.fullName]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words', `fulltext.eventually_consistent`: false}};
CREATE FULLTEXT INDEX post_words IF NOT EXISTS FOR (post:Post) ON EACH [post.words]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words', `fulltext.eventually_consistent`: false}};
CREATE CONSTRAINT pack_id IF NOT EXISTS FOR (pack:Pack) REQUIRE pack.id IS UNIQUE;
CREATE INDEX pack_at IF NOT EXISTS FOR (pack:Pack) ON (pack.at);
CALL db.createRelationshipType('RELATED_TO');
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
