// Condition: a tie of mine is of before my last reset, so that the same act counts anew
EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) }
