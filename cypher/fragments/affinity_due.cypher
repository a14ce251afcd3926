// Marks my affinity as due, unless I am not profiled. A later time, set after a failure, stays
me.affinityAt = CASE WHEN coalesce(me.notProfiled <> false, false) THEN null WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
