// Keeps these as the words that I muted, and the first end of any; -2^62 stands for no time
SET me.mutedWords = CASE WHEN muted <> [] THEN [one IN muted | one.word] END,
  me.mutedWordsAt = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.at, -4611686018427387904)] END,
  me.mutedWordsUntil = CASE WHEN muted <> [] THEN [one IN muted | coalesce(one.until, -4611686018427387904)] END,
  me.mutedWordsEnd = reduce(first = null, one IN muted | CASE WHEN first IS NULL OR one.until < first THEN coalesce(one.until, first) ELSE first END)
