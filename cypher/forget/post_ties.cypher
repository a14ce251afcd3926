// Deletes a batch of the remaining ties of a person's posts, except comments; returns how many of each kind
// needs: forget/tags
// needs: forget/post_comments
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[:POSTED]->()-[tie]-()
WHERE NOT tie:COMMENTED
WITH tie, type(tie) AS type LIMIT $batch
DELETE tie
RETURN count(CASE type WHEN 'LIKED' THEN 1 END) AS likes, count(CASE type WHEN 'MENTIONS' THEN 1 END) AS mentions,
       count(CASE type WHEN 'VIEWED' THEN 1 END) AS views, count(CASE type WHEN 'HID' THEN 1 END) AS hides,
       count(CASE type WHEN 'SAVED' THEN 1 END) AS saves, count(CASE type WHEN 'SHARED' THEN 1 END) AS shares,
       count(CASE type WHEN 'MORE_LIKE' THEN 1 END) AS more_like, count(CASE type WHEN 'UNLEARNED' THEN 1 END) AS unlearned,
       count(CASE WHEN NOT type IN ['LIKED', 'MENTIONS', 'VIEWED', 'HID', 'SAVED', 'SHARED', 'MORE_LIKE', 'UNLEARNED'] THEN 1 END) AS derived
