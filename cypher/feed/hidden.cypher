// The vectors, in bytes, of the pictures that I hid last, with their posts
// :param me => '42'
// :param bounds => head([{stored: 5000, likes: 100, likesOfAuthors: 1000, likesOfFactors: 200, seen: 10000, followees: 200, likesOfFollowee: 50, scanned: 50, posts: 20, authors: 60, interests: 10, hashtags: 20, hides: 500, views: 500, slates: 3, pool: 240, best: 60, each: 3}])
MATCH (me:User {id: $me})
CALL (me) { MATCH (me)-[hide:HID]->(post) RETURN hide, post LIMIT $bounds.stored }
WITH hide, post WHERE post.pictureBytes IS :: STRING NOT NULL AND post.pictureModel IS :: STRING NOT NULL AND post.id IS :: STRING NOT NULL
WITH post, coalesce(toIntegerOrNull(hide.at), 0) AS at ORDER BY at DESC, post.id LIMIT $bounds.hides
RETURN post.id AS post, post.pictureModel AS model, post.pictureBytes AS numbers
