// Posts with the numbers of people whom they were shown to, as the last build counted them
MATCH (post:Post) WHERE post.shown > 0 OR post.impressions > 0
RETURN id(post) AS node, toIntegerOrNull(post.shown) AS shown, post.shownBy AS sources, post.shownTo AS people,
  toIntegerOrNull(post.impressions) AS impressions, toIntegerOrNull(post.impressionLikes) AS likes
