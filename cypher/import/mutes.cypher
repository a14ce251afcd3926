// Adds muted people and hashtags; a later time replaces an earlier one and the end that it came with
// :param rows => [{user: '42', mutedUser: '7', hashtag: null, display: null, at: null, until: null}]
UNWIND $rows AS row
MATCH (user:User {id: row.user})
CALL (row) {
  WITH row WHERE row.mutedUser IS NOT NULL
  MATCH (muted:User {id: row.mutedUser})
  RETURN muted, null AS named
UNION
  WITH row WHERE row.hashtag IS NOT NULL
  MERGE (named:Hashtag {name: row.hashtag})
    ON CREATE SET named.display = row.display
  RETURN
    // fragment: hashtag_kept
    coalesce(head(COLLECT { MATCH (named)-[:VARIANT_OF]->(kept:Hashtag) RETURN kept LIMIT 1 }), named)
    // end fragment
    AS muted, named
}
MERGE (user)-[mutes:MUTED]->(muted)
  ON CREATE SET mutes.at = row.at, mutes.until = row.until, mutes.as = CASE WHEN muted <> named THEN [named.name] END
// fragment: said_again (tie=mutes)
SET mutes.as = CASE WHEN mutes.as IS NULL OR named.name IN mutes.as THEN mutes.as ELSE mutes.as + named.name END
// end fragment
WITH row, mutes, coalesce(row.at > mutes.at, row.at IS NOT NULL AND mutes.at IS NULL) AS changes
FOREACH (_ IN CASE WHEN changes THEN [1] ELSE [] END | SET mutes.at = row.at, mutes.until = row.until)
RETURN count(*) AS rows, count(CASE WHEN changes THEN 1 END) AS updated
