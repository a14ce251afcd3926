// The place of a hashtag in its topic, from 1 for the most typical one; 101 for none
coalesce(toIntegerOrNull(head(COLLECT { MATCH (hashtag)-[of:OF_TOPIC]->() RETURN of.place LIMIT 1 })), 101)
