// The duration and the end of each stage's last run in a build; no row for a stage that never ran
// :param names => ['gds.pageRank.stream']
MATCH (build:Build {name: 'current'})
UNWIND $names AS stage
WITH stage, build[stage + 'Seconds'] AS seconds, build[stage + 'EndedAt'] AS endedAt WHERE endedAt IS NOT NULL
RETURN stage, seconds, endedAt
