// Creates what version 13 adds: vectors of pictures, and arcs between posts that look alike; again, it changes nothing
CREATE VECTOR INDEX post_picture IF NOT EXISTS FOR (post:Post) ON (post.picture)
  OPTIONS {indexConfig: {`vector.dimensions`: 256, `vector.similarity_function`: 'cosine'}};
CALL db.createRelationshipType('SIMILAR_PICTURE');
CALL db.createProperty('picture');
CALL db.createProperty('pictureModel');
CALL db.createProperty('looksModel');
