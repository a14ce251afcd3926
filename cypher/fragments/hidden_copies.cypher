// Posts that I hid whose pictures are nearly the same as that of a post, found from the post: people hide thousands
CALL (post) { MATCH (post)-[arc:SIMILAR_PICTURE]->(copy) RETURN arc, copy LIMIT 20 }
WITH me, arc, copy WHERE toFloatOrNull(arc.weight) >= $sameCosine AND EXISTS { (me)-[:HID]->(copy) }
