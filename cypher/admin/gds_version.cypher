// The version of the Graph Data Science library; an error if there is none
RETURN gds.version() AS version
