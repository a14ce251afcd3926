// Marks me as one whose affinity is due. Who was put off because it failed keeps the later time
me.affinityAt = CASE WHEN me.affinityAt > $recordedAt THEN me.affinityAt ELSE $recordedAt END
