// The current build, and the stage of a running builder; a row of nulls before the first build
// :param lease => 'build'
// :param now => timestamp()
OPTIONAL MATCH (build:Build {name: 'current'})
OPTIONAL MATCH (work:Lease {name: $lease}) WHERE work.until > $now
RETURN build.generation AS generation, build.slot AS slot, build.builtAt AS builtAt, build.asOf AS asOf,
  build.windowFrom AS windowFrom, build.likes AS likes, build.factorsSize AS factorsSize, build.fastrpSize AS fastrpSize,
  build.missing AS missing, build.affinityAt AS affinityAt, toFloatOrNull(build.dwell) AS dwell,
  toIntegerOrNull(build.trendingLikes) AS trendingLikes, coalesce(build.switchedAt, build.builtAt) AS switchedAt, work IS NOT NULL AS working,
  work.stage AS stage, work.stageDone AS stageDone, work.stageTotal AS stageTotal, work.stageLeft AS stageLeft
