// Allows a use of what I do that I forbade; returns whether anything changed
// needs: events/forbid
// :param me => '42'
// :param use => 'profiling'
// :param recordedAt => timestamp()
MATCH (me:User {id: $me})
WITH me, coalesce(CASE $use WHEN 'profiling' THEN me.notProfiled ELSE me.likesForSelf END <> false, false) AS changed
SET me.notProfiled = CASE $use WHEN 'profiling' THEN null ELSE me.notProfiled END,
  me.likesForSelf = CASE $use WHEN 'likes' THEN null ELSE me.likesForSelf END
FOREACH (_ IN CASE WHEN changed THEN [1] ELSE [] END |
  SET
    // fragment: affinity_due
    me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
    // end fragment
)
RETURN changed
