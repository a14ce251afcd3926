// Records the version of the graph's schema
// :param version => 1
MERGE (schema:Schema {name: 'graphfeed'})
SET schema.version = $version
