// Whether a person may be named to me: neither muted nor blocked, nor opted out unless I follow them
// What I did is asked first: most people muted and blocked nobody, and then no person is looked at. Nobody mutes or blocks
// themselves, and to ask for that is to look at all that I muted and blocked
(NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
AND (NOT coalesce(person.optedOut <> false, false) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
