// Creates what version 14 adds: vectors of pictures in bytes; again, it changes nothing
CALL db.createProperty('pictureBytes');
