// The given procedures that the current user may execute
// :param names => ['gds.pageRank.stream']
SHOW PROCEDURES EXECUTABLE YIELD name
WHERE name IN $names
RETURN name
