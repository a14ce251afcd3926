// Creates what version 8 adds: words of captions, muted words and their ends, communities; again, it changes nothing
CREATE INDEX muted_words_end IF NOT EXISTS FOR (user:User) ON (user.mutedWordsEnd);
CALL db.createProperty('words');
CALL db.createProperty('mutedWords');
CALL db.createProperty('mutedWordsAt');
CALL db.createProperty('mutedWordsUntil');
CALL db.createProperty('community');
CALL db.createProperty('inferred');
