// Condition: a tie of mine is of before a reset, and $at after it, so that the same act counts anew
EXISTS { MATCH (me)-[reset:RESET]->() WHERE coalesce(known.at <= reset.at, true) AND reset.at < $at }
