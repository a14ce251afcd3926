// Takes a former variant from the spellings of a tie, which ends with the last of them
WITH kept, tie, [name IN tie.as WHERE name <> variant.name] AS others
SET tie.as = CASE others WHEN [kept.name] THEN null ELSE others END
FOREACH (_ IN CASE others WHEN [] THEN [1] ELSE [] END | DELETE tie)
RETURN count(*) AS moved
