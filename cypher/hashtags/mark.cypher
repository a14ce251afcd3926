// Notes on a batch of what people said of a hashtag which spellings it was said of, before another one joins these;
// returns how many
// :param rows => head([{hashtag: 'sunset', names: ['sunset'], batch: 2000}])
MATCH (hashtag:Hashtag {name: $rows.hashtag})
CALL (hashtag) {
  MATCH (hashtag)<-[tie:MUTED|WANTS|INTERESTED_IN]-() WHERE tie.as IS NULL
  WITH tie LIMIT $rows.batch
  SET tie.as = $rows.names
  RETURN count(*) AS ties
}
RETURN ties
