// The slot of the current vectors, the sum of x x' over the people's factors, to fold a post in, and the mean of what
// is expected of posts
MATCH (build:Build {name: 'current'})
RETURN build.slot AS slot, build.userGram AS userGram, build.contentMean AS contentMean
