// Notes that the merge of a variant is about to be undone; returns the hashtag that it belongs to
// :param now => timestamp()
// :param hashtag => 'sunset'
MATCH (:Hashtag {name: $hashtag})-[merged:VARIANT_OF]->(kept:Hashtag)
SET merged.undoing = $now
RETURN kept.name AS variantOf
