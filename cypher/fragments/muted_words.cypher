// The words that I muted, a map of each; -2^62 stands for no time, as lists of properties have no nulls
CASE WHEN me.mutedWords IS :: LIST<STRING NOT NULL> NOT NULL THEN [place IN range(0, size(me.mutedWords) - 1) | {
    word: me.mutedWords[place],
    at: CASE WHEN me.mutedWordsAt IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsAt[place], -4611686018427387904) END,
    until: CASE WHEN me.mutedWordsUntil IS :: LIST<INTEGER NOT NULL> NOT NULL THEN nullIf(me.mutedWordsUntil[place], -4611686018427387904) END
  }] ELSE [] END
