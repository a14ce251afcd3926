// The version of the graph's schema; no row if it has none yet
MATCH (schema:Schema {name: 'graphfeed'})
RETURN schema.version AS version
