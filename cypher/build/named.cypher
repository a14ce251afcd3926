// Some people and posts by internal id, with their ids and numbers of likes; those not known yet are known from now on
// :param rows => head([{nodes: [0, 1], known: timestamp()}])
UNWIND $rows.nodes AS node
MATCH (one) WHERE id(one) = node AND one:User|Post AND one.id IS :: STRING NOT NULL
FOREACH (_ IN CASE WHEN one.knownSince IS NULL THEN [1] ELSE [] END | SET one.knownSince = $rows.known)
RETURN node, one.id AS id, COUNT { (one)-[:LIKED]-() } AS likes,
  // fragment: for_followers (post=one)
  (coalesce(one.visibility <> 'public', false)
    OR EXISTS { (one)<-[:POSTED]-(author) WHERE coalesce(author.visibility <> 'public', false) })
  // end fragment
  AS isForFollowers
