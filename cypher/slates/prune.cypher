// Deletes a batch of slates that expired before a time, including those of people who never return; returns how many
// :param before => timestamp() - 90 * 86400000
// :param batch => 2000
MATCH (slate:Slate) WHERE slate.expiresAt < $before
WITH slate LIMIT $batch
DETACH DELETE slate
RETURN count(*) AS slates
