// Replaces the arcs of some hashtags to related ones, all of a hashtag at once; returns how many there are now
// :param rows => head([{hashtags: [{node: 0, hashtag: 'sunset', targets: [1], names: ['sea'], values: [0.2], by: ['use']}]}])
UNWIND $rows.hashtags AS row
MATCH (hashtag:Hashtag) WHERE id(hashtag) = row.node AND hashtag.name = row.hashtag
CALL (hashtag) {
  MATCH (hashtag)-[old:RELATED_TO]->()
  DELETE old
}
CALL (hashtag, row) {
  UNWIND range(0, size(row.targets) - 1) AS place
  MATCH (other:Hashtag) WHERE id(other) = row.targets[place] AND other.name = row.names[place]
  CREATE (hashtag)-[:RELATED_TO {weight: row.values[place], by: row.by[place]}]->(other)
  RETURN count(*) AS arcs
}
RETURN sum(arcs) AS arcs
