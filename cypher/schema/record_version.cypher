// Notes the version of the schema that this graph has
// :param version => 1
MERGE (schema:Schema {name: 'graphfeed'})
SET schema.version = $version
