// Notes undone merges of hashtags, with the earliest time. What is merged is undone after the import, if that is later
// :param rows => [{hashtag: 'sunsets', display: 'Sunsets', variantOf: 'sunset', variantOfDisplay: 'Sunset', at: null, mergedBy: null}]
UNWIND $rows AS row
MERGE (one:Hashtag {name: row.hashtag})
  ON CREATE SET one.display = row.display
MERGE (other:Hashtag {name: row.variantOf})
  ON CREATE SET other.display = row.variantOfDisplay
WITH row, one, other
OPTIONAL MATCH (one)-[merged:VARIANT_OF]-(other)
OPTIONAL MATCH (one)-[known:NOT_VARIANT_OF]->(other)
WITH row, one, other, known, merged, merged IS NOT NULL AND merged.undoing IS NULL
  AND coalesce(row.at > merged.at, row.at IS NOT NULL AND merged.at IS NULL) AS undoes
FOREACH (_ IN CASE WHEN undoes THEN [1] ELSE [] END | SET merged.undoing = row.at)
FOREACH (_ IN CASE WHEN merged IS NULL AND known IS NULL THEN [1] ELSE [] END |
  MERGE (one)-[undone:NOT_VARIANT_OF]->(other)
    ON CREATE SET undone.at = row.at, undone.by = row.mergedBy)
WITH row, known, undoes, coalesce(row.at < known.at, row.at IS NOT NULL AND known.at IS NULL) AS earlier, coalesce(row.mergedBy <> known.by, row.mergedBy IS NOT NULL) AS other
FOREACH (_ IN CASE WHEN known IS NOT NULL AND earlier THEN [1] ELSE [] END | SET known.at = row.at)
FOREACH (_ IN CASE WHEN known IS NOT NULL AND other THEN [1] ELSE [] END | SET known.by = row.mergedBy)
RETURN count(*) AS rows, count(CASE WHEN undoes OR known IS NOT NULL AND (earlier OR other) THEN 1 END) AS updated
