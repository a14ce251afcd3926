// Me and a hashtag, which is created if it is missing
MATCH (me:User {id: $me})
MERGE (hashtag:Hashtag {name: $hashtag})
  ON CREATE SET hashtag.display = $display
