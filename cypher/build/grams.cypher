// The slot of the vectors that serve, and the sum of x x' over the factors of people, for a fold-in of a post
MATCH (build:Build {name: 'current'})
RETURN build.slot AS slot, build.userGram AS userGram
