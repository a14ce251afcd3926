// The spellings with which a tie to a hashtag was made, as they are shown: of a merged one, those of its variants
CASE WHEN tie.as IS NULL THEN [hashtag.display]
  ELSE COLLECT { UNWIND tie.as AS name MATCH (variant:Hashtag {name: name}) RETURN variant.display ORDER BY name } END
