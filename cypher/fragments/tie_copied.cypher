// Marks what was said of a variant as said of its hashtag, too, which keeps of which spellings: null is all of them
SET same.as = reduce(all = same.as, name IN coalesce(tie.as, [variant.name]) | CASE WHEN name IN all THEN all ELSE all + name END),
  tie.copied = true
RETURN count(*) AS copied
