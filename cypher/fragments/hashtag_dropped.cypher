// Deletes a hashtag that I changed my tie to, if nothing uses it any more
WITH hashtag, changed, changed AND
  // fragment: hashtag_unused
  NOT EXISTS { (hashtag)<-[:TAGGED|INTERESTED_IN|WANTS|MUTED]-() } AND NOT EXISTS { (hashtag)-[:VARIANT_OF|NOT_VARIANT_OF|BECOMES]-() }
  // end fragment
  AS unused
FOREACH (_ IN CASE WHEN unused THEN [1] ELSE [] END | DETACH DELETE hashtag)
