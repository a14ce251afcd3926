// Creates what version 13 adds: vectors of pictures, and their index; again, it changes nothing
CREATE VECTOR INDEX post_picture IF NOT EXISTS FOR (post:Post) ON post.picture
OPTIONS {indexConfig: {`vector.dimensions`: 256, `vector.similarity_function`: 'cosine'}};
CALL db.createProperty('picture');
CALL db.createProperty('pictureModel');
