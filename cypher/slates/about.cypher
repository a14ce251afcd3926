// The parameters, lifetime and size of a slate of mine
// needs: slates/create
// :param me => '42'
// :param slate => 'new'
MATCH (:User {id: $me})-[:WAS_SHOWN]->(slate:Slate {id: $slate})
RETURN slate.asOf AS asOf, slate.expiresAt AS expiresAt, slate.seed AS seed, slate.profile AS profile,
  slate.profileHash AS profileHash, slate.source AS source, size(slate.posts) AS size
