// The text of a profile that is kept in the graph, as JSON; null for one that is not
// :param profile => 'tuned-20240601-3f2a91'
OPTIONAL MATCH (profile:Profile {name: $profile})
RETURN profile.text AS text
