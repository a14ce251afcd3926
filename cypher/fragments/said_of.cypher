// The spellings of which a person said something, as they are shown: those with which they said it, or else all of them
CASE WHEN tie.as IS NULL THEN [hashtag.display] + COLLECT { MATCH (hashtag)<-[:VARIANT_OF]-(variant) RETURN variant.display ORDER BY variant.name }
  ELSE COLLECT { UNWIND tie.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
