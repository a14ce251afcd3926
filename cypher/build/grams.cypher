// The slot of the current vectors, and the sum of x x' over the people's factors, to fold a post in
MATCH (build:Build {name: 'current'})
RETURN build.slot AS slot, build.userGram AS userGram
