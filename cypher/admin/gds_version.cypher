// The version of the Graph Data Science library; an error if there is none, or if it may not run
// A library that was never allowed to run tells its version all the same; of a node, it tells nothing
RETURN gds.version() AS version, gds.util.asNode(-1) AS nobody
