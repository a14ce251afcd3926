// The number of rows of each file, from the store's own counts; it counts no muted words, which are few
RETURN COUNT { (:User) } AS users, COUNT { (:Post) } AS posts,
       COUNT { ()-[:FOLLOWS]->() } AS follows, COUNT { ()-[:LIKED]->() } AS likes,
       COUNT { ()-[:SAVED]->() } AS saves, COUNT { ()-[:SHARED]->() } AS shares,
       COUNT { ()-[:MORE_LIKE]->() } AS more_like, COUNT { ()-[:COMMENTED]->() } AS comments, COUNT { ()-[:TAGGED]->() } AS tags,
       COUNT { ()-[:MENTIONS]->() } AS mentions, COUNT { (:Post) } AS picture_vectors, COUNT { ()-[:VIEWED]->() } AS views,
       COUNT { ()-[:MUTED]->() } AS mutes, 0 AS muted_words, COUNT { ()-[:BLOCKED]->() } AS blocks,
       COUNT { ()-[:HID]->() } AS hides, COUNT { ()-[:INTERESTED_IN]->() } AS interests,
       COUNT { ()-[:WANTS]->() } AS wants, COUNT { ()-[:UNLEARNED]->() } AS unlearned,
       COUNT { ()-[:RESET]->() } AS resets, COUNT { ()-[:DISMISSED]->() } AS dismissed, COUNT { ()-[:HAS]->() } + COUNT { ()-[:LEFT]->() } AS packs,
       COUNT { ()-[:VARIANT_OF]->() } AS variants, COUNT { ()-[:NOT_VARIANT_OF]->() } AS not_variants
