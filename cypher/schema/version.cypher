// The version of the schema that this graph has; no row if it has none yet
MATCH (schema:Schema {name: 'graphfeed'})
RETURN schema.version AS version
