// Muted words, by the id of the person and the word
MATCH (user:User) WHERE user.mutedWords IS NOT NULL AND user.id IS NOT NULL
WITH user,
  // fragment: muted_words (me=user)
  CASE WHEN user.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(user.mutedWords) - 1) | {
      word: user.mutedWords[place],
      at: CASE WHEN user.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(user.mutedWordsAt[place], -4611686018427387904) END,
      until: CASE WHEN user.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(user.mutedWordsUntil[place], -4611686018427387904) END
    }] ELSE [] END
  // end fragment
  AS muted
UNWIND muted AS one
RETURN user.id AS user, one.word AS word, one.at AS at, one.until AS until
ORDER BY user, word
