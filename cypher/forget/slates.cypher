// Reads a page of slates, those whose ids come after one; returns the last id, and the ids of those that name a
// person or their posts
// needs: forget/posts_of
// :param me => '42'
// :param posts => ['1']
// :param after => ''
// :param batch => 2000
MATCH (slate:Slate)
WHERE slate.id > $after
WITH slate ORDER BY slate.id LIMIT $batch
WITH slate.id AS id,
     any(post IN slate.posts WHERE post IN $posts) OR any(link IN slate.links WHERE link IN $posts)
     OR any(post IN slate.poolPosts WHERE post IN $posts)
     OR any(post IN slate.heldPosts WHERE post IN $posts) OR any(post IN slate.openPosts WHERE post IN $posts)
     OR $me IN slate.vias OR $me IN slate.authors OR $me IN slate.poolAuthors AS isNamed
RETURN max(id) AS last, collect(CASE WHEN isNamed THEN id END) AS slates
