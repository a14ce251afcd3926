// My newest likes by the clock: back to the one that `oldest` tells, those without a time last, ties by id
// fragment: my_likes
// end fragment
  AND (coalesce(at, $mine.untimed) > oldest.at OR coalesce(at, $mine.untimed) = oldest.at AND liked.id <= oldest.id)
