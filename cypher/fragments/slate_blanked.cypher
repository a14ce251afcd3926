// Blanks posts and people in a slate, which keeps its places
slate.posts = [id IN slate.posts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
slate.links = [id IN slate.links | CASE WHEN id IN gonePosts THEN '' ELSE id END],
slate.poolPosts = [id IN slate.poolPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
slate.heldPosts = [id IN slate.heldPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
slate.openPosts = [id IN slate.openPosts | CASE WHEN id IN gonePosts THEN '' ELSE id END],
slate.vias = [id IN slate.vias | CASE WHEN id IN gonePeople THEN '' ELSE id END],
slate.authors = [id IN slate.authors | CASE WHEN id IN gonePeople THEN '' ELSE id END],
slate.poolAuthors = [id IN slate.poolAuthors | CASE WHEN id IN gonePeople THEN '' ELSE id END]
