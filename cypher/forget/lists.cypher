// Blanks a person and their posts in a batch of other people's slates, which keep their places; returns how many
// :param me => '42'
// :param batch => 2000
MATCH (me:User {id: $me})
WITH COLLECT { MATCH (me)-[:POSTED]->(post) RETURN post.id } AS mine
MATCH (slate:Slate)
WHERE any(post IN slate.posts WHERE post IN mine) OR any(link IN slate.links WHERE link IN mine)
  OR any(post IN slate.poolPosts WHERE post IN mine)
  OR any(post IN slate.heldPosts WHERE post IN mine) OR any(post IN slate.openPosts WHERE post IN mine)
  OR $me IN slate.vias OR $me IN slate.authors OR $me IN slate.poolAuthors
WITH mine, slate LIMIT $batch
SET slate.posts = [post IN slate.posts | CASE WHEN post IN mine THEN '' ELSE post END],
    slate.links = [link IN slate.links | CASE WHEN link IN mine THEN '' ELSE link END],
    slate.poolPosts = [post IN slate.poolPosts | CASE WHEN post IN mine THEN '' ELSE post END],
    slate.heldPosts = [post IN slate.heldPosts | CASE WHEN post IN mine THEN '' ELSE post END],
    slate.openPosts = [post IN slate.openPosts | CASE WHEN post IN mine THEN '' ELSE post END],
    // A hashtag may have the name of a person's id; blanking it loses a reason, nothing else
    slate.vias = [via IN slate.vias | CASE via WHEN $me THEN '' ELSE via END],
    slate.authors = [author IN slate.authors | CASE author WHEN $me THEN '' ELSE author END],
    slate.poolAuthors = [author IN slate.poolAuthors | CASE author WHEN $me THEN '' ELSE author END]
RETURN count(*) AS derived
