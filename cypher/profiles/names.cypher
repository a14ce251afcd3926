// The names of the profiles that are kept in the graph, the newest first
OPTIONAL MATCH (profile:Profile)
WITH profile ORDER BY profile.createdAt DESC, profile.name
RETURN collect(profile.name) AS names
