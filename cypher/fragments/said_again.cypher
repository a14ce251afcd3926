// Adds the spelling of a row to those of a tie: what is said of all, without `as`, stays so
SET tie.as = CASE WHEN tie.as IS NULL OR named.name IN tie.as THEN tie.as ELSE tie.as + named.name END
