// Condition: a person may be named to me, being neither muted nor blocked, nor for followers only unless I follow them
// My own ties are checked first: most people muted and blocked nobody, and then no other person is read. `= me` comes
// second: nobody mutes or blocks themselves, and to check that would read everybody I muted and blocked
(NOT EXISTS { (me)-[:MUTED]->() } OR person = me OR NOT EXISTS { (me)-[:MUTED]->(person) })
AND (NOT EXISTS { (me)-[:BLOCKED]-() } OR person = me OR NOT EXISTS { (me)-[:BLOCKED]-(person) })
AND (NOT (coalesce(person.optedOut <> false, false) OR coalesce(person.visibility <> 'public', false)) OR person = me OR EXISTS { (me)-[:FOLLOWS]->(person) })
