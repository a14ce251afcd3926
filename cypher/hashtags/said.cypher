// Ids of what people said of a hashtag: without spellings (mark), not copied yet (copy), also of a spelling (back), or
// of a spelling that they named (drop)
// :param hashtag => 'sunset'
// :param rows => head([{spelling: 'sunsets', step: 'back'}])
MATCH (:Hashtag {name: $hashtag})<-[tie:MUTED|WANTS|INTERESTED_IN]-()
WHERE CASE $rows.step WHEN 'mark' THEN tie.as IS NULL WHEN 'copy' THEN tie.copied IS NULL
  WHEN 'back' THEN coalesce($rows.spelling IN tie.as, true) ELSE coalesce($rows.spelling IN tie.as, false) END
RETURN id(tie) AS tie
