// Lets go of slates that expired before a time, those of people who do not come back among them; how many
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (slate:Slate) WHERE slate.expiresAt < $before
WITH slate LIMIT $batch
DETACH DELETE slate
RETURN count(*) AS slates
