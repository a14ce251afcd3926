// What some people are called, the authors of some posts, and some hashtags
// :param ids => ['new']
// :param posts => ['1']
// :param hashtags => ['sunset']
UNWIND $ids AS id
MATCH (person:User {id: id})
RETURN id, 'person' AS kind, coalesce(person.username, person.fullName, 'user ' + person.id) AS name
UNION ALL
UNWIND $posts AS id
MATCH (post:Post {id: id})
// fragment: author
CALL (post) { OPTIONAL MATCH (author:User)-[:POSTED]->(post) RETURN author ORDER BY author.id LIMIT 1 }
// end fragment
RETURN id, 'post' AS kind, coalesce(author.username, author.fullName, 'user ' + author.id) AS name
UNION ALL
UNWIND $hashtags AS id
MATCH (hashtag:Hashtag {name: id})
RETURN id, 'hashtag' AS kind, coalesce(toStringOrNull(hashtag.display), hashtag.name) AS name
