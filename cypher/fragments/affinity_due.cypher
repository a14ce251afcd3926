// Marks my affinity as due. A later time, set after a failure, stays
me.affinityAt = CASE WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
