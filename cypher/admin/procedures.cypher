// Which of these procedures I may call
// :param names => ['gds.pageRank.stream']
SHOW PROCEDURES EXECUTABLE YIELD name
WHERE name IN $names
RETURN name
