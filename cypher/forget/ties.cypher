// Deletes a batch of a person's ties to people and others' posts, without likes and comments; returns how many by kind
// needs: forget/hashtags
// :param me => '42'
// :param batch => 2000
MATCH (:User {id: $me})-[tie]-()
WHERE NOT tie:POSTED|LIKED|COMMENTED
WITH tie, type(tie) AS type LIMIT $batch
DELETE tie
RETURN count(CASE type WHEN 'FOLLOWS' THEN 1 END) AS follows, count(CASE type WHEN 'MENTIONS' THEN 1 END) AS mentions,
       count(CASE type WHEN 'VIEWED' THEN 1 END) AS views, count(CASE type WHEN 'MUTED' THEN 1 END) AS mutes,
       count(CASE type WHEN 'BLOCKED' THEN 1 END) AS blocks, count(CASE type WHEN 'HID' THEN 1 END) AS hides,
       count(CASE type WHEN 'SAVED' THEN 1 END) AS saves, count(CASE type WHEN 'SHARED' THEN 1 END) AS shares,
       count(CASE type WHEN 'MORE_LIKE' THEN 1 END) AS more_like, count(CASE type WHEN 'UNLEARNED' THEN 1 END) AS unlearned,
       count(CASE type WHEN 'RESET' THEN 1 END) AS resets, count(CASE type WHEN 'DISMISSED' THEN 1 END) AS dismissed, count(CASE WHEN type IN ['HAS', 'LEFT'] THEN 1 END) AS packs,
       count(CASE WHEN NOT type IN ['FOLLOWS', 'MENTIONS', 'VIEWED', 'MUTED', 'BLOCKED', 'HID', 'SAVED', 'SHARED', 'MORE_LIKE',
         'UNLEARNED', 'RESET', 'DISMISSED', 'HAS', 'LEFT'] THEN 1 END) AS derived
