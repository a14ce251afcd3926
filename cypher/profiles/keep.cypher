// Keeps a profile in the graph, with what was measured of it; one that is kept already stays as it is
// :param profile => 'tuned-20240601-3f2a91'
// :param rows => head([{text: '{}', createdAt: timestamp(), people: 1000, before: '{}', after: '{}'}])
MERGE (profile:Profile {name: $profile})
ON CREATE SET profile += $rows
RETURN profile.name AS profile
