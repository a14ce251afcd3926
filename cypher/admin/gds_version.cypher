// The version of the Graph Data Science library; fails if it is missing or may not run
// gds.version() answers even where the library is not allowed to run; gds.util.asNode does not
RETURN gds.version() AS version, gds.util.asNode(-1) AS nobody
