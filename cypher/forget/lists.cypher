// Blanks a person and their posts in some of the stored candidates and slates of others, whose places stay; how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
WITH COLLECT { MATCH (me)-[:POSTED]->(post) RETURN post.id } AS mine
MATCH (list:Candidates|Slate)
WHERE any(post IN list.posts WHERE post IN mine) OR any(link IN list.links WHERE link IN mine)
  OR $me IN list.vias OR $me IN list.authors
WITH mine, list LIMIT $batch
SET list.posts = [post IN list.posts | CASE WHEN post IN mine THEN '' ELSE post END],
    list.links = [link IN list.links | CASE WHEN link IN mine THEN '' ELSE link END],
    // A hashtag may have the name of a person, and loses no more than a reason by it
    list.vias = [via IN list.vias | CASE via WHEN $me THEN '' ELSE via END],
    list.authors = [author IN list.authors | CASE author WHEN $me THEN '' ELSE author END]
RETURN count(*) AS derived
