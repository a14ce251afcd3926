// Notes spellings that are one hashtag, to be merged after the import, with the earliest time
// :param rows => [{hashtag: 'sunsets', display: 'Sunsets', variantOf: 'sunset', variantOfDisplay: 'Sunset', at: null, mergedBy: null}]
UNWIND $rows AS row
MERGE (one:Hashtag {name: row.hashtag})
  ON CREATE SET one.display = row.display
MERGE (other:Hashtag {name: row.variantOf})
  ON CREATE SET other.display = row.variantOfDisplay
WITH row, one, other,
  coalesce(head(COLLECT { MATCH (one)-[:VARIANT_OF]->(kept) RETURN kept }), one)
    = coalesce(head(COLLECT { MATCH (other)-[:VARIANT_OF]->(kept) RETURN kept }), other) AS areOne
OPTIONAL MATCH (one)-[known:VARIANT_OF|BECOMES]->(other)
FOREACH (_ IN CASE WHEN areOne OR known IS NOT NULL THEN [] ELSE [1] END |
  MERGE (one)-[begun:BECOMES]->(other)
    ON CREATE SET begun.at = row.at, begun.by = row.mergedBy)
WITH row, known, coalesce(row.at < known.at, row.at IS NOT NULL AND known.at IS NULL) AS earlier, coalesce(row.mergedBy <> known.by, row.mergedBy IS NOT NULL) AS other
FOREACH (_ IN CASE WHEN known IS NOT NULL AND earlier THEN [1] ELSE [] END | SET known.at = row.at)
FOREACH (_ IN CASE WHEN known IS NOT NULL AND other THEN [1] ELSE [] END | SET known.by = row.mergedBy)
RETURN count(*) AS rows, count(CASE WHEN known IS NOT NULL AND (earlier OR other) THEN 1 END) AS updated
